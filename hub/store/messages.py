"""Raw messages, sealed as received, and what of them could not be read."""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from secrets import token_bytes
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Column, Identity, Index, UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from hub.errors import Conflict, NotFound, TooMany
from hub.store import db
from hub.store.chunks import CHUNK, ChunkRow, SealedContent, chunk_place, measured, opened, parts
from hub.store.columns import Json, Moment
from hub.store.crypto import Keys
from schemas.messages import Problem, RawMessage, Receipt, Severity
from schemas.vocab.word import Word


class MessageState(Word):
    """How far a message has come."""

    RECEIVED = "received", "Sealed and durable; not read yet."
    READ = "read", "Read and stored; parts may be set aside."
    REFUSED = "refused", "Nothing of it could be read; kept, sealed."
    DESTROYED = "destroyed", "What may not be kept was in it; its content is gone, that it came is not."
    EMPTIED = "emptied", "Read and stored; its content is gone, its time was over or an order took it."
    PARKED = "parked", "Reading failed too often; kept, sealed, waiting for a person."


class MessageRow(SQLModel, table=True):
    """A message; its name and its content are sealed."""

    __tablename__ = "raw_message"
    __table_args__ = (
        UniqueConstraint("source", "feed", "idempotency_token"),
        Index("raw_message_waiting", "source", "arrival", postgresql_where="state = 'received'"),
        Index("raw_message_over", "read_at", postgresql_where="state = 'read'"),
    )

    id: UUID = Field(primary_key=True)
    arrival: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), nullable=False, unique=True))
    source: str
    feed: str
    received_at: datetime = Moment()
    media_type: str
    size: int
    sealed_name: bytes
    content_token: bytes
    idempotency_token: bytes
    state: str = MessageState.RECEIVED
    attempts: int = 0
    begun: int = 0
    not_before: datetime = Moment()
    put_off: bool = False
    about: list[str] = Json(default_factory=list)
    read_at: datetime | None = Moment(nullable=True)


class SetAsideRow(SQLModel, table=True):
    """A part of a message that could not be read: where, and what was expected. A file may be named after a person."""

    __tablename__ = "set_aside"

    id: UUID = Field(primary_key=True)
    message_id: UUID = Field(foreign_key="raw_message.id", index=True)
    sealed_file: bytes | None
    line: int | None
    field: str | None
    code: str
    severity: str
    expected: str
    at: datetime = Moment()
    resolved_at: datetime | None = Moment(nullable=True)


