"""Parcels: what is to be told to whom, kept until it is delivered, withheld, or let go by a person.

The parcels about one person for one recipient are a lane: one at a time, in the order in which they were queued. What
waits for another attempt, or is parked, holds its lane and no other. Times are the database's, so that workers whose
clocks differ agree on whose turn it is.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Column, ColumnElement, Identity, Index, exists, func, literal
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, or_, select

from adapters.http import DEADLINE
from hub.errors import Conflict, NotFound
from hub.store import db
from hub.store.columns import Moment
from schemas.vocab.word import Word


def lease_for(deadline: float) -> timedelta:
    """Longer than the slowest attempt that is allowed, so that no living worker loses a parcel that it is sending."""
    return timedelta(seconds=2 * deadline + 1)


LEASE = lease_for(DEADLINE)

PATIENCE = (5, 30, 120, 600, 3600, 14_400)  # seconds between attempts
AT_ONE_PARTNER = 2
"""Attempts at one partner at the same time: one that hangs does not hold up what others are to be told."""


class ParcelState(Word):
    """How a parcel stands."""

    QUEUED = "queued", "To be delivered."
    DELIVERED = "delivered", "The partner took it."
    WITHHELD = "withheld", "Consent said no before the attempt; it was not sent."
    FAILED = "failed", "Parked after many attempts; holds its lane until a person sends it again or lets it go."
    DROPPED = "dropped", "Parked, and let go by a person; the lane goes on."


QUEUED, FAILED = (literal(state.value, literal_execute=True) for state in (ParcelState.QUEUED, ParcelState.FAILED))
"""Written out in the statement, so that the database sees that its indexes of what is not settled serve."""

UNSETTLED = (ParcelState.QUEUED, ParcelState.FAILED)
"""What holds its lane."""


class ParcelRow(SQLModel, table=True):
    """One thing to tell one partner. Its id is the idempotency key of every attempt, `lease` that of one attempt."""

    __tablename__ = "parcel"
    __table_args__ = (
        Index("parcel_due", "not_before", "number", postgresql_where="state = 'queued'"),
        Index("parcel_leased", "recipient", postgresql_where="leased_until IS NOT NULL"),
        Index("parcel_lane", "recipient", "person_id", "number", postgresql_where="state IN ('queued', 'failed')"),
    )

    id: UUID = Field(primary_key=True)
    number: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), nullable=False, unique=True))
    recipient: str = Field(foreign_key="participant.slug")
    event: str
    handoff_id: UUID = Field(foreign_key="handoff.id", index=True)
    person_id: UUID = Field(foreign_key="person.id")
    purpose: str
    queued_at: datetime = Moment()
    not_before: datetime = Moment()
    lease: UUID | None = None
    leased_until: datetime | None = Moment(nullable=True)
    attempts: int = 0
    last_status: int | None = None
    state: str = ParcelState.QUEUED
    settled_at: datetime | None = Moment(nullable=True)


class Overtaken(Exception):
    """The lease ran out and another worker has the parcel, or a person has taken it in hand."""


class Parcels:
    """The parcels of this hub."""

    def __init__(self, session: Session, *, lease: timedelta = LEASE) -> None:
        self.session = session
        self._lease = lease

    # --- queueing --------------------------------------------------------------------------------------------------

    def queue(self, parcel: ParcelRow) -> None:
        """Puts a parcel at the end of its lane. Whoever queues in a lane has it until the transaction ends, so that
        the numbers of a lane are in the order of the commits."""
        lane = func.hashtextextended(f"parcel|{parcel.recipient}|{parcel.person_id}", 0)
        self.session.exec(select(func.pg_advisory_xact_lock(lane)))
        parcel.not_before = self.now()
        self.session.add(parcel)
        self.session.flush()

    def now(self) -> datetime:
        """The database's time."""
        return db.now(self.session)

    # --- attempts --------------------------------------------------------------------------------------------------

    def lease(self, now: datetime) -> ParcelRow | None:
        """The parcel that has waited longest of those at the head of their lanes, leased to the caller alone.

        A lease runs out if its worker dies. None when nothing is due.
        """
        parcel = self.session.exec(
            select(ParcelRow)
            .where(
                col(ParcelRow.state) == QUEUED,
                ParcelRow.not_before <= now,
                or_(col(ParcelRow.leased_until).is_(None), col(ParcelRow.leased_until) < now),
                col(ParcelRow.recipient).not_in(_busy(now)),
                ~_has_one_before_it(),
            )
            .order_by(col(ParcelRow.not_before), col(ParcelRow.number))
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if parcel is not None:
            parcel.lease = uuid4()
            parcel.leased_until = now + self._lease
            parcel.attempts += 1
            self.session.add(parcel)
        return parcel

    def held(self, leased: ParcelRow) -> ParcelRow:
        """The parcel as it stands, nobody else's until this transaction ends; raises `Overtaken`."""
        found = self.session.exec(
            select(ParcelRow)
            .where(ParcelRow.id == leased.id, ParcelRow.lease == leased.lease)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()
        if found is None:
            raise Overtaken
        return found

    def prolong(self, parcel: ParcelRow) -> None:
        """Begins the lease anew, for the time that the attempt itself may take."""
        if parcel.leased_until is not None:
            parcel.leased_until = max(parcel.leased_until, self.now() + self._lease)
        self.session.add(parcel)

    def settle(self, parcel: ParcelRow, state: ParcelState) -> None:
        """The parcel's end, or its parking."""
        parcel.state = state
        parcel.settled_at = self.now()
        parcel.lease = parcel.leased_until = None
        self.session.add(parcel)

    def put_off(self, parcel: ParcelRow, now: datetime, status: int | None) -> bool:
        """Waits longer each time before the next attempt; parks it and says no when patience has run out."""
        parcel.last_status = status
        if parcel.attempts > len(PATIENCE):
            self.settle(parcel, ParcelState.FAILED)
            return False
        parcel.not_before = now + timedelta(seconds=PATIENCE[parcel.attempts - 1])
        parcel.lease = parcel.leased_until = None
        self.session.add(parcel)
        return True

    # --- what a person sees and does -------------------------------------------------------------------------------

    def unsettled(self, *, recipient: str | None = None, limit: int = 100) -> Sequence[ParcelRow]:
        """What is parked, and what waits for another attempt; the parked first, then in the order of queueing."""
        query = select(ParcelRow).where(col(ParcelRow.state).in_(UNSETTLED), ParcelRow.attempts > 0)
        if recipient is not None:
            query = query.where(ParcelRow.recipient == recipient)
        return self.session.exec(query.order_by(col(ParcelRow.state), col(ParcelRow.number)).limit(limit)).all()

    def parked(self, parcel_id: UUID) -> ParcelRow:
        """A parked parcel, nobody else's until this transaction ends; raises `NotFound` and `Conflict`."""
        parcel = self.session.get(ParcelRow, parcel_id, with_for_update=True)
        if parcel is None:
            raise NotFound("There is no such parcel.")
        if parcel.state != ParcelState.FAILED:
            raise Conflict(f"The parcel is {parcel.state}, not parked.", next_steps="See: hub parcels list")
        return parcel

    def send_again(self, parcel: ParcelRow) -> None:
        """A parked parcel is due at once and has all its attempts before it; what waits behind it follows."""
        parcel.state = ParcelState.QUEUED
        parcel.attempts = 0
        parcel.not_before = self.now()
        parcel.settled_at = None
        self.session.add(parcel)

    def of_handoff(self, handoff_id: UUID) -> Sequence[ParcelRow]:
        return self.session.exec(
            select(ParcelRow).where(ParcelRow.handoff_id == handoff_id).order_by(col(ParcelRow.number))
        ).all()


def _has_one_before_it() -> ColumnElement[bool]:
    """Whether the lane has an earlier parcel that is neither delivered nor withheld nor let go."""
    other = aliased(ParcelRow)
    return exists().where(
        col(other.recipient) == ParcelRow.recipient,
        col(other.person_id) == ParcelRow.person_id,
        col(other.state).in_([QUEUED, FAILED]),
        col(other.number) < ParcelRow.number,
    )


def _busy(now: datetime) -> Any:
    """The partners at whom as many attempts are under way as may be."""
    under_way = select(ParcelRow.recipient).where(col(ParcelRow.leased_until) >= now)
    return under_way.group_by(ParcelRow.recipient).having(func.count() >= AT_ONE_PARTNER)
