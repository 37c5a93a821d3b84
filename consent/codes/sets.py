"""A code set: one edition of what the codes of one system speak of, with a reason for every range."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from consent.codes.systems import key, span
from consent.lazy import lazy
from schemas.vocab import Sensitivity


class Range(NamedTuple):
    """Codes from `first` to `last`, both included, and why they speak of something; of nothing where excepted."""

    first: str
    last: str
    speaks_of: Sensitivity | None
    because: str


@dataclass(frozen=True)
class CodeSet:
    """One edition of a set.

    name      what its editions have in common; of two editions the later one takes the place of the earlier
    system    a name of `systems`, or the URI of a system not known there
    edition   as its publisher calls it
    since     the first day of the edition
    source    where it comes from, and under which terms
    complete  every code of the system was considered: one that is not named speaks of nothing
    ranges    what speaks of something; a code may fall into several, and all of them count
    excepted  what speaks of nothing whatever range of this set it falls into
    """

    name: str
    system: str
    edition: str
    since: date
    source: str
    complete: bool
    ranges: tuple[Range, ...]
    excepted: tuple[Range, ...] = ()

    def holding(self, code: str) -> tuple[Range, ...]:
        """The ranges that count for a code, in the order of their first codes; found by bisection."""
        edges, held = self._segments
        at = bisect_right(edges, key(self.system, code)) - 1
        return held[at] if at >= 0 else ()

    @lazy
    def _segments(self) -> tuple[list[str], list[tuple[Range, ...]]]:
        """The edges between stretches of codes that fall into the same ranges, and those ranges."""
        opening, closing = defaultdict(list), defaultdict(list)
        for each in (*self.ranges, *self.excepted):
            start, end = span(self.system, each.first, each.last)
            opening[start].append(each)
            closing[end].append(each)
        edges = sorted(opening.keys() | closing.keys())
        held: list[tuple[Range, ...]] = []
        open_now: dict[Range, None] = {}
        for edge in edges:
            for each in closing[edge]:
                open_now.pop(each, None)
            open_now.update(dict.fromkeys(opening[edge]))
            held.append(_that_count(open_now))
        return edges, held


def _that_count(ranges: dict[Range, None]) -> tuple[Range, ...]:
    return () if any(each.speaks_of is None for each in ranges) else tuple(ranges)
