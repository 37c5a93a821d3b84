"""What the rows of a file set become."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from adapters.base import Feed, Read
from adapters.hmis import HmisCsv
from schemas.canonical import (
    CanonicalRecord,
    CoordinatedEntry,
    Enrollment,
    Identifier,
    LivingSituation,
    Organization,
    PersonFacts,
    Program,
    Service,
    SourceRow,
    StaffMember,
)
from schemas.vocab import Funding, Sensitivity
from schemas.vocab.records import Change, ContactKind, LivingSetting, ProgramType, ReferralState, Sex

Records = dict[str, CanonicalRecord]
Send = Callable[..., list[Read]]


@pytest.fixture
def records(county: dict[str, bytes], send: Send) -> Records:
    return {read.key: read for read in send(county) if isinstance(read, CanonicalRecord)}


def test_is_a_feed() -> None:
    assert isinstance(HmisCsv(), Feed)
    assert HmisCsv().name == "hmis-csv"


class TestReadARow:
    def test_of_a_person_keeps_all_of_it_for_its_sender(self, records: Records) -> None:
        client = records["Client/c1"]

        assert client.as_sent["FirstName"] == "Marcus"
        assert client.as_sent["VeteranStatus"] != ""
        assert "ExportID" not in client.as_sent

    def test_that_is_kept_as_sent_anyway_keeps_it_once(self, records: Records) -> None:
        rows = [record for record in records.values() if isinstance(record.body, SourceRow)]

        assert rows
        assert not any(record.as_sent for record in rows)


class TestReadAPerson:
    def test_with_name_birth_date_and_number(self, records: Records) -> None:
        assert records["Client/c1"].body == PersonFacts(
            given="Marcus",
            middle="José",
            family="Delgado",
            birth_date=date(1987, 4, 9),
            sex=Sex.MALE,
            ssn="219099999",
            identifiers=(Identifier(system="urn:hub:hmis:PersonalID", value="c1"),),
        )

    def test_under_the_sources_own_identifier_and_no_single_organization(self, records: Records) -> None:
        assert records["Client/c1"].subject == Identifier(system="urn:hub:hmis:PersonalID", value="c1")
        assert records["Client/c1"].held_by is None

    @pytest.mark.parametrize(
        ("key", "ssn"),
        [("c2", "6789"), ("c3", None), ("c4", None), ("c6", None), ("c8", "219090001")],
        ids=["masked", "all nines", "counting", "refused by the person", "with dashes"],
    )
    def test_with_no_number_that_was_never_issued(self, records: Records, key: str, ssn: str | None) -> None:
        body = records[f"Client/{key}"].body
        assert isinstance(body, PersonFacts)
        assert body.ssn == ssn

    def test_without_a_name_that_was_not_collected(self, records: Records) -> None:
        body = records["Client/c3"].body
        assert isinstance(body, PersonFacts)
        assert (body.given, body.family, body.hashed) == (None, None, False)

    def test_knows_a_digest_from_a_name(self, records: Records) -> None:
        assert isinstance(records["Client/c7"].body, PersonFacts)
        assert records["Client/c7"].body.hashed

    @pytest.mark.parametrize(
        ("key", "born"),
        [("c2", date(1967, 5, 8)), ("c4", date(2020, 6, 17)), ("c8", date(1999, 12, 31))],
        ids=["08-MAY-67", "17-JUN-20", "12-31-1999"],
    )
    def test_with_a_birth_date_as_spreadsheets_write_it(self, records: Records, key: str, born: date) -> None:
        body = records[f"Client/{key}"].body
        assert isinstance(body, PersonFacts)
        assert body.birth_date == born

    def test_that_was_deleted_as_deleted_on_that_day(self, records: Records) -> None:
        gone = records["Client/c9"]
        assert gone.change is Change.DELETE
        assert gone.updated_at == datetime(2026, 2, 25, tzinfo=UTC)

    def test_under_every_grant_of_the_projects_that_know_the_person(self, records: Records) -> None:
        assert _funding(records["Client/c2"]) == {Funding.HOPWA}
        assert _funding(records["Client/c6"]) == {Funding.RHY}
        assert _funding(records["Client/c1"]) == {Funding.PATH}
        assert _funding(records["Client/c8"]) == frozenset()


class TestReadAnEnrollment:
    def test_as_open_where_its_exit_was_taken_back(self, records: Records) -> None:
        assert records["Enrollment/e1"].body == Enrollment(
            program="Project/p1",
            entry_date=date(2026, 1, 10),
            household="hhe1",
            prior_setting=LivingSetting.PLACE_NOT_MEANT_FOR_HABITATION,
            disabling_condition=True,
        )
        assert records["Enrollment/e1"].held_by == "Organization/o1"

    def test_with_the_day_of_its_live_exit(self, records: Records) -> None:
        body = records["Enrollment/e2"].body
        assert isinstance(body, Enrollment)
        assert body.exit_date == date(2025, 12, 1)
        assert body.prior_setting is LivingSetting.JAIL

    def test_as_new_as_the_newest_of_its_files(self, records: Records) -> None:
        assert records["Enrollment/e1"].updated_at == datetime(2026, 2, 26, tzinfo=UTC)
        assert records["Enrollment/e2"].updated_at == datetime(2026, 2, 27, tzinfo=UTC)

    def test_of_someone_who_is_fleeing_violence(self, records: Records) -> None:
        body = records["Enrollment/e8"].body
        assert isinstance(body, Enrollment)
        assert body.fleeing_violence is True

    def test_under_the_grants_of_its_project(self, records: Records) -> None:
        assert _funding(records["Enrollment/e3"]) == {Funding.HOPWA}
        assert _funding(records["Enrollment/e6"]) == {Funding.RHY}
        assert _funding(records["Enrollment/e1"]) == {Funding.PATH}
        assert _funding(records["Enrollment/e2"]) == frozenset()

    def test_says_what_it_speaks_of(self, records: Records) -> None:
        assert records["Enrollment/e1"].sensitivity == {Sensitivity.SOC}
        assert records["Enrollment/e3"].sensitivity == {Sensitivity.SOC, Sensitivity.SUD}

    def test_of_someone_who_flees_speaks_of_where_they_are(self, records: Records) -> None:
        survivor = {Sensitivity.SDV, Sensitivity.LOCIS}
        assert records["Enrollment/e8"].sensitivity >= survivor
        assert records["Services/s1"].sensitivity >= survivor
        assert not records["Enrollment/e1"].sensitivity & survivor

    def test_began_at_midnight_on_the_senders_clock(self, county: dict[str, bytes], send: Send) -> None:
        read = send(county, 'timezone = "America/Chicago"')
        began = next(one for one in read if isinstance(one, CanonicalRecord) and one.key == "Enrollment/e1")
        assert began.occurred_at == datetime(2026, 1, 10, 6, tzinfo=UTC)


class TestReadAContact:
    def test_a_bed_night(self, records: Records) -> None:
        assert records["Services/s1"].body == Service(
            enrollment="Enrollment/e8",
            program="Project/p2",
            contacted_on=date(2026, 2, 15),
            contact=ContactKind.BED_NIGHT,
            what="bed night",
            night_of=date(2026, 2, 15),
            recorded_by="User/u1",
        )

    def test_a_referral(self, records: Records) -> None:
        body = records["Services/s4"].body
        assert isinstance(body, Service)
        assert (body.contact, body.night_of) == (ContactKind.REFERRAL, None)

    def test_but_not_a_payment_which_is_kept_as_sent(self, records: Records) -> None:
        body = records["Services/s3"].body
        assert isinstance(body, SourceRow)
        assert body.values["FAAmount"] == "120.00"
        assert "ExportID" not in body.values
        assert _funding(records["Services/s3"]) == {Funding.HOPWA}

    def test_where_an_outreach_worker_found_the_person(self, records: Records) -> None:
        assert records["CurrentLivingSituation/l1"].body == LivingSituation(
            enrollment="Enrollment/e1",
            program="Project/p1",
            contacted_on=date(2026, 2, 12),
            seen_on=date(2026, 2, 12),
            setting=LivingSetting.PLACE_NOT_MEANT_FOR_HABITATION,
            place="Riverside Park,\nby the boathouse",
            recorded_by="User/u1",
        )
        assert Sensitivity.LOCIS in records["CurrentLivingSituation/l1"].sensitivity

    def test_stands_on_the_line_on_which_its_row_begins(self, records: Records) -> None:
        assert records["CurrentLivingSituation/l1"].place == "CurrentLivingSituation.csv line 2"
        assert records["CurrentLivingSituation/l2"].place == "CurrentLivingSituation.csv line 4"


class TestReadCoordinatedEntry:
    def test_a_referral_without_a_result_is_open(self, records: Records) -> None:
        assert records["Event/v1"].body == CoordinatedEntry(
            enrollment="Enrollment/e1",
            on=date(2026, 1, 21),
            referral="housing-navigation",
            state=ReferralState.OPEN,
            recorded_by="User/u1",
        )

    def test_a_referral_with_a_result_is_not(self, records: Records) -> None:
        assert isinstance(records["Event/v2"].body, CoordinatedEntry)
        assert records["Event/v2"].body.state is ReferralState.ACCEPTED

    def test_help_on_the_spot_is_no_referral(self, records: Records) -> None:
        assert records["Event/v3"].body == CoordinatedEntry(
            enrollment="Enrollment/e1", on=date(2026, 1, 23), recorded_by="User/u1"
        )

    def test_an_assessment_may_prioritize(self, records: Records) -> None:
        assert isinstance(records["Assessment/a1"].body, CoordinatedEntry)
        assert records["Assessment/a1"].body.prioritized is True
        assert records["Assessment/a1"].body.recorded_by == "User/u1"


class TestReadTheDirectory:
    def test_an_organization_and_its_program(self, records: Records) -> None:
        assert records["Organization/o1"].body == Organization(name="Open Door Shelter")
        assert records["Project/p1"].body == Program(
            organization="Organization/o1",
            name="Street Outreach",
            common_name="Outreach",
            type=ProgramType.STREET_OUTREACH,
            opened_on=date(2015, 1, 1),
        )
        assert records["Project/p1"].subject is None

    def test_a_user_is_a_staff_member(self, records: Records) -> None:
        expected = StaffMember(name="Ana Reyes", phone="5550100111 x12", email="ana@opendoor.example")
        assert records["User/u1"].body == expected


class TestKeepAsSent:
    def test_what_the_hub_does_not_tell_anyone(self, records: Records) -> None:
        body = records["Disabilities/b1"].body
        assert isinstance(body, SourceRow)
        assert body.table == "Disabilities"
        assert body.values["DisabilityType"] == "8"
        assert "TCellCount" not in body.values
        assert Sensitivity.HIV in records["Disabilities/b1"].sensitivity
        assert Sensitivity.SUD in records["Disabilities/b2"].sensitivity

    def test_so_that_a_new_export_of_the_same_row_is_the_same(self, county: dict[str, bytes], send: Send) -> None:
        again = {name: content.replace(b"E1", b"E2") for name, content in county.items()}
        assert _bodies(send(again)) == _bodies(send(county))


def _funding(record: CanonicalRecord) -> frozenset[Funding]:
    assert record.provenance.hmis is not None
    return record.provenance.hmis.funding


def _bodies(read: list[Read]) -> list[object]:
    return [one.body for one in read if isinstance(one, CanonicalRecord)]
