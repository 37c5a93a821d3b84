"""What can be wrong with the log, and how it is named."""

from typing import Any
from uuid import UUID

from schemas.frozen import Frozen
from schemas.vocab.word import Word


class Flaw(Word):
    """What is wrong."""

    LEAF_MISSING = "leaf-missing", "A leaf is gone."
    ENTRY_MISSING = "entry-missing", "A leaf is there and its entry is gone."
    ENTRY_CHANGED = "entry-changed", "An entry does not say what its leaf commits to."
    ENTRY_UNREADABLE = "entry-unreadable", "An entry's sealed part does not open."
    ENTRY_BLANK = "entry-blank", "An entry is blank and no tombstone names it."
    ENTRY_CLOSED = "entry-closed", "An entry's key is gone and no order says so."
    ENTRY_NOT_BLANK = "entry-not-blank", "A tombstone names an entry that is not blank."
    TREE_CHANGED = "tree-changed", "A leaf's hashes are not those of the tree up to it."
    ENTRY_WITHOUT_LEAF = "entry-without-leaf", "An entry is neither in the tree nor waiting for its place."
    QUEUE_CHANGED = "queue-changed", "An entry that waited for its place is gone, or waits though it has one."
    CHECKPOINT_MISSING = "checkpoint-missing", "A checkpoint is gone."
    CHECKPOINT_FORGED = "checkpoint-forged", "A checkpoint is not one that this hub signed."
    HISTORY_CHANGED = "history-changed", "The tree is not the one that a checkpoint signed."
    CUT_SHORT = "cut-short", "A checkpoint signed more leaves than there are."
    COSIGNATURE_MISSING = "cosignature-missing", "A cosignature of a witness is gone."
    COSIGNATURE_FORGED = "cosignature-forged", "A cosignature is not one that a witness gave for its checkpoint."
    ROLLED_BACK = (
        "rolled-back",
        "A witness has cosigned a larger log than this, or another: this one lacks what it saw.",
    )


class Problem(Frozen):
    """The first thing that is wrong, and where, as far as the place is known.

    For a changed history `seq` is the first leaf that the last good checkpoint does not cover.
    """

    flaw: Flaw
    seq: int | None = None
    entry: UUID | None = None
    checkpoint: int | None = None
    cosignature: int | None = None
    witness: str | None = None

    def __str__(self) -> str:
        places = {
            "entry": self.seq,
            "id": self.entry,
            "checkpoint": self.checkpoint,
            "cosignature": self.cosignature,
            "witness": self.witness,
        }
        named = ", ".join(f"{name} {value}" for name, value in places.items() if value is not None)
        return f"{named}: {self.flaw.meaning}" if named else self.flaw.meaning


class Flawed(Exception):
    """A check stopped here."""

    def __init__(self, flaw: Flaw, **place: Any) -> None:
        super().__init__(flaw)
        self.problem = Problem(flaw=flaw, **place)
