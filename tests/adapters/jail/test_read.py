"""A roster becomes people and bookings, and says no more than the jail said."""

from datetime import UTC, date, datetime

import pytest

from adapters.base import Feed, Read
from adapters.jail import JailRoster
from schemas.canonical import Booking, CanonicalRecord, Identifier, PersonFacts, Snapshot
from schemas.messages import Problem, Severity
from schemas.vocab import Justice, Seal
from schemas.vocab.records import BookingEvent, Sex
from tests.adapters.jail.conftest import FIXTURES, Reader


def bookings(found: list[Read]) -> dict[str, Booking]:
    records = [one for one in found if isinstance(one, CanonicalRecord)]
    return {one.key: one.body for one in records if isinstance(one.body, Booking)}


def people(found: list[Read]) -> dict[str, PersonFacts]:
    records = [one for one in found if isinstance(one, CanonicalRecord)]
    return {one.key: one.body for one in records if isinstance(one.body, PersonFacts)}


def problems(found: list[Read]) -> list[Problem]:
    return [one for one in found if isinstance(one, Problem)]


class TestPerson:
    def test_is_named_by_the_jail_and_by_the_booking(self, read: Reader, roster: str) -> None:
        facts = people(read(roster))["Person/47"]

        assert (facts.given, facts.middle, facts.family) == ("MARCUS", "ANTHONY", "DELGADO")
        assert (facts.birth_date, facts.sex) == (date(1987, 4, 9), Sex.MALE)
        assert facts.identifiers == (
            Identifier(system="urn:hub:jail:cedar-county:person", value="47"),
            Identifier(system="urn:hub:jail:booking", value="B-2211"),
        )

    def test_keeps_its_number_when_a_spreadsheet_adds_a_fraction(self, read: Reader, roster: str) -> None:
        assert "Person/60" in people(read(roster))
        assert people(read(roster.replace("B-2211,47,", "B-2211,47.0,"))) == people(read(roster))

    def test_with_a_masked_birth_date_has_none_and_says_so(self, read: Reader, roster: str) -> None:
        found = read(roster)

        assert people(found)["Person/61"].birth_date is None
        (odd,) = problems(found)
        assert (odd.line, odd.field, odd.code, odd.severity) == (6, "DOB", "bad-birth-date", Severity.WARNING)

    def test_born_in_a_two_digit_year_is_not_yet_to_be_born(self, read: Reader, roster: str, definition: str) -> None:
        short = definition.replace('"%m/%d/%Y",', '"%m/%d/%Y", "%m/%d/%y",')

        assert people(read(roster.replace("01/02/1968", "01/02/68"), short))["Person/62"].birth_date == date(1968, 1, 2)

    def test_of_two_bookings_is_one_person_with_both_numbers(self, read: Reader, roster: str) -> None:
        again = roster + 'B-2213,47,"DELGADO, MARCO",04/09/1987,M,03/02/2026 20:00,IN,,,,THEFT,N,N\n'
        facts = people(read(again))["Person/47"]

        assert [one.value for one in facts.identifiers] == ["47", "B-2211", "B-2213"]
        assert facts.aliases == ("MARCO DELGADO",)

    def test_who_is_someone_else_under_the_same_number_is_held_for_review(self, read: Reader, roster: str) -> None:
        other = roster + 'B-2213,47,"WREN, ODD",01/01/1950,F,03/02/2026 20:00,IN,,,,THEFT,N,N\n'
        found = read(other)

        assert "identity-conflict" in {one.code for one in problems(found)}
        assert "Booking/B-2213" not in bookings(found)
        assert people(found)["Person/47"].family == "DELGADO"


