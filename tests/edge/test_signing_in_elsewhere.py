"""Signing in at one's own agency: a provider as it should be, and one that is not, both through real HTTP."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import Engine, text

from adapters import oidc
from hub.errors import Conflict, Invalid
from hub.store import db
from hub.store.accounts import Users, forget_expired
from hub.store.accounts.providers import IdentityProviderRow, Providers
from hub.store.audit import Act, Entry
from hub.store.crypto import Keys
from tests.edge.conftest import PASSWORD, WORKER, Clock, Person, add
from tests.edge.test_signing_in_again import EMERGENCY, ask, hidden

COOKIE, JOURNEY = "hub_session", "hub_journey"
SECRET = "a secret of the agency's"
SUBJECT = "8f14e45f"
Trail = Callable[[], list[Entry]]
Link = Callable[..., None]


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def in_a_token(said: dict[str, Any]) -> str:
    return encoded(json.dumps(said).encode())


class Hostile:
    """A provider that answers as a test has it: `claims`, `header` and `key` change what its next ID token says."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.token: Callable[[dict[str, Any]], str] = self.signed
        self.broken: Callable[[], tuple[int, bytes]] | None = None
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.pause = 0.0
        hostile = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                self._answer({name: said[0] for name, said in parse_qs(content.decode()).items()})

            def _answer(self, form: dict[str, str]) -> None:
                status, content = hostile.answer(self.path, form)
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                size = 1 if hostile.pause else len(content) or 1
                with suppress(OSError):  # the hub has given up
                    for start in range(0, len(content), size):
                        time.sleep(hostile.pause)
                        self.wfile.write(content[start : start + size])

            def log_message(self, *_said: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append(path)
        if self.broken is not None:
            return self.broken()
        said: dict[str, Any] = {}
        if path.endswith("openid-configuration"):
            ends = {"authorization": "authorize", "token": "token"}
            said = {f"{name}_endpoint": f"{self.issuer}/{end}" for name, end in ends.items()}
            said |= {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **self.metadata}
        elif path == "/keys":
            said = {"keys": [self.key.as_dict(private=False)]}
        elif (asked := self.codes.pop(form.get("code", ""), None)) is None:
            return 400, b'{"error": "invalid_grant"}'
        else:
            said = {"id_token": self.token(self.said(asked))}
        return 200, json.dumps(said).encode()

    def said(self, asked: dict[str, str]) -> dict[str, Any]:
        at = int(self.clock.at.timestamp())
        usual = {"iss": self.issuer, "sub": SUBJECT, "aud": "hub", "iat": at, "exp": at + 300, "auth_time": at}
        claims = {**usual, "nonce": asked["nonce"], **self.claims}
        return {name: value for name, value in claims.items() if value is not None}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key, algorithms=["RS256"])

    def sign_in(self, address: str) -> dict[str, str]:
        """What the browser brings back from the provider's page."""
        asked = {name: said[0] for name, said in parse_qs(urlsplit(address).query).items()}
        code = f"code{len(self.codes)}-{asked['state'][:8]}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}


@pytest.fixture
def hostile(clock: Clock) -> Iterator[Hostile]:
    provider = Hostile(clock)
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def link(engine: Engine, keys: Keys, county: None) -> Link:
    """Registers a provider of the night team's, and links the crisis worker to it unless there is no subject."""

    def linked(issuer: str, subject: str | None = SUBJECT, slug: str = "agency", **more: list[str]) -> None:
        if subject is not None:
            add(WORKER, engine, keys)
        with db.transaction(engine) as session:
            providers = Providers(session, keys)
            said: dict[str, Any] = {"algorithms": ["RS256"], "acr": [], "amr": [], **more}
            row = IdentityProviderRow(
                slug=slug, name=slug.title(), participant="night-team", issuer=issuer, client_id="hub", **said
            )
            providers.register(row, secret=SECRET)
            if subject is not None:
                providers.link(Users(session, keys).named(WORKER.login), slug, subject)

    return linked


