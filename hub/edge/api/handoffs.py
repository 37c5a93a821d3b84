"""Warm handoffs, step by step; each side sees its own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends

from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.flow.handoffs import HandoffDesk
from schemas.handoffs import Acceptance, Handoff, Offer, Packet, Presence, Refusal

router = APIRouter(prefix="/api/handoffs", tags=["handoffs"])

EXAMPLE = {
    "given": "Marcus",
    "family": "Delgado",
    "birth_date": "1987-04-09",
    "to": "open-door-shelter",
    "need": "A bed tonight; comes with a small dog.",
    "urgency": "now",
    "area": "Riverside Park",
    "agreement": {"agreed": True, "words": "Ana knows me. I would go with her."},
}


def desk(caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> HandoffDesk:
    """The caller's desk."""
    return HandoffDesk(session, keys, caller, at=at)


DeskDep = Annotated[HandoffDesk, Depends(desk)]


@router.get("")
def mine(desk: DeskDep) -> list[Handoff]:
    """The handoffs that the caller's organization has a part in, newest first."""
    return desk.all()


@router.post("", status_code=201)
def offer(offer: Annotated[Offer, Body(examples=[EXAMPLE])], desk: DeskDep) -> Handoff:
    """Offers a person; the receiver sees need, place and urgency, and no identity."""
    return desk.offer(offer)


@router.get("/{handoff_id}")
def one(handoff_id: UUID, desk: DeskDep) -> Handoff:
    return desk.view(desk.handoffs.get(handoff_id))


@router.post("/{handoff_id}/accept")
def accept(handoff_id: UUID, acceptance: Acceptance, desk: DeskDep) -> Handoff:
    """The receiver accepts and names who will meet the person."""
    return desk.accept(handoff_id, acceptance)


@router.post("/{handoff_id}/decline")
def decline(handoff_id: UUID, refusal: Refusal, desk: DeskDep) -> Handoff:
    """The receiver says no; the sender still holds."""
    return desk.decline(handoff_id, refusal)


@router.post("/{handoff_id}/withdraw")
def withdraw(handoff_id: UUID, desk: DeskDep) -> Handoff:
    """The sender calls it off."""
    return desk.withdraw(handoff_id)


@router.post("/{handoff_id}/presence")
def attest(handoff_id: UUID, presence: Presence, desk: DeskDep) -> Handoff:
    """One side says that it was there, from when to when."""
    return desk.attest(handoff_id, presence)


@router.post("/{handoff_id}/receive")
def receive(handoff_id: UUID, desk: DeskDep) -> Handoff:
    """The receiver has the person; here, and only here, the holder changes."""
    return desk.receive(handoff_id)


@router.post("/{handoff_id}/packet")
def packet(handoff_id: UUID, desk: DeskDep) -> Packet:
    """What the receiver may see now. A look is a disclosure and is recorded, so it is a POST."""
    return desk.packet(handoff_id)
