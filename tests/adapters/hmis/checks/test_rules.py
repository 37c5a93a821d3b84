"""Each rule of a row with one row that trips it and, in the same set-up, its neighbour that does not."""

from collections.abc import Callable

import pytest

from schemas.messages import Problem, Severity

Row = dict[str, str]
Rows = dict[str, list[Row]]
Found = Callable[[Rows], list[Problem]]

VETERAN: Rows = {
    "Funder": [{"Funder": "33"}],
    "Client": [
        {
            "VeteranStatus": "1",
            "YearEnteredService": "2000",
            "YearSeparated": "2004",
            **dict.fromkeys(("WorldWarII", "KoreanWar", "VietnamWar", "DesertStorm", "AfghanistanOEF"), "0"),
            **dict.fromkeys(("IraqOIF", "IraqOND", "OtherTheater"), "0"),
            "MilitaryBranch": "1",
            "DischargeStatus": "1",
        }
    ],
    "Enrollment": [{"PercentAMI": "1", "VAMCStation": "402", "HPScreeningScore": "12"}],
}
PREVENTION: Rows = {**VETERAN, "Project": [{"ProjectType": "12"}]}
HOUSED: Rows = {"Project": [{"ProjectType": "3"}], "Enrollment": [{"MoveInDate": "2026-01-12"}]}
NOT_FROM_THE_STREET: Row = {
    "LivingSituation": "204",
    "LOSUnderThreshold": "1",
    "PreviousStreetESSH": "0",
}
FROM_HOSPITAL: Rows = {"Project": [{"ProjectType": "2"}], "Enrollment": [NOT_FROM_THE_STREET]}
NIGHTLY: Rows = {
    "Project": [{"ProjectType": "1"}],
    "Services": [{"RecordType": "200", "TypeProvided": "200", "DateProvided": "2026-01-10"}],
}
STILL_THERE: Rows = {"Exit": []}
CLOSED: Rows = {"Project": [{"OperatingEndDate": "2026-02-20"}], "Inventory": [{"InventoryEndDate": "2026-02-20"}]}
LEFT_HMIS: Rows = {"HMISParticipation": [{"HMISParticipationStatusEndDate": "2026-02-20"}]}
AT_EXIT: Rows = {
    "IncomeBenefits": [{}, {"IncomeBenefitsID": "ib2", "DataCollectionStage": "3", "InformationDate": "2026-02-10"}]
}


def together(rows: Rows, table: str, change: Row) -> Rows:
    """The rows with a change to the last row of a table."""
    *before, last = rows.get(table) or [{}]
    return {**rows, table: [*before, {**last, **change}]}


