"""Showing again who one is: before an emergency is stated or a proof is taken out, whoever it is about."""

import html
import re
from collections.abc import Callable

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, text

from hub.store import db
from hub.store.accounts import Users
from hub.store.audit import Act, Entry
from hub.store.crypto import Keys
from tests.edge.conftest import PASSWORD, WORKER, Clock

COOKIE = "hub_session"
EMERGENCY = {
    "purpose": "ETREAT",
    "treating_relationship": "yes",
    "given": "Marcus",
    "family": "Delgado",
    "emergency_kind": "medical",
    "medical_person": "Dr. Imani Cole",
    "unobtainable": "unconscious",
}
STRANGER = {**EMERGENCY, "given": "Ezekiel", "family": "Thornbury"}


def hidden(page: str) -> dict[str, str]:
    """What a page keeps in the last of its forms."""
    form = page.rpartition("<form class")[2]
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def csrf_of(client: TestClient) -> str:
    return str(re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/contacts").text)[0])


def ask(client: TestClient, asked: dict[str, str] = EMERGENCY) -> httpx.Response:
    response: httpx.Response = client.post("/contacts", data={**asked, "csrf_token": csrf_of(client)})
    return response


def again(client: TestClient, kept: dict[str, str], clock: Clock, **changed: str) -> httpx.Response:
    form = {**kept, "password": PASSWORD, "code": WORKER.code(clock.at), **changed}
    response: httpx.Response = client.post("/sign-in/again", data=form)
    return response


class TestAnEmergency:
    def test_is_answered_within_five_minutes_of_signing_in_and_not_after(
        self, as_worker: TestClient, clock: Clock
    ) -> None:
        clock.goes_on(minutes=5)
        assert "Open Door Shelter" in ask(as_worker).text

        clock.goes_on(seconds=1)
        asked = ask(as_worker)
        assert asked.status_code == 401
        assert "Show again that it is you" in asked.text
        assert "Open Door Shelter" not in asked.text

    def test_goes_on_as_it_was_typed(self, as_worker: TestClient, clock: Clock) -> None:
        clock.goes_on(minutes=6)
        asked = ask(as_worker, {**EMERGENCY, "justification": 'fell & hit "his" head'})

        thanked = again(as_worker, hidden(asked.text), clock)

        assert (thanked.status_code, asked.url.query, thanked.url.query) == (200, b"", b"")
        assert PASSWORD not in thanked.text
        kept = hidden(thanked.text)
        assert kept["justification"] == 'fell & hit "his" head'
        assert "Open Door Shelter" in as_worker.post("/contacts", data=kept).text

    def test_is_asked_for_in_the_same_words_whoever_it_is_about(self, as_worker: TestClient, clock: Clock) -> None:
        clock.goes_on(minutes=6)
        known, stranger = ask(as_worker).text, ask(as_worker, STRANGER).text

        assert known == stranger.replace("Ezekiel", "Marcus").replace("Thornbury", "Delgado")

    def test_without_a_statement_needs_no_fresh_sign_in(self, as_worker: TestClient, clock: Clock) -> None:
        clock.goes_on(minutes=6)
        assert ask(as_worker, {"purpose": "COC", "given": "Marcus", "family": "Delgado"}).status_code == 200

    def test_takes_the_place_of_the_question_where_htmx_asked(self, as_worker: TestClient, clock: Clock) -> None:
        clock.goes_on(minutes=6)
        as_worker.headers["hx-request"] = "true"
        assert ask(as_worker).headers["hx-retarget"] == "#main"


class TestShowingIt:
    def test_opens_what_needs_it_and_says_so_to_programs(self, as_worker: TestClient, clock: Clock) -> None:
        assert as_worker.get("/api/probe/proof").json() == "taken out"
        clock.goes_on(minutes=6)

        refused = as_worker.get("/api/probe/proof")

        assert refused.status_code == 401
        assert refused.json()["type"] == "urn:handoff-hub:problem:sign-in-again"
        assert "/sign-in/again" in refused.json()["next_steps"]
        assert refused.headers["www-authenticate"] == ('Bearer error="insufficient_user_authentication", max_age=300')
        led = again(as_worker, {**hidden(as_worker.get("/sign-in/again?next=/log").text)}, clock)
        assert (led.status_code, led.headers["location"]) == (303, "/log")
        assert as_worker.get("/api/probe/proof").json() == "taken out"

    def test_begins_a_new_session_and_ends_the_old(self, as_worker: TestClient, clock: Clock) -> None:
        before = as_worker.cookies[COOKIE]
        clock.goes_on(minutes=6)
        assert again(as_worker, {"csrf_token": csrf_of(as_worker)}, clock).status_code == 303

        after = as_worker.cookies[COOKIE]
        assert before != after
        as_worker.cookies.clear()
        as_worker.cookies.set(COOKIE, before)
        assert as_worker.get("/api/probe/who").status_code == 401

    @pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"code": "000000"}, {"password": "", "code": ""}])
    def test_fails_in_the_same_words_and_keeps_what_was_typed(
        self, as_worker: TestClient, clock: Clock, wrong: dict[str, str]
    ) -> None:
        clock.goes_on(minutes=6)
        asked = ask(as_worker)
        failed = again(as_worker, hidden(asked.text), clock, **wrong)

        assert failed.status_code == 401
        assert "That did not work" in failed.text
        assert hidden(failed.text) == hidden(asked.text)
        assert as_worker.get("/api/probe/proof").status_code == 401

    def test_takes_no_code_a_second_time(self, as_worker: TestClient, clock: Clock) -> None:
        assert again(as_worker, {"csrf_token": csrf_of(as_worker)}, clock).status_code == 401

    def test_counts_towards_the_lock(self, as_worker: TestClient, clock: Clock) -> None:
        clock.goes_on(minutes=6)
        csrf = {"csrf_token": csrf_of(as_worker)}
        for _ in range(10):
            assert again(as_worker, csrf, clock, password="wrong").status_code == 401
        assert again(as_worker, csrf, clock).status_code == 401

    def test_needs_a_page_of_this_session_and_leads_nowhere_else(self, as_worker: TestClient, clock: Clock) -> None:
        clock.goes_on(minutes=6)
        assert again(as_worker, {}, clock).status_code == 403
        led = again(as_worker, {"csrf_token": csrf_of(as_worker), "next": "//evil.example"}, clock)
        assert led.headers["location"] == "/"

    def test_is_written_down(self, as_worker: TestClient, clock: Clock, trail: Callable[[], list[Entry]]) -> None:
        clock.goes_on(minutes=6)
        csrf = {"csrf_token": csrf_of(as_worker)}
        again(as_worker, csrf, clock, code="000000")
        again(as_worker, csrf, clock)

        assert [entry.act for entry in trail()][-2:] == [Act.USER_SIGN_IN_FAILED, Act.USER_CONFIRMED]


