"""What is owed with a disclosure goes with it, is written down, or stops it; asked over HTTP of a loaded county."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from consent.leaving.statements import STATEMENT_1
from hub.demo import load, partner
from hub.demo.county import Story, story
from hub.flow.emergencies import Emergencies
from hub.flow.outbox import Courier
from hub.flow.release import way_to
from hub.store.accounts import Caller, CallerKind
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.people import People
from hub.store.records import Identified, Records
from hub.store.terms import terms
from schemas.canonical import CanonicalRecord, Identifier, PersonFacts, StaffAssignment
from schemas.contacts import PersonAsked
from schemas.instruments import FieldProtocol
from schemas.vocab import Capacity, Field, Obligation, Purpose, Role
from tests.flow.conftest import Hub, Partner
from tests.flow.test_contact_queries import decisions_of, seen
from tests.flow.test_handoffs import hours, offer

CEDAR = "cedar-opioid-treatment"
STICKY = "no-proceedings"
HandOver = Callable[..., dict[str, Any]]
NORA = {"kind": "medical", "medical_person": "Nora Quist", "consent_unobtainable_because": "unconscious"}


def codes(told: dict[str, Any]) -> set[str]:
    return {label["code"] for label in told["labels"]}


def says(hub: Hub, one: Story, body: StaffAssignment | PersonFacts) -> None:
    """Cedar says something of its patient."""
    at = datetime.now(UTC)
    with transaction(hub.engine) as session:
        people = People(session, hub.keys)
        asked = PersonAsked(given=one.given, family=one.family, birth_date=one.born)
        person_id = people.find(asked).person_id
        assert person_id is not None
        patient = Identifier(system="urn:cedar:patient", value=one.key)
        record = CanonicalRecord(feed="test", key=f"{body.kind}/{one.key}", subject=patient, body=body)
        identified = [Identified(record, person_id, CEDAR)]
        Records(session, hub.keys).keep(CEDAR, identified, people.sealers({person_id}), message_id=None, at=at)


def counsels(hub: Hub, one: Story) -> None:
    """Cedar says who counsels its patient, and what medical personnel need in an emergency."""
    at = datetime.now(UTC)
    says(hub, one, StaffAssignment(worker="Priya Anand", role="counselor", phone="+1 555 0177", since=at.date()))
    with transaction(hub.engine) as session:
        necessary = FieldProtocol(
            source=CEDAR,
            recipients=(Capacity.CRISIS_PROVIDER,),
            purposes=(Purpose.TREAT, Purpose.ETREAT),
            fields=(Field.CASE_MANAGER,),
        )
        policies = terms(session).policies
        protocols = (*policies.field_protocols, necessary)
        Directory(session).lay_down(policies.model_copy(update={"field_protocols": protocols}), at=at)


@pytest.fixture
def theodora(hub: Hub) -> Story:
    """Cedar's patient, with the single consent for treatment, payment and operations."""
    one = story("part2-consent")
    counsels(hub, one)
    return one


@pytest.fixture
def calvin(hub: Hub) -> Story:
    """Cedar's patient, without a consent."""
    one = story("part2-no-consent")
    counsels(hub, one)
    return one


@pytest.fixture
def received(crisis: Partner, shelter: Partner, now: datetime) -> HandOver:
    """Hands a person over from the shelter to the crisis team, and gives the packet that the team then sees."""

    def hand_over(one: Story, **changes: Any) -> dict[str, Any]:
        offered = shelter.post("/api/handoffs", offer(one, to="harbor-mobile-crisis", **changes)).json()
        place = f"/api/handoffs/{offered['id']}"
        crisis.post(f"{place}/accept", {"worker": "Nora Quist", "role": "clinician"})
        for side in (crisis, shelter):
            side.post(f"{place}/presence", hours(now, since=20, until=1))
        crisis.post(f"{place}/receive")
        packet: dict[str, Any] = crisis.post(f"{place}/packet").json()
        return packet

    return hand_over


