"""A contact put together from what was cleared: who, how, when last, where tonight; each with what it rests on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from consent.leaving.clearance import Decided, clear
from consent.leaving.reliance import Reliance
from hub.flow.assembly import Assembly
from hub.flow.release import NOTHING_ON_FILE, Answer, Opened
from hub.store.records import RecordRow
from hub.store.terms import OfferedProgram, Participant, Terms
from schemas.canonical import (
    Body,
    CanonicalRecord,
    CoordinatedEntry,
    Enrollment,
    LivingSituation,
    Service,
    StaffAssignment,
    StaffMember,
)
from schemas.contacts import Contact
from schemas.disclosure import Decision, InHmis, Party, PieceDecision
from schemas.instruments import Policies
from schemas.listing import Listed
from schemas.messages import WayOut
from schemas.vocab import Capacity, Field, Outcome, Response
from schemas.vocab.records import ContactKind, LivingSetting, ProgramType, ReferralState

AT = datetime(2026, 6, 15, 21, 30, tzinfo=UTC)
TODAY = AT.date()
EVERYTHING = tuple(Field)
AGENCY_LINE = Listed(kind="phone", value="+1 555 0199", hours="Mon-Fri 08:00-17:00", as_of=date(2026, 5, 1))
PROGRAM_LINE = Listed(kind="phone", value="+1 555 0100", hours="daily 06:00-22:00", as_of=date(2026, 6, 1))


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


TWO_WEEKS_AGO, A_MONTH_AGO = ago(14), ago(30)


class Names:
    """The source's users."""

    def member(self, _source: str, key: str | None) -> StaffMember | None:
        return StaffMember(name="Lee Park", phone="555 0111", email="lee@shelter.test") if key == "User/7" else None


def program(
    kind: ProgramType, *reach: Listed, name: str = "Night Door", closed_on: date | None = None
) -> OfferedProgram:
    return OfferedProgram(name=name, type=kind.value, reach=reach, hmis=InHmis(), closed_on=closed_on)


OUTREACH = program(ProgramType.STREET_OUTREACH, PROGRAM_LINE)
NIGHTLY = program(ProgramType.NIGHTLY_SHELTER, PROGRAM_LINE)
SHELTER = program(ProgramType.EMERGENCY_SHELTER, PROGRAM_LINE)


def kept(
    body: Body, key: str | None = None, *, fields: tuple[Field, ...] = EVERYTHING, learned: datetime = AT
) -> Opened:
    """A record of the shelter, cleared for these fields."""
    record = CanonicalRecord(feed="hmis-csv", key=key or f"{body.kind}/{uuid4()}", body=body)
    decided = PieceDecision(id="r", outcome=Outcome.LIMIT, fields_released=fields)
    (cleared,) = clear([Decided(record, "open-door", decided)], on=TODAY, way=WayOut())
    beside: dict[str, Any] = {"source": "hmis", "holder": "open-door", "learned_at": learned}
    return Opened(RecordRow(**beside), record, cleared, Reliance())


def contacts(*opened: Opened, offered: OfferedProgram = OUTREACH, at: datetime = AT) -> tuple[Contact, ...]:
    agency = Participant(
        "Open Door",
        Party(organization="open-door", capacities={Capacity.HOMELESS_SERVICES}),
        ("US",),
        None,
        (AGENCY_LINE,),
    )
    terms = Terms({"open-door": agency}, {("hmis", "Project/1"): offered}, (), Policies(), ())
    decision = Decision(response=Response.RELEASED, records=(), rulebook="")
    return Assembly(terms, Names(), Answer(None, decision, opened, (), NOTHING_ON_FILE, {}), at=at).contacts()


def contact(*opened: Opened, **asked: Any) -> Contact:
    (one,) = contacts(*opened, **asked)
    return one


def stay(entry: date = A_MONTH_AGO, exit_date: date | None = None, **of: Any) -> Opened:
    body = Enrollment(program="Project/1", entry_date=entry, exit_date=exit_date, household="H1")
    return kept(body, "Enrollment/1", **of)


