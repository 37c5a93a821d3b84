"""What helps a sender to mend a file set: what it says of itself, and what HUD allows where something is wrong."""

from collections.abc import Sequence

from adapters.base import Advice
from adapters.hmis.fileset import FileSet
from adapters.hmis.spec import Column, fy2026
from schemas.messages import Problem

_MOST_ALLOWED = 40
_SAID = (
    ("Source", "SourceName"),
    ("Source ID", "SourceID"),
    ("Implementation", "ImplementationID"),
    ("Export", "ExportID"),
    ("Made", "ExportDate"),
    ("From", "ExportStartDate"),
    ("To", "ExportEndDate"),
    ("Software", "SoftwareName"),
    ("Software version", "SoftwareVersion"),
    ("Format version", "CSVVersion"),
    ("Period", "ExportPeriodType"),
    ("Refresh", "ExportDirective"),
    ("Hashing", "HashStatus"),
)


def facts_of(files: FileSet) -> Sequence[tuple[str, str]]:
    """What Export.csv says of the set, codes in words; the contact's name is left out."""
    row = next(files.rows("Export"), None)
    if row is None:
        return []
    columns = fy2026().tables["Export"].columns
    said = [(name, _in_words(columns[column], row[column])) for name, column in _SAID if row[column]]
    return [*said, ("Read as", f"FY{files.specification.year}")]


def advice(problem: Problem) -> Advice:
    """The element and the allowed codes of the column in which a problem was found."""
    column = _column(problem)
    if column is None:
        return Advice()
    asks_for_a_code = problem.code in {"list-value", "retired-code", "null"}
    return Advice(column.element, _allowed(column) if asks_for_a_code else ())


def _column(problem: Problem) -> Column | None:
    tables = {table.file: table for table in fy2026().tables.values()}
    table = tables.get(problem.file or "")
    return table.columns.get(problem.field or "") if table else None


def _allowed(column: Column) -> tuple[str, ...]:
    if column.list is None or not column.codes or len(column.codes) > _MOST_ALLOWED:
        return ()
    return tuple(f"{code} {text}" for code, text in fy2026().lists[column.list].codes.items())


def _in_words(column: Column, code: str) -> str:
    texts = fy2026().lists[column.list].codes if column.list else {}
    return texts.get(code, code)
