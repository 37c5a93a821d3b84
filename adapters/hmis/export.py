"""Export.csv: who made the file set, in which version, hashed or not, and for which projects and days it speaks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from adapters.hmis.calendar import Calendar
from adapters.hmis.definition import Definition
from adapters.hmis.refusal import refusal
from adapters.hmis.report import Fault, Report
from adapters.hmis.sheet import Row
from schemas.canonical import Origin

_UNHASHED = "1"
_UPDATED, _REPORTING_PERIOD = "1", "3"
_DELTA, _FULL_REFRESH = "1", "2"
_SAME = ("SourceID", "ImplementationID", "CSVVersion", "HashStatus")
_DATABASE = ("SourceID", "ImplementationID")
UNSAID = Origin(database={})


@dataclass(frozen=True)
class Export:
    """What holds for every file of the set. `ids` has one member unless the sender wrote several rows.

    `is_complete` says that absence means deletion: a full refresh (ExportDirective 2) of everything that the reporting
    period holds (ExportPeriodType 3), with the days it speaks for (HUD CSV specification, Export.csv). `is_delta` says
    that it brings what changed (ExportDirective 1, or ExportPeriodType 1), and may refer to what came before.
    """

    ids: frozenset[str]
    version: str
    hashed: bool
    origin: Origin = UNSAID
    start: date | None = None
    end: date | None = None
    is_delta: bool = False

    @property
    def is_complete(self) -> bool:
        return self.origin.complete


MOST_ROWS = 1_000
"""Some senders write a row for each of their projects; so many no set has."""


def export(rows: Iterable[Row], expected: Definition, calendar: Calendar, report: Report) -> Export:
    """Reads Export.csv; refuses a set without a row, with rows that contradict, or of another source than expected."""
    found = list(islice(rows, MOST_ROWS))
    if (
        not found
        or len(found) == MOST_ROWS
        or any(row[column] != found[0][column] for row in found for column in _SAME)
    ):
        raise refusal("Export.csv", "one row", code="export-rows")
    if len(found) > 1:
        report.add(Fault("export-rows", "one row"))
    first = found[0]
    _refuse_other("SourceID", first["SourceID"], expected.source_id)
    _refuse_other("ImplementationID", first["ImplementationID"], expected.implementation_id)
    start, end = calendar.day(first["ExportStartDate"]), calendar.day(first["ExportEndDate"])
    whole = _is_full_refresh(first, expected) and start is not None and end is not None
    return Export(
        ids=frozenset(row["ExportID"] for row in found),
        version=first["CSVVersion"],
        hashed=first["HashStatus"] != _UNHASHED,
        origin=_origin(first, expected, calendar.moment(first["ExportDate"]), complete=whole),
        start=start,
        end=end,
        is_delta=_is_delta(first, expected),
    )


def _is_full_refresh(row: Row, expected: Definition) -> bool:
    if expected.directive is not None:
        return expected.directive == "full-refresh"
    return row["ExportDirective"] == _FULL_REFRESH and row["ExportPeriodType"] == _REPORTING_PERIOD


def _is_delta(row: Row, expected: Definition) -> bool:
    if expected.directive is not None:
        return expected.directive == "delta"
    return row["ExportDirective"] == _DELTA or row["ExportPeriodType"] == _UPDATED


def _origin(row: Row, expected: Definition, as_of: datetime | None, *, complete: bool) -> Origin:
    agreed = expected.source_id is not None or expected.implementation_id is not None
    return Origin(database={name: row[name] for name in _DATABASE}, agreed=agreed, as_of=as_of, complete=complete)


def _refuse_other(column: str, value: str, expected: str | None) -> None:
    if expected is not None and value != expected:
        raise refusal(f"Export.csv, {column}", "the one agreed with this sender", code="other-source")
