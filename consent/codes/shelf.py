"""All code sets of a hub, and what a code speaks of on a day."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from consent.codes.reading import of_toml
from consent.codes.sets import CodeSet
from consent.codes.systems import HCPCS, ICD_9_CM, ICD_10_CM, RXNORM, called
from schemas.vocab import Sensitivity

OWN_FILES = {
    ICD_10_CM: ("icd-10-cm.toml",),
    ICD_9_CM: ("icd-9-cm.toml",),
    RXNORM: ("rxnorm.toml",),
    HCPCS: ("hcpcs.toml",),
}
"""The editions that come with the hub, the first one first; each system is read when it is first asked about."""


class Reason(NamedTuple):
    """Why a code speaks of something, and by which set."""

    speaks_of: Sensitivity
    because: str
    by: CodeSet


class Codes:
    """The code sets of a hub: those that come with it, and those it is licensed for.

    Sets only add to each other. Of several editions of one set the latest that has begun counts; a day before the
    first is read by the first, and a day that nobody knows by all of them.
    """

    def __init__(self, added: Iterable[CodeSet] = ()) -> None:
        self._added = tuple(added)
        self._by_system: dict[str, tuple[tuple[CodeSet, ...], ...]] = {}

    def speaks_of(self, system: str, code: str, on: date | None = None) -> frozenset[Sensitivity]:
        """What a code speaks of; nothing where nobody knows, which `knows` tells apart."""
        return frozenset(
            each.speaks_of for by in self._in_force(system, on) for each in by.holding(code) if each.speaks_of
        )

    def reasons(self, system: str, code: str, on: date | None = None) -> tuple[Reason, ...]:
        """Why a code speaks of what it speaks of."""
        return tuple(
            Reason(each.speaks_of, each.because, by)
            for by in self._in_force(system, on)
            for each in by.holding(code)
            if each.speaks_of
        )

    def knows(self, system: str, code: str, on: date | None = None) -> bool:
        """Whether it was considered what a code speaks of: a set names it, or considered all of its system."""
        return any(by.complete or by.holding(code) for by in self._in_force(system, on))

    @property
    def sets(self) -> tuple[CodeSet, ...]:
        """Every set, those that come with the hub first."""
        return (*(edition for system in OWN_FILES for edition in own(system)), *self._added)

    def _in_force(self, system: str, on: date | None) -> Iterator[CodeSet]:
        for editions in self._editions(called(system)):
            if on is None:
                yield from editions
            else:
                first_day = max((one.since for one in editions if one.since <= on), default=editions[0].since)
                yield from (one for one in editions if one.since == first_day)

    def _editions(self, system: str) -> tuple[tuple[CodeSet, ...], ...]:
        """The sets of a system, each as its editions from the first to the last."""
        found = self._by_system.get(system)
        if found is None:
            found = self._by_system[system] = tuple(self._sorted(system))
        return found

    def _sorted(self, system: str) -> Iterator[tuple[CodeSet, ...]]:
        if system in OWN_FILES:
            yield own(system)
        added = [one for one in self._added if one.system == system]
        for name in dict.fromkeys(one.name for one in added):
            yield tuple(sorted((one for one in added if one.name == name), key=lambda one: one.since))


@cache
def own(system: str) -> tuple[CodeSet, ...]:
    """The editions of a system that come with the hub."""
    folder = files("consent.codes")
    return tuple(of_toml(name, folder.joinpath(name).read_text(encoding="utf-8")) for name in OWN_FILES[system])
