"""Clients, as the caller may know of them. Names never stand in an address: finding someone is a POST."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query

from hub.edge.api.hmis.parameters import NOT_FOUND, PREFIX, TAG, ClientsDep, PersonalID, example
from hub.flow.hmis.clients import Sought, Window, notices

router = APIRouter(prefix=PREFIX, tags=[TAG])

SEARCH = {"FirstName": "Marcus", "LastName": "Delgado", "DOB": "1987-04-09"}
MATCHED = {"matchedClients": [{"PersonalID": "200001", "FirstName": "Marcus", "LastName": "Delgado"}]}
ENROLLED = {
    "enrollments": [
        {
            "PersonalID": "200001",
            "EnrollmentID": "300001",
            "ProjectID": "31",
            "ProjectName": "Street Outreach",
            "EntryDate": "2026-03-01",
            "HouseholdID": "400001",
            "RelationshipToHoH": 1,
        }
    ]
}


@router.post("/client/search", responses=example(MATCHED))
def search(sought: Annotated[Sought, Body(examples=[SEARCH])], clients: ClientsDep) -> dict[str, Any]:
    """Clients by PersonalID, or by name with birth date or the last four digits; an empty list for a stranger, for one
    of several who might be meant, and for a person of whom nothing may be told."""
    found = clients.search(sought)
    return {"matchedClients": [row for told in found for row in clients.matched(told)], **notices(found)}


@router.get("/client/{PersonalID}/enrollments", responses={**example(ENROLLED), **NOT_FOUND})
def enrollments(
    personal_id: PersonalID,
    clients: ClientsDep,
    project: Annotated[str | None, Query(alias="projectID", max_length=200)] = None,
    since: Annotated[date | None, Query(alias="entryDate", description="Began on this day or later.")] = None,
    until: Annotated[date | None, Query(alias="exitDate", description="Ended on this day or earlier.")] = None,
) -> dict[str, Any]:
    """The client's enrollments: the caller's own, and of others those that they let be told."""
    told = clients.about(personal_id)
    window = Window(project=project, since=since, until=until)
    return {"enrollments": clients.enrollments(told, window), **notices([told])}