def service(on: date, kind: ContactKind = ContactKind.SERVICE, by: str | None = "User/7", **of: Any) -> Opened:
    night = on if kind is ContactKind.BED_NIGHT else None
    body = Service(
        enrollment="Enrollment/1", program="Project/1", contacted_on=on, contact=kind, night_of=night, recorded_by=by
    )
    return kept(body, **of)


def seen(on: date, setting: LivingSetting = LivingSetting.PLACE_NOT_MEANT_FOR_HABITATION, **of: Any) -> Opened:
    body = LivingSituation(
        enrollment="Enrollment/1",
        program="Project/1",
        contacted_on=on,
        seen_on=on,
        setting=setting,
        place="under the footbridge",
    )
    return kept(body, **of)


def event(on: date, **said: Any) -> Opened:
    return kept(CoordinatedEntry(enrollment="Enrollment/1", on=on, **said))


def assigned(since: date = TWO_WEEKS_AGO, until: date | None = None) -> Opened:
    body = StaffAssignment(
        program="Project/1", worker="Ana Reyes", role="outreach worker", phone="555 0122", since=since, until=until
    )
    return kept(body)


class TestWho:
    def test_is_the_worker_who_is_assigned(self) -> None:
        found = contact(stay(), assigned(), service(ago(3)))

        assert (found.worker.name, found.worker.role) == ("Ana Reyes", "outreach worker")  # type: ignore[union-attr]
        assert [(way.whose, way.value) for way in found.reach] == [("worker", "555 0122"), ("program", "+1 555 0100")]
        assert ("staff-assignment", ago(14), 14) in [(one.kind, one.as_of, one.age_days) for one in found.rests_on]

    @pytest.mark.parametrize("ended", [assigned(until=ago(1)), assigned(since=ago(-1))], ids=["ended", "to come"])
    def test_is_whoever_recorded_last_where_no_assignment_holds_today(self, ended: Opened) -> None:
        found = contact(stay(), ended, service(ago(9), by=None), service(ago(12)))

        assert (found.worker.name, found.worker.role) == ("Lee Park", "last recorded by")  # type: ignore[union-attr]
        assert {way.whose for way in found.reach} == {"last-recorder", "program"}
        assert ("service", ago(12)) in [(one.kind, one.as_of) for one in found.rests_on]

    def test_is_whoever_recorded_an_assessment_or_a_referral_where_that_came_last(self) -> None:
        referred = event(ago(2), referral="housing-navigation", state=ReferralState.OPEN, recorded_by="User/7")
        found = contact(stay(), service(ago(9), by=None), referred)

        assert found.worker is not None
        assert (found.worker.name, found.worker.role) == ("Lee Park", "last recorded by")
        assert ("coordinated-entry", ago(2)) in [(one.kind, one.as_of) for one in found.rests_on]

    def test_is_nobody_who_recorded_what_may_be_told_without_its_worker(self) -> None:
        without = tuple(field for field in EVERYTHING if field is not Field.CASE_MANAGER)
        body = CoordinatedEntry(enrollment="Enrollment/1", on=ago(2), prioritized=True, recorded_by="User/7")

        assert contact(stay(), kept(body)).worker is not None
        assert contact(stay(), kept(body, fields=without)).worker is None

    def test_is_the_programs_line_where_the_source_names_nobody(self) -> None:
        found = contact(stay(), service(ago(3), by="User/9"))

        assert found.worker is None
        assert [way.whose for way in found.reach] == ["program"]
        assert ("program-contact", date(2026, 6, 1)) in [(one.kind, one.as_of) for one in found.rests_on]

    def test_is_the_agencys_line_where_the_program_has_none(self) -> None:
        found = contact(stay(), offered=program(ProgramType.STREET_OUTREACH))

        assert [way.whose for way in found.reach] == ["agency"]
        assert ("agency-contact", date(2026, 5, 1)) in [(one.kind, one.as_of) for one in found.rests_on]

    def test_is_the_agency_alone_where_the_programs_name_gives_away_what_it_treats(self) -> None:
        found = contact(stay(), offered=program(ProgramType.STREET_OUTREACH, PROGRAM_LINE, name="HIV Housing"))

        assert found.program is found.program_type is None
        assert [way.whose for way in found.reach] == ["agency"]

    def test_of_a_line_says_whether_it_is_open_now_and_until_when(self) -> None:
        (way,) = contact(stay()).reach
        (later,) = contact(stay(), at=AT + timedelta(hours=1)).reach

        assert (way.open_now, way.until) == (True, AT.replace(hour=22, minute=0))
        assert (later.open_now, later.until) == (False, AT.replace(day=16, hour=6, minute=0))

    def test_is_a_line_only_on_the_days_on_which_it_holds(self) -> None:
        listed = (
            Listed(kind="phone", value="988", until=ago(1)),
            Listed(kind="phone", value="211", since=TODAY, until=TODAY),
            Listed(kind="phone", value="311", since=ago(-1)),
        )
        offered = program(ProgramType.STREET_OUTREACH, *listed)

        assert [way.value for way in contact(stay(), offered=offered).reach] == ["211"]
        assert [way.value for way in contact(stay(), offered=offered, at=AT + timedelta(days=1)).reach] == ["311"]
        assert [way.value for way in contact(stay(), offered=offered, at=AT - timedelta(days=1)).reach] == ["988"]

    def test_after_hours_is_the_number_for_then_first(self) -> None:
        late = Listed(kind="phone", value="+1 555 0177", after_hours=True)
        offered = program(ProgramType.STREET_OUTREACH, PROGRAM_LINE, late)
        by_day, by_night = (
            contact(stay(), offered=offered),
            contact(stay(), offered=offered, at=AT + timedelta(hours=1)),
        )

        assert [(way.value, way.after_hours) for way in by_day.reach] == [("+1 555 0100", None), ("+1 555 0177", True)]
        assert [way.value for way in by_night.reach] == ["+1 555 0177", "+1 555 0100"]

    def test_is_never_another_of_the_household(self) -> None:
        assert "H1" not in contact(stay(), assigned()).model_dump_json()


