"""What ADT messages say of people and visits."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from adapters.base import Feed
from adapters.hl7v2 import Hl7v2
from schemas.canonical import Coded, Identifier
from schemas.messages import Severity
from schemas.showing import shown
from schemas.vocab import Category, Field
from schemas.vocab.records import Change, EncounterClass, Sex

from .conftest import FIXTURES, ReadBytes, field, message

CHICAGO = 'timezone = "America/Chicago"'
WINTER = timezone(timedelta(hours=-6))
ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_9 = "http://hl7.org/fhir/sid/icd-9-cm"
SNOMED = "http://snomed.info/sct"
PID = "PID|1||M1001^^^MERCY^MR||Delgado^Marcus"


def test_is_a_feed() -> None:
    assert isinstance(Hl7v2(), Feed)
    assert Hl7v2.name == "hl7v2"


class TestPerson:
    def test_has_the_legal_name_and_the_others_as_aliases(self, read: ReadBytes) -> None:
        (person,) = read("a01_emergency.hl7").people

        assert (person.given, person.middle, person.family, person.suffix) == ("Marcus", "Iván", "Delgado", "Jr")
        assert person.aliases == ("Marco Delgado", "Mark Dell")

    def test_has_identifiers_within_whoever_assigned_them(self, read: ReadBytes) -> None:
        (person,) = read("a01_emergency.hl7").people

        assert person.identifiers == (
            Identifier(system="urn:hub:hl7v2:MERCY", value="M1001"),
            Identifier(system="urn:hub:hl7v2:MERCY", value="77-3"),
        )

    def test_has_no_social_security_number_among_its_identifiers(self, read: ReadBytes) -> None:
        result = read("a01_emergency.hl7")

        assert result.people[0].ssn == "219099998"
        assert all(record.subject == result.people[0].identifiers[0] for record in result.records)

    def test_has_the_first_good_address_and_the_phones_without_the_e_mail(self, read: ReadBytes) -> None:
        (person,) = read("a01_emergency.hl7").people

        assert person.address == "12 Elm St & 3rd, Apt 2, Springfield, IL 62701"
        assert person.phones == ("1 217 5550147", "(217)555-0148")

    def test_has_the_day_of_birth_of_a_time_of_birth(self, read: ReadBytes) -> None:
        result = read("a03_discharge_latin1.hl7")

        assert result.people[0].birth_date is None
        assert ("PID-7", "date") in result.found, "30 February is no day"
        assert read("a01_emergency.hl7").people[0].birth_date == date(1987, 4, 9)

    @pytest.mark.parametrize("written", ["1987", "198704", "19871301", "20991231", "09.04.1987"])
    def test_has_no_birth_date_where_it_is_not_a_whole_day_in_the_past(self, read: ReadBytes, written: str) -> None:
        result = read(message(f"{PID}||{written}").encode())

        assert result.people[0].birth_date is None
        assert ("PID-7", "date") in result.found

    @pytest.mark.parametrize("written", ["19870409", "198704091530", "19870409153000.1234-0600"])
    def test_has_the_birth_date_however_exact(self, read: ReadBytes, written: str) -> None:
        assert read(message(f"{PID}||{written}").encode()).people[0].birth_date == date(1987, 4, 9)

    @pytest.mark.parametrize(("code", "sex"), [("F", Sex.FEMALE), ("m", Sex.MALE), ("X", Sex.OTHER), ("U", None)])
    def test_has_a_sex_as_recorded(self, read: ReadBytes, code: str, sex: Sex | None) -> None:
        result = read(message(f"{PID}|||{code}").encode())

        assert result.people[0].sex == sex
        assert ("PID-8", "code") not in result.found

    @pytest.mark.parametrize("number", ["123456789", "000121234", "666-12-1234", "987654321", "111111111", "12345"])
    def test_has_no_social_security_number_that_was_never_issued(self, read: ReadBytes, number: str) -> None:
        result = read(message(PID + "|" * 14 + number).encode())

        assert result.people[0].ssn is None
        assert ("PID-19", "ssn") in result.found

    def test_has_the_last_four_where_only_those_are_sent(self, read: ReadBytes) -> None:
        assert read(message(PID + "|" * 14 + "5512").encode()).people[0].ssn == "5512"

    def test_has_nothing_for_what_the_sender_deletes(self, read: ReadBytes) -> None:
        (person,) = read("a04_five_marks.hl7").people

        assert person.middle is None
        assert person.address is None

    def test_of_two_facilities_with_the_same_number_are_two(self, read: ReadBytes) -> None:
        here, there = (read(message(f"PID|1||7^^^{facility}").encode()) for facility in ("EAST", "WEST"))

        assert here.records[0].key == "Patient/EAST/7"
        assert there.records[0].key == "Patient/WEST/7"

    def test_without_an_authority_belongs_to_the_sending_facility(self, read: ReadBytes) -> None:
        record = read("a03_discharge_latin1.hl7").records[0]

        assert record.key == "Patient/ST%20ANNE/5512"
        assert record.subject == Identifier(system="urn:hub:hl7v2:ST%20ANNE", value="5512")


class TestVisit:
    def test_begins_with_an_emergency_admission(self, read: ReadBytes) -> None:
        result = read("a01_emergency.hl7", CHICAGO)
        record = result.records[1]
        (visit,) = result.encounters

        assert record.key == "Encounter/MERCY/V20031"
        assert visit.care is EncounterClass.EMERGENCY
        assert visit.started_at == datetime(2026, 3, 2, 1, 30, tzinfo=WINTER)
        assert visit.ended_at is None
        assert visit.facility == "MERCYGENERAL"
        assert record.updated_at == datetime(2026, 3, 2, 1, 44, tzinfo=WINTER)
        assert record.place == "line 6 PV1"

    def test_ends_with_a_discharge(self, read: ReadBytes) -> None:
        (visit,) = read("a03_discharge_latin1.hl7").encounters

        assert visit.ended_at == datetime(2026, 3, 5, 9, 55, tzinfo=timezone(timedelta(hours=-5)))
        assert visit.disposition == "psychiatric hospital or unit"

    def test_ends_with_the_event_where_the_discharge_has_no_time(self, read: ReadBytes) -> None:
        result = read(message(PID, "PV1|1|I", kind="ADT^A03").encode())

        assert result.encounters[0].ended_at == datetime(2026, 3, 2, 1, 44, tzinfo=UTC)
        assert ("PV1-45", "discharge-time") in result.found

    def test_is_taken_back_by_a_cancelled_admission(self, read: ReadBytes) -> None:
        admitted, *_, cancelled, _ = read("batch.hl7").records[1:]

        assert (admitted.key, admitted.change) == ("Encounter/MERCY/V20031", Change.UPSERT)
        assert (cancelled.key, cancelled.change) == ("Encounter/MERCY/V20031", Change.DELETE)

    def test_goes_on_after_a_cancelled_discharge(self, read: ReadBytes) -> None:
        _, discharged, reopened, _ = read("batch.hl7").encounters

        assert discharged.ended_at == datetime(2026, 3, 4, 11, tzinfo=UTC)
        assert (reopened.ended_at, reopened.disposition) == (None, None)

    def test_without_a_number_is_known_by_the_person_and_its_beginning(self, read: ReadBytes) -> None:
        result = read(message(PID, field("PV1|1|I", 42, "20260302")).encode())

        assert result.records[1].key == "Encounter/MERCY/M1001/20260302"
        assert ("PV1-19", "visit-number") in result.found

    def test_without_a_number_of_its_own_has_the_accounts(self, read: ReadBytes) -> None:
        result = read(message(PID + "|" * 13 + "ACC-9", "PV1|1|I").encode())

        assert result.records[1].key == "Encounter/MERCY/ACC-9"

    def test_of_an_unknown_class_is_other_and_said_so(self, read: ReadBytes) -> None:
        result = read("a08_update.hl7")

        assert result.encounters[0].care is EncounterClass.OTHER
        assert result.found >= {("PV1-2", "code"), ("PV1-44", "time"), ("PID-8", "code"), ("MSH-11", "processing-id")}

    def test_that_is_protected_is_pointed_out(self, read: ReadBytes) -> None:
        result = read("a01_emergency.hl7")

        assert result.found >= {("PD1-12", "protection-asked"), ("PV2-22", "protection-asked")}
        assert not any(code == "protection-asked" for _, code in read("a04_five_marks.hl7").found)

    def test_is_not_there_in_a_message_about_a_person(self, read: ReadBytes) -> None:
        result = read(message(PID, "PV1|1|N", kind="ADT^A31").encode())

        assert result.people
        assert not result.encounters


class TestTimes:
    PV1 = "PV1|1|I" + "|" * 17 + "V1" + "|" * 25

    def test_without_a_zone_are_the_sources(self, read: ReadBytes) -> None:
        content = message(PID, self.PV1 + "20260702120000").encode()

        assert read(content, CHICAGO).encounters[0].started_at == datetime(2026, 7, 2, 17, tzinfo=UTC)
        assert read(content).encounters[0].started_at == datetime(2026, 7, 2, 12, tzinfo=UTC)

    def test_without_a_zone_follow_the_header_where_nothing_is_agreed(self, read: ReadBytes) -> None:
        content = message(PID, self.PV1 + "20260302120000").replace("20260302014500", "20260302014500-0500").encode()

        assert read(content).encounters[0].started_at == datetime(2026, 3, 2, 17, tzinfo=UTC)

    def test_with_a_zone_keep_it(self, read: ReadBytes) -> None:
        content = message(PID, self.PV1 + "20260302120000+0215").encode()

        assert read(content, CHICAGO).encounters[0].started_at == datetime(2026, 3, 2, 9, 45, tzinfo=UTC)

    @pytest.mark.parametrize("text", ["202603", "20260302250000", "20260302120000+9900", "yesterday", "00010101"])
    def test_that_are_none_are_unknown(self, read: ReadBytes, text: str) -> None:
        result = read(message(PID, self.PV1 + text, kind="ADT^A08").encode())

        assert result.encounters[0].started_at is None
        assert ("PV1-44", "time") in result.found


class TestDiagnoses:
    def test_are_handed_on_with_their_codes_and_told_to_no_one(self, read: ReadBytes) -> None:
        result = read("a01_emergency.hl7")
        (visit,) = result.encounters

        assert Coded(system=ICD_10, code="I10", display="Essential hypertension") in visit.unsorted_diagnoses
        assert "Depression, recurrent ^ moderate" in [code.display for code in visit.unsorted_diagnoses]
        assert "F11.20" in [code.code for code in visit.unsorted_diagnoses]
        assert visit.unsorted_diagnoses[-1] == Coded(system=SNOMED, code="40055000", display="Chronic sinusitis")
        assert shown(visit).keys() == {Category.GENERAL_HEALTH, Category.PRESENCE}
        assert Field.DIAGNOSIS not in shown(visit)[Category.GENERAL_HEALTH]

    def test_that_the_sender_deletes_are_gone(self, read: ReadBytes) -> None:
        assert "B20" not in [code.code for code in read("a01_emergency.hl7").encounters[0].unsorted_diagnoses]

    @pytest.mark.parametrize(
        ("written", "codes"),
        [
            ("B20^^I10", [(ICD_10, "B20")]),
            ("042^^I9", [(ICD_9, "042")]),
            ("296.20^^I9C", [(ICD_9, "296.20")]),
            ("75544000^^SCT", [(SNOMED, "75544000")]),
            ("77^local words^L^F10.20^^I10", [(ICD_10, "F10.20")]),
            ("F10.20^^I10^7200002^^SCT", [(ICD_10, "F10.20"), (SNOMED, "7200002")]),
        ],
    )
    def test_are_read_in_the_systems_that_are_known(
        self, read: ReadBytes, written: str, codes: list[tuple[str, str]]
    ) -> None:
        (visit,) = read(message(PID, "PV1|1|I", f"DG1|1||{written}").encode()).encounters

        assert [(code.system, code.code) for code in visit.unsorted_diagnoses] == codes

    @pytest.mark.parametrize("written", ["F11.20", "^heroin use", "F11.20^^L", "x^^I10", ""])
    def test_without_a_known_system_are_kept_as_sent(self, read: ReadBytes, written: str) -> None:
        result = read(message(PID, "PV1|1|I", f"DG1|1||{written}|free words").encode())

        assert result.encounters[0].unsorted_diagnoses == ()
        assert len(result.rows) == 1
        assert ("DG1-3", "diagnosis-uncoded") in result.found

    def test_of_old_versions_have_the_system_and_the_words_beside_the_code(self, read: ReadBytes) -> None:
        (visit,) = read("a03_discharge_latin1.hl7").encounters

        assert visit.unsorted_diagnoses[0].display == "Tobacco use & more"


class TestBatch:
    def test_is_read_in_order(self, read: ReadBytes) -> None:
        records = read("batch.hl7").records

        assert [record.place for record in records][:4] == ["line 5 PID", "line 6 PV1", "line 9 PID", "line 10 PV1"]
        assert records[-1].key == "Patient/MERCY/M1002"

    def test_sets_aside_only_what_is_not_understood(self, read: ReadBytes) -> None:
        (problem,) = read("batch.hl7").problems

        assert (problem.line, problem.field, problem.code) == (19, "MSH-9", "message-type")
        assert problem.severity is Severity.SET_ASIDE

    def test_that_lost_a_message_is_pointed_out(self, read: ReadBytes) -> None:
        whole = (FIXTURES / "batch.hl7").read_bytes()
        last = whole.rindex(b"MSH|")
        short = whole[:last] + whole[whole.index(b"BTS|") :]

        assert ("BTS-1", "batch-count") in read(short).found
        assert ("BTS-1", "batch-count") not in read(whole).found
