"""People: in with login, password and code together; out when idle; nothing changed without the page's token."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlmodel import Session

from hub.edge.auth import SessionCookie
from hub.errors import Conflict, Invalid
from hub.settings import Settings
from hub.store import db
from hub.store.accounts import HubRole, NewUser, Users
from hub.store.audit import Act, Entry
from hub.store.crypto import Keys
from schemas.vocab import Role
from tests.edge.conftest import OFFICER, PASSWORD, WORKER, Clock, Person

SignIn = Callable[[Person], TestClient]
COOKIE = "hub_session"


def attempt(client: TestClient, clock: Clock, person: Person = WORKER, **changed: str) -> httpx.Response:
    form = {"login": person.login, "password": PASSWORD, "code": person.code(clock.at), **changed}
    response: httpx.Response = client.post("/sign-in", data=form)
    return response


def csrf_of(client: TestClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/contacts").text)
    assert found is not None
    return found[1]


class TestSignIn:
    def test_takes_login_password_and_code_together(self, client: TestClient, people: None, clock: Clock) -> None:
        response = attempt(client, clock, login=" Dana.Ortiz ")

        assert (response.status_code, response.headers["location"]) == (303, "/")
        cookie = response.headers["set-cookie"]
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert client.get("/", follow_redirects=True).url.path == "/contacts"

    def test_says_the_same_whatever_was_wrong(self, client: TestClient, people: None, clock: Clock) -> None:
        answers = [
            attempt(client, clock, login="nobody"),
            attempt(client, clock, password="wrong"),
            attempt(client, clock, code="000000"),
            attempt(client, clock, login="", password="", code=""),
        ]

        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.text for answer in answers}) == 1
        assert COOKIE not in client.cookies

    def test_is_written_down_without_the_login(
        self, client: TestClient, people: None, clock: Clock, trail: Callable[[], list[Entry]]
    ) -> None:
        attempt(client, clock, login="mistyped")
        attempt(client, clock, password="wrong")
        attempt(client, clock)

        failed_unknown, failed, succeeded = trail()
        assert failed_unknown.act == failed.act == Act.USER_SIGN_IN_FAILED
        assert (failed_unknown.actor, failed_unknown.participant) == ("unknown", None)
        assert (succeeded.act, succeeded.participant) == (Act.USER_SIGNED_IN, "night-team")
        assert failed.actor == succeeded.actor
        assert not re.search("mistyped|dana", str([failed_unknown, failed, succeeded]), re.IGNORECASE)

    def test_takes_a_code_once(self, client: TestClient, people: None, clock: Clock) -> None:
        assert attempt(client, clock).status_code == 303
        assert attempt(client, clock).status_code == 401
        clock.goes_on(seconds=30)
        assert attempt(client, clock).status_code == 303

    def test_takes_a_code_one_step_off(self, client: TestClient, people: None, clock: Clock) -> None:
        late, too_late = (WORKER.code(clock.at - timedelta(seconds=seconds)) for seconds in (30, 90))

        assert attempt(client, clock, code=too_late).status_code == 401
        assert attempt(client, clock, code=f"{late[:3]} {late[3:]}").status_code == 303

    def test_from_another_site_is_refused(self, client: TestClient, people: None, clock: Clock) -> None:
        client.headers["sec-fetch-site"] = "cross-site"
        assert attempt(client, clock).status_code == 403
        client.headers["sec-fetch-site"] = "same-origin"
        assert attempt(client, clock).status_code == 303

    def test_leads_back_but_never_away(self, client: TestClient, people: None, clock: Clock) -> None:
        asked = client.get("/log/3")
        assert asked.headers["location"] == "/sign-in?next=/log/3"

        for wanted, led in (
            ("/log/3", "/log/3"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\e", "/"),
        ):
            assert attempt(client, clock, next=wanted).headers["location"] == led
            clock.goes_on(seconds=30)


class TestLock:
    def test_closes_after_ten_failures_and_opens_again(self, client: TestClient, people: None, clock: Clock) -> None:
        refusals = [attempt(client, clock, password="wrong") for _ in range(10)]

        assert attempt(client, clock).text == refusals[0].text
        assert attempt(client, clock, OFFICER).status_code == 303
        clock.goes_on(minutes=15)
        assert attempt(client, clock).status_code == 303

    def test_forgets_failures_that_are_long_past(self, engine: Engine, keys: Keys, people: None, clock: Clock) -> None:
        with engine.begin() as connection:
            nine = text("UPDATE user_account SET failures = 9, failing_since = :at")
            connection.execute(nine, {"at": clock.at - timedelta(minutes=16)})
        self.fails(engine, keys, clock)

        with db.transaction(engine) as session:
            users = Users(session, keys)
            assert users.attempt(
                login=WORKER.login, password=PASSWORD, code=WORKER.code(clock.at), at=clock.at
            ).succeeded

    @pytest.mark.usefixtures("real_passwords")
    def test_counts_guesses_that_come_at_once(self, engine: Engine, keys: Keys, people: None, clock: Clock) -> None:
        """Each takes as long as in real life, so that they do come at once."""
        with ThreadPoolExecutor(5) as pool:
            list(pool.map(lambda _: self.fails(engine, keys, clock), range(10)))

        with engine.connect() as connection:
            locked = connection.execute(
                text("SELECT count(*) FROM user_account WHERE locked_until IS NOT NULL")
            ).scalar()
        assert locked == 1

    def fails(self, engine: Engine, keys: Keys, clock: Clock) -> None:
        with db.transaction(engine) as session:
            assert (
                not Users(session, keys)
                .attempt(login=WORKER.login, password="wrong", code="000000", at=clock.at)
                .succeeded
            )


class TestSession:
    def test_ends_after_half_an_hour_without_a_request(self, as_worker: TestClient, clock: Clock) -> None:
        for _ in range(3):
            clock.goes_on(minutes=29)
            assert as_worker.get("/contacts").status_code == 200
        clock.goes_on(minutes=30)
        assert as_worker.get("/contacts").status_code == 303

    def test_ends_after_twelve_hours_in_any_case(self, as_worker: TestClient, clock: Clock) -> None:
        for _ in range(12 * 60 // 20 - 1):
            clock.goes_on(minutes=20)
            assert as_worker.get("/api/probe/who").status_code == 200
        clock.goes_on(minutes=20)
        assert as_worker.get("/api/probe/who").status_code == 401

    def test_ends_when_the_account_is_closed(self, as_worker: TestClient, engine: Engine) -> None:
        assert as_worker.get("/contacts").status_code == 200
        with engine.begin() as connection:
            connection.execute(text("UPDATE user_account SET active = false"))
        assert as_worker.get("/contacts").status_code == 303

    def test_lasts_as_long_as_the_settings_say(
        self, app: FastAPI, as_worker: TestClient, settings: Settings, clock: Clock
    ) -> None:
        app.state.settings = settings.model_copy(update={"session_idle_minutes": 10})
        clock.goes_on(minutes=9)
        assert as_worker.get("/contacts").status_code == 200
        clock.goes_on(minutes=10)
        assert as_worker.get("/contacts").status_code == 303

    def test_changes_nothing_without_its_csrf_token(self, as_worker: TestClient) -> None:
        csrf = csrf_of(as_worker)

        assert as_worker.post("/api/probe/change").status_code == 403
        assert as_worker.post("/api/probe/change", data={"csrf_token": "x" * len(csrf)}).status_code == 403
        assert as_worker.post("/api/probe/change", headers={"x-csrf-token": b"\xe9"}).status_code == 403
        assert as_worker.post("/api/probe/change", data={"csrf_token": csrf}).status_code == 200
        assert as_worker.post("/api/probe/change", headers={"x-csrf-token": csrf}).status_code == 200

    def test_ends_at_sign_out(self, as_worker: TestClient, trail: Callable[[], list[Entry]]) -> None:
        cookie = as_worker.cookies[COOKIE]
        assert as_worker.post("/sign-out").status_code == 403
        assert as_worker.post("/sign-out", data={"csrf_token": csrf_of(as_worker)}).status_code == 303

        as_worker.cookies.set(COOKIE, cookie)
        assert as_worker.get("/api/probe/who").status_code == 401
        assert trail()[-1].act == Act.USER_SIGNED_OUT

    def test_does_not_cover_for_a_token_that_has_run_out(self, as_worker: TestClient) -> None:
        headers = {"authorization": "Bearer long-gone"}
        assert as_worker.get("/api/probe/who", headers=headers).status_code == 401

    def test_opens_only_what_the_role_opens(self, sign_in: SignIn) -> None:
        browser = sign_in(WORKER)
        assert browser.get("/log").status_code == 403
        assert browser.get("/api/probe/log").status_code == 403

        browser.cookies.clear()
        browser = sign_in(OFFICER)
        assert browser.get("/api/probe/log").json() == "open"
        assert browser.get("/contacts").status_code == 403

    def test_is_bound_to_the_host_over_https(self, settings: Settings) -> None:
        plain, secure = settings, settings.model_copy(update={"public_url": "https://hub.example"})

        assert SessionCookie.of(plain)[:2] == ("hub_session", False)
        assert SessionCookie.of(secure)[:2] == ("__Host-hub_session", True)


class TestAccount:
    def test_keeps_no_name_password_or_secret_in_the_clear(self, engine: Engine, people: None) -> None:
        with engine.connect() as connection:
            row = connection.execute(text("SELECT string_agg(u::text, ' ') FROM user_account u")).scalar_one()

        for secret in (WORKER.login, "Dana", PASSWORD, WORKER.totp_secret):
            assert secret not in row
            assert secret.encode().hex() not in row

    @pytest.mark.usefixtures("real_passwords")
    def test_keeps_a_password_by_which_guessing_is_slow(self, engine: Engine, keys: Keys, county: None) -> None:
        """RFC 9106, section 4, the second recommended option: three passes over 64 MiB in four lanes."""
        with Session(engine) as session:
            self.made(Users(session, keys))
            session.flush()
            kept = session.connection().execute(text("SELECT password FROM user_account")).scalar_one()

        assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")

    def test_is_made_with_an_address_for_the_authenticator(self, session: Session, keys: Keys, county: None) -> None:
        new = self.made(Users(session, keys))

        assert new.totp_uri.startswith("otpauth://totp/Handoff%20Hub:kai?secret=")

    def test_has_a_login_of_its_own_and_a_long_password(self, session: Session, keys: Keys, county: None) -> None:
        users = Users(session, keys)
        self.made(users)

        with pytest.raises(Conflict):
            self.made(users, login="KAI ")
        with pytest.raises(Invalid):
            self.made(users, login="other", password="too short")

    def made(self, users: Users, login: str = "kai", password: str = PASSWORD) -> NewUser:
        return users.create(
            login=login,
            name="Kai Lund",
            participant="night-team",
            roles={HubRole.CRISIS_WORKER},
            role=Role.PEER_SPECIALIST,
            password=password,
        )


class TestNobody:
    def test_is_told_so_or_led_to_the_sign_in_page(self, app: FastAPI) -> None:
        with TestClient(app, follow_redirects=False) as machine:
            assert machine.get("/api/probe/who").status_code == 401
            assert machine.get("/contacts").json()["title"] == "Sign in first"
            assert (
                machine.get("/contacts", headers={"hx-request": "true"}).headers["hx-redirect"].startswith("/sign-in")
            )
