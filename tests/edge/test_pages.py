"""The pages: what a crisis worker and a compliance officer see, with and without JavaScript."""

import re
from collections.abc import Callable
from datetime import date

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine

from hub.edge.web.contact_form import EXPECTED, WHO, ContactForm, question_in
from hub.edge.web.rendering import age, link
from hub.store import db
from hub.store.audit import JSON, Act, AuditLog, Entry, checkpoint, sequence
from hub.store.crypto import Keys
from hub.store.directory import Directory, ParticipantRow, ProgramRow
from hub.store.listings import Listings, Whose
from schemas.contacts import STANDING_NOTICE, ContactQuery
from schemas.listing import Listed
from schemas.vocab import Capacity
from tests.edge.conftest import MIDNIGHT, QUERY_ID

MARCUS = {
    "purpose": "COC",
    "given": "Marcus",
    "family": "Delgado",
    "birth_month": "4",
    "birth_day": "9",
    "birth_year": "1987",
}
STRANGER = {**MARCUS, "family": "Nobody"}
NO_SUCH_DAY = {"birth_month": "2", "birth_day": "30", "birth_year": "1987"}


def ask(browser: TestClient, form: dict[str, str], **headers: str) -> httpx.Response:
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/contacts").text)
    assert csrf is not None
    response: httpx.Response = browser.post("/contacts", data={"csrf_token": csrf[1], **form}, headers=headers)
    return response


def mistakes_on(page: str) -> list[str]:
    """The fields that the summary of mistakes leads to."""
    return re.findall(r'<li><a class="usa-link" href="#(\w+)"', page)


class TestFindAContact:
    def test_shows_whom_to_call_and_how_old_that_is(self, as_worker: TestClient) -> None:
        page = ask(as_worker, MARCUS).text

        for told in ("Open Door Shelter", "Ana Reyes", 'href="tel:+15550100"', "daily 06:00-22:00", "3 days ago"):
            assert told in page
        for told in ("Riverside Park", "Prioritized", "housing navigation", "42 CFR part 2", "Dec 31, 2026"):
            assert told in page
        assert STANDING_NOTICE in page

    def test_says_nothing_of_a_stranger_and_keeps_the_ways_on(self, as_worker: TestClient) -> None:
        page = ask(as_worker, STRANGER).text

        assert "No contact can be given" in page
        assert STANDING_NOTICE in page
        assert "Ask the person for consent" in page
        assert "Call coordinated entry" in page

    def test_gives_the_same_empty_answer_whoever_was_asked_about(self, as_worker: TestClient) -> None:
        one, other = (ask(as_worker, {**STRANGER, "given": name}) for name in ("Aaaaaa", "Bbbbbb"))

        assert one.text.replace("Aaaaaa", "Bbbbbb") == other.text
        assert set(one.headers) == set(other.headers)

    def test_names_every_mistake_and_repeats_what_was_typed_only_in_its_field(self, as_worker: TestClient) -> None:
        response = ask(as_worker, {"purpose": "COC", "ssn_last4": "12x4", **NO_SUCH_DAY})

        assert response.status_code == 422
        assert mistakes_on(response.text) == ["given", "birth_month", "ssn_last4"]
        assert response.text.count("12x4") == 1

    def test_wants_all_of_an_emergency_or_nothing(self, as_worker: TestClient) -> None:
        partly = ask(as_worker, {**MARCUS, "medical_person": "Dr. Imani Cole"})
        wholly = ask(
            as_worker,
            {**MARCUS, "medical_person": "Dr. Imani Cole", "emergency_kind": "medical", "unobtainable": "unconscious"},
        )

        assert partly.status_code == 422
        assert '<details class="usa-details" open>' in partly.text
        assert mistakes_on(partly.text) == ["emergency_kind", "unobtainable"]
        assert wholly.status_code == 200

    def test_shows_a_refusal_beside_the_form_or_as_a_page(self, as_worker: TestClient) -> None:
        refused = {**MARCUS, "purpose": "ETREAT"}
        whole, beside = ask(as_worker, refused), ask(as_worker, refused, **{"hx-request": "true"})

        assert whole.status_code == beside.status_code == 409
        assert "An emergency needs its statement." in whole.text
        assert beside.headers["hx-retarget"] == "#refusal"
        assert "hx-retarget" not in whole.headers

    def test_escapes_what_was_typed(self, as_worker: TestClient) -> None:
        page = ask(as_worker, {**STRANGER, "given": '"><script>alert(1)</script>'}).text

        assert "<script>alert" not in page

    def test_keeps_names_out_of_addresses(self, as_worker: TestClient) -> None:
        page = ask(as_worker, MARCUS).text

        addresses = re.findall(r'(?:href|action|src|hx-[a-z]+)="([^"]*)"', page)
        assert not [address for address in addresses if "Marcus" in address or "Delgado" in address]

    def test_needs_the_csrf_token(self, as_worker: TestClient) -> None:
        assert as_worker.post("/contacts", data=MARCUS).status_code == 403

    def test_gives_the_coordinated_entry_line(self, as_worker: TestClient, engine: Engine, ce_line: None) -> None:
        assert 'href="tel:+15550199"' in as_worker.get("/contacts").text


