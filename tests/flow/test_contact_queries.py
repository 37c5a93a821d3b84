"""Who in homeless services works with this person? Asked over HTTP, of a county loaded through the real adapters."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import Session

from hub.demo.county import STORIES, Answer, Story, story
from hub.demo.county.days import ZONE
from hub.flow.contacts import ask
from hub.store.accounts import Caller, CallerKind
from hub.store.audit import Act, Entry
from schemas.contacts import ContactAnswer, ContactQuery
from schemas.vocab import Role
from tests.flow.conftest import Hub, Partner, question

CONTACT = [one for one in STORIES if one.answer is Answer.CONTACT]
SILENT = [one for one in STORIES if one.answer is not Answer.CONTACT]


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], dict[str, Any]]:
    """All that an asker sees, but for what differs from question to question."""
    body = {**answer.json(), "query_id": "…", "asked_at": "…"}
    headers = {name: value for name, value in answer.headers.items() if name not in {"date", "x-request-id"}}
    return answer.status_code, headers, body


class TestAsking:
    def test_about_marcus_names_his_outreach_worker_and_what_that_rests_on(
        self, crisis: Partner, marcus: Story
    ) -> None:
        contact = crisis.ask(marcus).json()["contacts"][0]

        assert contact["worker"] == {"name": "Ana Reyes", "role": "outreach worker"}
        assert contact["organization"] == "Open Door Shelter"
        assert contact["program_type"] == "street-outreach"
        assert contact["reach"][0]["kind"] == "phone"
        assert contact["last_seen"]["setting"] == "place not meant for habitation"
        assert next(rests["kind"] for rests in contact["rests_on"]) == "staff-assignment"
        assert date.fromisoformat(contact["share_until"]) > datetime.now(UTC).date()

    @pytest.mark.parametrize("one", CONTACT, ids=lambda one: one.key)
    def test_about_someone_whose_release_covers_it_gives_a_contact(self, crisis: Partner, one: Story) -> None:
        assert crisis.ask(one).json()["contacts"]

    def test_says_nothing_of_clinic_hospital_or_jail(self, crisis: Partner, marcus: Story) -> None:
        answer = crisis.ask(marcus).text.lower()

        assert not any(word in answer for word in ("clinic", "mercy", "jail", "sertraline", "booking", "diagnos"))

    def test_says_where_coordinated_entry_stands(self, crisis: Partner, marcus: Story) -> None:
        contact = crisis.ask(marcus).json()["contacts"][0]

        assert contact["coordinated_entry"]["prioritized"] is True
        assert contact["coordinated_entry"]["open_referral"]

    def test_by_booking_number_finds_the_person(self, crisis: Partner, marcus: Story) -> None:
        person = {"given": "Marcus", "identifiers": [{"system": "urn:hub:jail:booking", "value": "B-2211"}]}

        assert crisis.ask(marcus, person=person).json()["contacts"]

    def test_by_the_last_four_digits_tells_two_of_one_name_apart(self, crisis: Partner) -> None:
        luis = story("ambiguous")
        person = {**question(luis)["person"], "ssn_last4": luis.people[0].person.last_four}

        assert crisis.ask(luis, person=person).json()["contacts"]


class TestSilence:
    @pytest.mark.parametrize("one", SILENT, ids=lambda one: one.key)
    def test_looks_like_a_stranger_byte_for_byte(self, crisis: Partner, one: Story, stranger: Story) -> None:
        answer, measure = crisis.ask(one), crisis.ask(stranger)

        assert seen(answer) == seen(measure)
        assert len(answer.content) == len(measure.content)

    def test_holds_for_a_misspelt_question_too(self, crisis: Partner, stranger: Story) -> None:
        person = {"given": "Mrcs", "family": "Dlgd", "birth_date": "1950-01-01"}

        assert seen(crisis.ask(stranger, person=person)) == seen(crisis.ask(stranger))

    def test_ends_when_a_release_is_signed_and_comes_back_when_it_is_revoked(
        self, hub: Hub, crisis: Partner, hmis: Partner, rosalind: Story, stranger: Story
    ) -> None:
        before = seen(crisis.ask(rosalind))
        filing = release_of(hub, rosalind)
        assert hmis.post("/api/consents", filing).status_code == 201
        during = crisis.ask(rosalind).json()["contacts"]
        revoking = {"consent_id": filing["consent"]["id"], "form": "oral"}
        assert hmis.post("/api/consents/revocations", revoking).status_code == 204
        after = seen(crisis.ask(rosalind))

        assert during
        assert before == after == seen(crisis.ask(stranger))

    def test_begins_the_day_after_the_last_day_of_a_release(self, hub: Hub) -> None:
        """Days are those of the moment's own offset: here the county's, where it may still be yesterday."""
        one = story("expires-tomorrow")
        today = datetime.now(ZONE)

        answers = [asked_at(hub, one, today + timedelta(days=days)).contacts for days in (0, 1, 3)]

        assert [bool(contacts) for contacts in answers] == [True, True, False]


class TestRefusing:
    """Overt, because it depends on the request alone; and the same for somebody known and for a stranger."""

    def test_a_purpose_that_is_no_reason_says_which_are(self, crisis: Partner, marcus: Story, stranger: Story) -> None:
        known, unknown = crisis.ask(marcus, purpose="HPAYMT"), crisis.ask(stranger, purpose="HPAYMT")

        assert known.status_code == unknown.status_code == 403
        assert "COC" in known.json()["next_steps"]
        assert {**known.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}

    def test_an_incomplete_emergency_statement(self, crisis: Partner, marcus: Story) -> None:
        answer = crisis.ask(marcus, purpose="ETREAT", emergency={"kind": "medical"})

        assert answer.status_code == 403

    def test_is_on_record(self, hub: Hub, crisis: Partner, marcus: Story) -> None:
        crisis.ask(marcus, purpose="HPAYMT")

        (entry,) = hub.entries(Act.CONTACT_REFUSED)
        assert entry.actor == "client:harbor-mobile-crisis"
        assert entry.subject is None

    def test_a_question_about_nobody(self, crisis: Partner, marcus: Story) -> None:
        assert crisis.ask(marcus, person={"birth_date": "1987-04-09"}).status_code == 422

    def test_what_is_no_question_without_repeating_it(self, crisis: Partner, marcus: Story) -> None:
        answer = crisis.ask(marcus, person={"given": "Zebulon", "birth_date": "the ninth of May"})

        assert answer.status_code == 422
        assert "birth_date" in answer.text
        assert "ninth" not in answer.text
        assert "Zebulon" not in answer.text

    def test_nobody_in_particular(self, hub: Hub, marcus: Story) -> None:
        assert hub.http.post("/api/contact-queries", json=question(marcus)).status_code == 401

    def test_a_system_without_the_scope(self, shelter: Partner, marcus: Story) -> None:
        assert shelter.ask(marcus).status_code == 403


class TestRecording:
    def test_an_answer_keeps_who_asked_what_was_decided_and_by_which_law(
        self, hub: Hub, crisis: Partner, marcus: Story
    ) -> None:
        crisis.ask(marcus)

        (entry,) = hub.entries(Act.CONTACT_RELEASED)
        decisions = decisions_of(entry)
        assert entry.actor == "client:harbor-mobile-crisis"
        assert entry.details["justification"] == "on scene"
        assert any("hmis" in one["regimes"] and one["cites"] for one in decisions)

    def test_an_answer_keeps_as_released_only_what_left(self, hub: Hub, crisis: Partner, marcus: Story) -> None:
        crisis.ask(marcus)

        (entry,) = hub.entries(Act.CONTACT_RELEASED)
        (clinic,) = {one["source"] for one in decisions_of(entry) if one["kind"] == "medications"}
        lists = [one for one in decisions_of(entry) if one["source"] == clinic]
        assert all(one["fields_released"] == [] for one in lists)
        assert any("current-medications" in one["fields_permitted"] for one in lists)

    def test_silence_says_to_the_officer_what_would_have_helped(
        self, hub: Hub, crisis: Partner, rosalind: Story
    ) -> None:
        crisis.ask(rosalind)

        (entry,) = hub.entries(Act.CONTACT_WITHHELD)
        assert any(one["would_help"] for one in decisions_of(entry))

    def test_keeps_no_name_in_the_clear(self, hub: Hub, crisis: Partner, marcus: Story) -> None:
        crisis.ask(marcus)

        kept = hub.everything_kept()
        assert b"Delgado" not in kept
        assert b"1987-04-09" not in kept
        assert b"B-2211" not in kept
        assert b"Open Door Shelter" in kept


def decisions_of(entry: Entry) -> list[dict[str, Any]]:
    decisions: Any = entry.details["decisions"]
    return list(decisions)


def release_of(hub: Hub, one: Story) -> dict[str, Any]:
    """A release that a story's first person signed yesterday, as the HMIS files it."""
    from hub.demo.play import personal_id, release

    return release(personal_id(hub.home.county.truth, one))


def asked_at(hub: Hub, one: Story, at: datetime) -> ContactAnswer:
    """The story's question, asked at another time."""
    caller = Caller(
        kind=CallerKind.USER, id="user:night", name="", participant="harbor-mobile-crisis", role=Role.CLINICIAN
    )
    with Session(hub.engine) as session:
        return ask(session, hub.keys, caller, ContactQuery.model_validate(question(one)), at=at)
