"""The pages in a browser: over real HTTP, on a small phone, under the strict policy, and without JavaScript."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import oidc_provider_mock
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect
from sqlalchemy import Engine

from hub.edge.transaction import now
from hub.store import db
from hub.store.accounts import Users
from hub.store.accounts.providers import IdentityProviderRow, Providers
from hub.store.audit import Act, Entry
from hub.store.crypto import Keys
from tests.browser import IN_A_BROWSER, browser, serving
from tests.edge.conftest import OFFICER, PASSWORD, WORKER, Clock, Person

__all__ = ["browser"]

PHONE, DESK = (360, 740), (1280, 900)

pytestmark = IN_A_BROWSER


@pytest.fixture
def address(app: FastAPI, people: None) -> Iterator[str]:
    """Where the hub answers, on a port of its own."""
    with serving(app) as address:
        yield address


def sign_in(page: Page, address: str, person: Person, clock: Clock) -> None:
    page.goto(address)
    page.get_by_label("Login").fill(person.login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("One-time code").fill(person.code(clock.at))
    page.get_by_role("button", name="Sign in").click()


def ask_for_marcus(page: Page) -> None:
    page.get_by_label("First name").fill("Marcus")
    page.get_by_label("Last name").fill("Delgado")
    page.get_by_label("Month").fill("4")
    page.get_by_label("Day").fill("9")
    page.get_by_label("Year").fill("1987")
    page.get_by_role("button", name="Ask").click()


def tell_of(page: Page) -> list[str]:
    """What the browser complains about from here on: errors of scripts, and what the policy has stopped."""
    complaints: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            complaints.append(message.text)

    def thrown(error: Error) -> None:
        complaints.append(error.message)

    page.on("console", said)
    page.on("pageerror", thrown)
    return complaints


class TestOnAPhone:
    def test_a_crisis_worker_finds_whom_to_call(self, browser: Browser, address: str, clock: Clock) -> None:
        page = browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
        complaints = tell_of(page)
        sign_in(page, address, WORKER, clock)
        before = page.url
        ask_for_marcus(page)

        expect(page.get_by_role("heading", name="One contact")).to_be_focused()
        expect(page.get_by_role("heading", name="One contact")).to_be_in_viewport()
        expect(page.get_by_role("link", name="Call +1 555 0100")).to_have_attribute("href", "tel:+15550100")
        assert page.url == before
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        assert complaints == []
        page.close()

    def test_a_mistake_leads_to_its_field(self, browser: Browser, address: str, clock: Clock) -> None:
        page = browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
        sign_in(page, address, WORKER, clock)
        page.get_by_role("button", name="Ask").click()

        page.get_by_role("link", name="Enter a name or a booking number.").click()
        expect(page.get_by_label("First name")).to_be_focused()
        expect(page.get_by_label("First name")).to_have_attribute("aria-invalid", "true")
        page.close()

    def test_a_refusal_leaves_what_was_typed(self, browser: Browser, address: str, clock: Clock) -> None:
        page = browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
        sign_in(page, address, WORKER, clock)
        page.get_by_label("Purpose").select_option("ETREAT")
        ask_for_marcus(page)

        expect(page.get_by_role("alert")).to_contain_text("An emergency needs its statement.")
        expect(page.get_by_label("Last name")).to_have_value("Delgado")
        page.close()


class TestWithoutJavaScript:
    def test_a_crisis_worker_finds_whom_to_call(self, browser: Browser, address: str, clock: Clock) -> None:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        sign_in(page, address, WORKER, clock)
        ask_for_marcus(page)

        expect(page.get_by_role("heading", name="One contact")).to_be_visible()
        assert page.url == f"{address}/contacts#answer"
        context.close()


class TestElsewhere:
    """The provider is at `localhost` and the hub at `127.0.0.1`: two sites, by which a browser holds cookies apart."""

    @pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
    def test_a_crisis_worker_signs_in_at_their_agency_and_shows_it_again(
        self,
        browser: Browser,
        address: str,
        app: FastAPI,
        clock: Clock,
        engine: Engine,
        keys: Keys,
        trail: Callable[[], list[Entry]],
        script: bool,
    ) -> None:
        app.state.settings = app.state.settings.model_copy(update={"public_url": address})
        clock.at = datetime.now(UTC)
        with oidc_provider_mock.run_server_in_thread() as server:
            issuer = f"http://localhost:{server.server_port}"
            link_to(issuer, engine, keys)
            context = browser.new_context(java_script_enabled=script)
            page = context.new_page()
            page.goto(f"{address}/contacts")
            page.get_by_role("link", name="Sign in with Agency").click()
            sign_in_there(page)

            expect(page.get_by_role("heading", name="Find a contact")).to_be_visible()
            assert page.url == f"{address}/contacts"

            httpx.put(f"{issuer}/users/8f14e45f", json={"auth_time": int(clock.at.timestamp())}, trust_env=False)
            page.goto(f"{address}/sign-in/again?next=/contacts")
            page.get_by_role("link", name="Sign in with Agency").click()
            sign_in_there(page)

            expect(page.get_by_role("heading", name="Find a contact")).to_be_visible()
            acts = [entry.act for entry in trail()]
            assert (acts.count(Act.USER_SIGNED_IN), acts.count(Act.USER_CONFIRMED)) == (1, 1)
            context.close()


def link_to(issuer: str, engine: Engine, keys: Keys) -> None:
    with db.transaction(engine) as session:
        row = IdentityProviderRow(
            slug="agency",
            name="Agency",
            participant=WORKER.participant,
            issuer=issuer,
            client_id="hub",
            sealed_secret=b"",
            algorithms=["RS256"],
        )
        Providers(session, keys).register(row, secret="its own")
        Providers(session, keys).link(Users(session, keys).named(WORKER.login), "agency", "8f14e45f")


def sign_in_there(page: Page) -> None:
    page.get_by_placeholder("sub").fill("8f14e45f")
    page.get_by_role("button", name="Authorize").click()


class TestAtADesk:
    def test_an_officer_reads_the_log_and_signs_out(
        self, browser: Browser, address: str, app: FastAPI, clock: Clock
    ) -> None:
        assert app.dependency_overrides[now] is clock
        page = browser.new_page(viewport={"width": DESK[0], "height": DESK[1]})
        complaints = tell_of(page)
        sign_in(page, address, OFFICER, clock)

        expect(page.get_by_role("heading", name="Disclosure log")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert complaints == []
        page.close()