class TestSignOutEverywhere:
    def test_ends_the_sessions_on_other_devices_too(
        self, as_worker: TestClient, clock: Clock, engine: Engine, keys: Keys
    ) -> None:
        first = as_worker.cookies[COOKIE]
        clock.goes_on(seconds=30)
        form = {"login": WORKER.login, "password": PASSWORD, "code": WORKER.code(clock.at)}
        assert as_worker.post("/sign-in", data=form).status_code == 303

        assert as_worker.post("/sign-out/everywhere").status_code == 403
        assert as_worker.post("/sign-out/everywhere", data={"csrf_token": csrf_of(as_worker)}).status_code == 303

        as_worker.cookies.set(COOKIE, first)
        assert as_worker.get("/api/probe/who").status_code == 401


class TestALockedOrClosedAccount:
    def test_answers_like_a_login_that_nobody_has(
        self, client: TestClient, people: None, clock: Clock, engine: Engine
    ) -> None:
        """Status, headers and body, with the right password and code as with wrong ones."""
        answers = [self.tries(client, clock, login="nobody"), self.tries(client, clock, password="wrong")]
        for state in ("locked_until = now() + interval '90 years'", "active = false, locked_until = NULL"):
            with engine.begin() as connection:
                connection.execute(text(f"UPDATE user_account SET {state}"))
            answers += [self.tries(client, clock), self.tries(client, clock, code="000000")]

        assert len(set(answers)) == 1

    def tries(self, client: TestClient, clock: Clock, **changed: str) -> tuple[int, str, str]:
        form = {"login": WORKER.login, "password": PASSWORD, "code": WORKER.code(clock.at), **changed}
        answer = client.post("/sign-in", data=form)
        headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
        return answer.status_code, str(headers), answer.text

    @pytest.mark.parametrize("login", [WORKER.login, "nobody"])
    def test_costs_the_same_statements(
        self, login: str, people: None, clock: Clock, engine: Engine, keys: Keys
    ) -> None:
        """Select by login, lock, update: for everyone who fails, whoever they say they are."""
        said: list[str] = []
        with db.transaction(engine) as session:
            event.listen(session.connection(), "before_cursor_execute", lambda *seen: said.append(seen[2].split()[0]))
            Users(session, keys).attempt(login=login, password="wrong", code="000000", at=clock.at)
        assert said == ["SELECT", "SELECT", "UPDATE"]
