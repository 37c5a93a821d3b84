"""One kind of record as a table: a line for each purpose, or for several that are alike for everyone."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from schemas.vocab import Capacity, Purpose, Role
from tests.consent.sweep.asking import PRIVATE, role
from tests.consent.sweep.cells import Cell, Opening
from tests.consent.sweep.evidence import ranked

APART = (Capacity.HUB, *sorted(PRIVATE))
"""The exchange, which carries for others, and private persons, whom no paper here names: each has a column."""
LINE = Capacity.MUNICIPAL_INFORMATION_LINE
"""Closed everywhere, and therefore named only where it is not."""
ORGANIZATIONS = tuple(who for who in Capacity if who not in APART)

CLINICIANS = tuple(who for who in Capacity if role(who) is Role.CLINICIAN)

NOTHING, ALL, BUT, CLINICAL = "-", "all", " but ", "clinicians"

Cells = Mapping[tuple[Capacity, Purpose], Cell]
Openings = tuple[Opening, ...]
Word = TypeVar("Word", bound=Hashable)


@dataclass(frozen=True)
class Line:
    """What opens one kind of record for these purposes.

    to_any   what suffices for every organization that can have anything
    to_some  what suffices for some as well, by those for whom it does
    closed   the organizations to which nothing goes
    apart    what suffices for each of those who stand apart
    """

    purposes: tuple[Purpose, ...]
    to_any: Openings
    to_some: tuple[tuple[tuple[Capacity, ...], Openings], ...]
    closed: tuple[Capacity, ...]
    apart: tuple[Openings, ...]

    def cells(self) -> tuple[str, ...]:
        """The line as the document has it."""
        return (
            ", ".join(self.purposes),
            shown(self.to_any),
            "; ".join(f"{_named(who)}: {shown(openings)}" for who, openings in self.to_some),
            _all_but(self.closed),
            *(shown(openings) for openings in self.apart),
        )


def lines(cells: Cells) -> list[Line]:
    """The lines of a table; purposes for which nothing ever goes to anyone have none."""
    opened = [purpose for purpose in Purpose if any(cells[who, purpose].openings for who in Capacity)]
    return [_line(cells, purposes) for purposes in _alike(opened, lambda purpose: _column(cells, purpose))]


def shown(openings: Iterable[Opening]) -> str:
    return ", ".join(f"`{opening}`" for opening in openings) or NOTHING


def _column(cells: Cells, purpose: Purpose) -> tuple[Openings, ...]:
    return tuple(cells[who, purpose].openings for who in Capacity)


def _line(cells: Cells, purposes: tuple[Purpose, ...]) -> Line:
    openings = {who: cells[who, purposes[0]].openings for who in Capacity}
    to_any = _common([openings[who] for who in ORGANIZATIONS if openings[who]])
    beyond = {who: tuple(each for each in openings[who] if each not in to_any) for who in ORGANIZATIONS}
    groups = _alike([who for who in ORGANIZATIONS if beyond[who]], lambda who: beyond[who])
    return Line(
        purposes,
        to_any,
        tuple((group, beyond[group[0]]) for group in groups),
        tuple(who for who in ORGANIZATIONS if not openings[who] and who is not LINE),
        tuple(openings[who] for who in APART),
    )


def _common(each: list[Openings]) -> Openings:
    """What suffices for all of them; for some of them less may do."""
    every = {opening.bundle: opening for openings in each for opening in openings}
    suffice = [
        opening.bundle
        for opening in every.values()
        if all(any(own == opening or own.bundle < opening.bundle for own in openings) for openings in each)
    ]
    return tuple(every[bundle] for bundle in ranked(suffice))


def _all_but(closed: tuple[Capacity, ...]) -> str:
    """The closed ones by name, or all but the open ones if those are fewer."""
    opened = tuple(who for who in ORGANIZATIONS if who not in closed and who is not LINE)
    if len(closed) <= len(opened):
        return _named(closed)
    return f"{ALL}{BUT}{_named(opened)}" if opened else ALL


def _named(group: tuple[Capacity, ...]) -> str:
    """A group by name; clinicians by their common one, if nearly all of them are the group."""
    absent = [who for who in CLINICIANS if who not in group]
    if len(group) + len(absent) != len(CLINICIANS) or len(absent) > 2:
        return ", ".join(group)
    return f"{CLINICAL}{BUT}{', '.join(absent)}" if absent else CLINICAL


def _alike(words: Iterable[Word], by: Callable[[Word], Hashable]) -> list[tuple[Word, ...]]:
    """The words in groups that are alike, each in its order."""
    groups: dict[Hashable, tuple[Word, ...]] = {}
    for word in words:
        groups[by(word)] = (*groups.get(by(word), ()), word)
    return list(groups.values())
