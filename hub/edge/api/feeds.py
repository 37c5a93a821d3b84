"""Messages for any adapter, as their senders have them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Request
from sqlmodel import Session

from adapters.base import UnknownFeed, feed
from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.errors import NotFound
from hub.flow import intake
from hub.flow.arrivals import withheld_on_arrival
from hub.flow.release import Release
from hub.store.accounts import Caller
from hub.store.crypto import Keys
from hub.store.messages import Messages, MessageState
from hub.store.walls import speak_for
from schemas.frozen import Frozen, Moment
from schemas.messages import Problem, RawMessage, Receipt


def spoken_for(caller: CallerDep, session: SessionDep) -> None:
    """The database shows this request the messages of its caller's organization, and no others."""
    speak_for(session, caller.participant)


router = APIRouter(prefix="/api/feeds", tags=["feeds"], dependencies=[Depends(spoken_for)])


class MessageStatus(Frozen):
    """How far a message has come, what of it could not be read, and of which records nothing can be told, and why."""

    id: UUID
    received_at: Moment
    state: MessageState
    set_aside: tuple[Problem, ...]
    explanation: tuple[str, ...] = ()


async def body(request: Request) -> bytes:
    """The body as it came."""
    return await request.body()


@router.post("/{feed_name}/messages", status_code=202)
def send(
    feed_name: str,
    request: Request,
    content: Annotated[bytes, Depends(body)],
    caller: CallerDep,
    session: SessionDep,
    keys: KeysDep,
    settings: SettingsDep,
    at: NowDep,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Receipt:
    """Takes one message for the caller's organization; the receipt means that it is kept."""
    _insist_on_a_feed(feed_name)
    message = RawMessage(
        id=uuid4(),
        feed=feed_name,
        source=caller.participant,
        received_at=at,
        name=f"{feed_name} over HTTP",
        media_type=request.headers.get("content-type", "application/octet-stream"),
        content=content,
    )
    return intake.receive(
        session,
        keys,
        message,
        actor=caller.id,
        idempotency_key=idempotency_key,
        most_waiting=settings.max_waiting,
    )


@router.get("/messages/{message_id}")
def status(message_id: UUID, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> MessageStatus:
    """What became of a message of the caller's organization."""
    return status_of(message_id, caller, session, keys, at)


def status_of(message_id: UUID, caller: Caller, session: Session, keys: Keys, at: datetime) -> MessageStatus:
    """The same, for any route of the caller's."""
    messages = Messages(session, keys, caller.participant)
    row = messages.row(message_id)
    return MessageStatus(
        id=row.id,
        received_at=row.received_at,
        state=MessageState.READ if row.state == MessageState.EMPTIED else MessageState(row.state),
        set_aside=messages.problems(row.id),
        explanation=withheld_on_arrival(Release(session, keys), row.id, at=at),
    )


def _insist_on_a_feed(feed_name: str) -> None:
    try:
        feed(feed_name)
    except UnknownFeed as unknown:
        raise NotFound(str(unknown)) from None
