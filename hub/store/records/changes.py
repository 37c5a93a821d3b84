"""What one message changes: how many records of each kind come and go, and which it leaves as they are."""

from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID

from schemas.vocab.word import Word


class Became(Word):
    """What a message makes of one thing that it names, or that it should have named."""

    ADDED = "added", "It was not there, or had been removed."
    CHANGED = "changed", "It was there and says something else now."
    REMOVED = "removed", "It was there and is gone."
    UNCHANGED = "unchanged", "It is as it was."
    OLDER = "older", "The sender's word of an earlier day: what is there was left as it is."

    @classmethod
    def of(cls, before: object | None, after: object | None) -> "Became":
        """What became of something that stood so before, and stands so now; None: not there."""
        if before == after:
            return cls.UNCHANGED
        if before is None:
            return cls.ADDED
        return cls.REMOVED if after is None else cls.CHANGED


class Changes:
    """Counted while records are kept. `left` is told which live records were named and left as they are; `heard` of
    each record its kind, its key and what became of it."""

    def __init__(self) -> None:
        self.added: Counter[str] = Counter()
        self.removed: Counter[str] = Counter()
        self.left: Callable[[Sequence[UUID]], None] = lambda _: None
        self.heard: Callable[[str, str, Became], None] = lambda _kind, _key, _became: None

    def count(self, kind: str, key: str, *, was_there: bool, stays: bool) -> None:
        """Counts a new version of a record."""
        self.added[kind] += stays and not was_there
        self.removed[kind] += was_there and not stays
        if was_there:
            self.heard(kind, key, Became.CHANGED if stays else Became.REMOVED)
        else:
            self.heard(kind, key, Became.ADDED if stays else Became.UNCHANGED)
