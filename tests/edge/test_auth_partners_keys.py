"""Systems that give out their keys themselves, are bound to a certificate, or ask too often."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey
from sqlalchemy import Engine, text

from adapters.jwks import LARGEST
from hub.edge.auth.certificates import thumbprint_of
from hub.errors import Invalid
from hub.settings import Settings
from hub.store import db
from hub.store.accounts import Clients, HubScope
from hub.store.accounts.rates import Rates
from hub.store.audit import Act, Entry
from tests.edge.conftest import Clock
from tests.edge.test_auth_systems import ask_for_token, bearer

Assertion = Callable[..., str]
Trail = Callable[[], list[Entry]]
PROXY = "testclient"
"""The address that the test's browser comes from."""


class Partner:
    """A partner's own server, which gives out its keys, or something else."""

    def __init__(self) -> None:
        self.keys: list[ECKey] = []
        self.answer: Callable[[], tuple[int, bytes]] | None = None
        self.headers: dict[str, str] = {}
        self.asked = 0
        partner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                partner.asked += 1
                status, content = (partner.answer or partner.key_set)()
                self.send_response(status)
                for name, value in partner.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_said: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks.json"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def key_set(self) -> tuple[int, bytes]:
        return 200, json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()

    def new_key(self, kid: str) -> ECKey:
        key = ECKey.generate_key("P-384", {"kid": kid})
        self.keys.append(key)
        return key

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def partner() -> Iterator[Partner]:
    partner = Partner()
    yield partner
    partner.close()


@pytest.fixture
def lab(engine: Engine, county: None, partner: Partner) -> Partner:
    """A system that is registered with the address of its keys."""
    with db.transaction(engine) as session:
        Clients(session).register(
            client_id="lab",
            name="Lab",
            participant="night-team",
            scopes={HubScope.CONTACT_QUERY},
            jwks_url=partner.url,
        )
    return partner


@pytest.fixture
def asked(client: TestClient, assertion: Assertion, clock: Clock) -> Callable[[ECKey], int]:
    """What the lab is answered when it asks for a token with this key."""
    count = iter(range(1000))

    def ask(key: ECKey) -> int:
        signed = assertion({"kid": key.kid}, key, iss="lab", sub="lab", jti=f"jti-{next(count)}")
        return ask_for_token(client, signed, scope="hub/contact-query").status_code

    return ask


class TestKeysAtAnAddress:
    def test_are_fetched_once_and_kept(self, lab: Partner, asked: Callable[[ECKey], int]) -> None:
        key = lab.new_key("one")

        assert [asked(key) for _ in range(3)] == [200, 200, 200]
        assert lab.asked == 1

    def test_may_change_at_any_time_with_both_good_meanwhile(
        self, lab: Partner, asked: Callable[[ECKey], int], clock: Clock
    ) -> None:
        old = lab.new_key("old")
        assert asked(old) == 200
        new = lab.new_key("new")
        clock.goes_on(seconds=31)

        assert (asked(new), asked(old)) == (200, 200)
        lab.keys.remove(old)
        clock.goes_on(hours=2)
        assert (asked(new), asked(old)) == (200, 401)

    def test_that_nobody_has_make_the_hub_ask_at_most_twice_a_minute(
        self, lab: Partner, asked: Callable[[ECKey], int]
    ) -> None:
        asked(lab.new_key("one"))

        answers = [asked(ECKey.generate_key("P-384", {"kid": f"junk-{number}"})) for number in range(20)]

        assert set(answers) == {401}
        assert lab.asked == 1

    @pytest.mark.parametrize(
        ("cached", "after", "again"), [("max-age=7200", 3700, 1), ("max-age=0", 310, 2), ("", 3700, 2)]
    )
    def test_are_kept_as_long_as_their_owner_says_within_bounds(
        self, lab: Partner, asked: Callable[[ECKey], int], clock: Clock, cached: str, after: int, again: int
    ) -> None:
        lab.headers = {"Cache-Control": cached} if cached else {}
        key = lab.new_key("one")
        asked(key)
        clock.goes_on(seconds=after)

        assert asked(key) == 200
        assert lab.asked == again

    @pytest.mark.parametrize("hours", [20, 30])
    def test_serve_for_a_day_while_their_owner_is_away(
        self, lab: Partner, asked: Callable[[ECKey], int], clock: Clock, trail: Trail, hours: int
    ) -> None:
        key = lab.new_key("one")
        asked(key)
        lab.answer = lambda: (503, b"")
        clock.goes_on(hours=hours)

        assert asked(key) == (200 if hours < 24 else 401)
        reasons = [entry.details.get("reason") for entry in trail() if entry.act is Act.CLIENT_TOKEN_REFUSED]
        assert reasons == ([] if hours < 24 else ["keys-away"])

    @pytest.mark.parametrize(
        "answer",
        [
            (200, b"<html>"),
            (200, b'{"keys": "none"}'),
            (200, b'{"keys": []}'),
            (200, b'{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]}'),
            (200, b'{"keys": [' + b" " * LARGEST + b"]}"),
            (302, b""),
            (404, b""),
        ],
    )
    def test_that_are_none_let_nobody_in(
        self, lab: Partner, asked: Callable[[ECKey], int], answer: tuple[int, bytes]
    ) -> None:
        key = lab.new_key("one")
        lab.headers = {"Location": lab.url}
        lab.answer = lambda: answer

        assert asked(key) == 401
        assert lab.asked == 1, "no redirect is followed"

    def test_that_cannot_be_trusted_do_not_spoil_the_others(self, lab: Partner, asked: Callable[[ECKey], int]) -> None:
        key = lab.new_key("one")
        weak = {"kty": "oct", "k": "c2VjcmV0", "kid": "two"}
        lab.answer = lambda: (200, json.dumps({"keys": [weak, key.as_dict(private=False), "no key"]}).encode())

        assert asked(key) == 200

    @pytest.mark.parametrize(
        "url",
        [
            "http://partner.example/jwks",
            "ftp://partner.example/jwks",
            "https://a:b@partner.example/",
            "jwks.json",
            "https://x/#f",
        ],
    )
    def test_are_registered_over_tls_alone(self, engine: Engine, county: None, url: str) -> None:
        with db.transaction(engine) as session, pytest.raises(Invalid, match="https"):
            Clients(session).register(
                client_id="x", name="X", participant="night-team", scopes={HubScope.CONTACT_QUERY}, jwks_url=url
            )


