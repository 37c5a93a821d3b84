"""Orders of a court, proposed by one privacy officer and approved by another; the hub's operator carries them out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import Field

from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.errors import Invalid
from hub.flow.orders import OrderDesk
from hub.store.orders import OrderRow, Orders
from schemas.contacts import PersonAsked
from schemas.frozen import Frozen, Moment
from schemas.vocab.orders import OrderKind, OrderState

router = APIRouter(prefix="/api/orders", tags=["orders"])

EXAMPLE = {
    "kind": "expunge",
    "reference": "CV-2026-0117",
    "person": {"given": "Marcus", "family": "Delgado", "birth_date": "1987-04-09"},
}


class Proposal(Frozen):
    """What is proposed: to seal or expunge a person, or to lift a seal by naming its order."""

    kind: OrderKind
    reference: Annotated[str, Field(min_length=1, max_length=200)]
    person: PersonAsked | None = None
    lifts: UUID | None = None


class Order(Frozen):
    """An order without a name; `leaves` are those of the log that it closed, as runs."""

    id: UUID
    kind: OrderKind
    state: OrderState
    proposed_by: str
    proposed_at: Moment
    expires_at: Moment
    decided_by: str | None
    decided_at: Moment | None
    leaves: list[list[int]]


@router.get("")
def orders(_caller: CallerDep, session: SessionDep) -> list[Order]:
    """Every order, newest first."""
    return [_shown(row) for row in Orders(session).all()]


@router.post("", status_code=201)
def propose(
    proposal: Annotated[Proposal, Body(examples=[EXAMPLE])],
    caller: CallerDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
) -> Order:
    """Puts an order before another privacy officer, who has seven days."""
    desk = OrderDesk(session, keys, caller, at=at)
    if proposal.kind is OrderKind.UNSEAL and proposal.lifts is not None and proposal.person is None:
        return _shown(desk.propose_to_lift(proposal.lifts, proposal.reference))
    if proposal.kind is OrderKind.UNSEAL or proposal.person is None or proposal.lifts is not None:
        raise Invalid("person: to seal and expunge a person is named; lifts: to unseal, the order that sealed.")
    return _shown(desk.propose(proposal.kind, proposal.person, proposal.reference))


@router.post("/{order_id}/approve")
def approve(order_id: UUID, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> Order:
    """Approves what another proposed. The operator carries it out: `hub orders carry-out`."""
    return _shown(OrderDesk(session, keys, caller, at=at).approve(order_id))


@router.post("/{order_id}/refuse")
def refuse(order_id: UUID, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> Order:
    """Refuses or withdraws an order that was not carried out; it stays on record."""
    return _shown(OrderDesk(session, keys, caller, at=at).refuse(order_id))


def _shown(row: OrderRow) -> Order:
    said = row.model_dump(include=set(Order.model_fields) - {"kind", "state"})
    return Order(kind=OrderKind(row.kind), state=OrderState(row.state), **said)
