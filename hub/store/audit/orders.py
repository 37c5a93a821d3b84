"""What orders to seal and to expunge do to the log: entries are closed or blanked, and every leaf stays.

An expunged entry keeps its id and its leaf, an opaque commitment that nobody can open any more; whatever else it said
is gone. A tombstone, an entry about nobody, says which leaves, under which order, by which two people. The verifier
takes a blank or a closed entry for what it is only where such an entry of the log says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Connection, select, text

from hub.store.audit.acts import Act
from hub.store.audit.tables import entries, leaves

CARRIED_OUT = frozenset({Act.ORDER_SEALED, Act.ORDER_UNSEALED, Act.ORDER_EXPUNGED})

Runs = list[list[int]]
"""Leaf numbers as runs, first and last of each: [[3, 3], [17, 19]]."""

_BLANK = text("SELECT audit_blank(:tombstone, CAST(:entries AS uuid[]))")


def hold_back_writers(connection: Connection) -> None:
    """Waits for whoever appends now, and lets nobody else append until this transaction ends; readers go on."""
    connection.execute(text("LOCK TABLE audit_entry IN SHARE ROW EXCLUSIVE MODE"))


def about(connection: Connection, subject: str) -> list[tuple[int, UUID]]:
    """Leaf number and id of every entry about a subject; all have their leaves."""
    found = connection.execute(
        select(leaves.c.seq, entries.c.id)
        .join(entries, entries.c.id == leaves.c.entry)
        .where(entries.c.subject == subject)
        .order_by(leaves.c.seq)
    )
    return [(row.seq, row.id) for row in found]


def blank(connection: Connection, tombstone: UUID, ids: Iterable[UUID]) -> None:
    """Blanks these entries for good, under a tombstone that was appended in the same transaction."""
    connection.execute(_BLANK, {"tombstone": tombstone, "entries": list(ids)})


def runs(numbers: Iterable[int]) -> Runs:
    """Ascending numbers as runs.

    >>> runs([3, 17, 18, 19])
    [[3, 3], [17, 19]]
    """
    found: Runs = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def count(said: Runs) -> int:
    """How many numbers runs hold."""
    return sum(last - first + 1 for first, last in said)


def numbers(said: Runs) -> Iterator[int]:
    """The numbers of runs."""
    for first, last in said:
        yield from range(first, last + 1)


class Ordered:
    """Which leaves orders account for, as the log itself says, and which were found blank or closed."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Runs]] = []
        self.blank: set[int] = set()
        self.closed: set[int] = set()

    @classmethod
    def of(cls, parts: Iterable[Self]) -> Self:
        """What several runs of the log say together, in its order."""
        whole = cls()
        for part in parts:
            whole.heard += part.heard
            whole.blank |= part.blank
            whole.closed |= part.closed
        return whole

    def hear(self, act: str, details: Mapping[str, Any]) -> None:
        """Takes down what an entry says of an order that was carried out."""
        if act in CARRIED_OUT:
            self.heard.append((act, details["leaves"]))

    @property
    def expunged(self) -> set[int]:
        """The leaves that tombstones name."""
        return {number for act, said in self.heard if act == Act.ORDER_EXPUNGED for number in numbers(said)}

    @property
    def sealed(self) -> set[int]:
        """The leaves that are closed by an order which no later one has lifted, or which were expunged since."""
        closed: set[int] = set()
        for act, said in self.heard:
            if act == Act.ORDER_SEALED:
                closed.update(numbers(said))
            else:
                closed.difference_update(numbers(said))
        return closed

    def blank_without_order(self) -> int | None:
        """The first leaf whose entry is blank though no tombstone names it."""
        return min(self.blank - self.expunged, default=None)

    def closed_without_order(self) -> int | None:
        """The first leaf whose entry is closed though no order says so."""
        return min(self.closed - self.sealed, default=None)

    def open_in_spite_of_order(self, size: int) -> int | None:
        """The first of so many leaves that a tombstone names and whose entry is not blank."""
        return min((seq for seq in self.expunged - self.blank if seq < size), default=None)