class TestPart2WithConsent:
    def test_carries_notice_scope_and_labels_with_a_contact(self, crisis: Partner, theodora: Story) -> None:
        (contact,) = crisis.ask(theodora, purpose="TREAT").json()["contacts"]

        assert contact["worker"]["name"] == "Priya Anand"
        assert STATEMENT_1 in contact["notices"]
        assert any(
            "one of a class it names (my treating providers), for treatment" in one for one in contact["notices"]
        )
        assert {"R", "SUD", "42CFRPart2", "PERSISTLABEL", "RedisclosureProhibitionMark", STICKY} <= codes(contact)
        assert "NORDSCLCD" not in codes(contact)

    @pytest.mark.parametrize(("late", "told"), [(0, True), (40, False)], ids=["eighteen", "seventeen"])
    def test_of_one_who_may_be_a_minor_needs_more_than_their_own_signature(
        self, hub: Hub, crisis: Partner, theodora: Story, late: int, told: bool
    ) -> None:
        today = datetime.now(UTC).date()
        eighteenth_birthday = (today - timedelta(days=1)).replace(day=1)
        born = eighteenth_birthday.replace(year=eighteenth_birthday.year - 18)
        says(hub, theodora, PersonFacts(birth_date=born + timedelta(days=late)))

        assert bool(crisis.ask(theodora, purpose="TREAT").json()["contacts"]) is told

    def test_sticks_to_the_packet_that_is_built_from_it(self, received: HandOver, theodora: Story) -> None:
        packet = received(theodora, purpose="TREAT")
        programs = [piece for piece in packet["pieces"] if piece["source"] == CEDAR]

        assert programs
        assert all(STATEMENT_1 in piece["notices"] and STICKY in codes(piece) for piece in programs)
        assert {STICKY, "R"} <= codes(packet)
        assert len([one for one in packet["labels"] if one["axis"] == "confidentiality"]) == 1

    def test_leaves_a_packet_without_it_unmarked(self, received: HandOver, marcus: Story) -> None:
        packet = received(marcus, purpose="COC")

        assert packet["pieces"]
        assert all(piece["labels"] for piece in packet["pieces"])
        assert STICKY not in codes(packet)

    def test_enters_all_that_an_accounting_needs(self, hub: Hub, crisis: Partner, theodora: Story) -> None:
        crisis.ask(theodora, purpose="TREAT")

        (entry,) = hub.entries(Act.CONTACT_RELEASED)
        (told,) = [one for one in decisions_of(entry) if one["fields_released"]]
        assert (entry.participant, entry.details["recipient"]) == ("harbor-mobile-crisis", "Harbor Mobile Crisis")
        assert (told["source"], entry.details["purpose"]) == (CEDAR, "TREAT")
        assert told["description"] == ["Name and phone of the case manager."]
        assert told["ledgers"] == ["part2-accounting"]
        assert told["rests_on"]["consents"] == ["tpo-7"]
        assert b"Priya Anand" not in hub.everything_kept()

    def test_enters_no_disclosure_of_what_stayed(self, hub: Hub, crisis: Partner, theodora: Story) -> None:
        crisis.ask(theodora, purpose="TREAT")

        (entry,) = hub.entries(Act.CONTACT_RELEASED)
        stayed = [one for one in decisions_of(entry) if not one["fields_released"]]
        assert stayed
        assert not any("ledgers" in one or "description" in one for one in stayed)

    def test_names_the_release_or_notice_a_homeless_services_answer_rests_on(
        self, hub: Hub, crisis: Partner, marcus: Story
    ) -> None:
        crisis.ask(marcus)

        (entry,) = hub.entries(Act.CONTACT_RELEASED)
        owing = [
            one for one in decisions_of(entry) if one["fields_released"] and "record-hmis-basis" in one["obligations"]
        ]
        assert owing
        assert all(one["rests_on"]["consents"] or one["rests_on"]["privacy_notice"] for one in owing)


