"""/csvimport: file sets pushed as JSON or as a zip; a receipt once they are kept, and what became of them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from starlette.datastructures import UploadFile

from hub.edge.api.feeds import MessageStatus, spoken_for, status_of
from hub.edge.api.hmis.parameters import PREFIX, TAG
from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.errors import Invalid
from hub.flow.hmis.push import ZIP, Push
from schemas.messages import Receipt

router = APIRouter(prefix=f"{PREFIX}/csvimport", tags=[TAG], dependencies=[Depends(spoken_for)])

FORM = "multipart/form-data"
JSON = "application/json"
PUSHED = {
    "envelope": {"source": "XX-501", "implementation_id": "0001", "directive": "delta"},
    "Client.csv": [
        {
            "PersonalID": "200001",
            "FirstName": "Marcus",
            "LastName": "Delgado",
            "NameDataQuality": 1,
            "DOB": "1987-04-09",
            "DOBDataQuality": 1,
            "DateCreated": "2026-03-01 08:00:00",
            "DateUpdated": "2026-03-01 08:00:00",
            "UserID": "u1",
        }
    ],
}
TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"type": "object"}, "example": PUSHED},
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            ZIP: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


async def content(request: Request) -> bytes:
    """The JSON, or the zip, also that of a form's one file."""
    if _kind(request) != FORM:
        return await request.body()
    form = await request.form()
    files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
    if len(files) != 1:
        raise Invalid("The form should have one file, a zip of HMIS CSV.")
    return await files[0].read()


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


@router.post("", status_code=202, openapi_extra=TAKES)
def csvimport(
    request: Request,
    sent: Annotated[bytes, Depends(content)],
    caller: CallerDep,
    session: SessionDep,
    keys: KeysDep,
    settings: SettingsDep,
    at: NowDep,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Receipt:
    """Takes what /csvexport gives, with or without an envelope that says whose it is and whether it is a delta or all;
    or a zip of HMIS CSV. The receipt means that it is kept; `GET /hmis/v1/csvimport/{id}` says what became of it."""
    push = Push(session, keys, caller.participant, actor=caller.id, at=at, most_waiting=settings.max_waiting)
    return push.json(sent, idempotency_key) if _kind(request) == JSON else push.zip(sent, idempotency_key)


@router.get("/{message_id}")
def status(message_id: UUID, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> MessageStatus:
    """How far it has come, and what of it could not be read, and where."""
    return status_of(message_id, caller, session, keys, at)
