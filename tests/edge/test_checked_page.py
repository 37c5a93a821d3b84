"""The page of a check: what it tells a data-quality manager, that it tells nothing of a person, and how it reads."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from adapters.base import Advice
from adapters.hmis import HmisCsv
from hub.edge.web.checked import checked_page, counted, findings_of
from hub.flow.pipeline import check
from hub.flow.report import Report
from schemas.messages import Problem, Severity
from tests.adapters.hmis.conftest import COUNTY, files_in, message, zipped
from tests.browser import IN_A_BROWSER, browser

__all__ = ["browser"]

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
PHONE: ViewportSize = {"width": 360, "height": 740}


def problem(line: int | None = None, *, count: int = 1, severity: Severity = Severity.WARNING) -> Problem:
    return Problem(
        file="Exit.csv",
        line=line,
        field="Destination",
        code="list-value",
        severity=severity,
        expected="a code",
        count=count,
    )


def no_advice(_: Problem) -> Advice:
    return Advice()


def page_of(*problems: Problem, refused: bool = False) -> str:
    report = Report(feed="hmis-csv", source="x", received=3, problems=problems, refused=refused)
    return checked_page(report, [("Source", "Marlow")], HmisCsv().advice, name="marlow.zip", at=AT)


@pytest.fixture(scope="module")
def county() -> str:
    sent = message(zipped(files_in(COUNTY)), None)
    feed = HmisCsv()
    return checked_page(check(sent, feed), feed.about(sent), feed.advice, name=sent.name, at=sent.received_at)


class TestFindings:
    def test_are_what_can_be_mended_in_one_go(self) -> None:
        (finding,) = findings_of([problem(2), problem(9), problem(count=70)], no_advice)

        assert (finding.lines, finding.count, finding.more) == ((2, 9), 72, 70)

    def test_begin_with_the_worst(self) -> None:
        found = findings_of([problem(2, count=1), problem(3, severity=Severity.SET_ASIDE)], no_advice)

        assert [one.first.severity for one in found] == [Severity.SET_ASIDE, Severity.WARNING]

    def test_are_counted_by_file_and_severity(self) -> None:
        told = counted([problem(2), problem(count=70), problem(5, severity=Severity.SET_ASIDE)])

        assert told == {"Exit.csv": {Severity.WARNING: 71, Severity.SET_ASIDE: 1}}


class TestPage:
    def test_says_where_what_and_how_to_mend_it(self) -> None:
        page = page_of(problem(7), problem(count=70))

        for words in ("marlow.zip", "Exit.csv, Destination", "3.12", "Line 7, and 70 more", "207 Jail", "Mend it at"):
            assert words in page

    def test_with_nothing_to_mend_says_so(self) -> None:
        assert "Nothing to mend." in page_of()
        assert "Nothing to mend." not in page_of(problem(7))

    def test_of_a_refused_file_says_so_first(self) -> None:
        assert "The file cannot be taken." in page_of(problem(severity=Severity.REFUSED), refused=True)

    def test_tells_nothing_of_a_person(self, county: str) -> None:
        for told in ("Marcus", "Delgado", "219099999", "1987-04-09", "Núñez"):
            assert told not in county

    def test_stands_alone(self, county: str) -> None:
        assert "<script" not in county
        assert "src=" not in county
        assert "href=" not in county

    def test_does_not_run_what_a_sender_writes(self) -> None:
        report = Report(feed="hmis-csv", source="x")
        page = checked_page(report, [("Source", "<script>x</script>")], no_advice, name="<b>.zip", at=AT)

        assert "<script" not in page
        assert "<b>" not in page


class TestInABrowser:
    pytestmark = IN_A_BROWSER

    def test_fits_a_phone_and_is_in_order(self, browser: Browser, county: str) -> None:
        page = browser.new_page(viewport=PHONE)
        page.set_content(county)

        expect(page.get_by_role("heading", level=1)).to_have_text("Check of marlow.zip")
        expect(page.get_by_role("region", name="What was found")).to_be_visible()
        expect(page.get_by_role("table", name="How many, by file")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.close()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_can_be_read_by_day_and_by_night(self, browser: Browser, county: str, scheme: str) -> None:
        """WCAG 2.2, 1.4.3: text stands out from its ground by 4.5 to 1."""
        page = browser.new_page(viewport=PHONE)
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_content(county)

        assert page.evaluate(FAINTEST) >= 4.5
        page.close()


FAINTEST = """() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((c) => c / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    const color = getComputedStyle(node).backgroundColor;
    return color === "rgba(0, 0, 0, 0)" && node.parentElement ? ground(node.parentElement) : color;
  };
  const texts = [...document.body.querySelectorAll("*")].filter((node) =>
    [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
  return Math.min(...texts.map((node) => {
    const [a, b] = [light(getComputedStyle(node).color), light(ground(node))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}"""