class TestBooking:
    @pytest.fixture
    def stays(self, read: Reader, roster: str) -> dict[str, Booking]:
        return bookings(read(roster))

    def test_of_several_charges_is_one_stay(self, stays: dict[str, Booking]) -> None:
        stay = stays["Booking/B-2211"]

        assert (stay.event, stay.charges) == (BookingEvent.BOOKED, ("TRESPASS", "DISORDERLY CONDUCT"))
        assert stay.booked_at == datetime(2026, 3, 1, 9, 14, tzinfo=UTC)
        assert stay.facility == "Cedar County Jail"

    def test_with_a_release_is_released_at_that_time(self, stays: dict[str, Booking]) -> None:
        stay = stays["Booking/B-2190"]

        assert (stay.event, stay.release_reason) == (BookingEvent.RELEASED, "ROR")
        assert stay.released_at == datetime(2026, 3, 2, 21, 5, tzinfo=UTC)

    def test_of_a_weekender_is_no_release(self, stays: dict[str, Booking]) -> None:
        stay = stays["Booking/B-2195"]

        assert (stay.event, stay.released_at) == (BookingEvent.TEMPORARY_RELEASE, None)

    @pytest.mark.parametrize(
        "reason", ["Furlough", "WORK RELEASE", "wknd", "Weekend Rel", "Temporary leave", "Day pass"]
    )
    def test_of_any_leave_is_no_release(self, read: Reader, roster: str, reason: str) -> None:
        stay = bookings(read(roster.replace("Weekender Release", reason)))["Booking/B-2195"]

        assert stay.event is BookingEvent.TEMPORARY_RELEASE

    def test_with_a_code_for_a_leave_is_no_release(self, read: Reader, roster: str) -> None:
        stay = bookings(read(roster.replace("OUT,03/02/2026 14:05", "FUR,03/02/2026 14:05")))["Booking/B-2190"]

        assert (stay.event, stay.released_at) == (BookingEvent.TEMPORARY_RELEASE, None)

    @pytest.mark.parametrize("reason", ["HOSP", "Transfer to state prison", "XFER DOC"])
    def test_moved_elsewhere_is_no_release(self, read: Reader, roster: str, reason: str) -> None:
        stay = bookings(read(roster.replace("HOSP", reason)))["Booking/B-2197"]

        assert (stay.event, stay.released_at) == (BookingEvent.TRANSFERRED, None)

    def test_with_a_release_to_come_is_still_in_custody(self, stays: dict[str, Booking]) -> None:
        stay = stays["Booking/B-2200"]

        assert (stay.event, stay.released_at) == (BookingEvent.RELEASE_SCHEDULED, None)
        assert stay.release_expected_at == datetime(2026, 5, 15, 6, 0, tzinfo=UTC)

    def test_released_later_than_the_roster_was_taken_is_scheduled(self, read: Reader, roster: str) -> None:
        stay = bookings(read(roster, at=datetime(2026, 3, 2, 21, 4, tzinfo=UTC)))["Booking/B-2190"]

        assert stay.released_at is None
        assert stay.release_expected_at == datetime(2026, 3, 2, 21, 5, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("taken_at", "event"),
        [
            (datetime(2026, 3, 3, 6, 59, tzinfo=UTC), BookingEvent.RELEASE_SCHEDULED),
            (datetime(2026, 3, 3, 7, 0, tzinfo=UTC), BookingEvent.RELEASED),
        ],
    )
    def test_released_on_a_bare_day_is_released_when_the_day_is_over(
        self, read: Reader, roster: str, taken_at: datetime, event: BookingEvent
    ) -> None:
        day_only = roster.replace("OUT,03/02/2026 14:05", "IN,03/02/2026")

        assert bookings(read(day_only, at=taken_at))["Booking/B-2190"].event is event

    def test_and_release_between_two_rosters_tells_both_times(self, stays: dict[str, Booking]) -> None:
        stay = stays["Booking/B-2212"]

        assert stay.event is BookingEvent.RELEASED
        assert stay.booked_at == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
        assert stay.released_at == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)

    def test_that_is_sealed_tells_nothing_but_that(self, read: Reader, roster: str) -> None:
        found = read(roster)
        (record,) = [one for one in found if isinstance(one, CanonicalRecord) and one.key == "Booking/B-2205"]

        assert record.body == Booking(event=BookingEvent.SEALED)
        assert (record.provenance.seal, record.occurred_at) == (Seal.SEALED, None)
        assert "Person/63" not in people(found)

    def test_sealed_in_one_row_is_sealed_in_all(self, read: Reader, roster: str) -> None:
        found = read(roster.replace("DISORDERLY CONDUCT,N", "DISORDERLY CONDUCT,Y"))

        assert bookings(found)["Booking/B-2211"] == Booking(event=BookingEvent.SEALED)
        assert "Person/47" not in people(found)

    def test_comes_from_a_booking_record_and_is_as_old_as_the_roster(self, read: Reader, roster: str) -> None:
        records = [one for one in read(roster) if isinstance(one, CanonicalRecord)]

        assert {one.provenance.justice for one in records} == {Justice.BOOKING}
        assert {one.updated_at for one in records} == {datetime(2026, 3, 3, 6, 0, tzinfo=UTC)}


class TestSensitiveColumn:
    def test_never_leaves_the_adapter(self, read: Reader, roster: str) -> None:
        flagged = roster.replace(",N,Y\n", ",N,SMI-CLASS\n")
        found = [one for one in read(flagged) if isinstance(one, (CanonicalRecord, Problem))]

        assert not any("SMI-CLASS" in one.model_dump_json() for one in found)


