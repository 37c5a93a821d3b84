"""A file of the set in frames: some ten thousand rows at a time, column by column, so that a check asks a column once.

A frame has a column `line` (where the row begins, the header being line 1), then every column of the table by HUD's
name, in HUD's order; then whatever else the sender has, as `+` and the heading as sent. All but `line` are text without
outer blanks; empty text stands for null, and for a column that the file does not have.
"""

from collections.abc import Iterator
from itertools import islice

import polars as pl

from adapters.hmis.report import Report
from adapters.hmis.sheet import Row, Sheet

ROWS = 20_000
LINE = "line"
EXTRA = "+"


def frames(sheet: Sheet, report: Report) -> Iterator[pl.DataFrame]:
    """The sound rows of a sheet; what is wrong with others is reported."""
    rows = sheet.rows(report)
    while some := list(islice(rows, ROWS)):
        yield _frame(sheet, some)


def _frame(sheet: Sheet, rows: list[Row]) -> pl.DataFrame:
    own = [
        (EXTRA + head, name)
        for head, name in zip(sheet.header, sheet.names, strict=True)
        if name not in sheet.table.columns
    ]
    columns = [*((name, name) for name in sheet.table.columns), *own]
    texts = {head: pl.Series(head, [row[name] for row in rows], pl.String) for head, name in columns}
    return pl.DataFrame({LINE: pl.Series(LINE, [row.line for row in rows], pl.UInt32), **texts})
