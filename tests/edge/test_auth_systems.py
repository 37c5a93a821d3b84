"""Systems: tokens for those that sign, and only for those."""

import base64
import hmac
import json
from collections.abc import Callable

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import Engine, text

from hub.errors import Conflict, Invalid
from hub.store import db
from hub.store.accounts import Clients, HubScope, covers, forget_expired, grantable
from hub.store.audit import Act, Entry
from tests.edge.conftest import AUDIENCE, Clock

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Assertion = Callable[..., str]


def ask_for_token(client: TestClient, assertion: str, **changed: str) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "scope": "hub/contact-query system/Task.rs",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        **changed,
    }
    sent = {name: value for name, value in form.items() if value}
    response: httpx.Response = client.post("/oauth2/token", data=sent)
    return response


def bearer(client: TestClient, assertion: str) -> dict[str, str]:
    return {"authorization": f"Bearer {ask_for_token(client, assertion).json()['access_token']}"}


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


class TestToken:
    def test_is_given_for_a_signed_assertion(self, client: TestClient, assertion: Assertion) -> None:
        response = ask_for_token(client, assertion())

        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        body = response.json()
        assert body.pop("access_token")
        assert body == {"token_type": "bearer", "expires_in": 300, "scope": "hub/contact-query system/Task.rs"}

    def test_opens_the_door_and_says_who_came(self, client: TestClient, assertion: Assertion) -> None:
        seen = client.get("/api/probe/who", headers=bearer(client, assertion())).json()

        assert (seen["kind"], seen["id"], seen["participant"]) == ("client", "client:crisis-line", "night-team")
        assert sorted(seen["scopes"]) == ["hub/contact-query", "system/Task.rs"]

    def test_needs_no_csrf_token(self, client: TestClient, assertion: Assertion) -> None:
        assert client.post("/api/probe/change", headers=bearer(client, assertion())).status_code == 200

    def test_runs_out_after_five_minutes(self, client: TestClient, assertion: Assertion, clock: Clock) -> None:
        token = bearer(client, assertion())

        clock.goes_on(seconds=299)
        assert client.get("/api/probe/who", headers=token).status_code == 200
        clock.goes_on(seconds=1)
        assert client.get("/api/probe/who", headers=token).status_code == 401

    def test_is_worthless_once_its_client_is_shut_out(
        self, client: TestClient, assertion: Assertion, engine: Engine
    ) -> None:
        token = bearer(client, assertion())
        with db.transaction(engine) as session:
            Clients(session).shut_out("crisis-line")

        assert client.get("/api/probe/who", headers=token).status_code == 401
        assert ask_for_token(client, assertion(jti="two")).json()["error"] == "invalid_client"

    def test_lies_nowhere_in_the_database(self, client: TestClient, assertion: Assertion, engine: Engine) -> None:
        token = ask_for_token(client, assertion()).json()["access_token"]

        with engine.connect() as connection:
            rows = connection.execute(text("SELECT t::text FROM access_token t")).scalars().all()
        assert len(rows) == 1
        assert token not in rows[0]

    def test_is_written_down_with_its_refusals(
        self, client: TestClient, assertion: Assertion, trail: Callable[[], list[Entry]]
    ) -> None:
        ask_for_token(client, assertion())
        ask_for_token(client, assertion())
        ask_for_token(client, assertion(iss="nobody"))

        said = [(entry.act, entry.actor, entry.details.get("reason")) for entry in trail()]
        assert said == [
            (Act.CLIENT_TOKEN_ISSUED, "client:crisis-line", None),
            (Act.CLIENT_TOKEN_REFUSED, "client:crisis-line", "replayed"),
            (Act.CLIENT_TOKEN_REFUSED, "unknown", "unknown-client"),
        ]


WRONG_CLAIMS: list[tuple[dict[str, object], str]] = [
    ({"exp": None}, "bad-claims"),
    ({"jti": None}, "bad-claims"),
    ({"jti": "a b"}, "bad-claims"),
    ({"jti": "nul\x00"}, "bad-claims"),
    ({"jti": "x" * 257}, "bad-claims"),
    ({"exp": "soon"}, "bad-claims"),
    ({"exp": 1e400}, "bad-claims"),
    ({"iss": "crisis-line", "sub": "someone-else"}, "wrong-issuer"),
    ({"aud": [AUDIENCE]}, "bad-claims"),
    ({"aud": [AUDIENCE, "https://elsewhere.example"]}, "bad-claims"),
    ({"aud": "https://elsewhere.example/oauth2/token"}, "wrong-audience"),
    ({"aud": AUDIENCE + "/"}, "wrong-audience"),
]
TIMES: list[tuple[dict[str, int | None], str | None]] = [
    ({"iat": 0, "exp": 300}, None),
    ({"iat": None, "exp": 330}, None),
    ({"iat": 30, "exp": 330}, None),
    ({"iat": 0, "exp": 301}, "too-long"),
    ({"iat": None, "exp": 331}, "too-long"),
    ({"iat": 0, "exp": 31_536_000}, "too-long"),
    ({"iat": -301, "exp": 0}, "expired"),
    ({"iat": -299, "exp": 1}, None),
    ({"iat": 31, "exp": 300}, "not-yet"),
    ({"nbf": 31}, "not-yet"),
]


