"""Projects of the caller's own, and who is enrolled in them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from hub.edge.api.hmis.parameters import NOT_FOUND, PREFIX, TAG, ClientsDep, EntryDate, ExitDate, Since, Until, example
from hub.flow.hmis.clients import Window
from hub.flow.hmis.lists import Kind, Lists

router = APIRouter(prefix=PREFIX, tags=[TAG])

PROJECTS = {
    "projects": [
        {
            "ProjectID": "31",
            "ProjectName": "Street Outreach",
            "OrganizationID": "3",
            "ProjectType": 4,
            "OperatingStartDate": "2020-01-01",
            "ContinuumProject": 1,
        }
    ]
}
STAYING = {"clients": [{"PersonalID": "200001", "FirstName": "Marcus", "entryDate": "2026-03-01"}]}
ENROLLED = {
    "clients": [
        {
            "PersonalID": "200001",
            "FirstName": "Marcus",
            "Enrollments": [{"EnrollmentID": "300001", "ProjectID": "31", "EntryDate": "2026-03-01"}],
        }
    ]
}

Funder = Annotated[str | None, Query(alias="Funder", max_length=10, description="A code of HUD's list 2.06.1.")]
CocCode = Annotated[
    str | None, Query(alias="CocCode", max_length=6, description="A continuum of care by its number, such as XX-501.")
]
ProjectType = Annotated[
    str | None, Query(alias="ProjectType", max_length=10, description="A code of HUD's list 2.02.6.")
]


@router.get("/projects", responses=example(PROJECTS))
def projects(
    clients: ClientsDep,
    funder: Funder = None,
    kind: ProjectType = None,
    coc: CocCode = None,
    since: Since = None,
    until: Until = None,
) -> dict[str, Any]:
    """The projects that the caller sent or runs."""
    wanted = Kind(funder=funder, type=kind, coc=coc, since=since, until=until)
    return {"projects": Lists(clients).projects(wanted)}


@router.get("/project/{ProjectID}/clients", responses={**example(STAYING), **NOT_FOUND})
def clients_of_a_project(
    project_id: Annotated[str, Path(alias="ProjectID", min_length=1, max_length=200)],
    clients: ClientsDep,
    since: EntryDate = None,
    until: ExitDate = None,
) -> dict[str, Any]:
    """Who stays, or stayed, in a project of the caller's own; another's is not found."""
    return {"clients": Lists(clients).of_project(project_id, Window(since=since, until=until))}


@router.get("/clients", responses=example(ENROLLED))
def clients_of_a_kind(
    clients: ClientsDep,
    funder: Funder = None,
    kind: ProjectType = None,
    since: EntryDate = None,
    until: ExitDate = None,
) -> dict[str, Any]:
    """The clients of such projects of the caller's own, with their enrollments there."""
    return {"clients": Lists(clients).of_kind(Kind(funder=funder, type=kind), Window(since=since, until=until))}
