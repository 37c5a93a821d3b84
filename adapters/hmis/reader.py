"""One file as canonical records. Every row becomes a record, or is set aside, or is refused, and is counted as such."""

from collections.abc import Iterator
from datetime import date

from adapters.base import Read
from adapters.hmis.bodies import Page, body, whole
from adapters.hmis.calendar import Calendar
from adapters.hmis.census import Census, later, written_at
from adapters.hmis.checks.rows import Checks
from adapters.hmis.export import Export
from adapters.hmis.home import Home, Nowhere, provenance
from adapters.hmis.person import personal_id
from adapters.hmis.privacy import PrivacyMarks
from adapters.hmis.refusal import FEED
from adapters.hmis.report import Fault, Report
from adapters.hmis.sensitivity import sensitivity
from adapters.hmis.sheet import Row, Sheet
from adapters.hmis.words import GRANTED_SERVICES
from schemas.canonical import CanonicalRecord, SourceRow
from schemas.disclosure import Provenance
from schemas.messages import Problem, Severity
from schemas.vocab.records import Change

_UNKNOWN = Fault("orphan", "a row that refers only to sound rows of the same set", Severity.SET_ASIDE)
_OTHER_EXPORT = Fault("export-id", "the ExportID of Export.csv", field="ExportID")
_UNKNOWN_USER = Fault("unknown-user", "a UserID that stands in User.csv", field="UserID")
_BACKWARDS = Fault("backwards", "DateUpdated on or after DateCreated", field="DateUpdated")


class Reader:
    """Reads one sheet, row by row; keeps nothing of a row that has gone by but its key."""

    def __init__(self, sheet: Sheet, calendar: Calendar, census: Census, marks: PrivacyMarks, export: Export) -> None:
        self._sheet = sheet
        self._table = sheet.table
        self._calendar = calendar
        self._census = census
        self._marks = marks
        self._export = export
        self._page = Page(sheet.table.name, _kept(sheet), calendar, census.stays, export.hashed)
        self._checks = Checks(sheet.table, sheet.names, calendar, hashed=export.hashed)
        self._report = Report(sheet.table.file)
        self._refused = 0

    def read(self) -> Iterator[Read]:
        """Records and problems in the order of the rows; what concerns many rows comes at the end."""
        self._sheet.remark_on_header(self._report)
        for row in self._sheet.rows(self._report):
            record = self._record(row)
            yield from self._report.told()
            if record is not None:
                yield record
        yield from self._report.told()
        yield from self._report.rest()
        if self._refused:
            yield self._refusal()

    def _record(self, row: Row) -> CanonicalRecord | None:
        home = self._census.place(self._table, row)
        if home is Nowhere.VICTIM_SERVICES:
            self._refused += 1
        elif home is Nowhere.UNKNOWN:
            self._report.add(_UNKNOWN, row.line)
        elif self._table.on is None:
            return self._canonical(row, None, home)
        elif on := self._calendar.day(row[self._table.on]):
            return self._canonical(row, on, home)
        else:
            self._report.add(Fault("date", "a date, YYYY-MM-DD", Severity.SET_ASIDE, self._table.on), row.line)
        return None

    def _canonical(self, row: Row, on: date | None, home: Home) -> CanonicalRecord:
        self._check(row)
        table, key, about = self._table, row[self._table.key], row["PersonalID"]
        updated_at = written_at(row, self._calendar)
        if table.name == "Enrollment":
            updated_at = later(updated_at, self._census.stays[key].updated_at)
        said = body(row, on, home, self._page)
        return CanonicalRecord(
            feed=FEED,
            key=f"{table.name}/{key}",
            subject=personal_id(about) if about else None,
            held_by=home.organization,
            occurred_at=self._calendar.midnight(row[table.on]) if table.on else None,
            updated_at=self._calendar.start_of_day(updated_at) if updated_at else None,
            change=Change.DELETE if row["DateDeleted"] else Change.UPSERT,
            provenance=self._provenance(row, home),
            sensitivity=sensitivity(table.name, row, fleeing=self._census.is_fleeing(row)) if about else frozenset(),
            place=f"{table.file} line {row.line}",
            as_sent=whole(row, self._page) if about and not isinstance(said, SourceRow) else {},
            body=said,
        )

    def _provenance(self, row: Row, home: Home) -> Provenance:
        funding = GRANTED_SERVICES.get(row["RecordType"])
        private = self._marks.cover(self._table.name, row[self._table.key])
        return provenance(home.funding | {funding} if funding else home.funding, private=private)

    def _check(self, row: Row) -> None:
        self._checks.run(row, self._report)
        if row["ExportID"] not in self._export.ids:
            self._report.add(_OTHER_EXPORT, row.line)
        if (user := row["UserID"]) and user not in self._census.users:
            self._report.add(_UNKNOWN_USER, row.line)
        if self._is_backwards(row["DateCreated"], row["DateUpdated"]):
            self._report.add(_BACKWARDS, row.line)

    def _is_backwards(self, created: str, updated: str) -> bool:
        """By the day, because many senders give DateUpdated no time."""
        before, after = self._calendar.moment(created), self._calendar.moment(updated)
        if before is None or after is None or before <= after:
            return False
        return (self._calendar.day(updated) or date.max) < (self._calendar.day(created) or date.min)

    def _refusal(self) -> Problem:
        return Problem(
            file=self._table.file,
            code="victim-service-provider",
            severity=Severity.REFUSED,
            expected="no rows of a victim service provider or of a comparable database; they were not taken",
            count=self._refused,
        )


def _kept(sheet: Sheet) -> list[tuple[str, str]]:
    """All columns but ExportID, which changes with every export: a row sent twice should look the same twice."""
    columns = zip(sheet.header, sheet.names, strict=True)
    return [(heading, name) for heading, name in columns if name != "ExportID"]
