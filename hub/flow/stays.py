"""In which enrollment a handoff belongs: one that was open that day, at coordinated entry if there is one."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from hub.flow.release import Release
from hub.store.records import RecordRow
from schemas.canonical import CanonicalRecord, Enrollment
from schemas.vocab.records import ProgramType


class Stay(NamedTuple):
    """An enrollment by the keys of its source."""

    record: CanonicalRecord
    enrollment: Enrollment
    holder: str

    @property
    def key(self) -> str:
        return bare(self.record.key)

    @property
    def person(self) -> str:
        return self.record.subject.value if self.record.subject else ""

    def spans(self, day: date) -> bool:
        until = self.enrollment.exit_date
        return self.enrollment.entry_date <= day and (until is None or day <= until)


class Stays:
    """The enrollments of people at one source."""

    def __init__(self, release: Release, source: str) -> None:
        self._release = release
        self._source = source

    def on(self, rows: Sequence[RecordRow], day: date) -> Stay | None:
        """The enrollment of this person's records that a thing of that day belongs to; None where none was open."""
        spanning = [stay for stay in self._all(rows) if stay.spans(day)]
        return max(spanning, key=self._rank, default=None)

    def is_coordinated_entry(self, stay: Stay) -> bool:
        program = self._release.terms.programs.get((self._source, stay.enrollment.program))
        return program is not None and program.type == ProgramType.COORDINATED_ENTRY

    def _all(self, rows: Iterable[RecordRow]) -> Iterable[Stay]:
        for row in rows:
            if row.source == self._source and row.kind == "enrollment":
                record = self._release.records.open(row, self._release.people.sealer(row.person_id))
                if isinstance(record.body, Enrollment):
                    yield Stay(record, record.body, row.holder)

    def _rank(self, stay: Stay) -> tuple[bool, date, str]:
        return self.is_coordinated_entry(stay), stay.enrollment.entry_date, stay.key


def bare(key: str) -> str:
    """A source's key without the name of its table: `31` of `Project/31`."""
    return key.rpartition("/")[2]
