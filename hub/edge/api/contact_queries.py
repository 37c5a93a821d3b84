"""Who in homeless services works with this person?"""

from typing import Annotated

from fastapi import APIRouter, Body

from hub.edge.auth import CallerDep, RecencyDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.flow.contacts import ask
from schemas.contacts import ContactAnswer, ContactQuery

router = APIRouter(prefix="/api/contact-queries", tags=["contact queries"])

EXAMPLE = {
    "purpose": "COC",
    "treating_relationship": True,
    "justification": "mobile crisis response in progress",
    "person": {"given": "Marcus", "family": "Delgado", "birth_date": "1987-04-09"},
}


@router.post("")
def ask_for_a_contact(
    query: Annotated[ContactQuery, Body(examples=[EXAMPLE])],
    caller: CallerDep,
    lately: RecencyDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
) -> ContactAnswer:
    """Always the same shape: a stranger, an ambiguous match and a person of whom nothing may be said look alike."""
    if query.states_an_emergency():
        lately.insist()
    return ask(session, keys, caller, query, at=at)
