"""For what a full refresh speaks: its projects, its days, and what hangs on the enrollments in them.

A full refresh takes the place of what was sent before, so what it does not name is gone, but only there (HUD CSV
specification, ExportDirective 2). Clients, users, organizations and projects are never gone by absence.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from adapters.base import Extent, Read
from adapters.hmis.export import Export
from adapters.hmis.report import Fault, Report
from adapters.hmis.spec import Table
from schemas.canonical import CanonicalRecord, Enrollment, SourceRow
from schemas.messages import Problem, Severity

_ENROLLMENT = "EnrollmentID"
_NOT_TOLD = Fault("removals-skipped", "no row set aside; as one was, nothing missing here was taken for removed")
_ORPHAN = "orphan"


class Holds(Protocol):
    """The part of a census that is needed here."""

    def names(self, enrollment: str) -> bool: ...

    def speaks_for(self, project: str, person: str) -> bool: ...


@dataclass(frozen=True)
class FullRefresh(Extent):
    """What the set speaks for from `start` to `end`, in those `tables` whose every row could be read.

    What it holds is asked of its `census`: for which stays it speaks, and which of them it names, live or deleted.
    """

    tables: frozenset[str]
    census: Holds
    start: date
    end: date
    zone: ZoneInfo

    def covers(self, record: CanonicalRecord, gone: Container[str]) -> bool:
        """Whether the set would name the record: a stay that overlaps its days, or what hangs on one."""
        table, _, key = record.key.partition("/")
        if table not in self.tables:
            return False
        if isinstance(record.body, Enrollment):
            return not self.census.names(key) and self._would_hold(record, record.body)
        enrollment = _enrollment_of(record)
        if enrollment is None:
            return False
        return f"Enrollment/{enrollment}" in gone or (self.census.names(enrollment) and self._is_in_time(record))

    def _would_hold(self, record: CanonicalRecord, stay: Enrollment) -> bool:
        person = record.subject.value if record.subject else ""
        inside = self.census.speaks_for(stay.program.removeprefix("Project/"), person)
        return inside and stay.entry_date <= self.end and (stay.exit_date is None or stay.exit_date >= self.start)

    def _is_in_time(self, record: CanonicalRecord) -> bool:
        """A reporting period ends with what was found out until its last day."""
        return record.occurred_at is None or record.occurred_at.astimezone(self.zone).date() <= self.end


def _enrollment_of(record: CanonicalRecord) -> str | None:
    """The key of the enrollment that a record hangs on; None where it hangs on none."""
    if isinstance(record.body, SourceRow):
        named = (value for name, value in record.body.values.items() if name.lower() == _ENROLLMENT.lower())
        return next(named, None)
    enrollment: str | None = getattr(record.body, "enrollment", None)
    return None if enrollment is None else enrollment.removeprefix("Enrollment/")


class Attention:
    """Notes, while a set is read, in which tables not every row could be."""

    def __init__(self) -> None:
        self._spoiled: set[str | None] = set()

    def over(self, read: Iterable[Read]) -> Iterator[Read]:
        """The same again."""
        for one in read:
            if isinstance(one, Problem) and one.severity is Severity.SET_ASIDE and self._matters(one):
                self._spoiled.add(one.file)
            yield one

    @staticmethod
    def _matters(problem: Problem) -> bool:
        """An orphan says which row it is; of what hangs on no known enrollment nothing is removed anyway."""
        return problem.code != _ORPHAN or problem.file == "Enrollment.csv"

    def extent(
        self,
        export: Export,
        present: Iterable[Table],
        census: Holds,
        zone: ZoneInfo,
    ) -> Iterator[Read]:
        """What a complete set speaks for, after all of it was read; nothing where it is not."""
        if export.start is None or export.end is None or not export.is_complete:
            return
        hanging = [table for table in present if _ENROLLMENT in table.needs]
        for table in hanging:
            if table.file in self._spoiled:
                yield from _told(table.file)
        whole = frozenset(table.name for table in hanging if table.file not in self._spoiled)
        yield FullRefresh(whole, census, export.start, export.end, zone)


def _told(file: str) -> list[Problem]:
    report = Report(file)
    report.add(_NOT_TOLD)
    return report.told()
