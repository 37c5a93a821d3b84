"""A vendor's developer tries the HMIS API at `/docs`, in a browser, with the token of the demo's HMIS."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from hub.store.walls import Part, as_part
from tests.apps import app_of
from tests.browser import IN_A_BROWSER, browser, serving
from tests.flow.conftest import CountyHome, Hub, county_folder, home, hub

__all__ = ["browser", "county_folder", "home", "hub"]

PROJECTS = "GET /hmis/v1/projects"

pytestmark = IN_A_BROWSER


@pytest.fixture
def address(home: CountyHome) -> Iterator[str]:
    """Where the county's hub answers, on a port of its own."""
    app = app_of(home.settings, as_part(home.engine, Part.WEB), home.keys)
    with serving(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


def authorize(page: Page, token: str) -> None:
    page.get_by_role("button", name="Authorize").first.click()
    box = page.locator(".modal-ux")
    box.get_by_label("auth-bearer-value").fill(token)
    box.get_by_role("button", name="Apply credentials").click()
    box.get_by_role("button", name="Close").last.click()


def status_of_projects(page: Page) -> str:
    projects = page.locator(".opblock", has=page.get_by_text("/hmis/v1/projects", exact=True))
    if not projects.get_by_role("button", name="Execute").is_visible():
        projects.locator(".opblock-summary-control").click()
    projects.get_by_role("button", name="Execute").click()
    return projects.locator(".live-responses-table .response-col_status").last.inner_text()


class TestDocs:
    def test_let_a_developer_try_the_hmis_api_with_a_token(self, page: Page, address: str, hub: Hub) -> None:
        token = hub.partner("riverbend-hmis").headers["authorization"].removeprefix("Bearer ")
        complaints: list[str] = []
        asked: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(error.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/docs")
        authorize(page, token)

        assert status_of_projects(page).startswith("200")
        assert complaints == []
        assert [url for url in asked if not url.startswith((address, "data:"))] == []
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        assert token not in kept

    def test_let_nobody_in_without_one(self, page: Page, address: str) -> None:
        page.goto(f"{address}/docs")

        assert status_of_projects(page).startswith("401")
