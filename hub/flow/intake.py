"""Intake: a message is sealed and durable before anyone is told that it arrived; it is read afterwards."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Engine
from sqlmodel import Session

from adapters.base import feed as feed_named
from consent.codes import OWN, Codes
from hub.errors import HubError, Invalid, NotFound, TooLarge
from hub.flow.pipeline import Pipeline, Progress
from hub.flow.report import Report
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.messages import MessageRow, Messages, MessageState
from schemas.messages import RawMessage, Receipt

log = structlog.get_logger()

NEVER_KEPT = "victim-service-provider"
"""What a victim-service provider holds is not kept at all, not even sealed (34 U.S.C. 12291(b)(2)(B))."""

HELD = timedelta(minutes=15)
"""How long whoever reads a message itself may take before a worker takes it over."""

PATIENCE = (5, 60, 600)  # seconds between readings that failed for a reason of the hub's own


def receive(
    session: Session,
    keys: Keys,
    message: RawMessage,
    *,
    actor: str,
    idempotency_key: str | None = None,
    held_for: timedelta = timedelta(),
) -> Receipt:
    """Seals a message; the receipt is good once the transaction commits. `held_for`: see `Messages.keep`.

    Raises `NotFound` for an unknown source and `Conflict` for a key that came with other content.
    """
    Directory(session).participant(message.source)
    receipt = Messages(session, keys).keep(message, idempotency_key=idempotency_key, held_for=held_for)
    if not receipt.duplicate:
        AuditLog(session, keys).append(
            Act.MESSAGE_RECEIVED,
            at=message.received_at,
            actor=actor,
            participant=message.source,
            details={"message": str(receipt.id), "feed": message.feed, "bytes": len(message.content)},
        )
    return receipt


class Reader:
    """Reads sealed messages, one at a time and per source in order of arrival. Any number may run."""

    def __init__(
        self, engine: Engine, keys: Keys, *, auto_link: float, codes: Codes = OWN, actor: str = "hub:worker"
    ) -> None:
        self.engine = engine
        self.keys = keys
        self.auto_link = auto_link
        self.codes = codes
        self.actor = actor

    def round(self, now: datetime) -> int:
        """Reads every message that waits; gives how many were read."""
        read = 0
        while self._read_next(now):
            read += 1
        return read

    def _read_next(self, now: datetime) -> bool:
        row_id = None
        try:
            with transaction(self.engine) as session:
                row = Messages(session, self.keys).next_waiting(now)
                if row is None:
                    return False
                row_id = row.id
                self._carry(session, row, now)
        except Exception as error:
            log.error("message.reading-failed", message=str(row_id), error=type(error).__name__)
            if row_id is None:
                raise
            self._put_off(row_id, now)
        return True

    def read(self, message_id: UUID, *, progress: Progress = lambda _: None) -> Report:
        """Reads one message now, also again; raises `NotFound`."""
        with transaction(self.engine) as session:
            row = Messages(session, self.keys).row(message_id, lock=True)
            return self._carry(session, row, datetime.now(UTC), progress)

    def _carry(self, session: Session, row: MessageRow, at: datetime, progress: Progress = lambda _: None) -> Report:
        messages = Messages(session, self.keys)
        message = messages.open(row, Directory(session).definition(row.source, row.feed))
        pipeline = Pipeline(session, self.keys, at=at, actor=self.actor, auto_link=self.auto_link, codes=self.codes)
        report = pipeline.carry(message, feed_named(row.feed), progress)
        messages.set_aside(row.id, report.problems, at)
        messages.mark(row, MessageState.REFUSED if report.refused else MessageState.READ, at)
        if any(problem.code == NEVER_KEPT for problem in report.problems):
            messages.shred(row)
        return report

    def _put_off(self, message_id: UUID, now: datetime) -> None:
        with transaction(self.engine) as session:
            row = Messages(session, self.keys).row(message_id)
            row.attempts += 1
            if row.attempts > len(PATIENCE):
                Messages(session, self.keys).mark(row, MessageState.PARKED, now)
            else:
                row.not_before = now + timedelta(seconds=PATIENCE[row.attempts - 1])
                session.add(row)


def from_path(path: Path, *, feed: str, source: str, limit: int) -> RawMessage:
    """A file, or a folder zipped as it lies there, as a message; raises `NotFound`, `Invalid` and `TooLarge`."""
    content = _folder(path, limit) if path.is_dir() else _file(path, limit)
    return RawMessage(
        id=uuid4(), feed=feed, source=source, received_at=datetime.now(UTC), name=path.name, content=content
    )


def _file(path: Path, limit: int) -> bytes:
    with _readable(path):
        if path.stat().st_size > limit:
            raise TooLarge(f"{path} has more than {limit} bytes.", next_steps="Raise HUB_MAX_FILE_BYTES.")
        return path.read_bytes()


def _folder(path: Path, limit: int) -> bytes:
    """The folder's files as a zip; the same folder gives the same bytes, so that sending it twice is noticed."""
    buffer = io.BytesIO()
    with _readable(path), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(path.iterdir()):
            if file.is_file():
                archive.writestr(zipfile.ZipInfo(file.name), _file(file, limit), zipfile.ZIP_DEFLATED, 1)
    return buffer.getvalue()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except HubError:
        raise
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.") from None
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
