"""A small set without faults, in columns, and the means to hold it, changed, against the checks."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from adapters.hmis.calendar import Calendar
from adapters.hmis.checks.run import Checks
from adapters.hmis.export import Export
from adapters.hmis.frames import LINE
from adapters.hmis.report import Report
from adapters.hmis.spec import fy2026
from schemas.messages import Problem

Row = dict[str, str]
Rows = dict[str, list[Row]]
Found = Callable[[Rows], list[Problem]]

TODAY = date(2026, 3, 1)

WRITTEN = {
    "DateCreated": "2026-01-05 09:00:00",
    "DateUpdated": "2026-02-20 10:00:00",
    "UserID": "u1",
    "ExportID": "E1",
}
OF_A_STAY = {"EnrollmentID": "e1", "PersonalID": "c1", "InformationDate": "2026-01-10", "DataCollectionStage": "1"}
RACES = ("AmIndAKNative", "Asian", "BlackAfAmerican", "HispanicLatinao", "MidEastNAfrican", "NativeHIPacific", "White")

SOUND: dict[str, Row] = {
    "Organization": {"OrganizationID": "o1", "OrganizationName": "Open Door", "VictimServiceProvider": "0"},
    "User": {"UserID": "u1"},
    "Project": {
        "ProjectID": "p1",
        "OrganizationID": "o1",
        "ProjectName": "Night Shelter",
        "OperatingStartDate": "2020-01-01",
        "ContinuumProject": "1",
        "ProjectType": "0",
        "HousingType": "1",
        "TargetPopulation": "4",
        "PITCount": "5",
    },
    "Funder": {
        "FunderID": "f1",
        "ProjectID": "p1",
        "Funder": "46",
        "OtherFunder": "City",
        "GrantID": "g",
        "StartDate": "2020-01-01",
    },
    "ProjectCoC": {
        "ProjectCoCID": "pc1",
        "ProjectID": "p1",
        "CoCCode": "XX-501",
        "Geocode": "123456",
        "Address1": "1 High Street",
        "City": "Marlow",
        "State": "WI",
        "ZIP": "53001",
        "GeographyType": "1",
    },
    "Inventory": {
        "InventoryID": "i1",
        "ProjectID": "p1",
        "CoCCode": "XX-501",
        "HouseholdType": "1",
        "Availability": "1",
        "UnitInventory": "10",
        "BedInventory": "10",
        "OtherBedInventory": "10",
        "ESBedType": "1",
        "InventoryStartDate": "2020-01-01",
    },
    "Affiliation": {"AffiliationID": "af1", "ProjectID": "p1", "ResProjectID": "p1"},
    "HMISParticipation": {
        "HMISParticipationID": "h1",
        "ProjectID": "p1",
        "HMISParticipationType": "1",
        "HMISParticipationStatusStartDate": "2020-01-01",
    },
    "CEParticipation": {
        "CEParticipationID": "ce1",
        "ProjectID": "p1",
        "AccessPoint": "0",
        "ReceivesReferrals": "1",
        "CEParticipationStatusStartDate": "2020-01-01",
    },
    "Client": {
        "PersonalID": "c1",
        "FirstName": "Ada",
        "LastName": "Lind",
        "NameDataQuality": "1",
        "SSN": "219099999",
        "SSNDataQuality": "1",
        "DOB": "1980-05-05",
        "DOBDataQuality": "1",
        "Sex": "0",
        **dict.fromkeys(RACES, "0"),
        "White": "1",
        "VeteranStatus": "0",
    },
    "Enrollment": {
        "EnrollmentID": "e1",
        "PersonalID": "c1",
        "ProjectID": "p1",
        "EntryDate": "2026-01-10",
        "HouseholdID": "hh1",
        "RelationshipToHoH": "1",
        "EnrollmentCoC": "XX-501",
        "LivingSituation": "116",
        "LengthOfStay": "10",
        "DateToStreetESSH": "2026-01-02",
        "TimesHomelessPastThreeYears": "1",
        "MonthsHomelessPastThreeYears": "101",
        "DisablingCondition": "0",
    },
    "Exit": {"ExitID": "x1", "EnrollmentID": "e1", "PersonalID": "c1", "ExitDate": "2026-02-10", "Destination": "410"},
    "IncomeBenefits": {
        **OF_A_STAY,
        "IncomeBenefitsID": "ib1",
        "IncomeFromAnySource": "0",
        "BenefitsFromAnySource": "0",
        "InsuranceFromAnySource": "0",
    },
    "HealthAndDV": {**OF_A_STAY, "HealthAndDVID": "hd1", "DomesticViolenceSurvivor": "0"},
    "EmploymentEducation": {**OF_A_STAY, "EmploymentEducationID": "ee1"},
    "Disabilities": {**OF_A_STAY, "DisabilitiesID": "d1", "DisabilityType": "5", "DisabilityResponse": "0"},
    "Services": {
        "ServicesID": "s1",
        "EnrollmentID": "e1",
        "PersonalID": "c1",
        "DateProvided": "2026-01-11",
        "RecordType": "144",
        "TypeProvided": "1",
    },
    "CurrentLivingSituation": {
        "CurrentLivingSitID": "cls1",
        "EnrollmentID": "e1",
        "PersonalID": "c1",
        "InformationDate": "2026-02-01",
        "CurrentLivingSituation": "101",
    },
    "Assessment": {
        "AssessmentID": "a1",
        "EnrollmentID": "e1",
        "PersonalID": "c1",
        "AssessmentDate": "2026-01-12",
        "AssessmentLocation": "Main street",
        "AssessmentType": "3",
        "AssessmentLevel": "1",
        "PrioritizationStatus": "1",
    },
    "AssessmentQuestions": {
        "AssessmentQuestionID": "aq1",
        "AssessmentID": "a1",
        "EnrollmentID": "e1",
        "PersonalID": "c1",
        "AssessmentQuestion": "Where",
    },
    "AssessmentResults": {
        "AssessmentResultID": "ar1",
        "AssessmentID": "a1",
        "EnrollmentID": "e1",
        "PersonalID": "c1",
        "AssessmentResultType": "Score",
    },
    "Event": {
        "EventID": "v1",
        "EnrollmentID": "e1",
        "PersonalID": "c1",
        "EventDate": "2026-01-13",
        "Event": "10",
        "ReferralResult": "1",
        "ResultDate": "2026-01-20",
    },
    "YouthEducationStatus": {**OF_A_STAY, "YouthEducationStatusID": "y1"},
}


FURTHER: Rows = {
    "IncomeBenefits": [{"IncomeBenefitsID": "ib2", "DataCollectionStage": "3", "InformationDate": "2026-02-10"}]
}


ALWAYS = (
    "Organization",
    "User",
    "Project",
    "ProjectCoC",
    "Inventory",
    "HMISParticipation",
    "Client",
    "Enrollment",
    "Exit",
)


class Columns:
    """A file set that never was in files: rows by table, given in frames as a set's are."""

    today = TODAY
    specification = fy2026()

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def calendar(self, name: str) -> Calendar:
        return Calendar(ZoneInfo("UTC"), self.today)

    def frames(self, name: str) -> Iterable[pl.DataFrame]:
        rows = self._rows.get(name, [])
        texts = {column: [row.get(column, "") for row in rows] for column in fy2026().tables[name].columns}
        if rows:
            yield pl.DataFrame({LINE: pl.Series(range(2, len(rows) + 2), dtype=pl.UInt32), **texts})


