"""Reads from the hub's database, once everything has come to rest, what the checker needs to know of it."""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from hub.store import audit
from hub.store.audit import AuditLog, Entry
from hub.store.messages import MessageRow
from hub.store.parcels import ParcelRow
from hub.store.people import PersonRow
from hub.store.records import RecordRow, Records
from schemas.canonical import PersonFacts
from tests.soak.history import Kept, Leaf, Parcel
from tests.soak.world import CLINIC, HOSPITAL, JAIL, World

RESTLESS = """
    SELECT (SELECT count(*) FROM raw_message WHERE state = 'received')
         + (SELECT count(*) FROM parcel WHERE state = 'queued')
         + (SELECT count(*) FROM audit_pending)
"""
LOCKS = """
    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND (locktype = 'advisory' OR state LIKE 'idle in transaction%')
"""


def wait_for_rest(world: World, *, patience: float) -> float:
    """Returns when all messages are read, all parcels settled and all entries placed, or patience is at its end."""
    began = time.monotonic()
    while _count(world, RESTLESS) and time.monotonic() - began < patience:
        time.sleep(0.1)
    return time.monotonic() - began


def kept(world: World) -> Kept:
    """What the database holds."""
    with Session(world.engine) as session:
        messages = defaultdict(list)
        for row in session.exec(select(MessageRow)).all():
            messages[row.content_token.hex()].append(row.state)
        parcels = [_parcel(row) for row in session.exec(select(ParcelRow)).all()]
        versions, live = _records(session, world)
        leaves = [_leaf(entry) for entry in AuditLog(session, world.keys).walk()]
    return Kept(
        messages=messages,
        versions=versions,
        live=live,
        parcels=parcels,
        leaves=leaves,
        waiting_leaves=_count(world, "SELECT count(*) FROM audit_pending"),
        locks=_soon_none(lambda: _count(world, LOCKS)),
        intact=audit.verify(world.engine, world.keys).intact,
    )


def _soon_none(count: Callable[[], int], *, patience: float = 5.0) -> int:
    """What is still there after a while: work that goes on all the time holds locks for moments."""
    deadline = time.monotonic() + patience
    while (found := count()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _count(world: World, query: str) -> int:
    for _ in range(20):
        try:
            with world.engine.connect() as connection:
                found: int = connection.execute(text(query)).scalar_one()
                return found
        except OperationalError:
            time.sleep(0.2)
    raise TimeoutError("The database did not come back.")


def _parcel(row: ParcelRow) -> Parcel:
    return Parcel(
        id=str(row.id),
        number=row.number or 0,
        person=str(row.person_id),
        recipient=row.recipient,
        event=row.event,
        handoff=str(row.handoff_id),
        state=row.state,
        leased=row.leased_until is not None,
    )


def _records(session: Session, world: World) -> tuple[dict[str, int], dict[str, int]]:
    """Of each record of a person that the senders sent: how many versions there are, and which counts."""
    records, versions, live = Records(session, world.keys), defaultdict[str, int](int), {}
    rows = select(RecordRow).where(RecordRow.kind == "person", RecordRow.source.in_([CLINIC, JAIL, HOSPITAL]))  # type: ignore[attr-defined]
    for row in session.exec(rows).all():
        body = records.open(row, _sealer(session, world, row)).body
        if isinstance(body, PersonFacts) and (family := (body.family or "").title()).startswith("Q"):
            key = f"{row.source}|{family}"
            versions[key] += 1
            if row.superseded_at is None:
                live[key] = int((body.middle or "0").strip("vV"))
    return versions, live


def _sealer(session: Session, world: World, row: RecordRow) -> Any:
    person = session.get(PersonRow, row.person_id)
    assert person is not None
    return world.keys.of_person(str(person.id), person.wrapped_key)


def _leaf(entry: Entry) -> Leaf:
    said = entry.details
    about = said.get("query") or said.get("parcel") or ""
    person = f"person-of-{said['handoff']}" if "handoff" in said else ""
    return Leaf(entry.seq, entry.act.value, entry.at.timestamp(), str(about), person)