CASES: list[tuple[str, Rows, str, Row, Row]] = [
    ("dob-missing", {}, "Client", {"DOB": "", "DOBDataQuality": "99"}, {}),
    ("dob-unknown", {}, "Client", {"DOBDataQuality": "8"}, {"DOBDataQuality": "2"}),
    ("dob-future", {}, "Client", {"DOB": "2026-03-02"}, {"DOB": "2008-03-01"}),
    ("dob-over-100", {}, "Client", {"DOB": "1925-03-01"}, {"DOB": "1925-03-02"}),
    ("name-incomplete", {}, "Client", {"NameDataQuality": "2"}, {}),
    ("ssn-unknown", {}, "Client", {"SSN": "", "SSNDataQuality": "8"}, {}),
    ("ssn-placeholder", {}, "Client", {"SSN": "123456789"}, {"SSN": "123456780"}),
    ("ssn-placeholder", {}, "Client", {"SSN": "999999999"}, {"SSN": "899999998"}),
    ("race-unknown", {}, "Client", {"White": "0", "RaceNone": "9"}, {}),
    ("race-missing", {}, "Client", {"White": "0"}, {}),
    ("race-conflict", {}, "Client", {"RaceNone": "9"}, {"RaceNone": ""}),
    ("sex-missing", {}, "Client", {"Sex": "99"}, {"Sex": "1"}),
    ("veteran-unknown", {}, "Client", {"VeteranStatus": "8"}, {"VeteranStatus": "0"}),
    (
        "veteran-child",
        {},
        "Client",
        {"VeteranStatus": "1", "DOB": "2008-03-02"},
        {"VeteranStatus": "1", "DOB": "2008-03-01"},
    ),
    ("year-entered-missing", VETERAN, "Client", {"YearEnteredService": ""}, {}),
    ("year-entered", VETERAN, "Client", {"YearEnteredService": "1919"}, {"YearEnteredService": "1920"}),
    ("year-separated-missing", VETERAN, "Client", {"YearSeparated": ""}, {}),
    ("year-separated", VETERAN, "Client", {"YearSeparated": "1999"}, {"YearSeparated": "2000"}),
    ("wars-missing", VETERAN, "Client", {"KoreanWar": "99"}, {}),
    ("wars-unknown", VETERAN, "Client", {"KoreanWar": "8"}, {}),
    ("branch-missing", VETERAN, "Client", {"MilitaryBranch": ""}, {}),
    ("branch-unknown", VETERAN, "Client", {"MilitaryBranch": "8"}, {}),
    ("discharge-missing", VETERAN, "Client", {"DischargeStatus": "99"}, {}),
    ("discharge-unknown", VETERAN, "Client", {"DischargeStatus": "9"}, {}),
    ("dob-after-entry", {}, "Client", {"DOB": "2026-01-11"}, {"DOB": "2008-01-10"}),
    ("entry-future", STILL_THERE, "Enrollment", {"EntryDate": "2026-03-02"}, {"EntryDate": "2026-03-01"}),
    ("relationship-missing", {}, "Enrollment", {"RelationshipToHoH": "99"}, {}),
    ("disabling-unknown", {}, "Enrollment", {"DisablingCondition": "8"}, {"DisablingCondition": "1"}),
    ("disabling-missing", {}, "Enrollment", {"DisablingCondition": "99"}, {"DisablingCondition": "1"}),
    ("move-in", HOUSED, "Enrollment", {"MoveInDate": "2026-01-09"}, {"MoveInDate": "2026-01-10"}),
    ("move-in", HOUSED, "Enrollment", {"MoveInDate": "2026-02-11"}, {"MoveInDate": "2026-02-10"}),
    ("move-in-missed", HOUSED, "Enrollment", {"MoveInDate": ""}, {}),
    ("engagement", {}, "Enrollment", {"DateOfEngagement": "2026-01-09"}, {"DateOfEngagement": "2026-01-10"}),
    ("ami-missing", VETERAN, "Enrollment", {"PercentAMI": "99"}, {}),
    ("vamc-missing", VETERAN, "Enrollment", {"VAMCStation": ""}, {}),
    ("hp-score-missing", PREVENTION, "Enrollment", {"HPScreeningScore": ""}, {}),
    ("residence-missing", {}, "Enrollment", {"LivingSituation": "99"}, {}),
    ("residence-unknown", {}, "Enrollment", {"LivingSituation": "8"}, {}),
    (
        "residence-subsidy-missing",
        {},
        "Enrollment",
        {"LivingSituation": "435"},
        {"LivingSituation": "435", "RentalSubsidyType": "428"},
    ),
    ("stay-length-missing", {}, "Enrollment", {"LengthOfStay": ""}, {}),
    ("stay-length-unknown", {}, "Enrollment", {"LengthOfStay": "8"}, {}),
    ("threshold-missing", FROM_HOSPITAL, "Enrollment", {"LOSUnderThreshold": ""}, {}),
    ("previous-street-missing", FROM_HOSPITAL, "Enrollment", {"PreviousStreetESSH": "99"}, {}),
    ("street-date-missing", {}, "Enrollment", {"DateToStreetESSH": ""}, {}),
    ("times-months-missing", {}, "Enrollment", {"TimesHomelessPastThreeYears": ""}, {}),
    ("times-months-unknown", {}, "Enrollment", {"TimesHomelessPastThreeYears": "8"}, {}),
    ("street-after-entry", {}, "Enrollment", {"DateToStreetESSH": "2026-01-11"}, {"DateToStreetESSH": "2026-01-10"}),
    ("street-date-length", {}, "Enrollment", {"LengthOfStay": "3"}, {"LengthOfStay": "2"}),
    ("months-can-be-told", {}, "Enrollment", {"MonthsHomelessPastThreeYears": "8"}, {}),
    ("months-conflict", {}, "Enrollment", {"DateToStreetESSH": "2025-12-31"}, {}),
    (
        "stay-before-operating",
        {},
        "Project",
        {"OperatingStartDate": "2026-02-11"},
        {"OperatingStartDate": "2026-01-10"},
    ),
    (
        "stay-crosses-start-operating",
        {},
        "Project",
        {"OperatingStartDate": "2026-01-11"},
        {"OperatingStartDate": "2026-01-10"},
    ),
    ("stay-crosses-end-operating", CLOSED, "Exit", {"ExitDate": "2026-02-21"}, {"ExitDate": "2026-02-20"}),
    (
        "stay-crosses-operating",
        CLOSED,
        "Project",
        {"OperatingStartDate": "2026-01-11", "OperatingEndDate": "2026-02-09"},
        {},
    ),
    ("stay-after-operating", CLOSED, "Project", {"OperatingEndDate": "2026-01-09"}, {}),
    ("stay-before-participation", {}, "HMISParticipation", {"HMISParticipationStatusStartDate": "2026-02-11"}, {}),
    (
        "stay-crosses-start-participation",
        {},
        "HMISParticipation",
        {"HMISParticipationStatusStartDate": "2026-01-11"},
        {},
    ),
    ("stay-crosses-end-participation", LEFT_HMIS, "Exit", {"ExitDate": "2026-02-21"}, {"ExitDate": "2026-02-20"}),
    (
        "stay-crosses-participation",
        LEFT_HMIS,
        "HMISParticipation",
        {"HMISParticipationStatusStartDate": "2026-01-11", "HMISParticipationStatusEndDate": "2026-02-09"},
        {},
    ),
    ("stay-after-participation", LEFT_HMIS, "HMISParticipation", {"HMISParticipationStatusEndDate": "2026-01-09"}, {}),
    ("exit-before-entry", {}, "Exit", {"ExitDate": "2026-01-09"}, {"ExitDate": "2026-02-01"}),
    ("exit-future", {}, "Exit", {"ExitDate": "2026-03-02"}, {"ExitDate": "2026-03-01"}),
    ("destination-unknown", {}, "Exit", {"Destination": "30"}, {}),
    (
        "destination-subsidy-missing",
        {},
        "Exit",
        {"Destination": "435"},
        {"Destination": "435", "DestinationSubsidyType": "428"},
    ),
    ("outside-stay", {}, "Services", {"DateProvided": "2026-01-09"}, {"DateProvided": "2026-01-10"}),
    (
        "outside-stay",
        {},
        "CurrentLivingSituation",
        {"InformationDate": "2026-02-11"},
        {"InformationDate": "2026-02-10"},
    ),
    ("outside-stay", {}, "Assessment", {"AssessmentDate": "2026-02-11"}, {"AssessmentDate": "2026-02-10"}),
    ("outside-stay", {}, "Event", {"EventDate": "2026-01-09"}, {"EventDate": "2026-01-10"}),
    (
        "outside-stay",
        {},
        "HealthAndDV",
        {"InformationDate": "2026-02-11"},
        {"InformationDate": "2026-02-11", "DataCollectionStage": "6"},
    ),
    ("future", STILL_THERE, "Services", {"DateProvided": "2026-03-02"}, {"DateProvided": "2026-03-01"}),
    ("bed-night-on-exit", NIGHTLY, "Exit", {"ExitDate": "2026-01-10"}, {}),
    ("bed-night-project", NIGHTLY, "Project", {"ProjectType": "0"}, {}),
    (
        "assistance-period",
        {},
        "Services",
        {"FAStartDate": "2026-01-12", "FAEndDate": "2026-01-11"},
        {"FAStartDate": "2026-01-12", "FAEndDate": "2026-01-12"},
    ),
    ("situation-subsidy-missing", {}, "CurrentLivingSituation", {"CurrentLivingSituation": "435"}, {}),
    ("situation-unknown", {}, "CurrentLivingSituation", {"CurrentLivingSituation": "9"}, {}),
    (
        "referral-open",
        {**STILL_THERE, "Enrollment": [{"EntryDate": "2025-10-01", "DateToStreetESSH": "2025-10-01"}]},
        "Event",
        {"EventDate": "2025-11-30", "ReferralResult": "", "ResultDate": ""},
        {"EventDate": "2025-12-01", "ReferralResult": "", "ResultDate": ""},
    ),
    ("result-before-event", {}, "Event", {"ResultDate": "2026-01-12"}, {"ResultDate": "2026-01-13"}),
    ("result-date-missing", {}, "Event", {"ResultDate": ""}, {}),
    (
        "income-conflict-entry",
        {},
        "IncomeBenefits",
        {"IncomeFromAnySource": "1"},
        {"IncomeFromAnySource": "1", "SSI": "1"},
    ),
    ("income-conflict-entry", {}, "IncomeBenefits", {"SSI": "1"}, {}),
    ("income-conflict-exit", AT_EXIT, "IncomeBenefits", {"IncomeFromAnySource": "1"}, {}),
    ("benefits-conflict-entry", {}, "IncomeBenefits", {"SNAP": "1"}, {}),
    ("insurance-conflict-entry", {}, "IncomeBenefits", {"Medicaid": "1"}, {}),
    ("insurance-conflict-exit", AT_EXIT, "IncomeBenefits", {"Medicaid": "1"}, {}),
    ("income-missing-entry", {}, "IncomeBenefits", {"IncomeFromAnySource": "99"}, {"IncomeFromAnySource": "8"}),
    ("income-missing-exit", AT_EXIT, "IncomeBenefits", {"IncomeFromAnySource": ""}, {}),
    ("benefits-missing-entry", {}, "IncomeBenefits", {"BenefitsFromAnySource": ""}, {}),
    ("insurance-missing-entry", {}, "IncomeBenefits", {"InsuranceFromAnySource": ""}, {}),
    ("insurance-missing-exit", AT_EXIT, "IncomeBenefits", {"InsuranceFromAnySource": ""}, {}),
    ("fleeing-conflict", {}, "HealthAndDV", {"CurrentlyFleeing": "1"}, {"CurrentlyFleeing": "0"}),
    ("survivor-when-missing", {}, "HealthAndDV", {"DomesticViolenceSurvivor": "1"}, {}),
    ("hiv-details", {}, "Disabilities", {"TCellCount": "200"}, {"TCellCount": "200", "DisabilityType": "8"}),
    ("disability-conflict", {}, "Disabilities", {"IndefiniteAndImpairs": "1"}, {"IndefiniteAndImpairs": "0"}),
]


@pytest.mark.parametrize(
    ("code", "rows", "table", "wrong", "right"), CASES, ids=[f"{one[0]}-{one[2]}" for one in CASES]
)
def test_trips_on_one_row_and_not_on_its_neighbour(
    found: Found, code: str, rows: Rows, table: str, wrong: Row, right: Row
) -> None:
    tripped = [one for one in found(together(rows, table, wrong)) if one.code == code]
    assert tripped
    assert all(one.severity is Severity.WARNING and one.line is not None for one in tripped)
    assert code not in {one.code for one in found(together(rows, table, right))}


def test_does_not_ask_a_row_that_its_sender_has_deleted(found: Found) -> None:
    changed = {"Exit": [{"ExitDate": "2026-01-09", "DateDeleted": "2026-02-20 10:00:00"}]}
    assert "exit-before-entry" not in {one.code for one in found(changed)}
