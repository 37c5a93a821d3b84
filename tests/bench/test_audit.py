"""The audit log at ten thousand, a hundred thousand and a million entries, each figure beside a plain baseline.

Entries are filled in bulk, but through the real commitments, seals and tree.
"""

import os
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from time import perf_counter
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text

from hub.store import merkle
from hub.store.audit import Act, AuditLog, checkpoint, commitments, tree, verify
from hub.store.audit.commitments import SECRET_BYTES, Content
from hub.store.audit.log import _new_id
from hub.store.audit.snapshot import driver_of
from hub.store.crypto import Keys
from hub.store.db import transaction
from tests.bench.conftest import milliseconds, told

pytestmark = pytest.mark.bench

SIZES = (10_000, 100_000, 1_000_000)
AT = datetime(2026, 6, 15, 2, 10, tzinfo=UTC)
DETAILS = {"purpose": "COC", "decision": "permit", "rules": ["hipaa.treatment"], "query": "0198f000"}
ENTRIES = "COPY audit_entry (id, at, act, actor, participant, subject, leaf, sealed) FROM STDIN"
LEAVES = "COPY audit_leaf (seq, entry, completed) FROM STDIN"


def made(keys: Keys, count: int) -> Iterator[tuple[Content, bytes, bytes]]:
    """So many entries, each with its leaf and its sealed part."""
    for _ in range(count):
        said = Content(_new_id(AT), AT, Act.CONTACT_ASKED.value, "ana", "crisis-team", None, DETAILS)
        secret = os.urandom(SECRET_BYTES)
        yield said, commitments.leaf(said, secret), commitments.seal(keys.audit, said, secret)


def fill(engine: Engine, keys: Keys, size: int) -> None:
    """Lets the log grow to that size, and signs it."""
    with engine.begin() as connection:
        first = tree.size(connection)
        frontier = merkle.Frontier.of(first, tree.StoredHashes(connection))
        driver, grown = driver_of(connection), []
        with driver.cursor() as cursor, cursor.copy(ENTRIES) as copy:
            for said, leaf, sealed in made(keys, size - first):
                copy.write_row((*said[:6], leaf, sealed))
                grown.append((said.id, b"".join(frontier.append(merkle.leaf_hash(leaf)))))
        with driver.cursor() as cursor, cursor.copy(LEAVES) as copy:
            for seq, (identity, completed) in enumerate(grown, start=first):
                copy.write_row((seq, identity, completed))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE audit_entry"))
        connection.execute(text("VACUUM ANALYZE audit_leaf"))
    checkpoint(engine, keys, AT)


def hashed(count: int) -> float:
    """Entries a second of plain SHA-256, over as many bytes as a leaf has."""
    leaf, began = os.urandom(1 + 32 * 12), perf_counter()
    for _ in range(count):
        sha256(leaf).digest()
    return count / (perf_counter() - began)


def verified(engine: Engine, keys: Keys, size: int, **how: Any) -> float:
    """Entries a second."""
    began = perf_counter()
    report = verify(engine, keys, **how)
    took = perf_counter() - began
    assert (report.intact, report.entries) == (True, size), report.problem
    return size / took


def proving(engine: Engine, size: int) -> list[float]:
    with engine.connect() as connection:
        hashes = tree.StoredHashes(connection)
        leaves = iter(range(0, size, max(1, size // 3000)))
        return milliseconds(lambda: merkle.inclusion(next(leaves), size, hashes), 2000)


def test_as_the_log_grows(engine: Engine, keys: Keys) -> None:
    proofs = {}
    for size in SIZES:
        began = perf_counter()
        fill(engine, keys, size)
        print(f"\n{size:,} entries (filled in {perf_counter() - began:.0f} s)")
        plain = hashed(100_000)
        closed = max(verified(engine, keys, size, opened=False) for _ in range(2))
        opened = verified(engine, keys, size, processes=os.cpu_count() or 1)
        proofs[size] = proving(engine, size)
        print(f"  plain SHA-256 (baseline): {plain:>9,.0f} leaves/s")
        print(f"  verify, tree:          {closed:>9,.0f} entries/s = 1 / {plain / closed:.1f} of the baseline")
        print(f"  verify, every entry:   {opened:>9,.0f} entries/s = 1 / {plain / opened:.1f} of the baseline")
        print(" ", told("inclusion proof", proofs[size]))
    assert closed >= plain / 18, "100,000 entries/s where plain SHA-256 does 1.8 million"
    assert statistics.median(proofs[SIZES[-1]]) <= 1.0
    assert statistics.median(proofs[SIZES[-1]]) <= 3 * statistics.median(proofs[SIZES[0]])


def test_appending_beside_a_plain_insert(engine: Engine, keys: Keys) -> None:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE plain (id bigserial PRIMARY KEY, said bytea)")
        said = os.urandom(800)
        plain = milliseconds(lambda: connection.execute("INSERT INTO plain (said) VALUES (%s)", [said]), 1000)

    def alone() -> None:
        with transaction(engine) as session:
            session.connection().execute(text("SELECT 1"))

    def append() -> None:
        with transaction(engine) as session:
            session.connection().execute(text("SELECT 1"))
            AuditLog(session, keys).append(Act.CONTACT_ASKED, at=AT, actor="ana", details=DETAILS)

    nothing, appended = milliseconds(alone, 1000), milliseconds(append, 1000)
    print()
    print(" ", told("plain durable INSERT (baseline)", plain))
    print(" ", told("an empty transaction", nothing))
    print(" ", told("a transaction with one entry", appended))
    more = statistics.median(appended) - statistics.median(nothing)
    print(f"  one entry: {more:.2f} ms = {more / statistics.median(plain):.1f} x the plain INSERT, commit included")
