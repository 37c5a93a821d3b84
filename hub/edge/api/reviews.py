"""Declared emergencies, for the officers who review them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query

from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.flow.reviews import Reviews
from schemas.emergencies import Declared, Review
from schemas.emergencies import Queue as Which

router = APIRouter(prefix="/api/emergencies", tags=["emergencies"])

EXAMPLE = {"verdict": "justified", "note": "Unconscious on arrival; naloxone given. Agrees with the run report."}


@router.get("")
def queue(
    caller: CallerDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    queue: Annotated[Which, Query(description="Those that wait, are overdue, or were reviewed.")] = Which.WAITING,
    after: Annotated[UUID | None, Query(description="The id of the last one on the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[Declared]:
    """Emergencies declared by organizations for whom the caller has standing, the oldest first."""
    return Reviews(session, keys, caller, at=at).queue(queue, after=after, limit=limit)


@router.get("/{declaration_id}")
def one(declaration_id: UUID, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> Declared:
    """What was stated, how long it held, and what a reviewer found."""
    return Reviews(session, keys, caller, at=at).get(declaration_id)


@router.post("/{declaration_id}/review")
def review(
    declaration_id: UUID,
    found: Annotated[Review, Body(examples=[EXAMPLE])],
    caller: CallerDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
) -> Declared:
    """Writes what a reviewer finds; once, and never by whoever declared."""
    return Reviews(session, keys, caller, at=at).review(declaration_id, found)
