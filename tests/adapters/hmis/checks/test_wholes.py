"""Each check of the whole set with rows that trip it and, in the same set-up, neighbours that do not."""

from collections.abc import Callable

import pytest

from schemas.messages import Problem

Row = dict[str, str]
Rows = dict[str, list[Row]]
Found = Callable[[Rows], list[Problem]]

PERSON: Row = {"PersonalID": "c2", "FirstName": "Ben"}
LATER: Row = {"EnrollmentID": "e2", "HouseholdID": "hh2", "EntryDate": "2026-02-10", "DateToStreetESSH": "2026-02-02"}
OTHER_PROJECT: Row = {"ProjectID": "p2", "ProjectName": "Day Shelter"}
DELTA: Rows = {"Export": [{"ExportDirective": "1"}]}
HASHED: Rows = {"Export": [{"HashStatus": "4"}]}
DIGESTS: Row = {"FirstName": "a" * 64, "LastName": "b" * 64, "SSN": "9999" + "c" * 64}
NIGHTLY: Rows = {"Project": [{"ProjectType": "1"}]}
NIGHT: Row = {"RecordType": "200", "TypeProvided": "200", "DateProvided": "2026-01-10"}


def member(**change: str) -> Rows:
    """A second person in the same household."""
    return {
        "Client": [{}, PERSON],
        "Enrollment": [{}, {"EnrollmentID": "e2", "PersonalID": "c2", "RelationshipToHoH": "3", **change}],
    }


def again(project: Row, **change: str) -> Rows:
    """The same person once more, in this project."""
    return {"Project": [{}, {**OTHER_PROJECT, **project}], "Enrollment": [{}, {**LATER, "ProjectID": "p2", **change}]}


def outreach(contact: str) -> Rows:
    return {
        "Project": [{"ProjectType": "4"}],
        "Enrollment": [{"EntryDate": "2025-10-01"}],
        "Exit": [],
        "CurrentLivingSituation": [{"InformationDate": contact}],
    }


def nights(night: str, entry: str = "2025-10-01") -> Rows:
    return {**NIGHTLY, "Enrollment": [{"EntryDate": entry}], "Exit": [], "Services": [{**NIGHT, "DateProvided": night}]}


