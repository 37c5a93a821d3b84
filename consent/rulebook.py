"""All rules, what was in force on a day, and the digest that names this edition of the book."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import ModuleType
from typing import Any

from consent import exchange, gates, hmis, local, protected, services, state, victims
from consent.hipaa import care, family, official, police
from consent.part2 import bars, consented, courts, unconsented
from consent.question import Asked, Question
from consent.rule import Effect, Rule
from schemas.vocab import Purpose, Regime

FAMILIES: tuple[ModuleType, ...] = (
    gates,
    services,
    exchange,
    local,
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
    "R-P2-44": "the audit log: rows are masked by role",
    "R-HB-06": "the ledgers: the list of 42 CFR 2.24",
    "R-HB-08": "the record store: purge or return when a program leaves",
    "R-HM-12": "provenance: a covered entity follows HIPAA",
    "R-RT-04": "the directory: the person's own way of contact",
    "R-RT-05": "the ledgers: accountings of disclosures",
    "R-CR-09": "provenance: who holds out and is federally assisted is a program",
}
"""Rows of the rule table that are kept by something else than a rule."""


@dataclass(frozen=True)
class Book:
    """The rules of one day, laid out for the engine."""

    gates: Mapping[Purpose, tuple[Rule[Asked], ...]]
    bars: Mapping[tuple[Regime | None, Purpose], tuple[Rule[Question], ...]] = field(repr=False)
    permits: Mapping[tuple[Regime | None, Purpose], tuple[Rule[Question], ...]] = field(repr=False)
    overlays: Mapping[Purpose, tuple[Rule[Question], ...]] = field(repr=False)


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
    return laid_out(rules_on(day))


def laid_out(rules_of_the_day: Iterable[Rule[Any]]) -> Book:
    """Rules as the engine looks them up: by effect, regime and purpose."""
    known = tuple(rules_of_the_day)
    places = [(regime, purpose) for regime in (None, *Regime) for purpose in Purpose]
    gates_of = {purpose: _those(known, Effect.GATE, None, purpose) for purpose in Purpose}
    return Book(
        gates=gates_of,
        bars={place: _those(known, Effect.BAR, *place) for place in places},
        permits={place: _those(known, Effect.PERMIT, *place) for place in places},
        overlays={purpose: _those(known, Effect.NARROW, None, purpose) for purpose in Purpose},
    )


def _those(
    known: tuple[Rule[Any], ...], effect: Effect, regime: Regime | None, purpose: Purpose
) -> tuple[Rule[Any], ...]:
    return tuple(r for r in known if r.effect is effect and r.regime is regime and r.speaks_to(purpose))


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
