"""Warm handoffs and their events. An event is written once and never changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, or_, select

from hub.errors import NotFound
from hub.store.columns import Json, Moment
from hub.store.records import RecordRow
from schemas.vocab.handoffs import HandoffState, Mode, Side


class HandoffRow(SQLModel, table=True):
    """A person on the way from one provider to another. `holder` is accountable now, and never empty.

    What it is for and where the person is are free words, sealed in `sealed_told` under the person's key; `need` and
    `area` are empty but for handoffs that were under way when that began.
    """

    __tablename__ = "handoff"
    __table_args__ = (CheckConstraint("holder IN (sender, receiver)", name="handoff_has_a_holder"),)

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    sender: str = Field(foreign_key="participant.slug")
    receiver: str = Field(foreign_key="participant.slug")
    holder: str = Field(foreign_key="participant.slug")
    state: str = HandoffState.OFFERED
    mode: str = Mode.IN_PERSON
    purpose: str
    sealed_told: bytes | None = None
    urgency: str
    need: str | None = None
    area: str | None = None
    sealed_agreement: bytes
    sealed_names: bytes | None = None
    offered_at: datetime = Moment()
    warm: bool | None = None


class HandoffEventRow(SQLModel, table=True):
    """One step of a handoff: who did what, when."""

    __tablename__ = "handoff_event"

    id: UUID = Field(primary_key=True)
    handoff_id: UUID = Field(foreign_key="handoff.id", index=True)
    at: datetime = Moment()
    step: str
    side: str
    actor: str
    details: dict[str, Any] = Json(default_factory=dict)


class PresenceRow(SQLModel, table=True):
    """One side's word that it was there, from when to when."""

    __tablename__ = "handoff_presence"

    handoff_id: UUID = Field(primary_key=True, foreign_key="handoff.id")
    side: str = Field(primary_key=True)
    since: datetime = Moment()
    until: datetime = Moment()
    attested_by: str
    attested_at: datetime = Moment()


class Handoffs:
    """The handoffs that one participant has a part in; another's is not there."""

    def __init__(self, session: Session, participant: str) -> None:
        self.session = session
        self.participant = participant

    def add(self, handoff: HandoffRow) -> None:
        self.session.add(handoff)
        self.session.flush()

    def get(self, handoff_id: UUID) -> HandoffRow:
        """The handoff, locked for this transaction; raises `NotFound`."""
        handoff = self.session.exec(
            select(HandoffRow).where(HandoffRow.id == handoff_id, self._has_a_part()).with_for_update()
        ).one_or_none()
        if handoff is None:
            raise NotFound("There is no such handoff for your organization.")
        return handoff

    def _has_a_part(self) -> Any:
        return or_(HandoffRow.sender == self.participant, HandoffRow.receiver == self.participant)

    def side(self, handoff: HandoffRow) -> Side:
        return Side.SENDER if handoff.sender == self.participant else Side.RECEIVER

    def all(self) -> Sequence[HandoffRow]:
        """The participant's handoffs, newest first."""
        query = select(HandoffRow).where(self._has_a_part()).order_by(col(HandoffRow.offered_at).desc())
        return self.session.exec(query).all()

    def note(
        self, handoff: HandoffRow, step: str, actor: str, at: datetime, details: dict[str, Any] | None = None
    ) -> None:
        """Writes down a step."""
        self.session.add(
            HandoffEventRow(
                id=uuid4(),
                handoff_id=handoff.id,
                at=at,
                step=step,
                side=self.side(handoff).value,
                actor=actor,
                details=details or {},
            )
        )

    def events(self, handoff: HandoffRow) -> Sequence[HandoffEventRow]:
        return self.session.exec(
            select(HandoffEventRow).where(HandoffEventRow.handoff_id == handoff.id).order_by(col(HandoffEventRow.at))
        ).all()

    def attest(self, presence: PresenceRow) -> None:
        """One side's word; said again it replaces what was said."""
        self.session.merge(presence)
        self.session.flush()

    def presences(self, handoff: HandoffRow) -> dict[Side, PresenceRow]:
        rows = self.session.exec(select(PresenceRow).where(PresenceRow.handoff_id == handoff.id)).all()
        return {Side(row.side): row for row in rows}


def told_place(handoff_id: UUID, person_id: UUID) -> str:
    """What the sealed words of an offer are bound to."""
    return f"handoff|told|{handoff_id}|{person_id}"


def agreement_place(handoff_id: UUID, person_id: UUID) -> str:
    """What the person's sealed agreement is bound to."""
    return f"handoff|agreement|{handoff_id}|{person_id}"


def names_place(handoff_id: UUID, person_id: UUID) -> tuple[str, str]:
    """What the sealed names of those who meet the person are bound to, and what they were bound to once."""
    return f"handoff|names|{handoff_id}|{person_id}", f"handoff-names|{handoff_id}"


def open_with_news(session: Session, message_id: UUID, persons: Iterable[UUID]) -> Sequence[HandoffRow]:
    """The handoffs under way about any of these persons, or about whom a record was stored with that message."""
    under_way = [HandoffState.OFFERED, HandoffState.ACCEPTED]
    stored = select(RecordRow.id).where(
        RecordRow.person_id == HandoffRow.person_id,
        RecordRow.message_id == message_id,
        col(RecordRow.superseded_at).is_(None),
    )
    spoken_of = col(HandoffRow.person_id).in_(list(persons)) | stored.exists()
    return session.exec(select(HandoffRow).where(col(HandoffRow.state).in_(under_way), spoken_of)).all()


def offers_about(session: Session, person_id: UUID) -> Sequence[tuple[UUID, datetime]]:
    """All handoffs of a person, over or not: which, and when each was offered."""
    return session.exec(select(HandoffRow.id, HandoffRow.offered_at).where(HandoffRow.person_id == person_id)).all()


def moved_since(session: Session, since: datetime) -> Sequence[HandoffRow]:
    """The handoffs in which a step was taken since then, in the order in which they were offered."""
    moved = select(HandoffEventRow.handoff_id).where(HandoffEventRow.at >= since)
    return session.exec(
        select(HandoffRow).where(col(HandoffRow.id).in_(moved)).order_by(col(HandoffRow.offered_at), col(HandoffRow.id))
    ).all()
