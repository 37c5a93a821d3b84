"""Orders of a court to seal, unseal or expunge a person: who proposed, who approved, what became of it.

An order is kept for good. It names the person as long as it is under way; once it is carried out it does not.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlmodel import Column, Field, Session, SQLModel, col, select

from hub.errors import Conflict, NotAllowed, NotFound
from hub.store.columns import Json, Moment
from schemas.vocab.orders import OrderState

STANDS_FOR = timedelta(days=7)
"""How long a proposal waits for the other of two."""


class OrderRow(SQLModel, table=True):
    """One order. `reference` is the digest of the court's own paper, `leaves` those of the log that it closed."""

    __tablename__ = "person_order"
    __table_args__ = (
        CheckConstraint("decided_by <> proposed_by OR state IN ('refused')", name="an_order_takes_two"),
        Index("person_order_open", "proposed_at", postgresql_where="state = 'proposed'"),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    person_id: UUID | None = None
    lifts: UUID | None = Field(default=None, sa_column=Column(ForeignKey("person_order.id")))
    reference: bytes
    proposed_by: str
    proposed_at: datetime = Moment()
    expires_at: datetime = Moment()
    state: str = OrderState.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = Moment(nullable=True)
    leaves: list[list[int]] = Json(default_factory=list)
    custody: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class SealedSubjectRow(SQLModel, table=True):
    """How a source calls a person who is sealed, blinded: by this alone one knows not to bring them back."""

    __tablename__ = "sealed_subject"

    token: bytes = Field(primary_key=True)
    source: str = Field(primary_key=True)
    order_id: UUID = Field(foreign_key="person_order.id")


class Orders:
    """Every order of this hub, for those who carry them out."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def propose(
        self, kind: str, reference: bytes, *, by: str, at: datetime, person_id: UUID | None, lifts: UUID | None
    ) -> OrderRow:
        """Puts an order before the other of two; raises `Conflict` while another about the person is under way."""
        if person_id is not None and self._under_way(person_id):
            raise Conflict("An order about this person is under way.", next_steps="See: hub orders list")
        row = OrderRow(
            id=uuid4(),
            kind=kind,
            person_id=person_id,
            lifts=lifts,
            reference=reference,
            proposed_by=by,
            proposed_at=at,
            expires_at=at + STANDS_FOR,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def _under_way(self, person_id: UUID) -> bool:
        open_states = col(OrderRow.state).in_([OrderState.PROPOSED, OrderState.APPROVED])
        return (
            self.session.exec(select(OrderRow.id).where(OrderRow.person_id == person_id, open_states)).first()
            is not None
        )

    def get(self, order_id: UUID) -> OrderRow:
        """The order, nobody else's until this transaction ends; raises `NotFound`."""
        row = self.session.get(OrderRow, order_id, with_for_update=True)
        if row is None:
            raise NotFound("There is no such order.")
        return row

    def all(self) -> Sequence[OrderRow]:
        """Every order, newest first."""
        return self.session.exec(select(OrderRow).order_by(col(OrderRow.proposed_at).desc())).all()

    def approve(self, row: OrderRow, by: str, *, at: datetime) -> None:
        """The other of two says so too. Raises `NotAllowed` to whoever proposed it, `Conflict` where it is too late."""
        if row.proposed_by == by:
            raise NotAllowed("An order takes two: whoever proposed it cannot approve it.")
        self._insist_that_it_stands(row, at)
        row.state, row.decided_by, row.decided_at = OrderState.APPROVED, by, at
        self.session.add(row)

    def refuse(self, row: OrderRow, by: str, *, at: datetime) -> None:
        """Either of two refuses it, or withdraws it; it stays on record, and no longer names the person."""
        if row.state not in {OrderState.PROPOSED, OrderState.APPROVED}:
            raise Conflict(f"The order is {row.state}.")
        row.state, row.decided_by, row.decided_at, row.person_id = OrderState.REFUSED, by, at, None
        self.session.add(row)

    def _insist_that_it_stands(self, row: OrderRow, at: datetime) -> None:
        if row.state != OrderState.PROPOSED:
            raise Conflict(f"The order is {row.state}.")
        if at >= row.expires_at:
            raise Conflict("The proposal has waited too long.", next_steps="Propose it anew.")

    def settle(self, row: OrderRow, leaves: list[list[int]], custody: bytes | None = None) -> None:
        """The order was carried out; from now on it names nobody."""
        row.state, row.leaves, row.custody, row.person_id = OrderState.CARRIED_OUT, leaves, custody, None
        self.session.add(row)

    # --- whom not to bring back

    def recognise(self, order: OrderRow, subjects: Sequence[tuple[str, bytes]]) -> None:
        """From now on these subjects of sources are known to be sealed."""
        self.session.add_all(
            SealedSubjectRow(source=source, token=token, order_id=order.id) for source, token in subjects
        )

    def forget(self, order_id: UUID) -> None:
        """The subjects of an order are no longer sealed."""
        for row in self.session.exec(select(SealedSubjectRow).where(SealedSubjectRow.order_id == order_id)):
            self.session.delete(row)


def sealed_among(session: Session, source: str, tokens: Collection[bytes]) -> set[bytes]:
    """Those of a source's subjects who are sealed."""
    this_source = SealedSubjectRow.source == source
    return set(session.exec(select(SealedSubjectRow.token).where(this_source, col(SealedSubjectRow.token).in_(tokens))))
