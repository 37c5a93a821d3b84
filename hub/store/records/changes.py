"""What one message changes: how many records of each kind come and go, and which it leaves as they are."""

from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID


class Changes:
    """Counted while records are kept. `left` is told which live records were named and left as they are."""

    def __init__(self) -> None:
        self.added: Counter[str] = Counter()
        self.removed: Counter[str] = Counter()
        self.left: Callable[[Sequence[UUID]], None] = lambda _: None

    def count(self, kind: str, *, was_there: bool, stays: bool) -> None:
        """Counts a new version of a record."""
        self.added[kind] += stays and not was_there
        self.removed[kind] += was_there and not stays