def go(client: TestClient, slug: str = "agency", **query: str) -> str:
    """The address to which the hub sends the browser."""
    sent = client.get(f"/sign-in/with/{slug}", params=query)
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def come_back(client: TestClient, brought: dict[str, str], slug: str = "agency") -> httpx.Response:
    """From another site: the browser sends the cookie that is Lax and not the one that is Strict."""
    strict = client.cookies.get(COOKIE)
    if strict is not None:
        client.cookies.delete(COOKIE)
    came: httpx.Response = client.get(f"/sign-in/from/{slug}", params=brought, headers={"sec-fetch-site": "cross-site"})
    if strict is not None and client.cookies.get(COOKIE) is None:
        client.cookies.set(COOKIE, strict)
    return came


def through(client: TestClient, provider: Hostile, slug: str = "agency", **query: str) -> httpx.Response:
    return come_back(client, provider.sign_in(go(client, slug, **query)), slug)


def who(client: TestClient) -> int:
    return int(client.get("/api/probe/who").status_code)


def reasons(trail: Trail) -> list[Any]:
    return [entry.details.get("reason") for entry in trail() if entry.act == Act.USER_SIGN_IN_FAILED]


class TestAProviderAsItShouldBe:
    """A real one, which knows nothing of this hub: `oidc-provider-mock`."""

    @pytest.fixture
    def issuer(self, clock: Clock) -> Iterator[str]:
        clock.at = datetime.now(UTC)
        people = [oidc_provider_mock.User(sub=SUBJECT), oidc_provider_mock.User(sub="another")]
        with oidc_provider_mock.run_server_in_thread(user_claims=people, require_nonce=True) as server:
            yield f"http://localhost:{server.server_port}"

    def signed_in_there(self, address: str, subject: str = SUBJECT, **more: str) -> dict[str, str]:
        sent = httpx.post(address, data={"sub": subject, **more}, trust_env=False)
        assert sent.status_code == 302, sent.text
        query = parse_qs(urlsplit(sent.headers["location"]).query)
        return {name: said[0] for name, said in query.items()}

    def test_signs_in_whom_an_administrator_has_linked(
        self, client: TestClient, link: Link, issuer: str, trail: Trail
    ) -> None:
        link(issuer)
        assert "/sign-in/with/agency?next=/contacts" in client.get("/sign-in?next=/contacts").text
        address = go(client, next="/contacts")
        asked = parse_qs(urlsplit(address).query)
        assert (asked["code_challenge_method"], asked["scope"]) == (["S256"], ["openid"])
        assert asked["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/from/agency"]

        came = come_back(client, self.signed_in_there(address))

        assert came.status_code == 200
        assert 'content="0;url=/contacts"' in came.text
        assert "samesite=strict" in came.headers["set-cookie"].lower()
        assert client.get("/contacts").status_code == 200
        entry = trail()[-1]
        assert (entry.act, entry.participant, entry.details) == (
            Act.USER_SIGNED_IN,
            "night-team",
            {"provider": "agency"},
        )

    def test_lets_nobody_else_in(self, client: TestClient, link: Link, issuer: str, trail: Trail) -> None:
        link(issuer)
        came = come_back(client, self.signed_in_there(go(client), "another"))

        assert (came.status_code, who(client), reasons(trail)) == (401, 401, ["not-linked"])

    def test_may_say_no(self, client: TestClient, link: Link, issuer: str, trail: Trail) -> None:
        link(issuer)
        state = parse_qs(urlsplit(go(client)).query)["state"][0]
        denied = {"error": "access_denied", "error_description": "Dana Ortiz", "state": state}
        came = come_back(client, denied)

        assert (came.status_code, who(client), reasons(trail)) == (401, 401, ["provider-refused"])
        assert "Dana" not in came.text


