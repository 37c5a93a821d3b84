"""The outbox: consent is asked when a parcel is queued, and again before every attempt to deliver it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlmodel import Session

from adapters.http import HttpSender, NotTaken
from adapters.webhook import Webhook
from consent.leaving.security_labels import BLANKET
from hub.flow.release import Question, Release, recipient
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.directory import Directory, ParticipantRow
from hub.store.handoffs import HandoffRow, open_about
from hub.store.parcels import ParcelRow, Parcels, ParcelState
from schemas.messages import Cleared, OutboundMessage
from schemas.vocab import Channel, Field, Match, Purpose, Relationship, Role

ACTOR = "hub:worker"


def tell(session: Session, keys: Keys, handoff: HandoffRow, to: str, event: str, *, at: datetime) -> None:
    """Queues a parcel for a partner that listens, if it may be told anything about the person now."""
    if Directory(session).participant(to).webhook_url is None:
        return
    parcel = ParcelRow(
        id=uuid4(),
        recipient=to,
        event=event,
        handoff_id=handoff.id,
        person_id=handoff.person_id,
        purpose=handoff.purpose,
        queued_at=at,
        not_before=at,
    )
    if may_be_told(session, keys, parcel, at=at):
        Parcels(session).queue(parcel)
        _record(session, keys, parcel, Act.PARCEL_QUEUED, at)
    else:
        _record(session, keys, parcel, Act.PARCEL_WITHHELD, at)


def tell_those_waiting(session: Session, keys: Keys, persons: Iterable[UUID], *, at: datetime) -> None:
    """Tells whoever is accountable in a handoff under way that there is news of the person."""
    persons = set(persons)
    for handoff in open_about(session, persons) if persons else ():
        tell(session, keys, handoff, handoff.holder, "person.updated", at=at)


def may_be_told(session: Session, keys: Keys, parcel: ParcelRow, *, at: datetime) -> tuple[Cleared, ...]:
    """What of the person the partner may be told now; if nothing, it is not even told that something happened."""
    release = Release(session, keys)
    question = Question(
        at=at,
        channel=Channel.SUBSCRIPTION,
        purpose=Purpose(parcel.purpose),
        needs=frozenset(Field),
        way=Webhook.way,
        recipient=recipient(
            release.terms,
            parcel.recipient,
            role=Role.INTERFACE,
            identity_verified=True,
            relationship=Relationship.TREATING if parcel.purpose == Purpose.TREAT else Relationship.NONE,
        ),
    )
    return tuple(one.cleared for one in release.answer(question, Match.UNIQUE, parcel.person_id).opened)


class Courier:
    """Delivers what is due. Any number of couriers may run; a parcel that one of them drops comes due again."""

    def __init__(self, engine: Engine, keys: Keys, *, sender: HttpSender | None = None) -> None:
        self.engine = engine
        self.keys = keys
        self.sender = sender or HttpSender()

    def round(self, now: datetime) -> int:
        """Tries every parcel that is due; gives how many were tried."""
        with transaction(self.engine) as session:
            parcels = list(Parcels(session).lease(now))
        for parcel in parcels:
            self._deliver(parcel)
        return len(parcels)

    def _deliver(self, parcel: ParcelRow) -> None:
        at = datetime.now(UTC)
        with transaction(self.engine) as session:
            cleared = may_be_told(session, self.keys, parcel, at=at)
            partner = Directory(session).participant(parcel.recipient)
            if not cleared or partner.webhook_url is None:
                self._settle(session, parcel, ParcelState.WITHHELD, Act.PARCEL_WITHHELD)
                return
            message = self._message(parcel, partner, cleared, at)
        self._attempt(parcel, partner.webhook_url, message)

    def _message(
        self, parcel: ParcelRow, partner: ParticipantRow, cleared: tuple[Cleared, ...], at: datetime
    ) -> OutboundMessage:
        sealed = partner.sealed_webhook_secret or b""
        secret = self.keys.accounts.open(sealed, f"webhook|{partner.slug}")
        about = {"handoff_id": str(parcel.handoff_id)}
        outlet = Webhook(delivery=str(parcel.id), event=parcel.event, about=about, labels=BLANKET, at=at, secret=secret)
        return outlet.write(cleared)

    def _attempt(self, parcel: ParcelRow, url: str, message: OutboundMessage) -> None:
        try:
            self.sender.send(url, message, idempotency_key=str(parcel.id))
        except NotTaken as failure:
            self._put_off(parcel, failure)
            return
        with transaction(self.engine) as session:
            self._settle(session, parcel, ParcelState.DELIVERED, Act.PARCEL_DELIVERED)

    def _settle(self, session: Session, parcel: ParcelRow, state: ParcelState, act: Act) -> None:
        at = datetime.now(UTC)
        current = session.merge(parcel)
        Parcels(session).settle(current, state, at)
        _record(session, self.keys, current, act, at)

    def _put_off(self, parcel: ParcelRow, failure: NotTaken) -> None:
        at = datetime.now(UTC)
        with transaction(self.engine) as session:
            current = session.merge(parcel)
            if not Parcels(session).put_off(current, at):
                _record(session, self.keys, current, Act.PARCEL_FAILED, at, status=failure.status)


def _record(
    session: Session, keys: Keys, parcel: ParcelRow, act: Act, at: datetime, *, status: int | None = None
) -> None:
    AuditLog(session, keys).append(
        act,
        at=at,
        actor=ACTOR,
        participant=parcel.recipient,
        subject=parcel.person_id,
        details={
            "parcel": str(parcel.id),
            "event": parcel.event,
            "handoff": str(parcel.handoff_id),
            "attempt": parcel.attempts,
            "status": status,
        },
    )