class TestAssertion:
    def test_with_a_wrong_claim_is_refused(
        self, client: TestClient, assertion: Assertion, subtests: pytest.Subtests
    ) -> None:
        for changed, reason in WRONG_CLAIMS:
            with subtests.test(reason, **changed):
                self.refused(client, assertion(**changed), reason)

    def test_holds_for_five_minutes_at_most(
        self, client: TestClient, assertion: Assertion, clock: Clock, subtests: pytest.Subtests
    ) -> None:
        at = int(clock.at.timestamp())
        for number, (offsets, reason) in enumerate(TIMES):
            claims = {claim: None if offset is None else at + offset for claim, offset in offsets.items()}
            made = assertion(jti=f"time-{number}", **claims)
            with subtests.test(reason or "taken", **offsets):
                if reason is None:
                    assert ask_for_token(client, made).status_code == 200
                else:
                    self.refused(client, made, reason)

    def test_counts_once_across_connections(self, client: TestClient, assertion: Assertion) -> None:
        once = assertion()

        assert ask_for_token(client, once).status_code == 200
        self.refused(client, once, "replayed")
        assert ask_for_token(client, assertion(jti="another")).status_code == 200

    def test_signed_by_another_key_is_refused_and_does_not_use_up_the_id(
        self, client: TestClient, assertion: Assertion
    ) -> None:
        stranger = ECKey.generate_key("P-384", {"kid": "k1"})

        self.refused(client, assertion(key=stranger), "bad-signature")
        assert ask_for_token(client, assertion()).status_code == 200

    def test_may_not_bring_its_own_key(self, client: TestClient, assertion: Assertion) -> None:
        stranger = ECKey.generate_key("P-384", {"kid": "k1"})
        brought = {"jwk": stranger.as_dict(private=False)}

        self.refused(client, assertion(header=brought, key=stranger), "bad-signature")

    def test_names_a_key_that_is_registered(self, client: TestClient, assertion: Assertion) -> None:
        self.refused(client, assertion(header={"kid": "k2"}), "bad-signature")
        self.refused(client, assertion(header={"kid": None}), "no-kid")

    def test_without_a_signature_is_refused(self, client: TestClient, assertion: Assertion) -> None:
        head, payload, _signature = assertion().split(".")
        unsigned = encoded(json.dumps({"alg": "none", "kid": "k1"}).encode())

        self.refused(client, f"{unsigned}.{payload}.", "bad-signature")
        self.refused(client, f"{head}.{payload}.", "bad-signature")

    def test_signed_with_the_public_key_as_a_secret_is_refused(
        self, client: TestClient, assertion: Assertion, signing_key: ECKey
    ) -> None:
        _head, payload, _signature = assertion().split(".")
        said = f"{encoded(json.dumps({'alg': 'HS256', 'kid': 'k1'}).encode())}.{payload}"
        mac = hmac.digest(signing_key.as_pem(private=False), said.encode(), "sha256")
        confused = f"{said}.{encoded(mac)}"

        self.refused(client, confused, "bad-signature")

    def test_that_is_none_is_refused(self, client: TestClient) -> None:
        for nonsense in ("x", "a.b.c", "....", "é.é.é", "e30.W10.", "e30." + "W1tb" * 4000 + "."):
            self.refused(client, nonsense, "malformed")

    def refused(self, client: TestClient, assertion: str, reason: str) -> None:
        response = ask_for_token(client, assertion)
        assert response.status_code == 401
        assert response.json() == {
            "error": "invalid_client",
            "error_description": f"The client assertion is refused: {reason}.",
        }


REQUESTS: list[tuple[dict[str, str], str | None]] = [
    ({"grant_type": ""}, "invalid_request"),
    ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"client_assertion_type": ""}, "invalid_request"),
    ({"client_assertion": ""}, "invalid_request"),
    ({"scope": ""}, "invalid_scope"),
    ({"scope": "hub/audit.read"}, "invalid_scope"),
    ({"scope": "system/Task.cruds system/Patient.rs"}, None),
]


