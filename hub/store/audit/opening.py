"""Opens every entry and compares what it says with its leaf: the slow half of a verification, in several processes.

Each process takes a run of leaves of the same moment of the database.
"""

from collections.abc import Iterator, Sequence
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
from hub.store.audit.orders import Ordered
from hub.store.audit.snapshot import Snapshot, joined
from hub.store.audit.subjects import Closed, SubjectKeys
from hub.store.crypto import Broken, Keys

WORTH_A_PROCESS = 20_000

_ENTRIES = """
    SELECT leaf.seq, entry.id, entry.at, entry.act, entry.actor, entry.participant, entry.subject, entry.leaf,
           entry.sealed, key.wrapped
    FROM audit_leaf AS leaf JOIN audit_entry AS entry ON entry.id = leaf.entry
    LEFT JOIN audit_key AS key ON key.subject = entry.subject
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
    sealed: bytes | None
    wrapped: bytes | None


class Openings:
    """The entries of a snapshot, opened in the background where that is worth it."""

    def __init__(self, snapshot: Snapshot, keys: Keys) -> None:
        self._snapshot = snapshot
        self._keys = keys
        self._size = 0
        self._parts: list[Pipe] = []

    @contextmanager
    def begun(self, engine: Engine, size: int, processes: int) -> Iterator["Openings"]:
        """Begins with `processes` others beside this one; with none, or with little to do, all is done at the end."""
        self._size = size
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
            self._parts.append(here)
            children.append(child)
        try:
            yield self
        finally:
            for child in children:
                child.terminate()
                child.join()

    def first_problem(self, size: int) -> Problem | None:
        """The first of the first `size` entries that does not open or does not say what its leaf commits to.

        Entries that are blank or closed are held against what the log says of orders, as far as all of it was read.
        """
        found = [_answer(pipe) for pipe in self._parts] or [read(self._snapshot, self._keys, 0, self._size)]
        problems = [reading.problem for reading in found if reading.problem is not None]
        problems += _against_orders([reading.ordered for reading in found], size) if size == self._size else []
        first = min(problems, key=_place, default=None)
        return first if first is not None and _place(first) < size else None


class Reading(NamedTuple):
    """What came of reading a run of leaves: the first thing that is wrong, and what was met of orders up to there."""

    problem: Problem | None
    ordered: Ordered


def read(snapshot: Snapshot, keys: Keys, start: int, stop: int) -> Reading:
    """Opens the entries of a run of leaves, up to the first that is not what its leaf commits to."""
    checked = _Entries(keys)
    try:
        for row in snapshot.stream(_ENTRIES, {"start": start, "stop": stop}):
            checked.check(Row(*row))
    except Flawed as flawed:
        return Reading(flawed.problem, checked.ordered)
    return Reading(None, checked.ordered)


class _Entries:
    """Entries in the order of their leaves, each checked by itself."""

    def __init__(self, keys: Keys) -> None:
        self._subjects = SubjectKeys(keys)
        self.ordered = Ordered()

    def check(self, row: Row) -> None:
        """Whether an entry says what its leaf commits to; raises `Flawed`. Blank and closed ones are taken down."""
        if row.sealed is None:
            self._check_blank(row)
            return
        try:
            opener = self._subjects.opener(row.sealed, row.subject, row.wrapped)
            secret, details = commitments.unseal(opener, row.id, row.sealed)
        except Closed:
            self.ordered.closed.add(row.seq)
            return
        except Broken:
            raise Flawed(Flaw.ENTRY_UNREADABLE, seq=row.seq, entry=row.id) from None
        said = Content(row.id, row.at, row.act, row.actor, row.participant, row.subject, details)
        if commitments.leaf(said, secret) != row.leaf:
            raise Flawed(Flaw.ENTRY_CHANGED, seq=row.seq, entry=row.id)
        self.ordered.hear(row.act, details)

    def _check_blank(self, row: Row) -> None:
        if any(value is not None for value in (row.at, row.act, row.actor, row.participant, row.subject)):
            raise Flawed(Flaw.ENTRY_CHANGED, seq=row.seq, entry=row.id)
        self.ordered.blank.add(row.seq)


def _against_orders(parts: Sequence[Ordered], size: int) -> list[Problem]:
    """What of the blank and the closed entries no order accounts for, and what an order names in vain."""
    whole = Ordered.of(parts)
    found = (
        (Flaw.ENTRY_BLANK, whole.blank_without_order()),
        (Flaw.ENTRY_CLOSED, whole.closed_without_order()),
        (Flaw.ENTRY_NOT_BLANK, whole.open_in_spite_of_order(size)),
    )
    return [Problem(flaw=flaw, seq=seq) for flaw, seq in found if seq is not None]


def _place(problem: Problem) -> int:
    return -1 if problem.seq is None else problem.seq


def _work(pipe: Pipe, url: str, name: str, keys: Keys, start: int, stop: int) -> None:
    with joined(url, name) as snapshot:
        pipe.send(read(snapshot, keys, start, stop))


def _answer(pipe: Pipe) -> Reading:
    try:
        answer: Reading = pipe.recv()
    except EOFError:
        raise RuntimeError("A process that verified a part of the log ended before it was done.") from None
    return answer
