"""Accountings of disclosures, and the ledgers they are drawn from; finding a person is a POST."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import AwareDatetime

from hub.edge.auth import CallerDep, FreshCallerDep
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.flow.accounting import Accountant
from hub.flow.registry import Registry
from schemas.accountings import Accounting, AccountingAsked, Disclosed
from schemas.contacts import PersonAsked
from schemas.registry import PaperVersion, Suspended, SuspensionAsked
from schemas.vocab.ledgers import Ledger

router = APIRouter(tags=["accountings"])

EXAMPLE = {
    "law": "part2",
    "person": {"given": "Theodora", "family": "Vance", "birth_date": "1984-12-05"},
    "request": {"received_on": "2026-06-01", "identity_verified": True},
}


@router.post("/api/accountings")
def account(
    asked: Annotated[AccountingAsked, Body(examples=[EXAMPLE])],
    caller: FreshCallerDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
) -> Accounting:
    """What was disclosed about a person: their own copy with their written request, else by your standing."""
    return Accountant(session, keys, caller, at=at).account(asked)


@router.post("/api/ledgers/papers")
def papers(asked: PersonAsked, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> list[PaperVersion]:
    """Every version of the consents and restrictions on file about a person, until six years after they ended."""
    return Registry(session, keys, caller, at=at).about(asked)


@router.post("/api/accounting-suspensions", status_code=201)
def suspend(asked: SuspensionAsked, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> Suspended:
    """Keeps disclosures to an agency out of a person's accounting for a time, on the agency's statement."""
    return Registry(session, keys, caller, at=at).suspend(asked)


@router.get("/api/ledgers/{ledger}")
def newest(
    ledger: Ledger,
    caller: CallerDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    since: Annotated[AwareDatetime | None, Query(description="Not from before this moment.")] = None,
    after: Annotated[int | None, Query(ge=0, description="The entry of the last row on the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[Disclosed]:
    """Rows of a ledger about anyone, newest first, people by pseudonym; of holders for whom the caller has standing."""
    return Accountant(session, keys, caller, at=at).newest(ledger, since=since, after=after, limit=limit)
