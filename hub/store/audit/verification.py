"""Checks the whole log, row by row in the order of its leaves, in memory that does not grow with it.

What this finds and what it cannot: whoever can write to the database but has not the keys cannot change, insert, swap
or take out anything unseen; all they can do is cut off the end, checkpoints included, as restoring an old backup does.
Whoever has the keys too can write another history. Against both helps only a checkpoint kept outside.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, Select, Table, exists, func, or_, select, text

from hub.store import merkle
from hub.store.audit import commitments
from hub.store.audit.commitments import Content
from hub.store.audit.tables import checkpoints, entries, leaves, pending
from hub.store.checkpoints import Forged, Head, Signer
from hub.store.crypto import Broken, Keys
from hub.store.merkle import leaf_hash
from schemas.frozen import Frozen
from schemas.vocab.word import Word

ROWS_AT_ONCE = 1000


class Flaw(Word):
    """What is wrong."""

    LEAF_MISSING = "leaf-missing", "A leaf is gone."
    ENTRY_MISSING = "entry-missing", "A leaf is there and its entry is gone."
    ENTRY_CHANGED = "entry-changed", "An entry does not say what its leaf commits to."
    ENTRY_UNREADABLE = "entry-unreadable", "An entry's sealed part does not open."
    TREE_CHANGED = "tree-changed", "A leaf's hashes are not those of the tree up to it."
    ENTRY_WITHOUT_LEAF = "entry-without-leaf", "An entry is neither in the tree nor waiting for its place."
    QUEUE_CHANGED = "queue-changed", "An entry that waited for its place is gone, or waits though it has one."
    CHECKPOINT_MISSING = "checkpoint-missing", "A checkpoint is gone."
    CHECKPOINT_FORGED = "checkpoint-forged", "A checkpoint is not one that this hub signed."
    HISTORY_CHANGED = "history-changed", "The tree is not the one that a checkpoint signed."
    CUT_SHORT = "cut-short", "A checkpoint signed more leaves than there are."


class Problem(Frozen):
    """The first thing that is wrong, and where, as far as the place is known.

    For a changed history `seq` is the first leaf that the last good checkpoint does not cover.
    """

    flaw: Flaw
    seq: int | None = None
    entry: UUID | None = None
    checkpoint: int | None = None

    def __str__(self) -> str:
        places = {"entry": self.seq, "id": self.entry, "checkpoint": self.checkpoint}
        named = ", ".join(f"{name} {value}" for name, value in places.items() if value is not None)
        return f"{named}: {self.flaw.meaning}" if named else self.flaw.meaning


class Report(Frozen):
    """What a verification found.

    entries      leaves checked, all of them where nothing is wrong
    pending      committed entries that wait for their place
    checkpoints  checkpoints checked
    signed       leaves under the newest checkpoint; the ones after it could still be cut off unseen
    root         root over the leaves checked, hexadecimal
    problem      the first thing that is wrong, or None
    """

    entries: int
    pending: int
    checkpoints: int
    signed: int
    root: str
    problem: Problem | None = None

    @property
    def intact(self) -> bool:
        return self.problem is None


class _Flawed(Exception):
    def __init__(self, flaw: Flaw, **place: Any) -> None:
        super().__init__(flaw)
        self.problem = Problem(flaw=flaw, **place)


def verify(engine: Engine, keys: Keys, *, opened: bool = True) -> Report:
    """Recomputes the log against its signed checkpoints and stops at the first thing that is wrong.

    `opened=False` leaves the sealed details closed and checks the tree alone, several times as fast. One moment of the
    database is looked at, so that writers may go on.
    """
    with engine.connect() as connection:
        snapshot = connection.execution_options(isolation_level="REPEATABLE READ")
        snapshot.execute(_ROW_BY_ROW)
        return _Verification(snapshot, keys, opened=opened).report()


class _Verification:
    """One run over one snapshot."""

    def __init__(self, connection: Connection, keys: Keys, *, opened: bool) -> None:
        self._connection = connection
        self._keys = keys
        self._opened = opened
        self._verifier = Signer(keys.derive("audit-signing")).verifier
        self._tree = merkle.Frontier()
        self._checkpoints = 0
        self._signed = 0

    def report(self) -> Report:
        problem = None
        try:
            self._check()
        except _Flawed as flawed:
            problem = flawed.problem
        return Report(
            entries=self._tree.size,
            pending=self._count(pending),
            checkpoints=self._checkpoints,
            signed=self._signed,
            root=self._tree.root().hex(),
            problem=problem,
        )

    def _check(self) -> None:
        rows = self._stream(_OPENED if self._opened else _CLOSED)
        for signed in self._stream(_CHECKPOINTS):
            head = self._head(signed)
            for row in islice(rows, head.size - self._tree.size):
                self._grow(row)
            self._compare(head)
        for row in rows:
            self._grow(row)
        if self._tree.size and not self._checkpoints:
            raise _Flawed(Flaw.CHECKPOINT_MISSING, checkpoint=1)
        self._check_the_queue()
        self._check_the_rest()

    def _head(self, signed: Row[Any]) -> Head:
        number = self._checkpoints + 1
        if signed.number != number:
            raise _Flawed(Flaw.CHECKPOINT_MISSING, checkpoint=number)
        try:
            head = self._verifier.open(signed.note)
        except Forged:
            raise _Flawed(Flaw.CHECKPOINT_FORGED, checkpoint=number) from None
        if head.size != signed.size or head.size < self._signed:
            raise _Flawed(Flaw.CHECKPOINT_FORGED, checkpoint=number)
        return head

    def _compare(self, head: Head) -> None:
        number = self._checkpoints + 1
        if self._tree.size < head.size:
            raise _Flawed(Flaw.CUT_SHORT, seq=self._tree.size, checkpoint=number)
        if self._tree.root() != head.root:
            raise _Flawed(Flaw.HISTORY_CHANGED, seq=self._signed, checkpoint=number)
        self._checkpoints, self._signed = number, head.size

    def _grow(self, row: Row[Any]) -> None:
        seq = self._tree.size
        if row.seq != seq:
            raise _Flawed(Flaw.LEAF_MISSING, seq=seq)
        if row.id is None:
            raise _Flawed(Flaw.ENTRY_MISSING, seq=seq, entry=row.entry)
        if self._opened:
            self._open(row)
        if b"".join(self._tree.append(leaf_hash(row.leaf))) != row.completed:
            raise _Flawed(Flaw.TREE_CHANGED, seq=seq, entry=row.entry)

    def _open(self, row: Row[Any]) -> None:
        try:
            secret, details = commitments.unseal(self._keys, row.id, row.sealed)
        except Broken:
            raise _Flawed(Flaw.ENTRY_UNREADABLE, seq=row.seq, entry=row.id) from None
        said = Content(row.id, row.at, row.act, row.actor, row.participant, row.subject, details)
        if commitments.leaf(said, secret) != row.leaf:
            raise _Flawed(Flaw.ENTRY_CHANGED, seq=row.seq, entry=row.id)

    def _check_the_queue(self) -> None:
        if stray := self._connection.execute(_STRAY).first():
            raise _Flawed(Flaw.QUEUE_CHANGED, entry=stray.entry)

    def _check_the_rest(self) -> None:
        if self._count(entries) != self._tree.size + self._count(pending):
            forgotten = self._connection.execute(_FORGOTTEN).first()
            raise _Flawed(Flaw.ENTRY_WITHOUT_LEAF, entry=forgotten and forgotten.id)

    def _count(self, table: Table) -> int:
        return self._connection.scalar(select(func.count()).select_from(table)) or 0

    def _stream(self, query: Select[Any]) -> Iterator[Row[Any]]:
        return iter(self._connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}))


_ROW_BY_ROW = text("""
    SELECT set_config('transaction_read_only', 'on', true), set_config('enable_hashjoin', 'off', true),
           set_config('enable_mergejoin', 'off', true), set_config('enable_sort', 'off', true)
""")
"""Plans that follow the indexes need no memory for the whole table, on the server either."""

_OPENED = select(leaves, entries).outerjoin_from(leaves, entries, entries.c.id == leaves.c.entry).order_by(leaves.c.seq)
_CLOSED = _OPENED.with_only_columns(leaves, entries.c.id, entries.c.leaf)
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
