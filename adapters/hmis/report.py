"""What is wrong with one file, told so that a person can read it: the first of a kind one by one, the rest as one."""

from dataclasses import dataclass

from schemas.messages import Problem, Severity

ONE_BY_ONE = 20


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
        self._found: dict[tuple[str, str | None], int] = {}
        self._first: dict[tuple[str, str | None], Fault] = {}
        self._untold: list[Problem] = []

    def add(self, fault: Fault, line: int | None = None) -> None:
        """Takes note; only the first twenty of a kind, which is a code and a field, are told with their line."""
        kind = (fault.code, fault.field)
        self._found[kind] = found = self._found.get(kind, 0) + 1
        if found <= ONE_BY_ONE:
            self._first.setdefault(kind, fault)
            self._untold.append(self._problem(fault, fault.expected, line, 1))

    def told(self) -> list[Problem]:
        """What was found since last asked."""
        told, self._untold = self._untold, []
        return told

    def rest(self) -> list[Problem]:
        """For each kind found more than twenty times, one problem that stands for the others."""
        more = {kind: found - ONE_BY_ONE for kind, found in self._found.items() if found > ONE_BY_ONE}
        return [
            self._problem(self._first[kind], f"{self._first[kind].expected} ({count} more rows)", None, count)
            for kind, count in more.items()
        ]

    def _problem(self, fault: Fault, expected: str, line: int | None, count: int) -> Problem:
        return Problem(
            file=self.file,
            line=line,
            field=fault.field,
            code=fault.code,
            severity=fault.severity,
            expected=expected,
            count=count,
        )
