"""Declared emergencies: how long each holds, and what a reviewer found. They say nothing of whom they are about.

A declaration is kept alike whether anyone is known by the question; the question stands here as a blind token, so that
a follow-up can show that it is the same one. What was stated is sealed. A review is written once: the database itself
refuses a second one, and one by whoever declared.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from secrets import token_bytes
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, func, tuple_, update
from sqlmodel import Field, Session, SQLModel, col, select

from hub.errors import Conflict, NotFound
from hub.store.columns import Moment
from hub.store.crypto import Keys
from hub.store.ledgers.standing import Standing
from schemas.emergencies import Queue, Stated
from schemas.vocab.ledgers import Verdict


class DeclarationRow(SQLModel, table=True):
    """One declaration. Its id is that of the question with which it was made."""

    __tablename__ = "emergency_declaration"
    __table_args__ = (
        Index("emergency_declaration_waiting", "review_by", postgresql_where="reviewed_at IS NULL"),
        CheckConstraint("reviewed_by <> actor", name="emergency_declaration_not_reviewed_by_whoever_declared"),
        CheckConstraint(
            "(reviewed_at IS NULL) = (reviewed_by IS NULL) AND (reviewed_at IS NULL) = (verdict IS NULL)",
            name="emergency_declaration_reviewed_whole",
        ),
    )

    id: UUID = Field(primary_key=True)
    declared_at: datetime = Moment()
    actor: str
    participant: str = Field(foreign_key="participant.slug")
    question_token: bytes
    holds_until: datetime = Moment()
    review_by: datetime = Moment()
    sealed: bytes
    reviewed_at: datetime | None = Moment(nullable=True)
    reviewed_by: str | None = None
    verdict: str | None = None
    sealed_note: bytes | None = None


class Declarations:
    """The declarations of this hub."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session = session
        self.keys = keys

    def keep(
        self, declaration: UUID, stated: Stated, actor: str, participant: str, question: str, holds_for: timedelta
    ) -> DeclarationRow:
        """Keeps what was stated; from now on it waits for its review."""
        at = stated.declared_at
        row = DeclarationRow(
            id=declaration,
            declared_at=at,
            actor=actor,
            participant=participant,
            question_token=self._token(actor, question),
            holds_until=at + holds_for,
            review_by=end_of_next_day(at),
            sealed=self.keys.accounts.seal(stated.model_dump_json().encode(), stated_place(declaration)),
        )
        self.session.add(row)
        self.session.flush()
        return row

    def in_force(self, declaration: UUID, actor: str, question: str, *, at: datetime) -> Stated | None:
        """What was stated, while it holds: for whoever declared it, and for the question that it was declared with."""
        row = self.session.exec(
            select(DeclarationRow).where(
                DeclarationRow.id == declaration,
                DeclarationRow.actor == actor,
                DeclarationRow.question_token == self._token(actor, question),
                col(DeclarationRow.holds_until) > at,
            )
        ).one_or_none()
        return None if row is None else self.stated(row)

    def queue(
        self, reader: Standing, queue: Queue, *, at: datetime, after: UUID | None = None, limit: int = 50
    ) -> Sequence[DeclarationRow]:
        """What a reader may review or look up, the oldest first; `after` is the last one on the page before."""
        query = select(DeclarationRow).where(*_in(queue, at), *_may_be_read_by(reader))
        order = (col(DeclarationRow.declared_at), col(DeclarationRow.id))
        last = None if after is None else self.session.get(DeclarationRow, after)
        if last is not None:
            query = query.where(tuple_(*order) > (last.declared_at, last.id))
        return self.session.exec(query.order_by(*order).limit(limit)).all()

    def get(self, declaration: UUID, reader: Standing) -> DeclarationRow:
        """One declaration; raises `NotFound`, also for one that is not the reader's."""
        row = self.session.get(DeclarationRow, declaration)
        if row is None or not reader.may_read(row.participant):
            raise NotFound("There is no such declared emergency.")
        return row

    def forget_question(self, declaration: UUID) -> None:
        """The person whom the question was about is expunged: nothing here tells any more whom it named."""
        row = self.session.get(DeclarationRow, declaration)
        if row is not None:
            row.question_token = token_bytes(len(row.question_token))
            self.session.add(row)
            self.session.flush()

    def review(self, row: DeclarationRow, verdict: Verdict, note: str, by: str, *, at: datetime) -> None:
        """Writes what was found; raises `Conflict` where somebody already has."""
        written = self.session.connection().execute(
            update(DeclarationRow)
            .where(col(DeclarationRow.id) == row.id, col(DeclarationRow.reviewed_at).is_(None))
            .values(
                reviewed_at=at,
                reviewed_by=by,
                verdict=verdict.value,
                sealed_note=self.keys.accounts.seal(note.encode(), review_place(row.id)),
            )
        )
        if written.rowcount == 0:
            raise Conflict("This emergency has been reviewed.", next_steps="A review is written once: see it.")
        self.session.refresh(row)

    def stated(self, row: DeclarationRow) -> Stated:
        return Stated.model_validate_json(self.keys.accounts.open(row.sealed, stated_place(row.id)))

    def note(self, row: DeclarationRow) -> str | None:
        if row.sealed_note is None:
            return None
        return self.keys.accounts.open(row.sealed_note, review_place(row.id)).decode()

    def count(self, queue: Queue, *, at: datetime) -> int:
        """How many there are, of whomever."""
        return self.session.exec(select(func.count()).select_from(DeclarationRow).where(*_in(queue, at))).one()

    def _token(self, actor: str, question: str) -> bytes:
        return self.keys.token("emergency-question", f"{actor}|{question}")


def stated_place(declaration: UUID) -> str:
    """What a sealed statement is bound to."""
    return f"declaration|{declaration}"


def review_place(declaration: UUID) -> str:
    """What a reviewer's sealed note is bound to."""
    return f"declaration-review|{declaration}"


def end_of_next_day(at: datetime) -> datetime:
    """The moment when the day after ends, in UTC.

    >>> end_of_next_day(datetime(2026, 6, 15, 2, 10, tzinfo=UTC)).isoformat()
    '2026-06-17T00:00:00+00:00'
    """
    return datetime.combine(at.astimezone(UTC).date() + timedelta(days=2), time(), UTC)


def _in(queue: Queue, at: datetime) -> tuple[ColumnElement[bool], ...]:
    waits = col(DeclarationRow.reviewed_at).is_(None)
    if queue is Queue.WAITING:
        return (waits,)
    if queue is Queue.OVERDUE:
        return (waits, col(DeclarationRow.review_by) <= at)
    return (~waits,)


def _may_be_read_by(reader: Standing) -> tuple[ColumnElement[bool], ...]:
    return () if reader.everything else (col(DeclarationRow.participant).in_(reader.acts_for),)
