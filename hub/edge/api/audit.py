"""The audit log for those who must prove what happened. Reading it is itself recorded."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from hub.edge.auth import CallerDep, FreshCallerDep
from hub.edge.parameters import After, Seq
from hub.edge.transaction import KeysDep, NowDep, SessionDep
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog, Entry
from hub.store.ledgers import LogReader
from schemas.frozen import Slug

router = APIRouter(prefix="/api/audit", tags=["audit"])


@router.get("/entries")
def entries(
    caller: CallerDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    since: datetime | None = None,
    until: datetime | None = None,
    act: Act | None = None,
    participant: Slug | None = None,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[Entry]:
    """Entries of the log as far as the caller's organization may see them, newest first."""
    reader = LogReader.of(session, keys, caller.participant, at=at)
    found = reader.entries(since=since, until=until, act=act, participant=participant, after=after, limit=limit)
    _record(AuditLog(session, keys), Act.AUDIT_READ, caller, at, {"entries": len(found)})
    return found


@router.get("/entries/{seq}")
def entry(seq: Seq, caller: CallerDep, session: SessionDep, keys: KeysDep, at: NowDep) -> Entry:
    """One entry, with the decision it records."""
    found = LogReader.of(session, keys, caller.participant, at=at).entry(seq)
    _record(AuditLog(session, keys), Act.AUDIT_READ, caller, at, {"seq": seq})
    return found


@router.get("/entries/{seq}/proof")
def proof(
    seq: Seq,
    caller: FreshCallerDep,
    session: SessionDep,
    keys: KeysDep,
    at: NowDep,
    field: Annotated[list[str] | None, Query(description="The fields to lay open; unset: all you are shown.")] = None,
) -> dict[str, Any]:
    """A bundle with which anyone can check, without the hub, that the entry is in the log."""
    bundle = LogReader.of(session, keys, caller.participant, at=at).prove(seq, field)
    _record(AuditLog(session, keys), Act.AUDIT_PROVED, caller, at, {"seq": seq, "fields": field or ["all shown"]})
    return bundle


def _record(trail: AuditLog, act: Act, caller: Caller, at: datetime, details: dict[str, Any]) -> None:
    trail.append(act, at=at, actor=caller.id, participant=caller.participant, details=details)
