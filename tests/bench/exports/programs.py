"""The part of an export that is about no client: organizations, projects, their beds, grants and users."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from tests.bench.exports.chance import number, where
from tests.bench.exports.tables import EXPORT_ID, USERS, Said, rows

COC = "XX-501"
OPENED = date(2015, 1, 1)
PROJECTS_OF_A_TYPE = 8
_SHELTER, _NIGHTLY, _OUTREACH, _ENTRY = "0", "1", "4", "14"
_RAPID, _SUPPORTIVE, _TRANSITIONAL = "13", "3", "2"
TYPES = (_SHELTER, _NIGHTLY, _OUTREACH, _ENTRY, _RAPID, _SUPPORTIVE, _TRANSITIONAL)
_FUNDERS = {_OUTREACH: "21", _ENTRY: "4", _RAPID: "3", _SUPPORTIVE: "2", _TRANSITIONAL: "5"}
_EMERGENCY_GRANT, _SITE_BASED, _TENANT_BASED, _NOBODY_IN_PARTICULAR = "9", "1", "3", "4"


@dataclass(frozen=True)
class Period:
    """What an export covers: the days from `start` to `end`, its last day being the day it was made."""

    start: date
    end: date


def project(kind: pl.Expr, which: pl.Expr) -> pl.Expr:
    """The key of one of the projects of a type, both by number."""
    return number("P", kind * PROJECTS_OF_A_TYPE + which)


def programs(period: Period, beds: int) -> dict[str, pl.DataFrame]:
    """The tables of projects and of the export itself; each project with that many beds has beds at all."""
    everything = pl.DataFrame({"n": range(len(TYPES) * PROJECTS_OF_A_TYPE)}).with_columns(
        kind=pl.lit(pl.Series(TYPES)).gather(pl.col("n") // PROJECTS_OF_A_TYPE), beds=pl.lit(beds).cast(pl.String)
    )
    housing = everything.filter(~pl.col("kind").is_in([_OUTREACH, _ENTRY]))
    agencies = pl.DataFrame({"n": range(PROJECTS_OF_A_TYPE)})
    return {
        "Export": _export(period),
        "Organization": _of_agencies(agencies),
        "User": _users(),
        "Project": _projects(everything),
        "Funder": _funders(everything),
        "ProjectCoC": _cocs(everything),
        "Inventory": _inventory(housing),
        "Affiliation": rows("Affiliation", agencies.clear(), {}),
        "HMISParticipation": _participation(everything),
        "CEParticipation": _entry_points(everything.filter(pl.col("kind") == _ENTRY)),
    }


def _stamp(user: bool = True) -> dict[str, str]:
    moment = f"{OPENED} 09:00:00"
    return {"DateCreated": moment, "DateUpdated": moment} | ({"UserID": "U0"} if user else {})


def _export(period: Period) -> pl.DataFrame:
    said: Said = {
        "ExportID": EXPORT_ID,
        "SourceType": "1",
        "SourceID": COC,
        "SourceName": "Bench CoC",
        "ExportDate": f"{period.end} 23:30:00",
        "ExportStartDate": str(period.start),
        "ExportEndDate": str(period.end),
        "SoftwareName": "Bench",
        "SoftwareVersion": "1",
        "CSVVersion": "2026 v1",
        "ExportPeriodType": "3",
        "ExportDirective": "2",
        "HashStatus": "1",
        "ImplementationID": "bench-1",
    }
    return rows("Export", pl.DataFrame({"n": [0]}), said)


def _of_agencies(agencies: pl.DataFrame) -> pl.DataFrame:
    n = pl.col("n")
    name = pl.lit("Agency ") + n.cast(pl.String)
    said: Said = {"OrganizationID": number("O", n), "OrganizationName": name, "VictimServiceProvider": "0"}
    return rows("Organization", agencies, {**said, **_stamp()})


def _users() -> pl.DataFrame:
    n = pl.col("n").cast(pl.String)
    said: Said = {
        "UserID": pl.lit("U") + n,
        "UserFirstName": pl.lit("Worker"),
        "UserLastName": pl.lit("Number ") + n,
        "UserPhone": pl.lit("415555") + (pl.col("n") + 1000).cast(pl.String),
        "UserEmail": pl.lit("worker") + n + "@bench.example",
    }
    return rows("User", pl.DataFrame({"n": range(USERS)}), {**said, **_stamp(user=False)})


def _projects(projects: pl.DataFrame) -> pl.DataFrame:
    n, kind = pl.col("n"), pl.col("kind")
    housing = (
        pl.when(kind.is_in([_RAPID, _SUPPORTIVE]))
        .then(pl.lit(_TENANT_BASED))
        .otherwise(where(~kind.is_in([_OUTREACH, _ENTRY]), _SITE_BASED))
    )
    said: Said = {
        "ProjectID": number("P", n),
        "OrganizationID": number("O", n % PROJECTS_OF_A_TYPE),
        "ProjectName": pl.lit("Project ") + n.cast(pl.String),
        "OperatingStartDate": str(OPENED),
        "ContinuumProject": "1",
        "ProjectType": kind,
        "HousingType": housing,
        "RRHSubType": where(kind == _RAPID, "2"),
        "TargetPopulation": _NOBODY_IN_PARTICULAR,
        "HOPWAMedAssistedLivingFac": "2",
    }
    return rows("Project", projects, {**said, **_stamp()})


def _funders(projects: pl.DataFrame) -> pl.DataFrame:
    n = pl.col("n")
    said: Said = {
        "FunderID": number("F", n),
        "ProjectID": number("P", n),
        "Funder": pl.col("kind").replace_strict(_FUNDERS, default=_EMERGENCY_GRANT),
        "GrantID": number("G", n),
        "StartDate": str(OPENED),
    }
    return rows("Funder", projects, {**said, **_stamp()})


def _cocs(projects: pl.DataFrame) -> pl.DataFrame:
    said: Said = {
        "ProjectCoCID": number("K", pl.col("n")),
        "ProjectID": number("P", pl.col("n")),
        "CoCCode": COC,
        "Geocode": "069001",
        "Address1": (pl.col("n") + 100).cast(pl.String) + " Main Street",
        "City": "Benchton",
        "State": "CA",
        "ZIP": "94000",
        "GeographyType": "1",
    }
    return rows("ProjectCoC", projects, {**said, **_stamp()})


def _inventory(housing: pl.DataFrame) -> pl.DataFrame:
    shelter = pl.col("kind").is_in([_SHELTER, _NIGHTLY])
    said: Said = {
        "InventoryID": number("I", pl.col("n")),
        "ProjectID": number("P", pl.col("n")),
        "CoCCode": COC,
        "HouseholdType": "1",
        "Availability": where(shelter, "1"),
        "UnitInventory": pl.col("beds"),
        "BedInventory": pl.col("beds"),
        "OtherBedInventory": pl.col("beds"),
        "ESBedType": where(shelter, "1"),
        "InventoryStartDate": str(OPENED),
    }
    return rows("Inventory", housing, {**said, **_stamp()})


def _participation(projects: pl.DataFrame) -> pl.DataFrame:
    said: Said = {
        "HMISParticipationID": number("H", pl.col("n")),
        "ProjectID": number("P", pl.col("n")),
        "HMISParticipationType": "1",
        "HMISParticipationStatusStartDate": str(OPENED),
    }
    return rows("HMISParticipation", projects, {**said, **_stamp()})


def _entry_points(projects: pl.DataFrame) -> pl.DataFrame:
    asked = dict.fromkeys(("PreventionAssessment", "CrisisAssessment", "HousingAssessment", "DirectServices"), "1")
    said: Said = {
        "CEParticipationID": number("Q", pl.col("n")),
        "ProjectID": number("P", pl.col("n")),
        "AccessPoint": "1",
        **asked,
        "ReceivesReferrals": "1",
        "CEParticipationStatusStartDate": str(OPENED),
    }
    return rows("CEParticipation", projects, {**said, **_stamp()})
