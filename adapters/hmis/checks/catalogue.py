"""What a check is: a stable code, how bad it is, what it speaks of, and what it expects in the vendor's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from adapters.hmis.report import Fault
from schemas.messages import Severity
from schemas.vocab.word import Word


class Level(Word):
    """How urgent a finding is to a data-quality manager; the scale is that of HUD's own checker (eva)."""

    HIGH_PRIORITY = "high priority", "Figures made from the export are wrong until it is mended."
    ERROR = "error", "A value that cannot be right."
    WARNING = "warning", "A value that may be right, and should be looked at."


@dataclass(frozen=True)
class Check:
    """One check. `file` and `field` are None where it speaks of every file, or of a row as a whole.

    `eva` are the numbers of HUD's own checks that it answers to. `severity` says what becomes of the row.
    """

    code: str
    level: Level
    expected: str
    file: str | None = None
    field: str | None = None
    eva: tuple[int, ...] = ()
    severity: Severity = Severity.WARNING

    @cached_property
    def fault(self) -> Fault:
        return Fault(self.code, self.expected, self.severity, self.field)

    def of(self, field: str | None, expected: str | None = None) -> Fault:
        """The fault of one field, where the check speaks of many."""
        return Fault(self.code, expected or self.expected, self.severity, field)


def by_code(checks: Iterable[Check]) -> dict[str, Check]:
    """The first check of each code; all checks of one code are as urgent as each other."""
    found: dict[str, Check] = {}
    for check in checks:
        found.setdefault(check.code, check)
    return found