CASES: list[tuple[str, str, int, Rows, Rows]] = [
    ("no-enrollments", "Enrollment", 1, {"Enrollment": []}, {}),
    ("digest", "Client", 2, {**HASHED, "Client": [DIGESTS | {"LastName": "b" * 32}]}, {**HASHED, "Client": [DIGESTS]}),
    ("no-head", "Enrollment", 2, {"Enrollment": [{"RelationshipToHoH": "2"}]}, {}),
    ("two-heads", "Enrollment", 3, member(RelationshipToHoH="1"), member()),
    ("household-projects", "Enrollment", 2, again({}, HouseholdID="hh1"), again({})),
    ("household-under-12", "Enrollment", 2, {"Client": [{"DOB": "2014-01-11"}]}, {"Client": [{"DOB": "2014-01-10"}]}),
    ("children-alone", "Enrollment", 2, {"Client": [{"DOB": "2008-01-11"}]}, {"Client": [{"DOB": "2008-01-10"}]}),
    (
        "entry-twice",
        "Enrollment",
        3,
        {"Enrollment": [{}, {**LATER, "EntryDate": "2026-01-10"}]},
        {"Enrollment": [{}, {**LATER, "EntryDate": "2026-01-11"}]},
    ),
    ("stays-overlap", "Enrollment", 3, again({}, EntryDate="2026-02-09"), again({}, EntryDate="2026-02-10")),
    (
        "stays-overlap",
        "Enrollment",
        3,
        again({"ProjectType": "1"}, EntryDate="2026-02-07"),
        again({"ProjectType": "1"}, EntryDate="2026-02-08"),
    ),
    (
        "stays-overlap",
        "Enrollment",
        3,
        again({"ProjectType": "3"}, EntryDate="2026-01-11", MoveInDate="2026-02-09"),
        again({"ProjectType": "3"}, EntryDate="2026-01-11", MoveInDate="2026-02-10"),
    ),
    (
        "stays-overlap",
        "Enrollment",
        3,
        again({}, EntryDate="2026-01-11"),
        again({"ProjectType": "6"}, EntryDate="2026-01-11"),
    ),
    (
        "exit-twice",
        "Exit",
        3,
        {"Exit": [{}, {"ExitID": "x2"}]},
        {"Exit": [{}, {"ExitID": "x2", "DateDeleted": "2026-02-20 10:00:00"}]},
    ),
    ("no-recent-situation", "Enrollment", 2, outreach("2025-11-30"), outreach("2025-12-01")),
    ("no-recent-night", "Enrollment", 2, nights("2025-11-30"), nights("2025-12-01")),
    ("no-first-night", "Enrollment", 2, nights("2026-01-11", "2026-01-10"), nights("2026-01-10", "2026-01-10")),
    ("no-income-at-entry", "Enrollment", 2, {"IncomeBenefits": [{"DataCollectionStage": "2"}]}, {}),
    ("no-income-at-exit", "Enrollment", 2, {"IncomeBenefits": [{}, {"IncomeBenefitsID": "ib2"}]}, {}),
    (
        "project-type-missing",
        "Project",
        2,
        {"Project": [{"ProjectType": ""}]},
        {"Project": [{"ProjectType": "", "ContinuumProject": "0"}]},
    ),
    (
        "housing-type-missing",
        "Project",
        2,
        {"Project": [{"HousingType": ""}]},
        {"Project": [{"HousingType": "", "ProjectType": "6"}]},
    ),
    (
        "rrh-subtype-missing",
        "Project",
        2,
        {"Project": [{"ProjectType": "13"}]},
        {"Project": [{"ProjectType": "13", "RRHSubType": "2"}]},
    ),
    (
        "operating-period",
        "Project",
        2,
        {"Project": [{"OperatingEndDate": "2019-12-31"}]},
        {"Project": [{"OperatingEndDate": "2020-01-01"}]},
    ),
    ("geography-missing", "ProjectCoC", 2, {"ProjectCoC": [{"GeographyType": "99"}]}, {}),
    (
        "address-missing",
        "ProjectCoC",
        2,
        {"ProjectCoC": [{"ZIP": ""}]},
        {"ProjectCoC": [{"ZIP": ""}], "Project": [{"HousingType": "3"}]},
    ),
    ("inventory-after-operating", "Inventory", 2, {"Project": [{"OperatingEndDate": "2026-02-20"}]}, {}),
    ("inventory-before-operating", "Inventory", 2, {"Inventory": [{"InventoryStartDate": "2019-12-31"}]}, {}),
    ("inventory-period", "Inventory", 2, {"Inventory": [{"InventoryEndDate": "2019-12-31"}]}, {}),
    (
        "services-only-beds",
        "Inventory",
        2,
        {"Project": [{"ProjectType": "13", "RRHSubType": "1"}]},
        {"Project": [{"ProjectType": "13", "RRHSubType": "2"}]},
    ),
    (
        "beds-sum",
        "Inventory",
        2,
        {"Inventory": [{"BedInventory": "11"}]},
        {"Inventory": [{"BedInventory": "11", "CHBedInventory": "1"}]},
    ),
    ("more-units-than-beds", "Inventory", 2, {"Inventory": [{"UnitInventory": "11"}]}, {}),
    ("bed-type", "Inventory", 2, {"Project": [{"HousingType": "3"}]}, {}),
    (
        "seasonal-for-long",
        "Inventory",
        2,
        {"Inventory": [{"Availability": "2"}]},
        {"Inventory": [{"Availability": "2", "InventoryEndDate": "2020-05-01"}]},
    ),
    ("coc-missing-of-project", "Project", 2, {"ProjectCoC": []}, {}),
    ("inventory-missing", "Project", 2, {"Inventory": []}, {}),
    (
        "operating-end-missing",
        "Project",
        2,
        {"Inventory": [{"InventoryEndDate": "2026-02-20"}]},
        {"Inventory": [{"InventoryEndDate": "2026-02-20"}], "Exit": []},
    ),
    ("zero-utilization", "Project", 2, {"Enrollment": []}, {}),
    ("no-bed-nights", "Project", 2, NIGHTLY, {**NIGHTLY, "Services": [NIGHT]}),
    ("affiliation-missing", "Project", 2, {"Project": [{"ResidentialAffiliation": "1"}]}, {}),
    ("affiliation-unknown", "Affiliation", 2, {"Affiliation": [{"ResProjectID": "p9"}]}, {"Affiliation": [{}]}),
    ("inventory-coc", "Inventory", 2, {"Inventory": [{"CoCCode": "XX-502"}]}, {}),
    ("coc-without-inventory", "ProjectCoC", 2, {"Inventory": [{"CoCCode": "XX-502"}]}, {}),
    (
        "inventory-unused",
        "Inventory",
        2,
        {"Inventory": [{"InventoryEndDate": "2026-01-09"}]},
        {"Inventory": [{"InventoryEndDate": "2026-01-10"}]},
    ),
    (
        "hmis-participation-overlap",
        "HMISParticipation",
        3,
        {"HMISParticipation": [{}, {"HMISParticipationID": "h2", "HMISParticipationStatusStartDate": "2021-01-01"}]},
        {
            "HMISParticipation": [
                {"HMISParticipationStatusEndDate": "2020-12-31"},
                {"HMISParticipationID": "h2", "HMISParticipationStatusStartDate": "2021-01-01"},
            ]
        },
    ),
    (
        "ce-participation-overlap",
        "CEParticipation",
        3,
        {"CEParticipation": [{}, {"CEParticipationID": "ce2"}]},
        {"CEParticipation": [{"CEParticipationStatusEndDate": "2019-12-31"}, {"CEParticipationID": "ce2"}]},
    ),
    (
        "vsp-participates",
        "Organization",
        2,
        {"Organization": [{"VictimServiceProvider": "1"}]},
        {"Organization": [{"VictimServiceProvider": "1"}], "HMISParticipation": [{"HMISParticipationType": "2"}]},
    ),
]


