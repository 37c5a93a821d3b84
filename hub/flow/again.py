"""A message read once more, because what it referred to may be in by now: takes what waited, and nothing else.

Later messages may have changed what it says, on the same day too, so whatever is kept by now stays as it is. By absence
nothing is removed, and no paper is filed: one that its source has taken back since would count again.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import Engine
from sqlmodel import Session

from adapters.base import ORPHAN, Amended, Continuing, Extent, Read, Sound
from adapters.base import feed as feed_named
from hub.flow.pipeline import Pipeline
from hub.flow.report import Report
from hub.flow.settling import may_not_be_kept, settle
from hub.store.audit import JSON, Act, AuditLog
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.messages import MessageRow, Messages, MessageState
from schemas.canonical import CanonicalRecord, ConsentOnFile, Organization, Program, Snapshot, StaffMember
from schemas.sheaves import Leaf, Sheaf

log = structlog.get_logger()

TRIED_FOR = timedelta(days=30)
"""From its receipt on, a message is tried again for so long."""

MOST = 10
"""So many messages are tried again after one that brought something, the latest of those that wait."""


class SecondReading(Pipeline):
    """Carries a message of which rows were set aside because they referred to what was not there."""

    amended = 0
    """How many records it changed that other messages brought."""

    def wanted(self, source: str, batch: list[Read | Sound]) -> list[Read | Sound]:
        kept = self.records.written(source, _keys(batch))
        found = list[Read | Sound]()
        for one in batch:
            self.amended += isinstance(one, Amended)
            if isinstance(one, Sheaf):
                found.append(replace(one, leaves=[leaf for leaf in one.leaves if _is_new(leaf, kept)]))
            elif not isinstance(one, CanonicalRecord):
                found += [] if isinstance(one, Extent | Snapshot) else [one]
            elif self._is_wanted(source, one, kept):
                found.append(one)
        return found

    def _is_wanted(self, source: str, record: CanonicalRecord, kept: Mapping[str, datetime | None]) -> bool:
        if isinstance(record.body, ConsentOnFile | Organization | StaffMember):
            return False
        if isinstance(record.body, Program):
            return self.directory.program(source, record.key) is None
        return record.subject is None or _is_new(record, kept)


class _NothingNew(Exception):
    """Nothing of a message is taken that was not taken before: it waits as it did."""


class Again:
    """Tries messages again after one that may have brought what they refer to; `reading` makes a second reading."""

    def __init__(
        self, engine: Engine, keys: Keys, reading: Callable[[Session, datetime], SecondReading], *, actor: str
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._reading = reading
        self._actor = actor

    def after(self, message_id: UUID, report: Report) -> int:
        """Tries each once, and gives how many records are in at last. Whatever becomes of it, the message is in."""
        if report.refused or not report.received:
            return 0
        try:
            return sum(self._try(one, after=message_id) for one in self._waiting(message_id))
        except Exception as error:  # noqa: BLE001  (they wait, as before)
            log.error("message.trying-again-failed", after=str(message_id), error=type(error).__name__)
            return 0

    def _waiting(self, message_id: UUID) -> Collection[UUID]:
        with transaction(self._engine) as session:
            messages = Messages(session, self._keys)
            since = messages.now() - TRIED_FOR
            return messages.referring_back(messages.row(message_id), ORPHAN, since=since, limit=MOST)

    def _try(self, message_id: UUID, *, after: UUID) -> int:
        try:
            with transaction(self._engine) as session:
                messages = Messages(session, self._keys)
                row = messages.row(message_id, lock=True)
                messages.one_at_a_time(row)
                return self._read(session, messages, row, after)
        except _NothingNew:
            return 0

    def _read(self, session: Session, messages: Messages, row: MessageRow, after: UUID) -> int:
        """Raises `_NothingNew`, so that nothing is written that says nothing."""
        at, feed = datetime.now(UTC), feed_named(row.feed)
        if row.state != MessageState.READ or not isinstance(feed, Continuing):
            raise _NothingNew
        message = messages.open(row, Directory(session).definition(row.source, row.feed))
        if not feed.continues(message):
            raise _NothingNew
        pipeline = self._reading(session, at)
        report = pipeline.carry(message, feed)
        if report.refused or not (report.stored or report.removed or may_not_be_kept(report)):
            raise _NothingNew
        details: dict[str, JSON] = {"message": str(row.id), "was": row.state, "after": str(after)}
        AuditLog(session, self._keys).append(
            Act.MESSAGE_REPLAYED, at=at, actor=self._actor, participant=row.source, details=details
        )
        settle(messages, row, report, at, passed_by=pipeline.passed_by)
        return report.stored + report.removed - pipeline.amended


def _keys(batch: Collection[Read | Sound]) -> list[str]:
    alone = [one.key for one in batch if isinstance(one, CanonicalRecord) and one.subject is not None]
    return alone + [leaf.key for one in batch if isinstance(one, Sheaf) for leaf in one.leaves]


def _is_new(one: CanonicalRecord | Leaf, kept: Mapping[str, datetime | None]) -> bool:
    """Whether nothing is kept by its key, or only what was written on an earlier day."""
    if one.key not in kept:
        return True
    before = kept[one.key]
    return before is not None and one.updated_at is not None and before < one.updated_at