class TestSnapshot:
    def test_ends_with_its_word_that_it_is_complete(self, read: Reader, roster: str) -> None:
        assert read(roster)[-1] == Snapshot(kind="booking", taken_at=datetime(2026, 3, 3, 6, 0, tzinfo=UTC))

    def test_says_when_it_was_taken_by_its_name(self, read: Reader, roster: str, definition: str) -> None:
        named = definition.replace(
            "[columns]", "[taken_at]\npattern = '_(\\d{12})'\nformat = '%Y%m%d%H%M'\n\n[columns]", 1
        )
        ending = read(roster, named, "cedar_202603022100.csv")[-1]

        assert isinstance(ending, Snapshot)
        assert ending.taken_at == datetime(2026, 3, 3, 4, 0, tzinfo=UTC)

    def test_with_a_row_set_aside_takes_nobody_for_absent(self, read: Reader, roster: str) -> None:
        found = read(roster.replace("02/24/2026 19:40", "24.02.2026"))

        assert not any(isinstance(one, Snapshot) for one in found)
        assert [(one.line, one.code) for one in problems(found)][::2] == [(4, "date"), (None, "incomplete")]

    def test_is_not_claimed_by_a_delta(self, read: Reader, roster: str, definition: str) -> None:
        found = read(roster, definition.replace('"snapshot"', '"delta"'))

        assert not any(isinstance(one, Snapshot) for one in found)
        assert bookings(found) == bookings(read(roster))


class TestRow:
    def test_that_comes_twice_is_one_stay_and_a_warning(self, read: Reader, roster: str) -> None:
        line = next(line for line in roster.splitlines() if line.startswith("B-2212"))
        found = read(f"{roster}{line}\n")

        assert bookings(found) == bookings(read(roster))
        assert (10, "duplicate-row") in {(one.line, one.code) for one in problems(found)}

    def test_that_contradicts_an_earlier_one_is_set_aside(self, read: Reader, roster: str) -> None:
        found = read(roster.replace("02:14,IN,,,,DISORDERLY", "03:15,IN,,,,DISORDERLY"))

        assert (3, "conflicting-rows") in {(one.line, one.code) for one in problems(found)}
        assert bookings(found)["Booking/B-2211"].charges == ("TRESPASS",)

    @pytest.mark.parametrize(
        ("was", "becomes", "code", "field"),
        [
            ("B-2190,51,", ",51,", "no-key", "Booking No"),
            ("19:40,OUT,", "19:40,PAROLE,", "unknown-code", "Status"),
            ("FAIL TO APPEAR,N,N", "FAIL TO APPEAR,N", "row-shape", None),
            ("03/02/2026 14:05", "yesterday", "date", "Released"),
        ],
    )
    def test_that_cannot_be_read_is_set_aside_and_the_rest_goes_on(
        self, read: Reader, roster: str, was: str, becomes: str, code: str, field: str | None
    ) -> None:
        found = read(roster.replace(was, becomes))
        aside = [one for one in problems(found) if one.severity is Severity.SET_ASIDE]

        assert [(one.line, one.code, one.field) for one in aside] == [(4, code, field)]
        assert set(bookings(read(roster))) - set(bookings(found)) == {"Booking/B-2190"}


class TestMessage:
    def test_of_two_events_of_one_stay_tells_both_in_order_and_each_once(
        self, read: Reader, roster: str, definition: str
    ) -> None:
        header, booked = roster.splitlines()[:2]
        released = booked.replace("IN,,", "OUT,03/02/2026 14:12,ROR")
        feed = definition.replace('"snapshot"', '"message"')
        found = read("\n".join([header, booked, released, released]), feed)
        events = [one.body.event for one in found if isinstance(one, CanonicalRecord) and isinstance(one.body, Booking)]

        assert events == [BookingEvent.BOOKED, BookingEvent.RELEASED]
        assert [(one.line, one.code) for one in problems(found)] == [(4, "duplicate-row")]


class TestFixedWidth:
    def test_reads_by_position_in_its_own_encoding(self, read: Reader) -> None:
        content = (FIXTURES / "cedar-fixed.txt").read_bytes()
        found = read(content, (FIXTURES / "cedar-fixed.toml").read_text(encoding="utf-8"))

        assert people(found)["Person/0065"].family == "NÚÑEZ"
        assert bookings(found)["Booking/B-2213"].booked_at == datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
        assert problems(found) == []


class TestAdapter:
    def test_is_a_feed(self) -> None:
        assert isinstance(JailRoster(), Feed)
        assert JailRoster().name == "jail"
