"""Parcels: what is to be told to whom, kept until it is delivered, withheld or given up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, or_, select

from hub.store.columns import Moment
from schemas.vocab.word import Word

LEASE = timedelta(seconds=60)
PATIENCE = (5, 30, 120, 600, 3600, 14_400)  # seconds between attempts


class ParcelState(Word):
    """How a parcel stands."""

    QUEUED = "queued", "To be delivered."
    DELIVERED = "delivered", "The partner took it."
    WITHHELD = "withheld", "Consent said no before the attempt; it was not sent."
    FAILED = "failed", "Given up after many attempts; a person can send it again."


class ParcelRow(SQLModel, table=True):
    """One thing to tell one partner. Its id is the idempotency key of every attempt."""

    __tablename__ = "parcel"
    __table_args__ = (Index("parcel_due", "not_before", postgresql_where="state = 'queued'"),)

    id: UUID = Field(primary_key=True)
    recipient: str = Field(foreign_key="participant.slug")
    event: str
    handoff_id: UUID = Field(foreign_key="handoff.id", index=True)
    person_id: UUID = Field(foreign_key="person.id")
    purpose: str
    queued_at: datetime = Moment()
    not_before: datetime = Moment()
    leased_until: datetime | None = Moment(nullable=True)
    attempts: int = 0
    state: str = ParcelState.QUEUED
    settled_at: datetime | None = Moment(nullable=True)


class Parcels:
    """The parcels of this hub."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def queue(self, parcel: ParcelRow) -> None:
        self.session.add(parcel)
        self.session.flush()

    def lease(self, now: datetime, *, limit: int = 20) -> Sequence[ParcelRow]:
        """Parcels to try now, leased so that no second worker takes them; a lease runs out if its worker dies."""
        due = self.session.exec(
            select(ParcelRow)
            .where(
                ParcelRow.state == ParcelState.QUEUED,
                ParcelRow.not_before <= now,
                or_(col(ParcelRow.leased_until).is_(None), col(ParcelRow.leased_until) < now),
            )
            .order_by(col(ParcelRow.not_before), col(ParcelRow.queued_at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for parcel in due:
            parcel.leased_until = now + LEASE
            parcel.attempts += 1
            self.session.add(parcel)
        return due

    def settle(self, parcel: ParcelRow, state: ParcelState, at: datetime) -> None:
        """The parcel's end."""
        parcel.state = state
        parcel.settled_at = at
        parcel.leased_until = None
        self.session.add(parcel)

    def put_off(self, parcel: ParcelRow, at: datetime) -> bool:
        """Waits longer each time before the next attempt; says no when patience has run out."""
        if parcel.attempts > len(PATIENCE):
            self.settle(parcel, ParcelState.FAILED, at)
            return False
        parcel.not_before = at + timedelta(seconds=PATIENCE[parcel.attempts - 1])
        parcel.leased_until = None
        self.session.add(parcel)
        return True

    def of_handoff(self, handoff_id: UUID) -> Sequence[ParcelRow]:
        return self.session.exec(
            select(ParcelRow).where(ParcelRow.handoff_id == handoff_id).order_by(col(ParcelRow.queued_at))
        ).all()
