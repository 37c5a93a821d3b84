"""What partners have not taken, for those who run the hub. A parcel is shown by ids alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.flow import outbox
from hub.store.parcels import ParcelRow, Parcels, ParcelState
from schemas.frozen import Frozen, Moment, Slug

router = APIRouter(prefix="/api/parcels", tags=["parcels"])


class Unsettled(Frozen):
    """A parcel that is parked (failed) or waits (queued). `last_status`: what the partner answered, if it did."""

    id: UUID
    recipient: Slug
    event: str
    handoff_id: UUID
    state: ParcelState
    attempts: int
    last_status: int | None
    queued_at: Moment
    not_before: Moment


@router.get("")
def unsettled(
    _caller: CallerDep,
    session: SessionDep,
    recipient: Annotated[Slug | None, Query(description="For one participant only.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[Unsettled]:
    """The parked parcels, and those that wait for another attempt."""
    return [_shown(row) for row in Parcels(session).unsettled(recipient=recipient, limit=limit)]


@router.post("/{parcel_id}/resend")
def resend(parcel_id: UUID, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> Unsettled:
    """Has a parked parcel tried again; what waits behind it follows in order, and consent is asked as ever."""
    return _shown(outbox.send_again(session, keys, parcel_id, actor=caller.id, at=at))


@router.post("/{parcel_id}/drop")
def drop(parcel_id: UUID, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> Unsettled:
    """Lets go of a parked parcel; what waits behind it goes on without it."""
    return _shown(outbox.drop(session, keys, parcel_id, actor=caller.id, at=at))


def _shown(row: ParcelRow) -> Unsettled:
    return Unsettled(state=ParcelState(row.state), **row.model_dump(include=set(Unsettled.model_fields) - {"state"}))