class TestAnIdToken:
    """Everything else is as it should be, so that what is refused is refused for this."""

    def test_that_is_good_signs_in(self, client: TestClient, link: Link, hostile: Hostile) -> None:
        link(hostile.issuer)
        assert through(client, hostile).status_code == 200
        assert who(client) == 200

    @pytest.mark.parametrize(
        ("claims", "reason"),
        [
            ({"nonce": "another"}, "wrong-nonce"),
            ({"nonce": None}, "bad-claims"),
            ({"iss": "https://other.example"}, "wrong-issuer"),
            ({"aud": "another"}, "wrong-audience"),
            ({"aud": ["hub", "another"], "azp": "hub"}, "wrong-audience"),
            ({"azp": "another"}, "wrong-party"),
            ({"exp": 1_700_000_000}, "expired"),
            ({"exp": 10**30}, "bad-claims"),
            ({"iat": 2_000_000_000}, "not-yet"),
            ({"sub": "another"}, "not-linked"),
            ({"sub": 7}, "bad-claims"),
        ],
        ids=str,
    )
    def test_that_says_otherwise_does_not(
        self,
        client: TestClient,
        link: Link,
        hostile: Hostile,
        trail: Trail,
        claims: dict[str, Any],
        reason: str,
    ) -> None:
        link(hostile.issuer)
        hostile.claims = claims
        came = through(client, hostile)

        assert (came.status_code, who(client), reasons(trail)) == (401, 401, [reason])
        assert COOKIE not in client.cookies
        assert "another" not in came.text

    def test_that_is_signed_with_nothing_does_not(
        self, client: TestClient, link: Link, hostile: Hostile, trail: Trail
    ) -> None:
        link(hostile.issuer)
        hostile.token = lambda said: f"{in_a_token({'alg': 'none', 'kid': 'k1'})}.{in_a_token(said)}."
        assert (through(client, hostile).status_code, reasons(trail)) == (401, ["bad-signature"])

    def test_that_is_signed_with_the_public_key_as_a_secret_does_not(
        self, client: TestClient, link: Link, hostile: Hostile, trail: Trail
    ) -> None:
        link(hostile.issuer)
        secret = hostile.key.as_pem(private=False)

        def forged(said: dict[str, Any]) -> str:
            signed = f"{in_a_token({'alg': 'HS256', 'kid': 'k1'})}.{in_a_token(said)}"
            return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"

        hostile.token = forged
        assert (through(client, hostile).status_code, reasons(trail)) == (401, ["bad-signature"])

    def test_that_is_signed_with_another_key_of_the_same_name_does_not(
        self, client: TestClient, link: Link, hostile: Hostile, trail: Trail
    ) -> None:
        link(hostile.issuer)
        assert through(client, hostile).status_code == 200
        hostile.key = RSAKey.generate_key(2048, {"kid": "k1"})

        assert (through(client, hostile).status_code, reasons(trail)) == (401, ["bad-signature"])

    def test_that_names_a_new_key_has_the_keys_fetched_at_most_twice_a_minute(
        self, client: TestClient, link: Link, hostile: Hostile, clock: Clock
    ) -> None:
        link(hostile.issuer)
        through(client, hostile)
        hostile.key = RSAKey.generate_key(2048, {"kid": "k2"})

        assert through(client, hostile).status_code == 401
        clock.goes_on(seconds=31)
        assert through(client, hostile).status_code == 200
        assert hostile.asked.count("/keys") == 2

    @pytest.mark.parametrize(
        ("claims", "status"),
        [({"amr": ["pwd", "mfa"]}, 200), ({"amr": ["pwd"]}, 401), ({"amr": "mfa"}, 401), ({}, 401)],
        ids=str,
    )
    def test_must_say_the_second_factor_where_that_is_registered(
        self, client: TestClient, link: Link, hostile: Hostile, claims: dict[str, Any], status: int
    ) -> None:
        link(hostile.issuer, amr=["mfa"])
        hostile.claims = claims
        assert through(client, hostile).status_code == status

    @pytest.mark.parametrize(("acr", "status"), [("gold", 200), ("silver", 200), ("tin", 401), (None, 401)])
    def test_must_say_one_of_the_levels_that_are_registered(
        self, client: TestClient, link: Link, hostile: Hostile, acr: str | None, status: int
    ) -> None:
        link(hostile.issuer, acr=["gold", "silver"])
        hostile.claims = {"acr": acr}
        address = go(client)
        assert parse_qs(urlsplit(address).query)["acr_values"] == ["gold silver"]
        assert come_back(client, hostile.sign_in(address)).status_code == status


