"""Intake: a message is sealed and durable before anyone is told that it arrived; it is read afterwards."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypedDict
from uuid import UUID

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from adapters.base import feed as feed_named
from consent.codes import OWN, Codes
from hub.flow.again import Again, SecondReading
from hub.flow.kept import Kept, read_after
from hub.flow.naming import names_in
from hub.flow.pipeline import Pipeline, Progress
from hub.flow.report import Report
from hub.flow.restraint import Restraint
from hub.flow.settling import settle
from hub.store.audit import JSON, Act, AuditLog
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.messages import MessageRow, Messages, MessageState
from schemas.canonical import CanonicalRecord
from schemas.messages import Problem, RawMessage, Receipt, Severity
from schemas.sheaves import Sheaf

log = structlog.get_logger()

HELD = timedelta(minutes=15)
"""How long whoever reads a message itself may take before a worker takes it over."""

PATIENCE = (5, 60, 600)  # seconds between readings that failed for a reason of the hub's own

MOST_BEGUN = 20
"""Readings that may begin and not end, because their process died, until the message is parked."""

PARKED = Problem(code="parked", severity=Severity.SET_ASIDE, expected="a reading without an error: hub replay")
"""Stands for the whole of a message that could not be read for a reason of the hub's own."""


def receive(
    session: Session,
    keys: Keys,
    message: RawMessage,
    *,
    actor: str,
    idempotency_key: str | None = None,
    held_for: timedelta = timedelta(),
    most_waiting: int | None = None,
) -> Receipt:
    """Seals a message; the receipt is good once the transaction commits. The options: see `Messages.keep`.

    Raises `NotFound` for an unknown source, `Conflict` for a key that came with other content, `TooMany` for too many.
    """
    Directory(session).participant(message.source)
    messages = Messages(session, keys)
    receipt = messages.keep(message, idempotency_key=idempotency_key, held_for=held_for, most_waiting=most_waiting)
    if not receipt.duplicate:
        AuditLog(session, keys).append(
            Act.MESSAGE_RECEIVED,
            at=message.received_at,
            actor=actor,
            participant=message.source,
            details={"message": str(receipt.id), "feed": message.feed, "bytes": messages.row(receipt.id).size},
        )
    return receipt


class _Terms(TypedDict):
    """How every message is read."""

    actor: str
    auto_link: float
    codes: Codes