class TestRequest:
    def test_is_answered_as_oauth_says(
        self, client: TestClient, assertion: Assertion, subtests: pytest.Subtests
    ) -> None:
        for number, (changed, error) in enumerate(REQUESTS):
            with subtests.test(error or "granted", **changed):
                response = ask_for_token(client, assertion(jti=f"request-{number}"), **changed)
                assert response.status_code == (400 if error else 200)
                assert response.json().get("error") == error
        assert response.json()["scope"] == "system/Task.cruds"

    def test_finds_the_way_by_discovery(self, client: TestClient) -> None:
        found = client.get("/.well-known/smart-configuration").json()

        assert found["token_endpoint"] == AUDIENCE
        assert found["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
        assert "hub/contact-query" in found["scopes_supported"]
        assert found == client.get("/fhir/.well-known/smart-configuration").json()


SCOPES = st.sampled_from([*HubScope, "nonsense"]) | st.from_regex(
    r"system/(\*|Task|Patient)\.c?r?u?d?s?", fullmatch=True
)


class TestScope:
    def test_is_covered_by_itself_or_a_wider_one(self) -> None:
        assert covers({"hub/handoff"}, "hub/handoff")
        assert covers({"system/*.cruds"}, "system/Patient.rs")
        assert not covers({"system/Patient.rs"}, "system/Patient.cruds")
        assert not covers({"system/Patient.rs"}, "system/Task.rs")
        assert not covers({"hub/handoff"}, "hub/audit.read")

    def test_is_granted_as_far_as_registered(self) -> None:
        asked = "system/Task.r system/Task.sr hub/handoff hub/handoff nonsense"

        assert grantable(asked, {"system/Task.rs", "hub/handoff"}) == ("system/Task.r", "hub/handoff")

    @given(asked=st.lists(SCOPES).map(" ".join), registered=st.sets(SCOPES))
    def test_never_grows_beyond_what_is_registered(self, asked: str, registered: set[str]) -> None:
        granted = grantable(asked, registered)

        assert all(covers(registered, scope) for scope in granted)
        assert set(granted) <= set(asked.split())

    def test_keeps_a_system_out_of_what_it_does_not_name(self, client: TestClient, assertion: Assertion) -> None:
        refusal = client.get("/api/probe/log", headers=bearer(client, assertion()))

        assert refusal.status_code == 403
        assert refusal.json()["detail"] == "This needs hub/audit.read."


UNTRUSTED: list[dict[str, object]] = [
    {},
    {"keys": []},
    {"keys": "abc"},
    {"keys": [OctKey.generate_key(256).as_dict(private=True)]},
    {"keys": [ECKey.generate_key("secp256k1").as_dict(private=False)]},
    {"keys": [{"kty": "RSA", "e": "AQAB", "n": encoded(b"\xc5" * 128)}]},
]


class TestRegister:
    def test_keeps_the_public_half_alone(self, engine: Engine, county: None) -> None:
        key = RSAKey.generate_key(2048, {"kid": "r1"})
        with db.transaction(engine) as session:
            Clients(session).register(
                client_id="jail",
                name="Jail",
                participant="night-team",
                scopes=(),
                keys={"keys": [key.as_dict(private=True)]},
            )
            kept = Clients(session).active("jail")

        assert kept is not None
        assert set(kept.keys["keys"][0]) == {"kty", "n", "e", "kid"}

    def test_refuses_keys_that_cannot_be_trusted(self, engine: Engine, county: None) -> None:
        for untrusted in UNTRUSTED:
            with pytest.raises(Invalid), db.transaction(engine) as session:
                Clients(session).register(client_id="x", name="X", participant="night-team", scopes=(), keys=untrusted)

    def test_refuses_a_taken_id_and_an_unknown_scope(self, engine: Engine, county: None, signing_key: ECKey) -> None:
        keys = {"keys": [signing_key.as_dict(private=False)]}
        with pytest.raises(Conflict), db.transaction(engine) as session:
            Clients(session).register(client_id="crisis-line", name="X", participant="night-team", scopes=(), keys=keys)
        with pytest.raises(Invalid), db.transaction(engine) as session:
            Clients(session).register(client_id="x", name="X", participant="night-team", scopes={"all"}, keys=keys)


class TestForget:
    def test_keeps_what_still_counts(
        self, client: TestClient, assertion: Assertion, engine: Engine, clock: Clock
    ) -> None:
        ask_for_token(client, assertion())

        with db.transaction(engine) as session:
            assert forget_expired(session, at=clock.at) == 0
        clock.goes_on(minutes=5)
        with db.transaction(engine) as session:
            assert forget_expired(session, at=clock.at) == 2
