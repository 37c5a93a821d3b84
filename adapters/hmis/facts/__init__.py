"""HUD's CSV specification as facts: `tables.json` and `lists.json`, each fact with the years for which it holds.

Sources: HUD's HMIS CSV Format Specifications FY2022, FY2024 and FY2026 (the last from HUD Data Lab's machine-readable
draft, held against published FY2026 exports). Years are written `2024-2024`, `2024-` or `-2022`; a fact without holds
in all. Where a list or null flag of FY2022 was not at hand, that of FY2024 stands for it.

A table has its `key`, the date `on` which its rows happened, the columns it `needs`, and its `columns` in HUD's order,
retired ones last. A column is its form, or a form with more about it:

* the form is written `S32!@1.8`: kind (S text, I whole number, D date, T date and time, M money, N money that is not
  negative), greatest length, `!` where null is not allowed, and the list its codes come from; `before` gives the form
  until a year;
* `drafted`: HUD's draft of that year had the column, the final text has not;
* `list_by`: which list applies depends on the column `of`;
* `element`: the number of HUD's data element;
* `identifying` and `sensitive`: what the value tells of a person; `pattern` and `least` bound it further.

A list has its name and its codes with their texts. A subset takes codes of another list. Lists that are `gone` are in
no current version.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def tables() -> dict[str, Any]:
    return _read("tables.json")


@cache
def lists() -> dict[str, Any]:
    return _read("lists.json")


def holds(years: str | None, year: int) -> bool:
    """Whether a span such as `2024-` takes in the year; no span takes in all."""
    if years is None:
        return True
    since, until = years.split("-")
    return (not since or int(since) <= year) and (not until or year <= int(until))


def is_over(years: str, year: int) -> bool:
    """Whether a span has ended before the year."""
    until = years.split("-")[1]
    return bool(until) and int(until) < year


def _read(name: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(files(__package__).joinpath(name).read_text("utf-8"))
    return facts