class Reader:
    """Reads sealed messages, one at a time and per source in order of arrival. Any number may run."""

    def __init__(
        self,
        engine: Engine,
        keys: Keys,
        *,
        auto_link: float,
        codes: Codes = OWN,
        actor: str = "hub:worker",
        restraint: Restraint | None = None,
    ) -> None:
        self.engine = engine
        self.keys = keys
        self.auto_link = auto_link
        self.codes = codes
        self.actor = actor
        self.restraint = restraint or Restraint()
        self._again = Again(engine, keys, self._second_reading, actor=actor)

    def round(self, now: datetime) -> int:
        """Reads every message that is due at that time; gives how many were read."""
        read = 0
        while self.read_next(now):
            read += 1
        return read

    def read_next(self, now: datetime | None = None) -> bool:
        """Reads the message that has waited longest; says no when none is due. `now` is the database's time."""
        message_id = self._begin(now)
        if message_id is None:
            return False
        try:
            self._read_whole(message_id)
        except (OperationalError, InterfaceError):
            self._uncount(message_id)
            raise
        except Exception as error:  # noqa: BLE001  (whatever an adapter does, the next message is read)
            log.error("message.reading-failed", message=str(message_id), error=type(error).__name__)
            self._put_off(message_id, now)
        return True

    def _begin(self, now: datetime | None) -> UUID | None:
        """Counts the reading before it begins, so that a message that kills its readers is parked too."""
        with transaction(self.engine) as session:
            messages = Messages(session, self.keys)
            row = messages.next_waiting(now or messages.now())
            if row is None:
                return None
            row.begun += 1
            if row.begun > MOST_BEGUN:
                self._park(session, row)
            return row.id

    def _read_whole(self, message_id: UUID) -> None:
        """Reads it, unless another reader has by now, or has it in hand."""
        report = None
        with transaction(self.engine) as session:
            messages = Messages(session, self.keys)
            row = messages.still_waiting(message_id)
            if row is not None and not self._waits_its_turn(messages, row):
                report = self._carry(session, row, datetime.now(UTC))
        if report is not None:
            self._again.after(message_id, report)

    def _waits_its_turn(self, messages: Messages, row: MessageRow) -> bool:
        """Of one person a source's messages are read in order: what speaks of someone of whom an earlier one speaks
        that was put off, waits behind it. What speaks of others does not."""
        ahead = messages.put_off_before(row)
        if not ahead:
            return False
        about = self._about(messages, row)
        waiting_for = [one for one in ahead if not about.isdisjoint(one.about)]
        if waiting_for:
            messages.wait(row, max(one.not_before for one in waiting_for), about)
        return bool(waiting_for)

    def _about(self, messages: Messages, row: MessageRow) -> frozenset[str]:
        """Of whom a message speaks, by blind tokens; empty where its adapter breaks on it."""
        message = messages.open(row, Directory(messages.session).definition(row.source, row.feed))
        earlier = Kept(messages.session, self.keys, source=row.source, feed=row.feed)
        try:
            named = {
                name
                for one in read_after(message, feed_named(row.feed), earlier)
                if isinstance(one, CanonicalRecord | Sheaf)
                for name in names_in(one)
            }
        except Exception:  # noqa: BLE001  (an adapter that breaks says nothing of anyone)
            return frozenset()
        return frozenset(self.keys.token("message-about", f"{system}|{value}").hex() for system, value in named)

    def read(self, message_id: UUID, *, progress: Progress = lambda _: None, confirmed: bool = False) -> Report:
        """Reads one message now, also again; `confirmed`: however much it removes. Raises `NotFound`."""
        with transaction(self.engine) as session:
            row = Messages(session, self.keys).row(message_id, lock=True)
            report = self._carry(session, row, datetime.now(UTC), progress, confirmed=confirmed)
        return report.model_copy(update={"in_at_last": self._again.after(message_id, report)})

    def replay(self, message_id: UUID, *, confirmed: bool = False) -> Report:
        """Reads a kept message again because a person wants it, and says that they did; raises `NotFound`."""
        with transaction(self.engine) as session:
            row = Messages(session, self.keys).row(message_id, lock=True)
            at = datetime.now(UTC)
            details: dict[str, JSON] = {"message": str(row.id), "was": row.state, "removals_confirmed": confirmed}
            AuditLog(session, self.keys).append(
                Act.MESSAGE_REPLAYED, at=at, actor=self.actor, participant=row.source, details=details
            )
            return self._carry(session, row, at, confirmed=confirmed)

    def _carry(
        self,
        session: Session,
        row: MessageRow,
        at: datetime,
        progress: Progress = lambda _: None,
        *,
        confirmed: bool = False,
    ) -> Report:
        messages = Messages(session, self.keys)
        messages.one_at_a_time(row)
        message = messages.open(row, Directory(session).definition(row.source, row.feed))
        pipeline = self._pipeline(session, at, None if confirmed else self.restraint)
        report = pipeline.carry(message, feed_named(row.feed), progress)
        messages.mark(row, _state_after(report), at)
        settle(messages, row, report, at, passed_by=pipeline.passed_by)
        return report

    def _pipeline(self, session: Session, at: datetime, restraint: Restraint | None) -> Pipeline:
        return Pipeline(session, self.keys, at=at, restraint=restraint, **self._terms)

    def _second_reading(self, session: Session, at: datetime) -> SecondReading:
        return SecondReading(session, self.keys, at=at, restraint=self.restraint, **self._terms)

    @property
    def _terms(self) -> _Terms:
        return {"actor": self.actor, "auto_link": self.auto_link, "codes": self.codes}

    def _put_off(self, message_id: UUID, now: datetime | None) -> None:
        with transaction(self.engine) as session:
            messages = Messages(session, self.keys)
            row = messages.row(message_id, lock=True)
            row.attempts += 1
            if row.attempts > len(PATIENCE):
                self._park(session, row)
            else:
                until = (now or messages.now()) + timedelta(seconds=PATIENCE[row.attempts - 1])
                messages.wait(row, until, self._about(messages, row))

    def _park(self, session: Session, row: MessageRow) -> None:
        """Kept, sealed, until a person has it read again (`hub replay`)."""
        at, messages = datetime.now(UTC), Messages(session, self.keys)
        messages.mark(row, MessageState.PARKED, at)
        messages.set_aside(row.id, [PARKED], at)
        details: dict[str, JSON] = {"message": str(row.id), "feed": row.feed, "attempts": row.attempts}
        AuditLog(session, self.keys).append(
            Act.MESSAGE_PARKED, at=at, actor=self.actor, participant=row.source, details=details
        )

    def _uncount(self, message_id: UUID) -> None:
        """A database that was away is no fault of the message's."""
        with suppress(OperationalError, InterfaceError), transaction(self.engine) as session:
            Messages(session, self.keys).row(message_id, lock=True).begun -= 1


def _state_after(report: Report) -> MessageState:
    if report.held:
        return MessageState.PARKED
    return MessageState.REFUSED if report.refused else MessageState.READ
