"""What was disclosed of a program's patients in emergencies, for the program to put into their records."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from hub.edge.auth import CallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.flow.emergencies import Documented, Emergencies

router = APIRouter(prefix="/api/emergency-disclosures", tags=["emergency disclosures"])


@router.get("")
def mine(
    caller: CallerDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    since: Annotated[AwareDatetime | None, Query(description="Only what was written from this moment on.")] = None,
) -> list[Documented]:
    """The documents that 42 CFR 2.51(c) asks for, of the caller's own patients, oldest first."""
    return Emergencies(session, keys, at=at).of(caller.participant, caller, since=since)
