"""Opens every entry and compares what it says with its leaf: the slow half of a verification, in several processes.

Each process takes a run of leaves of the same moment of the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Engine

from hub.store.audit import commitments
from hub.store.audit.commitments import Content
from hub.store.audit.flaws import Flaw, Flawed, Problem
from hub.store.audit.snapshot import Snapshot, joined
from hub.store.crypto import Broken, Keys

WORTH_A_PROCESS = 20_000

_ENTRIES = """
    SELECT leaf.seq, entry.id, entry.at, entry.act, entry.actor, entry.participant, entry.subject, entry.leaf,
           entry.sealed
    FROM audit_leaf AS leaf JOIN audit_entry AS entry ON entry.id = leaf.entry
    WHERE leaf.seq >= %(start)s AND leaf.seq < %(stop)s ORDER BY leaf.seq
"""


class Row(NamedTuple):
    """An entry with its place, as it is stored."""

    seq: int
    id: UUID
    at: datetime
    act: str
    actor: str
    participant: str | None
    subject: str | None
    leaf: bytes
    sealed: bytes


class Openings:
    """The entries of a snapshot, opened in the background where that is worth it."""

    def __init__(self, snapshot: Snapshot, keys: Keys) -> None:
        self._snapshot = snapshot
        self._keys = keys
        self._parts: list[tuple[int, Pipe]] = []

    @contextmanager
    def begun(self, engine: Engine, size: int, processes: int) -> Iterator["Openings"]:
        """Begins with `processes` others beside this one; with none, or with little to do, all is done at the end."""
        others = min(processes, size // WORTH_A_PROCESS) if processes > 1 else 0
        ends = [size * part // others for part in range(others + 1)] if others else []
        name = self._snapshot.name() if others else ""
        url = engine.url.render_as_string(hide_password=False)
        context = get_context("fork")  # a child has the keys without anyone writing them down for it
        children = []
        for start, stop in pairwise(ends):
            here, there = context.Pipe(duplex=False)
            child = context.Process(target=_work, args=(there, url, name, self._keys, start, stop), daemon=True)
            child.start()
            there.close()
            self._parts.append((start, here))
            children.append(child)
        try:
            yield self
        finally:
            for child in children:
                child.terminate()
                child.join()

    def first_problem(self, size: int) -> Problem | None:
        """The first of the first `size` entries that does not open or does not say what its leaf commits to."""
        if not self._parts:
            return first_problem(self._snapshot, self._keys, 0, size)
        found = (_answer(pipe) for start, pipe in self._parts if start < size)
        first = next((problem for problem in found if problem is not None), None)
        return first if first is not None and first.seq is not None and first.seq < size else None


def first_problem(snapshot: Snapshot, keys: Keys, start: int, stop: int) -> Problem | None:
    """The first entry of this run of leaves that is not what its leaf commits to."""
    try:
        for row in snapshot.stream(_ENTRIES, {"start": start, "stop": stop}):
            check(keys, Row(*row))
    except Flawed as flawed:
        return flawed.problem
    return None


def check(keys: Keys, row: Row) -> None:
    """Whether one entry says what its leaf commits to; raises `Flawed`."""
    try:
        secret, details = commitments.unseal(keys, row.id, row.sealed)
    except Broken:
        raise Flawed(Flaw.ENTRY_UNREADABLE, seq=row.seq, entry=row.id) from None
    said = Content(row.id, row.at, row.act, row.actor, row.participant, row.subject, details)
    if commitments.leaf(said, secret) != row.leaf:
        raise Flawed(Flaw.ENTRY_CHANGED, seq=row.seq, entry=row.id)


def _work(pipe: Pipe, url: str, name: str, keys: Keys, start: int, stop: int) -> None:
    with joined(url, name) as snapshot:
        pipe.send(first_problem(snapshot, keys, start, stop))


def _answer(pipe: Pipe) -> Problem | None:
    try:
        answer: Problem | None = pipe.recv()
    except EOFError:
        raise RuntimeError("A process that verified a part of the log ended before it was done.") from None
    return answer
