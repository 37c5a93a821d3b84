"""A check that only the whole set can answer: it gives the lines of one file that are wrong."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from adapters.hmis.checks.catalogue import Check
from adapters.hmis.checks.diary import Diary
from adapters.hmis.checks.roll import Roll
from adapters.hmis.report import Report
from schemas.messages import Problem

Lines = Callable[[Roll, Diary], pl.Series]


@dataclass(frozen=True)
class Whole:
    """`by_absence` checks say that something is not there, which a delta refresh (ExportDirective 1) cannot show."""

    check: Check
    lines: Lines
    by_absence: bool = False


def problems(wholes: Iterable[Whole], roll: Roll, diary: Diary) -> Iterator[Problem]:
    """What these checks find, file by file in their order."""
    for whole in wholes:
        if whole.by_absence and roll.is_delta:
            continue
        report = Report(f"{whole.check.file}.csv")
        report.add_lines(whole.check.fault, whole.lines(roll, diary).drop_nulls().sort())
        yield from report.told()
        yield from report.rest()
