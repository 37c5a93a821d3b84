"""Export.csv: who made the file set, in which version, hashed or not."""

from collections.abc import Iterable
from dataclasses import dataclass

from adapters.hmis.definition import Definition
from adapters.hmis.refusal import refusal
from adapters.hmis.report import Fault, Report
from adapters.hmis.sheet import Row

_UNHASHED = "1"
_SAME = ("SourceID", "ImplementationID", "CSVVersion", "HashStatus")


@dataclass(frozen=True)
class Export:
    """What holds for every file of the set. `ids` has one member unless the sender wrote several rows."""

    ids: frozenset[str]
    version: str
    hashed: bool


def export(rows: Iterable[Row], expected: Definition, report: Report) -> Export:
    """Reads Export.csv; refuses a set without a row, with rows that contradict, or of another source than expected."""
    found = list(rows)
    if not found or any(row[column] != found[0][column] for row in found for column in _SAME):
        raise refusal("Export.csv", "one row", code="export-rows")
    if len(found) > 1:
        report.add(Fault("export-rows", "one row"))
    _refuse_other("SourceID", found[0]["SourceID"], expected.source_id)
    _refuse_other("ImplementationID", found[0]["ImplementationID"], expected.implementation_id)
    ids = frozenset(row["ExportID"] for row in found)
    return Export(ids, found[0]["CSVVersion"], hashed=found[0]["HashStatus"] != _UNHASHED)


def _refuse_other(column: str, value: str, expected: str | None) -> None:
    if expected is not None and value != expected:
        raise refusal(f"Export.csv, {column}", "the one agreed with this sender", code="other-source")