class Messages:
    """The sealed messages that one participant sent, another's are not there; for the hub's own work those of all."""

    def __init__(self, session: Session, keys: Keys, participant: str | None = None) -> None:
        self.session = session
        self.keys = keys
        self.participant = participant

    def keep(
        self,
        message: RawMessage,
        *,
        idempotency_key: str | None = None,
        held_for: timedelta = timedelta(),
        most_waiting: int | None = None,
    ) -> Receipt:
        """Seals a message; durable once the transaction commits.

        The same key with the same content gives the first receipt again; with other content raises `Conflict`. Without
        a key the content is its own key. Whoever reads the message itself has it `held_for` as long from the workers,
        who take it over if that reader dies. Raises `TooMany` where `most_waiting` of the source wait to be read.
        """
        digest, size = measured(message)
        content_token = self.keys.token("message-content", digest)
        idempotency_token = self.keys.token("message-idempotency", idempotency_key or digest)
        self._take_turns(idempotency_token)
        if earlier := self._earlier(message, idempotency_token):
            if not hmac.compare_digest(earlier.content_token, content_token):
                raise Conflict("Another message came with this idempotency key.", next_steps="Send it with a new key.")
            return Receipt(id=earlier.id, received_at=earlier.received_at, duplicate=True)
        if most_waiting is not None and self._as_many_wait(message.source, most_waiting):
            raise TooMany("Your messages come faster than they can be read.", next_steps="Send this one again later.")
        self._insert(message, size, content_token, idempotency_token, self.now() + held_for)
        self._insert_chunks(message, digest)
        return Receipt(id=message.id, received_at=message.received_at)

    def stand_in(self, message: RawMessage) -> MessageRow:
        """A row for a message of which nothing is kept, to be referred to in a transaction that is rolled back."""
        nothing = token_bytes(16)
        self._insert(message, 0, nothing, nothing, self.now())
        return self.row(message.id)

    def _take_turns(self, token: bytes) -> None:
        lock = int.from_bytes(token[:8], signed=True)
        self.session.exec(select(func.pg_advisory_xact_lock(lock)))

    def _as_many_wait(self, source: str, most: int) -> bool:
        waiting = select(MessageRow.id).where(MessageRow.source == source, MessageRow.state == MessageState.RECEIVED)
        return self.session.exec(waiting.offset(most - 1).limit(1)).first() is not None

    def _earlier(self, message: RawMessage, token: bytes) -> MessageRow | None:
        return self.session.exec(
            select(MessageRow).where(
                MessageRow.source == message.source,
                MessageRow.feed == message.feed,
                MessageRow.idempotency_token == token,
            )
        ).one_or_none()

    def _insert(
        self, message: RawMessage, size: int, content_token: bytes, idempotency_token: bytes, not_before: datetime
    ) -> None:
        self.session.add(
            MessageRow(
                id=message.id,
                source=message.source,
                feed=message.feed,
                received_at=message.received_at,
                media_type=message.media_type,
                size=size,
                sealed_name=self.keys.messages.seal(message.name.encode(), name_place(message.id)),
                content_token=content_token,
                idempotency_token=idempotency_token,
                not_before=not_before,
            )
        )
        self.session.flush()

    def _insert_chunks(self, message: RawMessage, digest: str) -> None:
        """Seals the content part by part, and makes sure that it is what was measured."""
        read = hashlib.sha256()
        for number, part in enumerate(parts(message)):
            read.update(part)
            sealed = self.keys.messages.seal(part, chunk_place(message.id, number))
            chunk = ChunkRow(message_id=message.id, number=number, sealed=sealed)
            self.session.add(chunk)
            self.session.flush()
            self.session.expunge(chunk)
        if read.hexdigest() != digest:
            raise Conflict("It changed while it was read.", next_steps="Send it again when nobody writes to it.")

    def row(self, message_id: UUID, *, lock: bool = False) -> MessageRow:
        """The message's state, on demand nobody else's until this transaction ends; raises `NotFound`."""
        row = self.session.get(MessageRow, message_id, with_for_update=lock or None)
        if row is None or self.participant not in {None, row.source}:
            raise NotFound("There is no such message.")
        return row

    def open(self, row: MessageRow, definition: str | None = None) -> RawMessage:
        """The message as it came; raises `NotFound` when its content was destroyed."""
        if row.state in {MessageState.DESTROYED, MessageState.EMPTIED}:
            raise NotFound("This message's content was destroyed: it may not be kept, or is kept no longer.")
        name = self.keys.messages.open(row.sealed_name, name_place(row.id)).decode()
        return RawMessage(
            id=row.id,
            feed=row.feed,
            source=row.source,
            received_at=row.received_at,
            name=name,
            media_type=row.media_type,
            content=self._content(row),
            definition=definition,
        )

    def _content(self, row: MessageRow) -> bytes | SealedContent:
        """One part is held; several are fetched when they are read."""
        if row.size > CHUNK:
            return SealedContent(self.session.get_bind(), self.keys, row.id, row.size)
        return b"".join(map(partial(opened, self.session, self.keys, row.id), range(min(row.size, 1))))

    def next_waiting(self, now: datetime) -> MessageRow | None:
        """The oldest unread message of a source that nobody else is reading, locked; per source in order of arrival.

        What was put off is passed over until its time has come.
        """
        passed_over = col(MessageRow.put_off) & (col(MessageRow.not_before) > now)
        first_of_each = (
            select(func.min(MessageRow.arrival)).where(MessageRow.state == MessageState.RECEIVED, ~passed_over)
        ).group_by(MessageRow.source)
        return self.session.exec(
            select(MessageRow)
            .where(
                col(MessageRow.arrival).in_(first_of_each),
                MessageRow.state == MessageState.RECEIVED,
                MessageRow.not_before <= now,
            )
            .order_by(col(MessageRow.arrival))
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()

    def still_waiting(self, message_id: UUID) -> MessageRow | None:
        """The message, locked, if it is unread and nobody else is reading it."""
        return self.session.exec(
            select(MessageRow)
            .where(MessageRow.id == message_id, MessageRow.state == MessageState.RECEIVED)
            .with_for_update(skip_locked=True)
        ).one_or_none()

    def one_at_a_time(self, row: MessageRow) -> None:
        """Waits until nobody else reads a message of this source's feed, and keeps others waiting until this ends."""
        turn = func.hashtextextended(f"message-turn|{row.source}|{row.feed}", 0)
        self.session.exec(select(func.pg_advisory_xact_lock(turn)))

    def referring_back(self, row: MessageRow, code: str, *, since: datetime, limit: int) -> Sequence[UUID]:
        """The latest messages of the same feed before this one, in their order, of which a part is set aside by that
        code."""
        same = (MessageRow.source == row.source, MessageRow.feed == row.feed, MessageRow.state == MessageState.READ)
        then = (col(MessageRow.arrival) < row.arrival, col(MessageRow.received_at) >= since)
        waits = select(SetAsideRow.id).where(
            col(SetAsideRow.message_id) == col(MessageRow.id),
            SetAsideRow.code == code,
            col(SetAsideRow.resolved_at).is_(None),
        )
        query = select(MessageRow.id).where(*same, *then, waits.exists()).order_by(col(MessageRow.arrival).desc())
        return self.session.exec(query.limit(limit)).all()[::-1]

    def put_off_before(self, row: MessageRow) -> Sequence[MessageRow]:
        """The source's earlier messages that wait for another reading."""
        earlier = col(MessageRow.arrival) < row.arrival
        waiting = (MessageRow.source == row.source, MessageRow.state == MessageState.RECEIVED)
        return self.session.exec(select(MessageRow).where(*waiting, col(MessageRow.put_off), earlier)).all()

    def wait(self, row: MessageRow, until: datetime, about: Iterable[str]) -> None:
        """Puts a message off; later ones of its source pass it, unless they speak of someone it is about."""
        row.put_off = True
        row.not_before = until
        row.about = sorted(about)
        self.session.add(row)

    def now(self) -> datetime:
        """The database's time, by which all workers go."""
        return db.now(self.session)

    def mark(self, row: MessageRow, state: MessageState, at: datetime) -> None:
        row.state = state
        row.read_at = at
        row.put_off, row.about = False, []
        self.session.add(row)

    def shred(self, row: MessageRow) -> None:
        """Destroys a message's content; that it came stays. Sent again, it is looked at again."""
        self._destroy(row)
        row.state = MessageState.DESTROYED

    def empty(self, row: MessageRow) -> None:
        """Destroys the content of a message that was read, and what of it is set aside; its sender is told nothing."""
        self._destroy(row)
        row.state = MessageState.EMPTIED

    def _destroy(self, row: MessageRow) -> None:
        """The content, its name, which may be a person's, and the tokens by which one could ask whether it came."""
        self.session.exec(delete(ChunkRow).where(col(ChunkRow.message_id) == row.id))
        self.session.exec(
            update(SetAsideRow).where(col(SetAsideRow.message_id) == row.id).values(sealed_file=None),
        )
        row.sealed_name = self.keys.messages.seal(b"", name_place(row.id))
        row.content_token = self.keys.token("message-content", str(row.id))
        row.idempotency_token = self.keys.token("message-idempotency", str(row.id))
        self.session.add(row)

    def kept_of(self, sources: Collection[str], *, since: datetime | None = None) -> Iterator[MessageRow]:
        """What is kept of the messages of these sources that were read, or could not be, since that time."""
        kept = (MessageState.READ, MessageState.REFUSED, MessageState.PARKED)
        query = select(MessageRow.id).where(col(MessageRow.source).in_(sources), col(MessageRow.state).in_(kept))
        if since is not None:
            query = query.where(col(MessageRow.read_at) >= since)
        for message_id in self.session.exec(query.order_by(col(MessageRow.arrival))).all():
            yield self.row(message_id)

    def over(self, before: datetime, *, limit: int) -> Sequence[MessageRow]:
        """Messages that were read whole before that time, locked; what is unread or set aside is never among them."""
        open_part = select(SetAsideRow.id).where(
            col(SetAsideRow.message_id) == col(MessageRow.id), col(SetAsideRow.resolved_at).is_(None)
        )
        return self.session.exec(
            select(MessageRow)
            .where(MessageRow.state == MessageState.READ, col(MessageRow.read_at) < before, ~open_part.exists())
            .order_by(col(MessageRow.arrival))
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()

    def set_aside(self, message_id: UUID, problems: Iterable[Problem], at: datetime) -> None:
        """Notes what could not be read; an earlier reading's notes are settled by this one."""
        self.session.exec(
            update(SetAsideRow)
            .where(col(SetAsideRow.message_id) == message_id, col(SetAsideRow.resolved_at).is_(None))
            .values(resolved_at=at)
        )
        self.session.add_all(
            self._aside(message_id, problem, at) for problem in problems if problem.severity is not Severity.WARNING
        )

    def problems(self, message_id: UUID) -> tuple[Problem, ...]:
        """What of a message is set aside and not settled."""
        rows = self.session.exec(
            select(SetAsideRow).where(SetAsideRow.message_id == message_id, col(SetAsideRow.resolved_at).is_(None))
        ).all()
        return tuple(map(self.problem, rows))

    def problem(self, row: SetAsideRow) -> Problem:
        """What is set aside, with its place."""
        said = row.model_dump(include={"line", "field", "code", "expected"})
        sealed = row.sealed_file
        file = None if sealed is None else self.keys.messages.open(sealed, aside_place(row.id)).decode()
        return Problem(file=file, severity=Severity(row.severity), **said)

    def _aside(self, message_id: UUID, problem: Problem, at: datetime) -> SetAsideRow:
        row_id, file = uuid4(), problem.file
        sealed = None if file is None else self.keys.messages.seal(file.encode(), aside_place(row_id))
        said = problem.model_dump(exclude={"file"})
        return SetAsideRow(id=row_id, message_id=message_id, at=at, sealed_file=sealed, **said)

    def waiting_for_a_person(self, *, source: str | None = None, limit: int = 100) -> list[SetAsideRow]:
        """What is set aside and not settled, newest first."""
        query = select(SetAsideRow).where(col(SetAsideRow.resolved_at).is_(None))
        if source is not None:
            query = query.join(MessageRow).where(MessageRow.source == source)
        return list(self.session.exec(query.order_by(col(SetAsideRow.at).desc()).limit(limit)))


def name_place(message_id: UUID) -> str:
    """What the sealed name of a message is bound to."""
    return f"message-name|{message_id}"


def aside_place(row_id: UUID) -> str:
    """What the sealed name of a file set aside is bound to."""
    return f"set_aside|file|{row_id}"
