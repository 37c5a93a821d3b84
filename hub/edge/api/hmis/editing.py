"""Clients made and changed: durable before the answer, and read as every message of the caller's is."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header

from hub.edge.api.feeds import spoken_for
from hub.edge.api.hmis.parameters import NOT_FOUND, PREFIX, TAG, ClientsDep, PersonalID, example
from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.flow.hmis.changes import Editing
from hub.flow.hmis.push import Push

router = APIRouter(prefix=PREFIX, tags=[TAG], dependencies=[Depends(spoken_for)])

Said = dict[str, str | int | float | None]
NEW = {"FirstName": "Odalys", "LastName": "Brancusi", "NameDataQuality": 1, "DOB": "1990-02-03", "VeteranStatus": 0}
MADE = {"PersonalID": "0123456789" * 3 + "01", **NEW, "DateUpdated": "2026-03-01 08:00:00"}


def editing(
    caller: CallerDep, clients: ClientsDep, session: SessionDep, keys: KeysDep, settings: SettingsDep, at: NowDep
) -> Editing:
    """Makes and changes clients for the caller."""
    push = Push(session, keys, caller.participant, actor=caller.id, at=at, most_waiting=settings.max_waiting)
    return Editing(session, keys, clients, push, at=at)


EditingDep = Annotated[Editing, Depends(editing)]


@router.post("/client", responses=example(MADE))
def create(
    said: Annotated[Said, Body(examples=[NEW])],
    clients: EditingDep,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> dict[str, Any]:
    """A new client, under a PersonalID that the hub makes; sent again with its key it is made once."""
    return clients.create(said, idempotency_key)


@router.patch("/client/{PersonalID}", responses={**example(MADE), **NOT_FOUND})
def change(
    personal_id: PersonalID, said: Annotated[Said, Body(examples=[{"VeteranStatus": 1}])], clients: EditingDep
) -> dict[str, Any]:
    """Changes the columns that are given, and clears those given as null; of a client that the caller sent."""
    return clients.change(personal_id, said)