class TestWhether:
    def test_a_program_works_with_them_until_the_day_of_exit(self) -> None:
        assert contacts(stay(exit_date=TODAY))
        assert not contacts(stay(exit_date=ago(1)))

    def test_a_program_works_with_them_until_it_closes(self) -> None:
        assert contacts(stay(), assigned(), offered=program(ProgramType.STREET_OUTREACH, closed_on=TODAY))
        assert not contacts(stay(), assigned(), offered=program(ProgramType.STREET_OUTREACH, closed_on=ago(1)))

    def test_an_entry_to_come_is_no_stay_yet(self) -> None:
        assert not contacts(stay(entry=ago(-1)))


class TestLastContact:
    @pytest.mark.parametrize(
        ("latest", "kind"),
        [
            (service(ago(2)), "service"),
            (service(ago(2), ContactKind.BED_NIGHT), "bed-night"),
            (seen(ago(2)), "living-situation"),
            (event(ago(2), prioritized=True), "coordinated-entry"),
        ],
        ids=["service", "bed night", "living situation", "assessment or event"],
    )
    def test_is_the_latest_of_any_sort(self, latest: Opened, kind: str) -> None:
        found = contact(stay(), service(ago(20)), latest).last_contact

        assert found is not None
        assert (found.on, found.kind, found.age_days) == (ago(2), kind, 2)

    def test_is_the_entry_where_nothing_came_after(self) -> None:
        found = contact(stay(entry=ago(5))).last_contact

        assert found is not None
        assert (found.on, found.kind) == (ago(5), "enrollment")

    def test_is_never_after_today(self) -> None:
        found = contact(stay(), service(ago(4)), service(ago(-2))).last_contact

        assert found is not None
        assert found.on == ago(4)

    def test_is_never_after_the_day_on_which_the_hub_was_told(self) -> None:
        told = AT - timedelta(days=10)
        typed_ahead = contact(stay(), service(ago(12)), service(ago(3), learned=told)).last_contact
        told_today = contact(stay(), service(ago(12)), service(ago(3))).last_contact

        assert typed_ahead is not None
        assert told_today is not None
        assert (typed_ahead.on, told_today.on) == (ago(12), ago(3))


