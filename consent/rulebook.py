"""All rules, what was in force on a day, and the digest that names this edition of the book."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from types import ModuleType
from typing import Any, TypeVar

from consent.given import Given
from consent.question import Asked, Question
from consent.rule import Effect, Rule
from consent.rules import exchange, gates, hmis, local, privacy, protected, services, state, victims
from consent.rules.hipaa import care, family, official, police
from consent.rules.part2 import bars, consented, courts, unconsented
from schemas.disclosure import Step
from schemas.vocab import Capacity, Purpose, Regime

_PAGES_KEPT = 4096

FAMILIES: tuple[ModuleType, ...] = (
    gates,
    services,
    exchange,
    local,
    privacy,
    bars,
    consented,
    unconsented,
    courts,
    care,
    family,
    official,
    police,
    hmis,
    protected,
    victims,
    state,
)
"""In the order in which permissions are relied on: the one that owes least comes first within a regime."""

KEPT_ELSEWHERE: Mapping[str, str] = {
    "R-G-06": "the engine: an ambiguous match is silent",
    "R-HM-12": "provenance: a covered entity follows HIPAA",
    "R-RT-04": "the directory: the person's own way of contact",
    "R-CR-09": "provenance: who holds out and is federally assisted is a program",
}
"""Rows of the rule table that are kept by something else than a rule."""


@dataclass(frozen=True)
class Page:
    """The rules that concern one kind of question.

    permits    for each regime in turn, the rules that may let fields go
    narrowing  bars of all and of each regime, then overlays
    silent     the steps of all the others, which plainly have nothing to say
    """

    permits: tuple[tuple[Rule[Question], ...], ...]
    narrowing: tuple[Rule[Question], ...]
    silent: tuple[Step, ...]


@dataclass(frozen=True, eq=False)
class Book:
    """The rules of one day, opened at the page of a question. A page is laid out once, up to a bound."""

    rules: tuple[Rule[Any], ...]
    pages: dict[Hashable, Page] = field(default_factory=dict, repr=False)
    doors: dict[Hashable, tuple[Rule[Asked], ...]] = field(default_factory=dict, repr=False)

    def gates(self, asked: Asked) -> tuple[Rule[Asked], ...]:
        """The gates that concern a request, in their order."""
        place = (asked.purpose, asked.given, asked.recipient.capacities)
        found = self.doors.get(place)
        if found is None:
            found = tuple(gate for gate in self._those(Effect.GATE, None, asked.purpose) if gate.concerns(*place[1:]))
            _keep(self.doors, place, found)
        return found

    def page(self, regimes: tuple[Regime, ...], q: Question) -> Page:
        """The rules that concern a piece under these regimes; what is under none is permitted or not, and no more."""
        place = (regimes, q.purpose, q.given, q.recipient.capacities)
        found = self.pages.get(place)
        if found is None:
            found = self._laid_out(*place)
            _keep(self.pages, place, found)
        return found

    def _laid_out(
        self, regimes: tuple[Regime, ...], purpose: Purpose, given: frozenset[Given], to: frozenset[Capacity]
    ) -> Page:
        permits = [self._those(Effect.PERMIT, regime, purpose) for regime in regimes or (None,)]
        narrowing = [
            *(rule for place in (None, *regimes) for rule in self._those(Effect.BAR, place, purpose)),
            *self._those(Effect.NARROW, None, purpose),
        ]
        under = narrowing if regimes else []
        return Page(
            tuple(tuple(rule for rule in those if rule.concerns(given, to)) for those in permits),
            tuple(rule for rule in under if rule.concerns(given, to)),
            tuple(rule.silence for rule in (*chain(*permits), *under) if not rule.concerns(given, to)),
        )

    def _those(self, effect: Effect, regime: Regime | None, purpose: Purpose) -> tuple[Rule[Any], ...]:
        return tuple(r for r in self.rules if r.effect is effect and r.regime is regime and r.speaks_to(purpose))


_Kept = TypeVar("_Kept")


def _keep(kept: dict[Hashable, _Kept], place: Hashable, found: _Kept) -> None:
    if len(kept) < _PAGES_KEPT:
        kept[place] = found


@cache
def rules() -> tuple[Rule[Any], ...]:
    """Every rule in every version, in the order of the book."""
    return tuple(value for module in FAMILIES for value in vars(module).values() if isinstance(value, Rule))


def rules_on(day: date) -> tuple[Rule[Any], ...]:
    """The rules in force on a day."""
    return tuple(rule for rule in rules() if rule.in_force(day))


@lru_cache(maxsize=64)
def on(day: date) -> Book:
    """The book of a day."""
    return Book(rules_on(day))


@cache
def digest() -> str:
    """SHA-256 over the ids and days of all rules and the text of this package: it changes with the law."""
    book = sha256()
    for rule in rules():
        book.update(f"{rule.id}|{rule.since}|{rule.until}\n".encode())
    for source in _sources(files("consent")):
        book.update(source.read_bytes())
    return book.hexdigest()


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry
