"""A rule: one question of law with its citation, its days and its answer."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from consent.given import Given
from consent.question import Asked, Question
from schemas.disclosure import Citation, Step, Verdict
from schemas.vocab import Capacity, Field, Obligation, Purpose, Regime


class Effect(StrEnum):
    """What a rule can do to an answer."""

    GATE = "gate"
    """Refuses the request as a whole, from the request alone."""
    BAR = "bar"
    """Withholds whatever else permits."""
    PERMIT = "permit"
    """Lets fields go, as far as its own regime is concerned."""
    NARROW = "narrow"
    """Takes away from what was permitted, or adds what is owed."""


class Finding(NamedTuple):
    """What one rule says to one question.

    fields      those let go by a permission, and those held back by a bar or a narrowing
    obligations owed if anything leaves
    owed_with   owed only if some of these fields leave: what stays must not show in what is owed
    """

    verdict: Verdict
    because: str
    fields: frozenset[Field] = frozenset()
    obligations: frozenset[Obligation] = frozenset()
    would_help: str | None = None
    owed_with: tuple[tuple[Obligation, frozenset[Field]], ...] = ()

    def owed(self, released: frozenset[Field]) -> frozenset[Obligation]:
        """What is owed with these fields."""
        if not self.owed_with:
            return self.obligations
        return self.obligations | {owed for owed, fields in self.owed_with if not fields.isdisjoint(released)}


def permits(fields: Collection[Field], because: str, owing: Collection[Obligation] = ()) -> Finding:
    """Lets these fields go; lets nothing go if there are none."""
    if not fields:
        return does_not_apply(f"{because} Nothing of what is held falls under it.")
    return Finding(Verdict.PERMITS, because, frozenset(fields), frozenset(owing))


def bars(fields: Collection[Field], because: str, would_help: str | None = None) -> Finding:
    """Holds these fields back, whatever else permits."""
    return Finding(Verdict.BARS, because, frozenset(fields), would_help=would_help)


def narrows(
    fields: Collection[Field],
    because: str,
    owing: Collection[Obligation] = (),
    would_help: str | None = None,
    owed_with: Iterable[tuple[Obligation, frozenset[Field]]] = (),
) -> Finding:
    """Holds these fields back (none is possible), and adds what is owed with the rest."""
    return Finding(Verdict.NARROWS, because, frozenset(fields), frozenset(owing), would_help, tuple(owed_with))


def does_not_apply(because: str, would_help: str | None = None) -> Finding:
    """A near miss that is worth explaining; a rule that plainly does not concern the question returns None."""
    return Finding(Verdict.DOES_NOT_APPLY, because, would_help=would_help)


Asks = TypeVar("Asks", bound=Asked)

_STEPS_KEPT = 1024


@dataclass(frozen=True, eq=False)
class Rule(Generic[Asks]):
    """One question of law.

    id       stable over versions: `part2.consent`
    rows     the rows of the rule table that it keeps: `R-P2-01`
    since    the first day it holds
    until    the first day it no longer holds; None while it holds
    purposes the purposes it speaks to; None for all
    given    what must be on the table for it to have anything to say
    to       the capacities of recipients it speaks of, one of which suffices; None for all
    then     what is owed whenever it applies
    """

    id: str
    regime: Regime | None
    effect: Effect
    cites: tuple[Citation, ...]
    rows: tuple[str, ...]
    since: date
    until: date | None
    purposes: frozenset[Purpose] | None
    given: frozenset[Given]
    to: frozenset[Capacity] | None
    then: frozenset[Obligation]
    ask: Callable[[Asks], Finding | None] = field(repr=False)
    steps: dict[Finding, Step] = field(default_factory=dict, repr=False)

    @property
    def words(self) -> str:
        """The rule in plain words."""
        return " ".join((self.ask.__doc__ or "").split())

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def speaks_to(self, purpose: Purpose) -> bool:
        return self.purposes is None or purpose in self.purposes

    def concerns(self, given: frozenset[Given], capacities: frozenset[Capacity]) -> bool:
        """Whether it has anything to say where this is given, to a recipient of these capacities."""
        return self.given <= given and (self.to is None or not self.to.isdisjoint(capacities))

    @cached_property
    def silence(self) -> Step:
        """The step of a question it plainly does not concern."""
        return self._step(Finding(Verdict.DOES_NOT_APPLY, self.words))

    def step(self, finding: Finding) -> Step:
        """The finding as a line of the trace. Findings repeat, and a step is built once for each, up to a bound."""
        step = self.steps.get(finding)
        if step is None:
            step = self._step(finding)
            if len(self.steps) < _STEPS_KEPT:
                self.steps[finding] = step
        return step

    def _step(self, finding: Finding) -> Step:
        return Step(
            rule=self.id,
            regime=self.regime,
            verdict=finding.verdict,
            because=finding.because,
            would_help=finding.would_help,
            fields=finding.fields,
            cites=self.cites,
        )


def rule(
    rule_id: str,
    regime: Regime | None,
    effect: Effect,
    cites: tuple[Citation, ...],
    since: date,
    *,
    rows: tuple[str, ...],
    until: date | None = None,
    purposes: frozenset[Purpose] | None = None,
    given: Collection[Given] = (),
    to: Collection[Capacity] | None = None,
    then: frozenset[Obligation] = frozenset(),
) -> Callable[[Callable[[Question], Finding | None]], Rule[Question]]:
    """Makes a question of law of a function: the docstring is the rule in plain words."""

    def of(ask: Callable[[Question], Finding | None]) -> Rule[Question]:
        return Rule(rule_id, regime, effect, cites, rows, since, until, purposes, *_narrowed(given, to), then, ask)

    return of


def gate(
    rule_id: str,
    cites: tuple[Citation, ...],
    since: date,
    *,
    rows: tuple[str, ...],
    purposes: frozenset[Purpose] | None = None,
    given: Collection[Given] = (),
    to: Collection[Capacity] | None = None,
) -> Callable[[Callable[[Asked], Finding | None]], Rule[Asked]]:
    """Makes a gate: it sees the request and no record, so that it cannot show whether there is one."""

    def of(ask: Callable[[Asked], Finding | None]) -> Rule[Asked]:
        about = _narrowed(given, to)
        return Rule(rule_id, None, Effect.GATE, cites, rows, since, None, purposes, *about, frozenset(), ask)

    return of


def _narrowed(
    given: Collection[Given], to: Collection[Capacity] | None
) -> tuple[frozenset[Given], frozenset[Capacity] | None]:
    return frozenset(given), None if to is None else frozenset(to)
