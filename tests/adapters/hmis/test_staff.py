"""Who works with whom, out of the files that vendors keep beside HUD's; in each vendor's shape."""

from collections.abc import Sequence
from datetime import date

import pytest

from adapters.base import Unreadable
from adapters.hmis.checks.placement import VICTIM_SERVICE_PROVIDER
from schemas.canonical import CanonicalRecord, StaffAssignment
from schemas.messages import Problem
from schemas.vocab import Sensitivity
from schemas.vocab.records import Change
from tests.adapters.hmis.conftest import Files, Send

CARE_TEAM = (
    "CareTeamID,PersonalID,EnrollmentID,StaffFirstName,StaffLastName,StaffRole,StaffPhone,StaffEmail,"
    "StartDate,EndDate,Public,DateUpdated,DateDeleted\n"
)
CLARITY, CLIENTTRACK, OPENPATH, ETO = (f'vendor = "{name}"' for name in ("clarity", "clienttrack", "open-path", "eto"))


def with_file(county: Files, name: str, text: str) -> Files:
    return {**county, name: text.encode()}


def care_team(county: Files, *rows: str) -> Files:
    return with_file(county, "careteam.csv", CARE_TEAM + "".join(f"{row}\n" for row in rows))


def assignments(read: Sequence[object]) -> list[CanonicalRecord]:
    return [one for one in read if isinstance(one, CanonicalRecord) and isinstance(one.body, StaffAssignment)]


def body(record: CanonicalRecord) -> StaffAssignment:
    assert isinstance(record.body, StaffAssignment)
    return record.body


def problems(read: Sequence[object], code: str) -> list[Problem]:
    return [one for one in read if isinstance(one, Problem) and one.code == code]


ANA = "t1,c1,e1,Ana,Reyes,Outreach Worker,555 0122,ana@opendoor.example,2026-01-12,,1,2026-02-20 10:00:00,"


class TestCareTeam:
    """Bitfocus Clarity."""

    def test_says_who_works_with_whom_in_which_program_since_when(self, send: Send, county: Files) -> None:
        (record,) = assignments(send(care_team(county, ANA), CLARITY))

        assert record.key == "StaffAssignment/CareTeam/t1/e1"
        assert record.subject is not None
        assert (record.subject.value, record.held_by) == ("c1", "Organization/o1")
        assert body(record) == StaffAssignment(
            program="Project/p1",
            worker="Ana Reyes",
            role="Outreach Worker",
            phone="555 0122",
            email="ana@opendoor.example",
            since=date(2026, 1, 12),
        )

    def test_without_a_mapping_is_left_unread_with_a_warning(self, send: Send, county: Files) -> None:
        read = send(care_team(county, ANA))

        assert not assignments(read)
        assert problems(read, "unknown-file")
        assert not problems(send(care_team(county, ANA), CLARITY), "unknown-file")

    @pytest.mark.parametrize(("public", "private"), [("1", False), ("Yes", False), ("0", True), ("", True)])
    def test_keeps_back_whoever_is_not_public(self, send: Send, county: Files, public: str, private: bool) -> None:
        (record,) = assignments(send(care_team(county, ANA.replace(",,1,", f",,{public},")), CLARITY))

        assert record.provenance.hmis is not None
        assert record.provenance.hmis.private is private

    def test_that_has_ended_is_history_and_one_that_was_deleted_is_taken_back(self, send: Send, county: Files) -> None:
        ended = ANA.replace("2026-01-12,,", "2026-01-12,2026-02-01,")
        deleted = f"{ANA}2026-02-20 10:00:00".replace("t1,", "t2,", 1)

        first, second = assignments(send(care_team(county, ended, deleted), CLARITY))

        assert (body(first).until, first.change) == (date(2026, 2, 1), Change.UPSERT)
        assert second.change is Change.DELETE

    def test_of_another_person_than_the_enrollment_is_set_aside(self, send: Send, county: Files) -> None:
        read = send(care_team(county, ANA.replace("c1", "c2")), CLARITY)

        assert not assignments(read)
        assert [one.line for one in problems(read, "orphan") if one.file == "CareTeam.csv"] == [2]

    def test_in_a_safe_house_does_not_enter(self, send: Send, county: Files) -> None:
        person, enrollment = in_the_safe_house(county)

        read = send(care_team(county, ANA.replace("c1", person).replace("e1", enrollment)), CLARITY)

        assert not assignments(read)
        told = [one for one in problems(read, "victim-service-provider") if one.file == "CareTeam.csv"]
        assert [(one.line, one.count, one.expected) for one in told] == [(None, 1, VICTIM_SERVICE_PROVIDER.expected)]
        assert "Reyes" not in str([one for one in read if isinstance(one, Problem)])

    def test_without_a_name_or_a_day_is_set_aside(self, send: Send, county: Files) -> None:
        nameless, undated = ANA.replace("Ana,Reyes", ","), ANA.replace("t1", "t2").replace("2026-01-12", "soon")

        read = send(care_team(county, nameless, undated), CLARITY)

        assert not assignments(read)
        assert [one.line for one in problems(read, "no-worker")] == [2]
        assert 3 in [one.line for one in problems(read, "date") if one.file == "CareTeam.csv"]

    def test_without_its_key_refuses_the_set(self, send: Send, county: Files) -> None:
        with pytest.raises(Unreadable, match="CareTeamID"):
            send(with_file(county, "CareTeam.csv", "PersonalID,EnrollmentID\nc1,e1\n"), CLARITY)


