"""Whether a file has the columns that HUD names, and in what order. Reading goes by name, so the order only tells."""

from collections.abc import Sequence

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.report import Report
from adapters.hmis.spec import Table

MISSING = Check("missing-column", Level.HIGH_PRIORITY, "a header with every column of the file", eva=(12, 82))
UNKNOWN = Check("unknown-column", Level.WARNING, "a column that HUD names", eva=(12, 82))
ORDER = Check("column-order", Level.WARNING, "the columns in HUD's order; they were found by name", eva=(12, 82))
CHECKS = (MISSING, UNKNOWN, ORDER)


def see_header(table: Table, names: Sequence[str], report: Report) -> None:
    """Takes note of a header, given as HUD's names and, for what HUD does not name, whatever the reading calls it."""
    for column in missing(table, names):
        report.add(MISSING.of(column, f"a header with {column}"))
    for name in names:
        if name not in table.columns:
            report.add(UNKNOWN.of(name))
    known = [name for name in names if name in table.columns]
    if known != [column for column in table.columns if column in names]:
        report.add(ORDER.fault, line=1)


def missing(table: Table, names: Sequence[str]) -> list[str]:
    """The columns of the table that the file does not have."""
    return [column for column in table.columns if column not in names]
