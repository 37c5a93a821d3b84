"""Which stories try which rule: with what answer, and on which day of its life."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from consent import rulebook
from consent.engine import decide
from consent.rule import Effect, Rule
from consent.tried import version
from schemas.disclosure import Case, Decision, Step, Verdict
from tests.consent.stories import stories

TRIED = Path(str(files("consent"))) / "tried.json"

DAY = timedelta(days=1)

UNCONDITIONAL = frozenset({"justice.national-database", "victims.not-for-reporting"})
"""Rules that apply wherever they are asked; their no is a question of another purpose or regime."""


@dataclass
class Trial:
    """The stories of one version of a rule, by what they show.

    yes         it applies
    no          it was asked and does not apply
    first_day   it applies on its first day
    day_before  it is not heard on the day before its first, and the same question a day later makes it apply
    last_day    it applies on its last day (only a version that ended has one)
    """

    rule: Rule[Any]
    yes: list[str] = field(default_factory=list)
    no: list[str] = field(default_factory=list)
    first_day: list[str] = field(default_factory=list)
    day_before: list[str] = field(default_factory=list)
    last_day: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """What no story shows yet."""
        wanted = {"yes": self.yes, "no": self.no, "first day": self.first_day, "day before": self.day_before}
        if self.rule.until is not None:
            wanted["last day"] = self.last_day
        return [name for name, shown in wanted.items() if not shown]


def tried(cases: Sequence[Case]) -> dict[str, list[str]]:
    """The stories of each version of a rule: in which it applies or soon will, and that tell one of its rows."""
    rows = {case.id: {row for piece in case.expected.records for row in piece.rules} for case in cases}
    return {
        version(trial.rule): sorted(
            {*trial.yes, *trial.day_before, *(story for story in trial.no if rows[story] & set(trial.rule.rows))}
        )
        for trial in trials(cases)
    }


def trials(cases: Iterable[Case]) -> list[Trial]:
    """Every version of every rule with the stories that try it."""
    found = [Trial(rule) for rule in rulebook.rules()]
    for case in cases:
        decision, day = decide(case.request, case.facts), case.request.at.date()
        for trial in found:
            if trial.rule.in_force(day):
                _note(trial, case.id, day, _verdicts(trial.rule, decision, case))
            elif day == trial.rule.since - DAY and _would_apply_tomorrow(trial.rule, case):
                trial.day_before.append(case.id)
    return found


def _note(trial: Trial, story: str, day: date, verdicts: set[Verdict]) -> None:
    if Verdict.DOES_NOT_APPLY in verdicts or (not verdicts and trial.rule.id in UNCONDITIONAL):
        trial.no.append(story)
    if verdicts - {Verdict.DOES_NOT_APPLY}:
        trial.yes.append(story)
        if day == trial.rule.since:
            trial.first_day.append(story)
        if trial.rule.until is not None and day == trial.rule.until - DAY:
            trial.last_day.append(story)


def _verdicts(rule: Rule[Any], decision: Decision, case: Case) -> set[Verdict]:
    return {step.verdict for step in _heard(rule, decision, case) if step.rule == rule.id}


def _heard(rule: Rule[Any], decision: Decision, case: Case) -> Iterator[Step]:
    """The steps of the trace. A gate that was passed leaves none there: it was asked if none before it refused."""
    yield from (step for piece in decision.records for step in piece.trace)
    if decision.gate is not None:
        yield decision.gate
    if rule.effect is Effect.GATE and rule.speaks_to(case.request.purpose) and _was_passed(rule, decision, case):
        yield rule.silence


def _was_passed(rule: Rule[Any], decision: Decision, case: Case) -> bool:
    asked = [gate.id for gate in rulebook.rules_on(case.request.at.date()) if gate.effect is Effect.GATE]
    if decision.gate is None:
        return rule.id in asked
    return rule.id in asked[: asked.index(decision.gate.rule)]


def _would_apply_tomorrow(rule: Rule[Any], case: Case) -> bool:
    tomorrow = case.model_copy(update={"request": case.request.model_copy(update={"at": case.request.at + DAY})})
    verdicts = _verdicts(rule, decide(tomorrow.request, tomorrow.facts), tomorrow)
    return bool(verdicts - {Verdict.DOES_NOT_APPLY})


if __name__ == "__main__":
    TRIED.write_text(json.dumps(tried(tuple(stories())), indent=1) + "\n", encoding="utf-8")