class TestCaseAssignments:
    """Eccovia ClientTrack."""

    def test_are_joined_to_the_case_and_to_the_user(self, send: Send, county: Files) -> None:
        files = with_file(
            with_column(county, "ClntCaseID", {"e1": "77"}),
            "cmCaseAssign.csv",
            "CaseAssignID,ClntCaseID,UserID,RoleID,BeginDate,EndDate\n9,77,u-5,3,2026-01-15,\n8,78,u-5,3,2026-01-15,\n",
        )
        users = "UserID,UserName,Email,OfficePhone,CellPhone\nu-5,Lee Park,lee@case.example,555 0130,555 0131\n"

        read = send(with_file(files, "osUsers.csv", users), CLIENTTRACK)
        (record,) = assignments(read)

        assert (record.subject and record.subject.value, body(record).program) == ("c1", "Project/p1")
        assert (body(record).worker, body(record).role) == ("Lee Park", "staff")
        assert (body(record).phone, body(record).email) == ("555 0131", "lee@case.example")
        assert [one.line for one in problems(read, "orphan") if one.file == "cmCaseAssign.csv"] == [3]


class TestHouseholdAssignments:
    """Open Path HMIS."""

    def test_are_for_everyone_of_the_household_and_name_a_user_of_hud_s_file(self, send: Send, county: Files) -> None:
        text = "id,household_id,user_id,role_name,assigned_at,unassigned_at\n4,hhe1,u1,Case Manager,2026-01-20,\n"

        (record,) = assignments(send(with_file(county, "hmis_staff_assignments.csv", text), OPENPATH))

        assert record.key == "StaffAssignment/hmis_staff_assignments/4/e1"
        assert (body(record).worker, body(record).role) == ("Ana Reyes", "Case Manager")
        assert body(record).email == "ana@opendoor.example"


class TestParticipantStaff:
    """Social Solutions ETO."""

    def test_are_for_the_person_in_no_program_in_particular(self, send: Send, county: Files) -> None:
        text = (
            "ParticipantStaffID,PersonalID,StaffName,StaffTitle,StaffEmail,AssignedDate,EndedDate\n"
            "1,c1,Kim Osei,Navigator,kim@eto.example,2026-02-01,\n"
        )

        (record,) = assignments(send(with_file(county, "ParticipantStaff.csv", text), ETO))

        assert (body(record).program, record.held_by) == (None, None)
        assert (body(record).worker, body(record).email) == ("Kim Osei", "kim@eto.example")


class TestDefinition:
    def test_may_bring_the_senders_own_mapping(self, send: Send, county: Files) -> None:
        own = (
            '[[staff]]\nfile = "Workers"\nkey = "ID"\nenrollment = { column = "Stay" }\n'
            'worker = ["Name"]\nsince = "From"\nrole = "Kind"\nroles = { 2 = "housing navigator" }\n'
        )

        (record,) = assignments(
            send(with_file(county, "WORKERS.CSV", "id,stay,name,from,kind\n1,e1,Jo,1/2/2026,2\n"), own)
        )

        assert (body(record).worker, body(record).role) == ("Jo", "housing navigator")

    @pytest.mark.parametrize(
        "text", ['vendor = "nobody"', '[[staff]]\nfile = "W"\nkey = "K"\nworker = ["N"]\nsince = "F"']
    )
    def test_that_names_no_mapping_is_refused(self, send: Send, county: Files, text: str) -> None:
        with pytest.raises(Unreadable):
            send(county, text)


def test_of_someone_who_flees_violence_speaks_of_it(send: Send, county: Files) -> None:
    flees = ANA.replace("t1,c1,e1", "t2,c8,e8")

    calm, fleeing = assignments(send(care_team(county, ANA, flees), CLARITY))

    assert Sensitivity.SDV in fleeing.sensitivity
    assert Sensitivity.SDV not in calm.sensitivity


def rows_of(county: Files, file: str, *columns: int) -> list[list[str]]:
    lines = [line.split(",") for line in county[file].decode("utf-8-sig").splitlines()[1:]]
    return [[line[column] for column in columns] for line in lines]


def in_the_safe_house(county: Files) -> tuple[str, str]:
    """A person and an enrollment in the program of the victim service provider."""
    return next((person, key) for key, person, project in rows_of(county, "Enrollment.csv", 0, 1, 2) if project == "p3")


def with_column(county: Files, heading: str, values: dict[str, str]) -> Files:
    """Enrollment.csv with a column of the vendor's own, by EnrollmentID."""
    head, *lines = county["Enrollment.csv"].decode("utf-8-sig").splitlines()
    text = "\n".join([f"{head},{heading}", *(f"{line},{values.get(line.split(',')[0], '')}" for line in lines)])
    return {**county, "Enrollment.csv": f"{text}\n".encode()}