@pytest.mark.parametrize(
    ("code", "table", "line", "wrong", "right"), CASES, ids=[f"{number} {one[0]}" for number, one in enumerate(CASES)]
)
def test_trips_on_one_set_and_not_on_its_neighbour(
    found: Found, code: str, table: str, line: int, wrong: Rows, right: Rows
) -> None:
    tripped = [one for one in found(wrong) if one.code == code]
    assert [(one.file, one.line) for one in tripped] == [(f"{table}.csv", line)]
    assert code not in {one.code for one in found(right)}


def test_absence_says_nothing_in_a_delta_refresh(found: Found) -> None:
    lacking: Rows = {"Enrollment": [{"RelationshipToHoH": "2"}], "Inventory": []}
    assert {"no-head", "inventory-missing"} <= {one.code for one in found(lacking)}
    assert not {"no-head", "inventory-missing"} & {one.code for one in found({**lacking, **DELTA})}


@pytest.mark.parametrize("table", ["AssessmentQuestions", "AssessmentResults"])
def test_an_answer_belongs_to_an_assessment_of_the_set(found: Found, table: str) -> None:
    def lines(**answer: str) -> list[tuple[str, int | None]]:
        rows: Rows = {"Assessment": [{}], table: [{}, {f"{table[:-1]}ID": "2", **answer}]}
        return [(one.code, one.line) for one in found(rows)]

    assert lines() == lines(AssessmentID="a9", DateDeleted="2026-02-20 10:00:00") == []
    assert lines(AssessmentID="a9") == [("unknown-assessment", 3)]
    assert found({"Assessment": [{}], table: [{"AssessmentID": "a9"}], **DELTA}) == []
    deleted: Rows = {"Assessment": [{"DateDeleted": "2026-02-20 10:00:00"}], table: [{}]}
    assert [one.code for one in found(deleted)] == ["unknown-assessment"]


def test_nothing_is_said_of_what_lies_with_victim_services_but_that_it_was_not_taken(found: Found) -> None:
    guarded = found({**member(RelationshipToHoH="1"), "Organization": [{"VictimServiceProvider": "1"}]})
    assert {one.code for one in guarded} == {"victim-service-provider", "vsp-participates"}
