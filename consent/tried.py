"""Which decided cases try which rule, as counted when the book was last changed; the tests hold it to that."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from consent.rule import Rule


def cases_of(rule: Rule[Any]) -> tuple[str, ...]:
    """The names of the cases in which this version of a rule applies, or that tell one of its rows."""
    return _tried()[version(rule)]


def version(rule: Rule[Any]) -> str:
    """A version of a rule by its id and first day: `part2.consent@2026-02-16`."""
    return f"{rule.id}@{rule.since}"


@cache
def _tried() -> Mapping[str, tuple[str, ...]]:
    known: dict[str, list[str]] = json.loads(files("consent").joinpath("tried.json").read_text(encoding="utf-8"))
    return {name: tuple(cases) for name, cases in known.items()}
