"""Enrollment.csv: whether a project was open, and took part in HMIS, while somebody stayed in it."""

from itertools import starmap

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.days import day
from adapters.hmis.checks.rules import TODAY, Rule, of_project, of_stay

_ENTRY, _EXIT = day("EntryDate"), of_stay("exit")
_OPERATING = "the project's operating period (2.02.3, 2.02.4)"
_PARTICIPATING = "the project's HMIS participation (2.08.2, 2.08.3)"


def _cases(start: pl.Expr, end: pl.Expr) -> dict[str, pl.Expr]:
    """How a stay can lie beside a period. Somebody who has not left is there until today."""
    early, late = start > _ENTRY, (pl.coalesce(_EXIT, TODAY) > end).fill_null(value=False)
    over = (start > _EXIT).fill_null(value=False)
    after = (end < _ENTRY).fill_null(value=False)
    return {
        "before": early & over,
        "crosses-start": early & ~over & ~late,
        "crosses": early & late,
        "crosses-end": ~early & late & ~after,
        "after": after,
    }


def _rule(name: str, period: str, case: str, level: Level, eva: int, wrong: pl.Expr) -> Rule:
    expected = f"a stay from 3.10 Project Start Date to 3.11 Project Exit Date within {period}"
    return Rule(Check(f"stay-{case}-{name}", level, expected, "Enrollment", "EntryDate", (eva,)), wrong)


_operating = _cases(of_project("@OperatingStartDate"), of_project("@OperatingEndDate"))
_participating = _cases(of_project("participates"), of_project("participates_until"))

RULES = tuple(
    starmap(
        _rule,
        [
            ("operating", _OPERATING, "before", Level.ERROR, 118, _operating["before"]),
            ("operating", _OPERATING, "crosses-start", Level.ERROR, 117, _operating["crosses-start"]),
            ("operating", _OPERATING, "crosses", Level.ERROR, 120, _operating["crosses"]),
            ("operating", _OPERATING, "crosses-end", Level.ERROR, 119, _operating["crosses-end"]),
            ("operating", _OPERATING, "after", Level.ERROR, 116, _operating["after"]),
            ("participation", _PARTICIPATING, "before", Level.WARNING, 113, _participating["before"]),
            ("participation", _PARTICIPATING, "crosses-start", Level.ERROR, 112, _participating["crosses-start"]),
            ("participation", _PARTICIPATING, "crosses", Level.ERROR, 115, _participating["crosses"]),
            ("participation", _PARTICIPATING, "crosses-end", Level.ERROR, 114, _participating["crosses-end"]),
            ("participation", _PARTICIPATING, "after", Level.WARNING, 111, _participating["after"]),
        ],
    )
)
