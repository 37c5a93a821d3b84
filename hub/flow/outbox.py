"""The outbox: consent is asked when a parcel is queued, and again before every attempt to deliver it."""

from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from adapters.http import HttpSender, NotTaken
from adapters.webhook import Webhook
from consent.leaving.security_labels import BLANKET
from hub.flow.release import Answer, Question, Release, recipient
from hub.flow.rows_back import ROWS, RowsBack
from hub.store.audit import JSON, Act, AuditLog
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.directory import Directory, ParticipantRow, webhook_place
from hub.store.handoffs import HandoffRow, open_with_news
from hub.store.parcels import Overtaken, ParcelRow, Parcels, ParcelState, lease_for
from schemas.messages import Cleared, OutboundMessage
from schemas.vocab import Channel, Field, Match, Purpose, Relationship, Role

log = structlog.get_logger()

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
    answer = ask(session, keys, parcel, at=at)
    if answer.opened:
        Parcels(session).queue(parcel)
    act = Act.PARCEL_QUEUED if answer.opened else Act.PARCEL_WITHHELD
    _record(session, keys, parcel, act, at, answer=answer)


def tell_those_waiting(
    session: Session, keys: Keys, message_id: UUID, persons: Collection[UUID], *, at: datetime
) -> None:
    """Tells whoever is accountable in a handoff under way that there is news of the person.

    Of what a large export says again, unchanged, nobody is told.
    """
    lanes = sorted(open_with_news(session, message_id, persons), key=lambda one: (one.holder, one.person_id))
    for handoff in lanes:  # in an order that is the same for all, because each lane is locked as it is queued in
        tell(session, keys, handoff, handoff.holder, "person.updated", at=at)


def ask(session: Session, keys: Keys, parcel: ParcelRow, *, at: datetime) -> Answer:
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
    return release.answer(question, Match.UNIQUE, parcel.person_id)


class Courier:
    """Delivers what is due. Any number of couriers may run; a parcel that one of them drops comes due again.

    Consent is asked when a parcel is taken up and again when its first byte is about to leave, so that a revocation
    counts up to that moment; the days of papers are those of `zone`. What leaves is on record before it leaves; that
    it arrived, when the partner has said so.
    """

    def __init__(self, engine: Engine, keys: Keys, *, sender: HttpSender | None = None, zone: tzinfo = UTC) -> None:
        self.engine = engine
        self.keys = keys
        self.zone = zone
        self.sender = sender or HttpSender()
        self.lease = lease_for(self.sender.deadline)

    def round(self, now: datetime) -> int:
        """Tries what is due at that time until nothing is; gives how many attempts that took."""
        tried = 0
        while self.deliver_next(now):
            tried += 1
        return tried

    def deliver_next(self, now: datetime | None = None) -> bool:
        """Tries the parcel that has waited longest; says no when none is due. `now` is the database's time."""
        with transaction(self.engine) as session:
            parcels = Parcels(session, lease=self.lease)
            parcel = parcels.lease(now or parcels.now())
        if parcel is not None:
            self._attempt(parcel, now)
        return parcel is not None

    def _attempt(self, parcel: ParcelRow, now: datetime | None) -> None:
        try:
            self._deliver(parcel)
        except Overtaken:
            log.warning("parcel.overtaken", parcel=str(parcel.id))
        except _Withheld:
            return
        except NotTaken as failure:
            self._put_off(parcel, failure.status, now)
        except (OperationalError, InterfaceError):
            raise  # the hub's own trouble and no fault of the parcel's: the lease runs out, and it is tried again
        except Exception as error:  # noqa: BLE001  (a parcel that cannot be made must not be tried for ever)
            log.error("parcel.not-made", parcel=str(parcel.id), error=type(error).__name__)
            self._put_off(parcel, None, now)

    def _deliver(self, parcel: ParcelRow) -> None:
        load = self._loaded(parcel)
        self.sender.send(
            load.url, load.message, idempotency_key=str(parcel.id), last_look=lambda: self._let_go(parcel, load)
        )
        with transaction(self.engine) as session:
            self._settle(session, Parcels(session).held(parcel), ParcelState.DELIVERED, Act.PARCEL_DELIVERED)

    def _loaded(self, parcel: ParcelRow) -> "_Load":
        at = datetime.now(self.zone)
        with transaction(self.engine) as session:
            current = Parcels(session).held(parcel)
            answer, rows = self._asked(session, current, at)
            partner = Directory(session).participant(parcel.recipient)
            url = partner.webhook_url if rows is None else rows.url
            if answer.opened and url is not None:
                cleared = tuple(one.cleared for one in answer.opened)
                if rows is None:
                    return _Load(url, self._message(parcel, partner, cleared, at))
                return _Load(url, rows.message(), cleared)
            self._withhold(session, current, answer, rows)
        raise _Withheld

    def _asked(self, session: Session, parcel: ParcelRow, at: datetime) -> tuple[Answer, RowsBack | None]:
        """What of the person may be told now, and the rows that tell it where the partner takes rows."""
        if parcel.event != ROWS:
            return ask(session, self.keys, parcel, at=at), None
        rows = RowsBack(session, self.keys, parcel, at=at)
        return rows.answer, rows

    def _let_go(self, parcel: ParcelRow, load: "_Load") -> None:
        """The last look: the parcel is still ours and may still be told, and that it leaves is on record.

        Raises `NotTaken` where rows may be told otherwise than they are written, so that they are written anew.
        """
        with transaction(self.engine) as session:
            current = Parcels(session).held(parcel)
            at = datetime.now(self.zone)
            answer, rows = self._asked(session, current, at)
            if answer.opened:
                if rows is not None and tuple(one.cleared for one in answer.opened) != load.says:
                    raise NotTaken(None)
                if rows is not None:
                    rows.record(ACTOR)
                Parcels(session, lease=self.lease).prolong(current)
                _record(session, self.keys, current, Act.PARCEL_SENT, at, answer=answer)
                return
            self._withhold(session, current, answer, rows)
        raise _Withheld

    def _withhold(self, session: Session, current: ParcelRow, answer: Answer, rows: RowsBack | None) -> None:
        if rows is not None:
            rows.record(ACTOR)
        self._settle(session, current, ParcelState.WITHHELD, Act.PARCEL_WITHHELD, answer)

    def _message(
        self, parcel: ParcelRow, partner: ParticipantRow, cleared: tuple[Cleared, ...], at: datetime
    ) -> OutboundMessage:
        sealed = partner.sealed_webhook_secret or b""
        secret = self.keys.accounts.open(sealed, webhook_place(partner.slug))
        about = {"handoff_id": str(parcel.handoff_id)}
        outlet = Webhook(delivery=str(parcel.id), event=parcel.event, about=about, labels=BLANKET, at=at, secret=secret)
        return outlet.write(cleared)

    def _settle(
        self, session: Session, current: ParcelRow, state: ParcelState, act: Act, answer: Answer | None = None
    ) -> None:
        Parcels(session).settle(current, state)
        _record(session, self.keys, current, act, datetime.now(UTC), answer=answer)

    def _put_off(self, parcel: ParcelRow, status: int | None, now: datetime | None) -> None:
        """Waits, or parks it; a parcel that another has taken over by now is left alone."""
        with suppress(Overtaken), transaction(self.engine) as session:
            parcels = Parcels(session)
            current = parcels.held(parcel)
            if not parcels.put_off(current, now or parcels.now(), status):
                _record(session, self.keys, current, Act.PARCEL_FAILED, datetime.now(UTC), status=status)