class TestTheWayBack:
    def test_is_taken_once(self, client: TestClient, link: Link, hostile: Hostile, trail: Trail) -> None:
        link(hostile.issuer)
        address = go(client)
        ticket = client.cookies[JOURNEY]
        assert come_back(client, hostile.sign_in(address)).status_code == 200
        assert JOURNEY not in client.cookies
        client.cookies.set(JOURNEY, ticket)

        assert come_back(client, hostile.sign_in(address)).status_code == 401
        assert reasons(trail) == ["unknown-state"]

    def test_with_a_code_that_was_used_leads_nowhere(
        self, client: TestClient, link: Link, hostile: Hostile, trail: Trail
    ) -> None:
        link(hostile.issuer)
        used = hostile.sign_in(go(client))
        assert come_back(client, used).status_code == 200
        state = hostile.sign_in(go(client))["state"]

        assert come_back(client, {**used, "state": state}).status_code == 401
        assert reasons(trail) == ["no-token"]

    def test_is_of_the_browser_that_went(
        self, app: FastAPI, client: TestClient, link: Link, hostile: Hostile, trail: Trail
    ) -> None:
        link(hostile.issuer)
        theirs = hostile.sign_in(go(client))
        with TestClient(app, follow_redirects=False) as another:
            go(another)
            assert come_back(another, theirs).status_code == 401
            assert who(another) == 401
        assert reasons(trail) == ["unknown-state"]
        assert come_back(client, theirs).status_code == 200

    @pytest.mark.parametrize(("minutes", "status"), [(9, 200), (10, 401)])
    def test_is_open_for_ten_minutes(
        self, client: TestClient, link: Link, hostile: Hostile, clock: Clock, minutes: int, status: int
    ) -> None:
        link(hostile.issuer)
        address = go(client)
        clock.goes_on(minutes=minutes)
        assert come_back(client, hostile.sign_in(address)).status_code == status

    def test_leads_to_a_place_of_this_hub_alone(self, client: TestClient, link: Link, hostile: Hostile) -> None:
        link(hostile.issuer)
        assert 'url=/log"' in through(client, hostile, next="/log").text
        assert 'url=/"' in through(client, hostile, next="https://evil.example/").text

    def test_from_another_provider_than_was_chosen_is_closed(
        self, client: TestClient, link: Link, hostile: Hostile, clock: Clock, trail: Trail
    ) -> None:
        link(hostile.issuer)
        other = Hostile(clock)
        link(other.issuer, subject=None, slug="other")
        mixed_up = hostile.sign_in(go(client, "other"))

        assert come_back(client, mixed_up, "agency").status_code == 401
        mixed_up = hostile.sign_in(go(client, "agency"))
        assert come_back(client, {**mixed_up, "iss": other.issuer}).status_code == 401
        good = hostile.sign_in(go(client, "agency"))
        assert come_back(client, {**good, "iss": hostile.issuer}).status_code == 200
        assert reasons(trail) == ["wrong-provider", "wrong-issuer"]
        other.server.shutdown()

    def test_must_name_the_provider_where_that_says_that_it_does(
        self, client: TestClient, link: Link, hostile: Hostile
    ) -> None:
        hostile.metadata = {"authorization_response_iss_parameter_supported": True}
        link(hostile.issuer)
        assert through(client, hostile).status_code == 401
        brought = hostile.sign_in(go(client))
        assert come_back(client, {**brought, "iss": hostile.issuer}).status_code == 200

    def test_is_closed_to_a_closed_account(
        self, client: TestClient, link: Link, hostile: Hostile, engine: Engine, keys: Keys, trail: Trail
    ) -> None:
        link(hostile.issuer)
        with db.transaction(engine) as session:
            Users(session, keys).close(WORKER.login)
        assert (through(client, hostile).status_code, reasons(trail)) == (401, ["closed"])

    def test_is_forgotten_when_nobody_takes_it(
        self, client: TestClient, link: Link, hostile: Hostile, engine: Engine, clock: Clock
    ) -> None:
        link(hostile.issuer)
        go(client)
        with db.transaction(engine) as session:
            assert forget_expired(session, at=clock.at) == 0
            clock.goes_on(minutes=10)
            assert forget_expired(session, at=clock.at) == 1


