"""A file of the set in frames: some ten thousand rows at a time, column by column, so that a check asks a column once.

A frame has a column `line` (where the row begins, the header being line 1), then every column of the table by HUD's
name, in HUD's order; then whatever else the sender has, as `+` and the heading as sent. All but `line` are text without
outer blanks; empty text stands for null, and for a column that the file does not have. Of the sender's columns with one
heading each has its place behind it: `+Note (column 9)`.
"""

from collections.abc import Iterator

import polars as pl

from adapters.hmis.report import Report
from adapters.hmis.sheet import Sheet

LINE = "line"
EXTRA = "+"


def frames(sheet: Sheet, report: Report) -> Iterator[pl.DataFrame]:
    """The sound rows of a sheet; what is wrong with others is reported."""
    columns = _columns(sheet)
    for stretch in sheet.stretches(report):
        if len(stretch.lines):
            yield stretch.values.select(pl.Series(LINE, stretch.lines, pl.UInt32), *columns)


def _columns(sheet: Sheet) -> list[pl.Expr]:
    own = {
        name: EXTRA + heading
        for heading, name in zip(sheet.header, sheet.names, strict=True)
        if name not in sheet.table.columns
    }
    headings = list(own.values())
    return [
        *(pl.col(name) if name in sheet.names else pl.lit("").alias(name) for name in sheet.table.columns),
        *(pl.col(name).alias(head if headings.count(head) == 1 else f"{head} ({name})") for name, head in own.items()),
    ]
