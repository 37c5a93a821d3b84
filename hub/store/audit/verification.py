"""Checks the whole log, row by row in the order of its leaves, in memory that does not grow with it.

What this finds and what it cannot: whoever can write to the database but has not the keys cannot change, insert, swap
or take out anything unseen; all they can do is cut off the end, checkpoints included, as restoring an old backup does.
Whoever has the keys too can write another history. Against both helps only a checkpoint kept outside.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, Table, exists, func, or_, select

from hub.store import merkle
from hub.store.audit.cosigned import check_cosignatures
from hub.store.audit.flaws import Flaw, Flawed, Problem
from hub.store.audit.opening import Openings
from hub.store.audit.signing import signer
from hub.store.audit.snapshot import ROWS_AT_ONCE, Snapshot
from hub.store.audit.tables import checkpoints, entries, leaves, pending
from hub.store.audit.tree import size
from hub.store.audit.witnesses import Witnessed, witnessed
from hub.store.checkpoints import Forged, Head, generation_of
from hub.store.crypto import Keys
from hub.store.merkle import leaf_hash
from schemas.frozen import Frozen


class Report(Frozen):
    """What a verification found.

    entries      leaves checked, all of them where nothing is wrong
    pending      committed entries that wait for their place
    checkpoints  checkpoints checked
    signed       leaves under the newest checkpoint; the ones after it could still be cut off unseen
    restores     times that the log went on, by an officer's word, with less than a witness had seen
    witnessed    how far witnesses outside vouch for it
    root         root over the leaves checked, hexadecimal
    problem      the first thing that is wrong, or None
    """

    entries: int
    pending: int
    checkpoints: int
    signed: int
    root: str
    restores: int = 0
    witnessed: Witnessed = Witnessed()
    problem: Problem | None = None

    @property
    def intact(self) -> bool:
        return self.problem is None


def verify(engine: Engine, keys: Keys, *, opened: bool = True, processes: int = 1, needed: int = 0) -> Report:
    """Recomputes the log against its signed checkpoints and names the first thing that is wrong.

    `opened=False` leaves the sealed details closed and checks the tree alone, many times as fast. With more `processes`
    a long log is opened by so many others beside this one, which must not have threads. `needed` is how many witnesses
    must cosign, by the hub's policy. One moment of the database is looked at, so that writers may go on.
    """
    with Snapshot.of(engine) as snapshot, Snapshot.of(engine, snapshot.name()) as rows:
        tree = _Tree(snapshot, rows, keys, needed)
        if not opened:
            return tree.report(tree.first_problem())
        with Openings(rows, keys).begun(engine, size(snapshot.connection), processes) as openings:
            in_the_tree = tree.first_problem()
            in_the_entries = openings.first_problem(tree.size)
        return tree.report(in_the_entries or in_the_tree)


class _Tree:
    """The leaves of one snapshot, grown again from what they commit to, and compared with every signed head."""

    def __init__(self, snapshot: Snapshot, rows: Snapshot, keys: Keys, needed: int) -> None:
        self._snapshot = snapshot
        self._rows = rows
        self._keys = keys
        self._needed = needed
        self._generation = 1
        self._verifier = signer(keys).verifier
        self._tree = merkle.Frontier()
        self._checkpoints = 0
        self._signed = 0

    @property
    def size(self) -> int:
        return self._tree.size

    def first_problem(self) -> Problem | None:
        """The first thing that is wrong with leaves, checkpoints or queue."""
        try:
            self._check()
        except Flawed as flawed:
            return flawed.problem
        return None

    def report(self, problem: Problem | None) -> Report:
        """What was found, of as many leaves as were looked at."""
        return Report(
            entries=self._tree.size,
            pending=self._count(pending),
            checkpoints=self._checkpoints,
            signed=self._signed,
            root=self._tree.root().hex(),
            restores=self._generation - 1,
            witnessed=witnessed(self._snapshot.connection, self._needed),
            problem=problem,
        )

    def _check(self) -> None:
        rows = self._rows.stream(_LEAVES)
        for signed in self._snapshot.connection.execute(_CHECKPOINTS, execution_options={"yield_per": ROWS_AT_ONCE}):
            head = self._head(signed)
            self._grow(islice(rows, head.size - self._tree.size))
            self._compare(head)
        self._grow(rows)
        if self._tree.size and not self._checkpoints:
            raise Flawed(Flaw.CHECKPOINT_MISSING, checkpoint=1)
        check_cosignatures(self._snapshot.connection)
        self._check_the_queue()
        self._check_the_rest()

    def _head(self, signed: Row[Any]) -> Head:
        number = self._checkpoints + 1
        if signed.number != number:
            raise Flawed(Flaw.CHECKPOINT_MISSING, checkpoint=number)
        try:
            self._turn_to(generation_of(signed.note))
            head = self._verifier.open(signed.note)
        except Forged:
            raise Flawed(Flaw.CHECKPOINT_FORGED, checkpoint=number) from None
        if head.size != signed.size or head.size < self._signed:
            raise Flawed(Flaw.CHECKPOINT_FORGED, checkpoint=number)
        return head

    def _turn_to(self, generation: int) -> None:
        """The next generation follows the one before it; any other name is a stranger's and will not verify."""
        if generation == self._generation + 1:
            self._generation, self._verifier = generation, signer(self._keys, generation).verifier

    def _compare(self, head: Head) -> None:
        number = self._checkpoints + 1
        if self._tree.size < head.size:
            raise Flawed(Flaw.CUT_SHORT, seq=self._tree.size, checkpoint=number)
        if self._tree.root() != head.root:
            raise Flawed(Flaw.HISTORY_CHANGED, seq=self._signed, checkpoint=number)
        self._checkpoints, self._signed = number, head.size

    def _grow(self, rows: Iterable[Any]) -> None:
        """Adds leaves: what each entry commits to, hashed anew, against what the tree keeps."""
        tree = self._tree
        for seq, leaf, completed in rows:
            if seq != tree.size:
                raise Flawed(Flaw.LEAF_MISSING, seq=tree.size)
            if leaf is None:
                raise Flawed(Flaw.ENTRY_MISSING, seq=seq, entry=self._entry(seq))
            if b"".join(tree.append(leaf_hash(leaf))) != completed:
                raise Flawed(Flaw.TREE_CHANGED, seq=seq, entry=self._entry(seq))

    def _entry(self, seq: int) -> UUID | None:
        found: UUID | None = self._snapshot.connection.scalar(select(leaves.c.entry).where(leaves.c.seq == seq))
        return found

    def _check_the_queue(self) -> None:
        if stray := self._snapshot.connection.execute(_STRAY).first():
            raise Flawed(Flaw.QUEUE_CHANGED, entry=stray.entry)

    def _check_the_rest(self) -> None:
        if self._count(entries) != self._tree.size + self._count(pending):
            forgotten = self._snapshot.connection.execute(_FORGOTTEN).first()
            raise Flawed(Flaw.ENTRY_WITHOUT_LEAF, entry=forgotten and forgotten.id)

    def _count(self, table: Table) -> int:
        return self._snapshot.connection.scalar(select(func.count()).select_from(table)) or 0


_LEAVES = """
    SELECT leaf.seq, entry.leaf, leaf.completed
    FROM audit_leaf AS leaf LEFT JOIN audit_entry AS entry ON entry.id = leaf.entry ORDER BY leaf.seq
"""
_CHECKPOINTS = select(checkpoints).order_by(checkpoints.c.number)
_STRAY = (
    select(pending.c.entry)
    .outerjoin_from(pending, entries, entries.c.id == pending.c.entry)
    .outerjoin(leaves, leaves.c.entry == pending.c.entry)
    .where(or_(entries.c.id.is_(None), leaves.c.seq.is_not(None)))
    .limit(1)
)
_FORGOTTEN = (
    select(entries.c.id)
    .where(~exists().where(leaves.c.entry == entries.c.id), ~exists().where(pending.c.entry == entries.c.id))
    .limit(1)
)
