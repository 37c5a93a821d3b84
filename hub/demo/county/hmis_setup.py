"""The part of an HMIS export that is about no client: the export itself, organizations, projects, users, funding."""

from collections.abc import Sequence
from enum import IntEnum

from hub.demo.county.days import Calendar
from hub.demo.county.hmis_files import HmisFiles
from hub.demo.county.programs import CONTINUUM, DATA_DESK, Agency, Project, Worker
from schemas.vocab import Funding

IMPLEMENTATION = "riverbend-hmis-1"
_OPENED = 3_650
_EXPORTED_DAYS = 1_095
_MOMENT = "%Y-%m-%d %H:%M:%S"
_NO_POPULATION, _HIV_POPULATION = 4, 3
_OTHER_FUNDER, _RAPID_REHOUSING = 46, 13
_SHELTERS, _RESIDENTIAL = frozenset({0, 1}), frozenset({0, 1, 2, 3, 8, 9, 10, 13})
_SITE_BASED, _TENANT_BASED = 1, 3
_WITHOUT_CHILDREN, _YEAR_ROUND, _FACILITY = 1, 1, 1
_BEDS = 40


class Refresh(IntEnum):
    """HMIS list 1.2: a full export replaces what was sent before, a delta adds to it."""

    DELTA = 1
    FULL = 2


def export_id(calendar: Calendar) -> str:
    return f"RB{calendar.local_now:%Y%m%d%H%M%S}"


def describe(
    files: HmisFiles, calendar: Calendar, projects: Sequence[Project], agencies: Sequence[Agency], refresh: Refresh
) -> None:
    """Writes Export, User, Organization, Project, Funder, ProjectCoC, Inventory and HMISParticipation."""
    moment = f"{calendar.day(_OPENED)} 09:00:00"
    dated: dict[str, object] = {"DateCreated": moment, "DateUpdated": moment, "ExportID": export_id(calendar)}
    stamp = {**dated, "UserID": DATA_DESK.user}
    files.write("Export", _export(calendar, refresh))
    for worker in _users(projects):
        files.write("User", {**_user(worker), **dated})
    for agency in agencies:
        files.write("Organization", {**_organization(agency), **stamp})
    for project in projects:
        for file, row in _project(project, calendar.day(_OPENED)).items():
            files.write(file, {**row, **stamp})


def _export(calendar: Calendar, refresh: Refresh) -> dict[str, object]:
    return {
        "ExportID": export_id(calendar),
        "SourceType": 1,
        "SourceID": CONTINUUM,
        "SourceName": "Riverbend County HMIS",
        "ExportDate": calendar.local_now.strftime(_MOMENT),
        "ExportStartDate": calendar.day(_EXPORTED_DAYS),
        "ExportEndDate": calendar.day(0),
        "SoftwareName": "Riverbend",
        "SoftwareVersion": "1.0",
        "CSVVersion": "2026 v1",
        "ExportPeriodType": 3 if refresh is Refresh.FULL else 1,
        "ExportDirective": int(refresh),
        "HashStatus": 1,
        "ImplementationID": IMPLEMENTATION,
    }


def _users(projects: Sequence[Project]) -> Sequence[Worker]:
    return [*dict.fromkeys(worker for project in projects for worker in project.workers), DATA_DESK]


def _user(worker: Worker) -> dict[str, object]:
    given, family = worker.name.rsplit(" ", 1)
    email = f"{given}.{family}@riverbend.example".lower().replace(" ", ".")
    return {"UserID": worker.user, "UserFirstName": given, "UserLastName": family, "UserEmail": email}


def _organization(agency: Agency) -> dict[str, object]:
    return {
        "OrganizationID": agency.id,
        "OrganizationName": agency.name,
        "VictimServiceProvider": int(agency.victim_services),
    }


def _project(project: Project, opened: str) -> dict[str, dict[str, object]]:
    """A project's row in each file that speaks of it; every other key is the project's own with a letter before it."""
    hopwa = project.funding is Funding.HOPWA
    return {
        "Project": {
            "ProjectID": project.id,
            "OrganizationID": project.agency.id,
            "ProjectName": f"{project.agency.name} - {project.name}",
            "ProjectCommonName": project.name,
            "OperatingStartDate": opened,
            "ContinuumProject": 1,
            "ProjectType": project.type,
            "HousingType": _housing(project),
            "RRHSubType": 2 if project.type == _RAPID_REHOUSING else "",
            "TargetPopulation": _HIV_POPULATION if hopwa else _NO_POPULATION,
            "HOPWAMedAssistedLivingFac": 0 if hopwa else 2,
        },
        "Funder": {
            "FunderID": f"F{project.id}",
            "ProjectID": project.id,
            "Funder": project.funder,
            "OtherFunder": "Riverbend County" if project.funder == _OTHER_FUNDER else "",
            "GrantID": f"G{project.id}",
            "StartDate": opened,
        },
        "ProjectCoC": {
            "ProjectCoCID": f"C{project.id}",
            "ProjectID": project.id,
            "CoCCode": CONTINUUM,
            "Geocode": "000000",
            "Address1": "" if project.agency.victim_services else f"{project.id} Main Street",
            "City": "Riverbend",
            "State": "XX",
            "ZIP": "00000",
            "GeographyType": 1,
        },
        **({"Inventory": _inventory(project, opened)} if project.type in _RESIDENTIAL else {}),
        "HMISParticipation": {
            "HMISParticipationID": f"M{project.id}",
            "ProjectID": project.id,
            "HMISParticipationType": 1,
            "HMISParticipationStatusStartDate": opened,
        },
    }


def _housing(project: Project) -> object:
    if project.type not in _RESIDENTIAL:
        return ""
    return _TENANT_BASED if project.type == _RAPID_REHOUSING else _SITE_BASED


def _inventory(project: Project, opened: str) -> dict[str, object]:
    shelter = project.type in _SHELTERS
    return {
        "InventoryID": f"I{project.id}",
        "ProjectID": project.id,
        "CoCCode": CONTINUUM,
        "HouseholdType": _WITHOUT_CHILDREN,
        "Availability": _YEAR_ROUND if shelter else "",
        "UnitInventory": _BEDS,
        "BedInventory": _BEDS,
        "OtherBedInventory": _BEDS,
        "ESBedType": _FACILITY if shelter else "",
        "InventoryStartDate": opened,
    }