@pytest.fixture
def ce_line(engine: Engine, county: None) -> None:
    with db.transaction(engine) as session:
        program = ProgramRow(
            id=QUERY_ID,
            source="night-team",
            key="ce",
            participant="night-team",
            name="County Coordinated Entry",
            type="coordinated-entry",
        )
        session.add(program)
        session.flush()
        line = Listed(kind="phone", value="+1 555 0199", hours="always")
        Listings(session).keep(Whose(Directory(session).participant("night-team"), program), line)


DECIDED: dict[str, JSON] = {
    "query": str(QUERY_ID),
    "purpose": "COC",
    "treating_relationship": True,
    "match": "unique",
    "contacts_told": 1,
    "response": "released",
    "decisions": [
        {
            "record": "r1",
            "source": "open-door-shelter",
            "kind": "staff-assignment",
            "outcome": "permit",
            "fields_released": ["case-manager"],
            "regimes": ["hmis"],
            "rules": ["R-HMIS-01"],
            "cites": ["24 CFR 578.103(b)"],
            "obligations": ["record-hmis-basis"],
            "because": ["A signed release of information names this recipient."],
            "would_help": [],
        },
        {
            "record": "r2",
            "source": "harbor-recovery",
            "kind": "encounter",
            "outcome": "silent",
            "fields_released": [],
            "regimes": ["part2"],
            "rules": ["R-P2-01"],
            "cites": ["42 CFR 2.13(a)"],
            "obligations": [],
            "because": ["No consent in effect names this recipient for this purpose."],
            "would_help": ["A signed Part 2 consent that names this recipient."],
        },
    ],
}


@pytest.fixture
def entries(engine: Engine, keys: Keys, county: None) -> None:
    """Thirty imports, then a release; all with their places in the log."""
    with db.transaction(engine) as session:
        log = AuditLog(session, keys)
        for _ in range(30):
            log.append(Act.FEED_IMPORTED, at=MIDNIGHT, actor="client:jail", participant="county-compliance")
        log.append(
            Act.CONTACT_RELEASED,
            at=MIDNIGHT,
            actor="user:dana",
            participant="night-team",
            subject=QUERY_ID,
            details=DECIDED,
        )
    sequence(engine)


@pytest.fixture
def standing(engine: Engine, county: None) -> None:
    """The officer's organization administers everyone whom the entries are about."""
    with db.transaction(engine) as session:
        for slug in ("night-team", "open-door-shelter", "harbor-recovery"):
            capacities = [Capacity.CRISIS_PROVIDER.value]
            row = ParticipantRow(slug=slug, name=slug, capacities=capacities, administered_by="county-compliance")
            Directory(session).add(row)


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'href="/log/(\d+)"', page)]