class TestAProviderThatIsNotWell:
    @pytest.mark.parametrize(
        "answer",
        [(500, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (302, b""), (200, b"[" * 100_000)],
        ids=["fails", "page", "list", "nothing", "elsewhere", "deep"],
    )
    def test_gives_one_page_and_no_more(
        self,
        client: TestClient,
        link: Link,
        hostile: Hostile,
        trail: Trail,
        answer: tuple[int, bytes],
    ) -> None:
        link(hostile.issuer)
        address = go(client)
        hostile.broken = lambda: answer
        came = come_back(client, hostile.sign_in(address))

        assert (came.status_code, reasons(trail)) == (401, ["no-token"])
        hostile.broken = None
        hostile.claims = {"nonce": "another"}
        assert through(client, hostile).text == came.text

    @pytest.mark.parametrize("pause", [4.0, 0.1], ids=["hangs", "drips"])
    def test_that_is_slow_is_given_up(
        self,
        client: TestClient,
        link: Link,
        hostile: Hostile,
        trail: Trail,
        pause: float,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(oidc, "LONGEST", 1.0)
        link(hostile.issuer)
        address = go(client)
        hostile.pause = pause
        began = time.monotonic()

        assert come_back(client, hostile.sign_in(address)).status_code == 401
        assert time.monotonic() - began < 4
        assert reasons(trail) == ["no-token"]

    def test_that_is_down_is_a_page_too(self, client: TestClient, link: Link, clock: Clock, trail: Trail) -> None:
        down = Hostile(clock)
        down.server.server_close()
        link(down.issuer)
        down.server.shutdown()
        assert client.get("/sign-in/with/agency").status_code == 401
        assert reasons(trail) == ["provider-away"]
        assert client.get("/sign-in").status_code == 200

    @pytest.mark.parametrize(
        "metadata",
        [{"issuer": "https://other.example"}, {"token_endpoint": "http://10.0.0.1/token"}, {"jwks_uri": 7}],
        ids=str,
    )
    def test_that_describes_itself_wrongly_is_not_gone_to(
        self, client: TestClient, link: Link, hostile: Hostile, trail: Trail, metadata: dict[str, Any]
    ) -> None:
        hostile.metadata = metadata
        link(hostile.issuer)
        assert client.get("/sign-in/with/agency").status_code == 401
        assert reasons(trail) == ["provider-away"]

    def test_that_nobody_has_registered_is_not_there(self, client: TestClient) -> None:
        assert client.get("/sign-in/with/agency").status_code == 404
        assert client.get("/sign-in/from/agency").status_code == 404


class TestShowingItAgain:
    def test_is_asked_of_the_provider_and_opens_what_needs_it(
        self, client: TestClient, link: Link, hostile: Hostile, clock: Clock, trail: Trail
    ) -> None:
        link(hostile.issuer)
        through(client, hostile)
        assert client.get("/api/probe/proof").status_code == 200
        clock.goes_on(minutes=6)
        assert client.get("/api/probe/proof").status_code == 401
        page = client.get("/sign-in/again?next=/contacts").text
        assert "Sign in with Agency" in page
        assert "Password" not in page
        before = client.cookies[COOKIE]
        address = go(client, again="1", next="/contacts")
        asked = parse_qs(urlsplit(address).query)
        assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])

        assert come_back(client, hostile.sign_in(address)).status_code == 200

        assert client.get("/api/probe/proof").status_code == 200
        assert trail()[-1].act == Act.USER_CONFIRMED
        client.cookies.set(COOKIE, before)
        assert who(client) == 401

    @pytest.mark.parametrize("claims", [{"auth_time": None}, {"auth_time": 1_700_000_000}], ids=str)
    def test_counts_only_when_the_provider_says_that_it_was_now(
        self, client: TestClient, link: Link, hostile: Hostile, clock: Clock, trail: Trail, claims: dict[str, Any]
    ) -> None:
        link(hostile.issuer)
        hostile.claims = claims
        assert through(client, hostile).status_code == 200
        assert (who(client), client.get("/api/probe/proof").status_code) == (200, 401)

        assert through(client, hostile, again="1").status_code == 401
        assert reasons(trail) == ["not-fresh"]
        assert (who(client), client.get("/api/probe/proof").status_code) == (200, 401)

    def test_counts_for_the_same_person_alone(
        self, client: TestClient, link: Link, hostile: Hostile, engine: Engine, keys: Keys, trail: Trail
    ) -> None:
        link(hostile.issuer)
        colleague = WORKER._replace(login="lee.park", name="Lee Park")
        _link_too(engine, keys, colleague, "colleague")
        through(client, hostile)
        hostile.claims = {"sub": "colleague"}

        assert through(client, hostile, again="1").status_code == 401
        assert reasons(trail) == ["other-session"]

    def test_keeps_what_was_typed_in_the_page_while_another_tab_goes_there(
        self, client: TestClient, link: Link, hostile: Hostile, clock: Clock
    ) -> None:
        link(hostile.issuer)
        through(client, hostile)
        clock.goes_on(minutes=6)
        asked = ask(client, EMERGENCY)
        assert 'target="_blank"' in asked.text
        kept = hidden(asked.text)
        too_early = client.post("/sign-in/again", data=kept)
        assert too_early.status_code == 401
        assert "has not come back yet" in too_early.text

        assert through(client, hostile, again="1").status_code == 200

        thanked = client.post("/sign-in/again", data=kept)
        assert thanked.status_code == 200
        assert "Open Door Shelter" in client.post("/contacts", data=hidden(thanked.text)).text


