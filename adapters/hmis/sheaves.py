"""Rows bound in sheaves: those of one table that are alike before the law.

What is kept as it was sent speaks by its project, its labels and its table alone; of a service also what was given,
and whether somebody is named who recorded it. The first row of a kind stands for the others.
"""

from collections.abc import Callable, Iterator, Mapping

from schemas.canonical import CanonicalRecord, Service
from schemas.sheaves import Leaf, Sheaf
from schemas.written import written

MOST = 4_000

Likeness = tuple[object, ...]


class Sheaves:
    """Binds what is handed in; a sheaf that is full is given out, the others at the end."""

    def __init__(self) -> None:
        self._like: dict[Likeness, CanonicalRecord] = {}
        self._leaves: dict[Likeness, list[Leaf]] = {}

    def bind(self, likeness: Likeness, leaf: Leaf, first: Callable[[], CanonicalRecord]) -> Iterator[Sheaf]:
        """Takes a leaf; `first` makes the record that stands for all of its likeness."""
        leaves = self._leaves.get(likeness)
        if leaves is None:
            leaves = self._leaves[likeness] = []
            self._like[likeness] = first()
        leaves.append(leaf)
        if len(leaves) >= MOST:
            del self._leaves[likeness]
            yield Sheaf(self._like[likeness], leaves)

    def rest(self) -> Iterator[Sheaf]:
        """What is bound so far."""
        bound, self._leaves = self._leaves, {}
        yield from (Sheaf(self._like[likeness], leaves) for likeness, leaves in bound.items())


def as_json(said: Service | Mapping[str, str]) -> bytes:
    """A body, or a row as it was sent, as a record writes it."""
    values = said if isinstance(said, Mapping) else vars(said)
    return written({name: value for name, value in values.items() if value is not None})


def row_as_json(table: str, values: Mapping[str, str]) -> bytes:
    """The body of a row that is kept as it was sent."""
    return written({"kind": "source-row", "table": table, "values": values})
