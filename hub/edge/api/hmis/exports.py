"""/csvexport: rows by file, of one client or of all that changed."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, TypeAdapter

from hub.edge.api.hmis.parameters import NOT_FOUND, PREFIX, TAG, ClientsDep, EntryDate, ExitDate
from hub.edge.transaction import SettingsDep
from hub.errors import Invalid
from hub.flow.hmis.clients import Window
from hub.flow.hmis.export import Changes, Export, Page
from hub.flow.hmis.standing import Standing
from hub.store.records import After

router = APIRouter(prefix=PREFIX, tags=[TAG])

_aware = TypeAdapter(AwareDatetime)

EXPORTED = {
    "Client.csv": [{"PersonalID": "200001", "FirstName": "Marcus", "LastName": "Delgado", "VeteranStatus": 0}],
    "Enrollment.csv": [
        {"EnrollmentID": "300001", "PersonalID": "200001", "ProjectID": "31", "EntryDate": "2026-03-01"}
    ],
}


@router.get("/csvexport", responses={200: {"content": {"application/json": {"example": EXPORTED}}}, **NOT_FOUND})
def csvexport(
    request: Request,
    response: Response,
    clients: ClientsDep,
    settings: SettingsDep,
    personal_id: Annotated[str | None, Query(alias="PersonalID", min_length=1, max_length=200)] = None,
    entry: EntryDate = None,
    exit_: ExitDate = None,
    since: Annotated[
        AwareDatetime | None, Query(alias="changedSince", description="Learned of here then or later.")
    ] = None,
    until: Annotated[
        AwareDatetime | None, Query(alias="changedUntil", description="Learned of here before then.")
    ] = None,
    rows: Annotated[
        Literal["DateUpdated", "DateDeleted"] | None,
        Query(
            alias="HMISMetaDataFilter",
            description="DateDeleted: rows that were removed alone; DateUpdated: the others alone.",
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=5000, description="Rows on a page, Client rows beside them.")] = 1000,
    after: Annotated[str | None, Query(max_length=200, description="Of the link to the next page.")] = None,
) -> dict[str, Any]:
    """One client, or all rows of the caller's own that changed. Where there are more, `Link: <…>; rel="next"` says
    where; what comes back goes into `POST /hmis/v1/csvimport` as it is."""
    window = Window(since=entry, until=exit_)
    removed = None if rows is None else rows == "DateDeleted"
    changes = Changes(since=since, until=until, removed=removed, limit=limit)
    place = _place(after, clients.standing)
    export = Export(clients)
    page = export.of_all(window, changes, place) if personal_id is None else export.of_one(personal_id, window, changes)
    if page.after is not None:
        said = {**request.query_params, "after": _mark(page.after, clients.standing)}
        response.headers["link"] = f'<{settings.public_url}{request.url.path}?{urlencode(said)}>; rel="next"'
    return _body(page)


def _body(page: Page) -> dict[str, Any]:
    return {**page.files, **({"notices": list(page.notices)} if page.notices else {})}


def _mark(last: tuple[datetime, UUID, UUID], standing: Standing) -> str:
    """The place of a record; its person goes by what this caller alone may call them."""
    learned, person, record = last
    return base64.urlsafe_b64encode(f"{learned.isoformat()}|{standing.personal_id(person)}|{record}".encode()).decode()


def _place(after: str | None, standing: Standing) -> After:
    if after is None:
        return None
    try:
        learned, person, record = base64.urlsafe_b64decode(after.encode()).decode().split("|")
        return _aware.validate_python(learned), standing.made_for(person), UUID(record)
    except (ValueError, binascii.Error):
        raise Invalid("after: should be that of the link to the next page.") from None
