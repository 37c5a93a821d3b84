"""What is wrong with one file, in the shape in which every feed tells it."""

from dataclasses import dataclass

import polars as pl

from schemas.messages import Problem, Severity
from schemas.problems import ONE_BY_ONE, Problems


@dataclass(frozen=True)
class Fault:
    """A kind of problem. Never holds what stood there."""

    code: str
    expected: str
    severity: Severity = Severity.WARNING
    field: str | None = None


class Report:
    """Problems of one file in the order in which they were found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._problems = Problems()

    def add(self, fault: Fault, line: int | None = None, count: int = 1) -> None:
        """Takes note; only the first twenty of a kind, which is a code and a field, are told with their line."""
        self._problems.note(
            Problem(
                file=self.file,
                line=line,
                field=fault.field,
                code=fault.code,
                severity=fault.severity,
                expected=fault.expected,
                count=count,
            )
        )

    def add_lines(self, fault: Fault, lines: pl.Series) -> None:
        """The same for every one of these lines, at the cost of twenty."""
        for line in lines.head(ONE_BY_ONE).to_list():
            self.add(fault, line)
        if len(lines) > ONE_BY_ONE:
            self.add(fault, count=len(lines) - ONE_BY_ONE)

    def told(self) -> list[Problem]:
        """What was found since last asked."""
        return self._problems.fresh()

    def rest(self) -> list[Problem]:
        """For each kind found more than twenty times, one problem that stands for the others."""
        return self._problems.rest()
