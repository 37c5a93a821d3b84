"""What the routes of the HMIS API share: whom they answer, and the draft's parameters by the draft's names."""

from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query

from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.flow.hmis.clients import Clients

PREFIX = "/hmis/v1"
TAG = "HMIS API"
SIGN_IN = (
    "HUD's HMIS API, draft 0.5. Sign in with SMART Backend Services (an access token from `POST /oauth2/token`); the "
    "HTTP Basic of HUD's sandbox is not offered. A caller has its own records as it sent them, and of others what "
    "consent permits. An empty column is left out, and so is every trace of what is held back."
)
NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"description": "Nobody, or nobody of whom anything may be told: the same bytes."}
}

PersonalID = Annotated[str, Path(alias="PersonalID", min_length=1, max_length=200)]
EntryDate = Annotated[date | None, Query(alias="EntryDate", description="Began on this day or later.")]
ExitDate = Annotated[date | None, Query(alias="ExitDate", description="Ended on this day or earlier.")]
Since = Annotated[date | None, Query(alias="OperatingStartDate", description="Opened on this day or later.")]
Until = Annotated[date | None, Query(alias="OperatingEndDate", description="Closed on this day or earlier.")]


def example(answer: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """An answer as the OpenAPI page shows it."""
    return {200: {"content": {"application/json": {"example": answer}}}}


def clients(caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> Clients:
    """The clients whom the caller may know of."""
    return Clients(session, keys, caller, at=at)


ClientsDep = Annotated[Clients, Depends(clients)]