class TestDisclosureLog:
    def test_lists_the_newest_first_a_page_at_a_time(self, entries: None, as_officer: TestClient) -> None:
        first = as_officer.get("/log").text
        older = re.search(r'href="(/log\?after=\d+)"', first)
        assert older is not None

        assert numbers(first) == list(range(30, 5, -1))
        assert numbers(as_officer.get(older[1]).text) == list(range(5, -1, -1))

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("act=hub:contact:released", 1),
            ("participant=night-team&act=", 1),
            ("actor=user:dana&since=2026-06-15&until=2026-06-15", 1),
            ("actor=user:dana&until=2026-06-14", 0),
            ("actor=user:dana&since=2026-06-16", 0),
        ],
    )
    def test_filters(self, entries: None, standing: None, as_officer: TestClient, query: str, shown: int) -> None:
        page = as_officer.get(f"/log?{query}").text

        assert numbers(page) == [30] * shown
        assert ("No entry fits" in page) is (shown == 0)

    def test_refuses_a_filter_it_cannot_understand(self, as_officer: TestClient) -> None:
        response = as_officer.get("/log?since=yesterday-at-noon&after=-1&actor=%00")

        assert response.status_code == 422
        assert "yesterday-at-noon" not in response.text

    def test_says_on_each_page_how_far_the_log_is_vouched_for(self, entries: None, as_officer: TestClient) -> None:
        for path in ("/log", "/log/30"):
            assert "could rewrite all of it" in as_officer.get(path).text

    def test_tells_an_officer_without_standing_nothing_of_care(self, entries: None, as_officer: TestClient) -> None:
        listed, opened = as_officer.get("/log").text, as_officer.get("/log/30").text

        assert "organization</td>" in listed
        assert "What was decided" not in opened
        for page in (listed, opened):
            assert not any(word in page for word in ("harbor-recovery", "part2", "R-HMIS-01", "user:dana"))
        assert numbers(as_officer.get("/log?actor=user:dana").text) == []
        assert numbers(as_officer.get("/log?participant=night-team").text) == []

    def test_explains_an_entry_piece_by_piece(self, entries: None, standing: None, as_officer: TestClient) -> None:
        page = as_officer.get("/log/30").text

        for said in ("open-door-shelter", "permit", "R-HMIS-01", "24 CFR 578.103(b)", "case-manager"):
            assert said in page
        for said in ("silent", "No consent in effect names this recipient", "A signed Part 2 consent that names"):
            assert said in page
        assert str(QUERY_ID) not in page.replace(f"<dd>{QUERY_ID}</dd>", "", 1)

    def test_says_whether_the_place_is_proven(
        self, entries: None, as_officer: TestClient, engine: Engine, keys: Keys
    ) -> None:
        assert "Waiting." in as_officer.get("/log/30").text
        checkpoint(engine, keys, at=MIDNIGHT)
        assert "leaf 30 in the signed log of 31" in as_officer.get("/log/30").text

    def test_has_no_other_entries(self, as_officer: TestClient) -> None:
        assert as_officer.get("/log/999").status_code == 404
        assert as_officer.get("/log/99999999999999999999").status_code == 422

    def test_records_that_it_was_read(
        self, entries: None, as_officer: TestClient, trail: Callable[[], list[Entry]]
    ) -> None:
        as_officer.get("/log?participant=night-team")
        as_officer.get("/log/30")

        listed, opened = trail()[-2:]
        assert (listed.act, listed.details) == (Act.AUDIT_READ, {"participant": "night-team"})
        assert (opened.act, opened.details) == (Act.AUDIT_READ, {"seq": 30})


class TestContactForm:
    @given(typed=st.fixed_dictionaries({}, optional={name: st.text(max_size=20) for name in ContactForm.model_fields}))
    @example(typed={"given": "x", "birth_year": "9" * 30, "birth_month": "1", "birth_day": "1"})
    def test_is_a_question_or_says_what_to_put_right(self, typed: dict[str, str]) -> None:
        found = question_in(ContactForm(**typed))

        assert isinstance(found, ContactQuery) or {mistake.message for mistake in found} <= {WHO, *EXPECTED.values()}


class TestRendering:
    @pytest.mark.parametrize(
        ("on", "said"),
        [
            (date(2026, 6, 16), "today"),
            (date(2026, 6, 15), "today"),
            (date(2026, 6, 14), "yesterday"),
            (date(2026, 6, 2), "13 days ago"),
            (date(2026, 6, 1), "2 weeks ago"),
            (date(2026, 4, 1), "2 months ago"),
            (date(2024, 6, 1), "2 years ago"),
        ],
    )
    def test_says_an_age_as_coarse_as_it_is_old(self, on: date, said: str) -> None:
        assert age(on, date(2026, 6, 15)) == said

    def test_links_only_what_a_browser_should_follow(self) -> None:
        assert link("phone", "+1 555 0100") == "tel:+15550100"
        assert link("phone", "555-010-0111 x12") == "tel:5550100111;ext=12"
        assert link("url", "https://opendoor.example") == "https://opendoor.example"
        assert link("url", "javascript:alert(1)") is None
        assert link("address", "12 River Street") is None