class TestLastSeen:
    def test_says_the_setting_and_the_place_only_where_that_was_cleared(self) -> None:
        coarse = contact(stay(), seen(ago(2), fields=(Field.LIVING_SITUATION, Field.ACTIVE_ENROLLMENT))).last_seen
        precise = contact(stay(), seen(ago(2))).last_seen

        assert coarse is not None
        assert precise is not None
        assert (coarse.setting, coarse.area, coarse.age_days) == ("place not meant for habitation", None, 2)
        assert precise.area == "under the footbridge"

    def test_is_the_latest_that_says_where(self) -> None:
        found = contact(stay(), seen(ago(8)), seen(ago(2), LivingSetting.UNKNOWN)).last_seen

        assert found is not None
        assert found.on == ago(8)


class TestShelterTonight:
    def test_of_a_stay_by_entry_and_exit_holds_while_it_is_open(self) -> None:
        assert contact(stay(), offered=SHELTER).in_shelter_tonight
        assert contact(stay(exit_date=ago(-1)), offered=SHELTER).in_shelter_tonight
        assert contact(stay(exit_date=TODAY), offered=SHELTER).in_shelter_tonight is None

    def test_of_a_stay_night_by_night_holds_with_a_bed_night_of_tonight_only(self) -> None:
        tonight, last_night = (service(ago(days), ContactKind.BED_NIGHT) for days in (0, 1))

        assert contact(stay(), tonight, offered=NIGHTLY).in_shelter_tonight
        assert contact(stay(), last_night, offered=NIGHTLY).in_shelter_tonight is None
        assert contact(stay(), service(TODAY), offered=NIGHTLY).in_shelter_tonight is None

    def test_lasts_until_the_morning(self) -> None:
        night = service(ago(1), ContactKind.BED_NIGHT)

        assert contact(stay(), night, offered=NIGHTLY, at=AT.replace(hour=3)).in_shelter_tonight
        assert contact(stay(), night, offered=NIGHTLY, at=AT.replace(hour=9)).in_shelter_tonight is None

    def test_is_not_said_of_outreach_nor_where_the_night_was_not_cleared(self) -> None:
        hidden = service(TODAY, ContactKind.BED_NIGHT, fields=(Field.LAST_CONTACT, Field.ACTIVE_ENROLLMENT))

        assert contact(stay()).in_shelter_tonight is None
        assert contact(stay(), hidden, offered=NIGHTLY).in_shelter_tonight is None


class TestInactivity:
    def test_is_said_from_the_day_the_policy_names(self) -> None:
        active, inactive = (contact(stay(entry=ago(days)), offered=SHELTER).inactivity for days in (89, 90))

        assert active is None
        assert inactive is not None
        assert (inactive.days, inactive.inactive_after_days, inactive.possible_missed_exit) == (90, 90, False)

    @pytest.mark.parametrize("offered", [NIGHTLY, OUTREACH], ids=lambda offered: offered.type)
    def test_may_be_a_missed_exit_where_people_leave_without_a_word(self, offered: OfferedProgram) -> None:
        found = contact(stay(entry=ago(200)), service(ago(120)), offered=offered).inactivity

        assert found is not None
        assert (found.days, found.possible_missed_exit) == (120, True)


class TestCoordinatedEntry:
    def test_is_the_latest_priority_and_the_latest_referral_without_a_result(self) -> None:
        found = contact(
            stay(),
            event(ago(9), prioritized=True),
            event(ago(20), prioritized=False),
            event(ago(5), referral="housing-navigation", state=ReferralState.OPEN),
            event(ago(3), referral="rapid-rehousing", state=ReferralState.ACCEPTED),
        ).coordinated_entry

        assert found is not None
        assert (found.prioritized, found.open_referral) == (True, "housing-navigation")

    def test_has_no_open_referral_once_each_has_a_result(self) -> None:
        found = contact(stay(), event(ago(3), referral="x", state=ReferralState.CLIENT_REJECTED)).coordinated_entry

        assert found is not None
        assert found.open_referral is None


def test_those_with_somebody_assigned_come_first() -> None:
    other = Enrollment(program="Project/2", entry_date=ago(1))

    first, second = contacts(kept(other), stay(), assigned())

    assert first.worker is not None
    assert second.worker is None