@pytest.fixture(scope="session")
def found() -> Found:
    """What the checks find in a set without faults where these tables have these rows; a row says what differs."""

    @cache
    def known(changed: str) -> list[Problem]:
        return _problems(json.loads(changed))

    return lambda changed: known(json.dumps(changed))


def _problems(changed: Rows) -> list[Problem]:
    names = [name for name in SOUND if name in changed or name in ALWAYS]
    rows = {name: [{**WRITTEN, **SOUND[name], **change} for change in _changes(name, changed)] for name in names}
    files = Columns({**rows, "Export": changed.get("Export", [])})
    checks = Checks(files, Export(frozenset({"E1"}), "2026 v1", hashed=False), {})
    return [*(problem for name in rows for problem in _of_file(checks, files, name)), *checks.finish()]


def _changes(name: str, changed: Rows) -> list[Row]:
    """The changes asked for, then the further rows that a sound set has."""
    changes, usual = changed.get(name, [{}]), FURTHER.get(name, [])
    return [*changes, *usual[max(len(changes) - 1, 0) :]] if changes else []


def _of_file(checks: Checks, files: Columns, name: str) -> list[Problem]:
    report = Report(fy2026().tables[name].file)
    for frame in files.frames(name):
        checks.see(name, frame, report)
    return [*report.told(), *report.rest()]