class TestInAnEmergency:
    @pytest.fixture
    def answer(self, crisis: Partner, calvin: Story) -> dict[str, Any]:
        told: dict[str, Any] = crisis.ask(calvin, purpose="ETREAT", emergency=NORA).json()
        return told

    def test_the_four_facts_are_written_at_once_for_the_program(self, hub: Hub, answer: dict[str, Any]) -> None:
        (document,) = documents(hub, CEDAR)
        said = document.disclosure

        assert answer["contacts"][0]["worker"]["name"] == "Priya Anand"
        assert (said.medical_person, said.affiliation) == ("Nora Quist", "harbor-mobile-crisis")
        assert said.disclosed_by == "hub, asked by client:harbor-mobile-crisis"
        assert said.disclosed_at == datetime.fromisoformat(answer["asked_at"])
        assert said.nature == "medical"
        assert said.told == (Field.CASE_MANAGER,)
        assert document.patient == Identifier(system="urn:cedar:patient", value="part2-no-consent")

    def test_they_are_sealed_and_their_writing_is_on_record(self, hub: Hub, answer: dict[str, Any]) -> None:
        (entry,) = hub.entries(Act.EMERGENCY_DOCUMENTED)

        assert (entry.participant, entry.details["query"]) == (CEDAR, answer["query_id"])
        assert b"Nora Quist" not in hub.everything_kept()

    def test_the_sticky_label_goes_with_the_answer_and_no_redisclosure_without_consent(
        self, answer: dict[str, Any]
    ) -> None:
        assert {STICKY, "NORDSCLCD", "42CFRPart2"} <= codes(answer["contacts"][0])

    def test_the_program_fetches_them_and_nobody_else_finds_any(self, hub: Hub, answer: dict[str, Any]) -> None:
        mine = hub.partner(CEDAR).get("/api/emergency-disclosures").json()
        others = hub.partner("lakeside-clinic").get("/api/emergency-disclosures").json()

        assert [one["disclosure"]["medical_person"] for one in mine] == ["Nora Quist"]
        assert others == []
        assert [entry.participant for entry in hub.entries(Act.EMERGENCY_FETCHED)] == ["lakeside-clinic", CEDAR]

    def test_the_program_fetches_what_is_new(self, hub: Hub, answer: dict[str, Any]) -> None:
        program = hub.partner(CEDAR)
        asked_at = datetime.fromisoformat(answer["asked_at"])
        later = (asked_at + timedelta(seconds=1)).isoformat().replace("+", "%2B")

        assert len(program.get("/api/emergency-disclosures").json()) == 1
        assert program.get(f"/api/emergency-disclosures?since={later}").json() == []
        assert program.get("/api/emergency-disclosures?since=2026-01-01T00:00:00").status_code == 422

    def test_they_are_told_to_nobody_who_asks(self, hub: Hub, crisis: Partner, calvin: Story, stranger: Story) -> None:
        crisis.ask(calvin, purpose="ETREAT", emergency=NORA)

        assert seen(crisis.ask(calvin)) == seen(crisis.ask(stranger))

    def test_where_nothing_is_told_nothing_is_written(self, hub: Hub, crisis: Partner, calvin: Story) -> None:
        refused = {**NORA, "consent_unobtainable_because": "refused"}

        assert crisis.ask(calvin, purpose="ETREAT", emergency=refused).json()["contacts"] == []
        assert documents(hub, CEDAR) == []


class TestWaysOut:
    def test_a_webhook_is_labelled_alike_for_everybody(
        self, hub: Hub, crisis: Partner, marcus: Story, theodora: Story
    ) -> None:
        with partner.listening() as listening:
            with transaction(hub.engine) as session:
                listening.secret = load.listens_at(session, hub.keys, "open-door-shelter", listening.url)
            for one in (marcus, theodora):
                crisis.post("/api/handoffs", offer(one))
            Courier(hub.at_work, hub.keys).round(datetime.now(UTC) + timedelta(seconds=1))
            labels = [codes(news) for news in listening.news.values()]

        assert labels == [{"R", "NORDSCLCD", "PERSISTLABEL", STICKY}] * 2

    @pytest.mark.parametrize(("kind", "may"), [(CallerKind.USER, True), (CallerKind.CLIENT, False)])
    def test_what_is_for_the_clinician_alone_goes_to_a_reader_and_to_no_system(
        self, kind: CallerKind, may: bool
    ) -> None:
        caller = Caller(kind=kind, id="x", name="", participant="harbor-mobile-crisis", role=Role.CLINICIAN)

        assert (Obligation.CLINICIAN_CHANNEL_ONLY in way_to(caller).attaches) is may


def documents(hub: Hub, program: str) -> list[Any]:
    caller = Caller(kind=CallerKind.CLIENT, id="client:test", name="", participant=program, role=Role.INTERFACE)
    with Session(hub.engine) as session:
        return Emergencies(session, hub.keys, at=datetime.now(UTC)).of(program, caller)
