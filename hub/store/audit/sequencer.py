"""Gives committed entries their leaves, and signs the heads of the tree.

Entries commit in any order and in many processes; their order in the log is the order in which they leave the queue,
under one lock. A leaf, its place and its leaving the queue are one transaction, so a killed process leaves nothing
half-done, and numbers have no gaps.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Engine, select, text

from hub.store import merkle
from hub.store.audit import tree
from hub.store.audit.signing import signer, signer_after
from hub.store.audit.tables import checkpoints
from hub.store.audit.tree import Tampered
from hub.store.checkpoints import Forged, Head, generation_of
from hub.store.crypto import Keys
from schemas.frozen import Frozen, Moment

BATCH = 1000

_TAKE = text("""
    DELETE FROM audit_pending USING (
        SELECT waiting.place, entry.id, entry.leaf
        FROM audit_pending AS waiting JOIN audit_entry AS entry ON entry.id = waiting.entry
        ORDER BY waiting.place LIMIT :batch
    ) AS taken
    WHERE audit_pending.place = taken.place
    RETURNING taken.place, taken.id, taken.leaf
""")

_PLANT = "COPY audit_leaf (seq, entry, completed) FROM STDIN"


class Checkpoint(Frozen):
    """A signed head as it is stored: `number` counts from 1 without gaps, `note` is the signed text."""

    number: int
    at: Moment
    size: int
    note: str


def sequence(engine: Engine) -> int:
    """Gives a leaf to every entry committed before the call; returns how many. Raises `Tampered`.

    Any number of processes may call it at once; they take turns.
    """
    total = 0
    while added := _sequence_batch(engine):
        total += added
        if added < BATCH:
            break
    return total


def _sequence_batch(engine: Engine) -> int:
    with engine.begin() as connection:
        tree.lock(connection)
        taken = sorted(connection.execute(_TAKE, {"batch": BATCH}).all(), key=lambda row: row.place)
        if taken:
            _plant(connection, [(row.id, row.leaf) for row in taken])
        return len(taken)


def _plant(connection: Connection, taken: Sequence[tuple[UUID, bytes]]) -> None:
    first = tree.size(connection)
    frontier = merkle.Frontier.of(first, tree.StoredHashes(connection))
    driver = cast("psycopg.Connection", connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(_PLANT) as copy:
        for seq, (entry, leaf) in enumerate(taken, start=first):
            copy.write_row((seq, entry, b"".join(frontier.append(merkle.leaf_hash(leaf)))))


def checkpoint(engine: Engine, keys: Keys, at: datetime, *, new_generation: bool = False) -> Checkpoint:
    """Signs the tree as it stands, or gives the newest checkpoint where nothing was added since.

    Raises `Tampered` rather than sign a tree that does not extend the one signed last. `new_generation` begins to sign
    under the name of the log's next generation; only an accepted restore does.
    """
    with engine.begin() as connection:
        tree.lock(connection)
        hashes = tree.StoredHashes(connection)
        size = tree.size(connection)
        head = Head(size, merkle.root(size, hashes))
        last = newest(connection)
        if last is not None:
            _insist_on_growth(keys, last, head, hashes)
            if last.size == size and not new_generation:
                return last
        number = 1 if last is None else last.number + 1
        at = at if last is None else max(at, last.at)  # where a clock goes back, the log's time does not
        generation = (generation_of(last.note) if last is not None else 1) + new_generation
        signed = Checkpoint(number=number, at=at, size=size, note=signer(keys, generation).sign(head))
        connection.execute(checkpoints.insert(), signed.model_dump())
        return signed


def _insist_on_growth(keys: Keys, last: Checkpoint, head: Head, hashes: merkle.Reader) -> None:
    try:
        before = signer_after(keys, last.note).verifier.open(last.note)
    except Forged as error:
        raise Tampered(f"Checkpoint {last.number} of the audit log is not one that this hub signed.") from error
    if before.size > head.size:
        raise Tampered(f"The audit log has {head.size} leaves and once had {before.size}.")
    proof = merkle.consistency(before.size, head.size, hashes)
    if not merkle.extends(proof, old=before.size, old_root=before.root, new=head.size, new_root=head.root):
        raise Tampered(f"The audit log is not the one that checkpoint {last.number} signed.")


def newest(connection: Connection) -> Checkpoint | None:
    """The checkpoint signed last."""
    row = connection.execute(select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)).first()
    return None if row is None else Checkpoint(number=row.number, at=row.at, size=row.size, note=row.note)