class TestALink:
    def test_takes_the_password_away(
        self, client: TestClient, engine: Engine, keys: Keys, link: Link, hostile: Hostile, clock: Clock
    ) -> None:
        link(hostile.issuer)
        form = {"login": WORKER.login, "password": PASSWORD, "code": WORKER.code(clock.at)}
        with db.transaction(engine) as session:
            users = Users(session, keys)
            users.take_password_away(users.named(WORKER.login))
        assert client.post("/sign-in", data=form).status_code == 401
        assert through(client, hostile).status_code == 200

    def test_is_within_one_participant_and_one_to_one(
        self, engine: Engine, keys: Keys, link: Link, people: None
    ) -> None:
        link("https://login.example", subject=None)
        with db.transaction(engine) as session:
            providers, users = Providers(session, keys), Users(session, keys)
            providers.link(users.named(WORKER.login), "agency", SUBJECT)
            with pytest.raises(Invalid, match="same participant"):
                providers.link(users.named("ines.wolfe"), "agency", "other")
            users.named("ines.wolfe").participant = "night-team"
            with pytest.raises(Conflict):
                providers.link(users.named("ines.wolfe"), "agency", SUBJECT)

    def test_says_in_the_database_neither_who_nor_the_secret(self, engine: Engine, link: Link) -> None:
        link("https://login.example")
        with engine.connect() as connection:
            kept = [
                str([bytes(one) if isinstance(one, memoryview) else one for one in row])
                for table in ("identity", "identity_provider")
                for row in connection.execute(text(f"SELECT * FROM {table}"))
            ]
        assert len(kept) == 2
        assert not [row for row in kept if SUBJECT in row or SECRET in row]

    @pytest.mark.parametrize(
        "issuer", ["http://login.example", "https://user:x@login.example", "ftp://x", "https://login.example/?x=1"]
    )
    def test_to_a_provider_without_tls_cannot_be(self, link: Link, issuer: str) -> None:
        with pytest.raises(Invalid, match="issuer"):
            link(issuer)

    @pytest.mark.parametrize("algorithm", ["none", "HS256"])
    def test_to_a_provider_that_signs_with_less_cannot_be(self, link: Link, algorithm: str) -> None:
        with pytest.raises(Invalid, match="algorithm"):
            link("https://login.example", algorithms=[algorithm])


def _link_too(engine: Engine, keys: Keys, person: Person, subject: str) -> None:
    add(person, engine, keys)
    with db.transaction(engine) as session:
        Providers(session, keys).link(Users(session, keys).named(person.login), "agency", subject)