class _Load(NamedTuple):
    """What is about to be sent where; `says` is what it tells of the person, where it tells anything."""

    url: str
    message: OutboundMessage
    says: tuple[Cleared, ...] = ()


class _Withheld(Exception):
    """Consent said no, and that is on record."""


def send_again(session: Session, keys: Keys, parcel_id: UUID, *, actor: str, at: datetime) -> ParcelRow:
    """A person has a parked parcel tried again; consent is asked as ever. Raises `NotFound` and `Conflict`."""
    parcel = Parcels(session).parked(parcel_id)
    Parcels(session).send_again(parcel)
    _record(session, keys, parcel, Act.PARCEL_SENT_AGAIN, at, actor=actor)
    return parcel


def drop(session: Session, keys: Keys, parcel_id: UUID, *, actor: str, at: datetime) -> ParcelRow:
    """A person lets go of a parked parcel, and its lane goes on without it. Raises `NotFound` and `Conflict`."""
    parcel = Parcels(session).parked(parcel_id)
    Parcels(session).settle(parcel, ParcelState.DROPPED)
    _record(session, keys, parcel, Act.PARCEL_DROPPED, at, actor=actor)
    return parcel


def _record(
    session: Session,
    keys: Keys,
    parcel: ParcelRow,
    act: Act,
    at: datetime,
    *,
    actor: str = ACTOR,
    status: int | None = None,
    answer: Answer | None = None,
) -> None:
    AuditLog(session, keys).append(
        act,
        at=at,
        actor=actor,
        participant=parcel.recipient,
        subject=parcel.person_id,
        details={
            "parcel": str(parcel.id),
            "event": parcel.event,
            "handoff": str(parcel.handoff_id),
            "attempt": parcel.attempts,
            "status": status,
            **({} if answer is None else _decision(answer)),
        },
    )


def _decision(answer: Answer) -> dict[str, JSON]:
    """How it was decided, by which book; of the pieces nothing, because the message carries none of them."""
    return {
        "response": answer.decision.response.value,
        "rulebook": answer.decision.rulebook,
        "packs": dict(answer.packs),
    }