def certificate(name: str) -> bytes:
    """A certificate of somebody's own, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


class TestCertificate:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"trusted_proxy": PROXY})

    @pytest.fixture
    def own(self, engine: Engine, county: None) -> bytes:
        """The certificate to which the crisis line is bound."""
        own = certificate("crisis-line")
        with db.transaction(engine) as session:
            Clients(session).bind("crisis-line", thumbprint_of(own))
        return own

    def come(self, client: TestClient, assertion: str, shown: bytes | None) -> httpx.Response:
        client.headers.pop("x-client-certificate", None)
        if shown is not None:
            client.headers["x-client-certificate"] = quote(shown)
        return ask_for_token(client, assertion)

    def test_is_needed_for_a_token_and_at_every_use_of_it(
        self, client: TestClient, assertion: Assertion, own: bytes
    ) -> None:
        refused = [
            self.come(client, assertion(jti=str(number)), shown)
            for number, shown in enumerate((None, certificate("x")))
        ]
        given = self.come(client, assertion(jti="good"), own)
        token = {"authorization": f"Bearer {given.json()['access_token']}"}
        used = client.get("/api/probe/who", headers=token).status_code
        client.headers["x-client-certificate"] = quote(certificate("x"))
        stolen = client.get("/api/probe/who", headers=token).status_code
        client.headers["x-client-certificate"] = "garbage"
        garbled = client.get("/api/probe/who", headers=token).status_code

        assert [answer.status_code for answer in refused] == [401, 401]
        assert "no-certificate" in refused[0].text
        assert (given.status_code, used, stolen, garbled) == (200, 200, 401, 401)

    def test_counts_only_from_the_proxy(
        self, app: FastAPI, client: TestClient, assertion: Assertion, own: bytes
    ) -> None:
        app.state.settings = app.state.settings.model_copy(update={"trusted_proxy": "10.0.0.1"})

        assert self.come(client, assertion(), own).status_code == 401

    def test_is_nobodys_business_where_none_is_bound(self, client: TestClient, assertion: Assertion) -> None:
        assert self.come(client, assertion(), None).status_code == 200

    def test_gives_up_the_tokens_that_were_out(self, client: TestClient, assertion: Assertion, engine: Engine) -> None:
        token = bearer(client, assertion())
        with db.transaction(engine) as session:
            Clients(session).bind("crisis-line", "0" * 64)

        assert client.get("/api/probe/who", headers=token).status_code == 401


class TestTooOften:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"requests_per_minute": 5, "sign_ins_per_minute": 3})

    def test_a_system_waits_and_others_do_not(
        self, client: TestClient, assertion: Assertion, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = bearer(client, assertion())

        answers = [client.get("/api/probe/who", headers=token) for _ in range(8)]

        # A minute may end in the middle; then one more is let in, and no fewer are told to wait than came after it.
        assert [answer.status_code for answer in answers][:5] == [200] * 5
        late = [answer for answer in answers if answer.status_code == 429]
        if late:
            assert 1 <= int(late[0].headers["retry-after"]) <= 60
            assert late[0].json()["title"] == "Too many requests"
        assert late or datetime.now(UTC).second < 5, "unless a new minute has begun"

    def test_an_address_waits_at_the_doors_where_one_signs_in(self, client: TestClient) -> None:
        form = {"login": "nobody", "password": "x", "code": "0"}

        answers = [client.post("/sign-in", data=form).status_code for _ in range(6)]

        assert answers[:3] == [401] * 3
        assert 429 in answers or datetime.now(UTC).second < 5

    def test_is_counted_by_all_processes_together(self, engine: Engine) -> None:
        here, there = Rates(engine), Rates(engine)
        at = datetime(2026, 6, 15, 2, 10, 20, tzinfo=UTC)
        waited = [one.wait("client:x", 3, at=at) for one in (here, there)]
        for one in (here, there):
            one._synced.clear()  # a second has passed
        waited += [one.wait("client:x", 3, at=at) for one in (here, there)]

        assert waited == [0, 0, 0, 40]
        assert here.wait("client:y", 3, at=at) == 0
        assert there.wait("client:x", 3, at=at + timedelta(minutes=1)) == 0

    def test_does_not_stop_anybody_while_the_database_is_away(self) -> None:
        rates = Rates(db.connect("postgresql://127.0.0.1:1/none"))
        at = datetime(2026, 6, 15, 2, 10, 20, tzinfo=UTC)

        assert [rates.wait("x", 2, at=at) for _ in range(3)] == [0, 0, 40]

    def test_keeps_no_address(self, client: TestClient, engine: Engine) -> None:
        client.post("/sign-in", data={"login": "nobody", "password": "x", "code": "0"})

        with engine.connect() as connection:
            (who,) = connection.scalars(text("SELECT who FROM rate_count"))
        assert PROXY not in who
