"""Rows laid out as HUD's tables: every column of FY2026 in its order, null where nothing is said."""

from collections.abc import Mapping

import polars as pl

from adapters.hmis.spec import fy2026

EXPORT_ID = "BENCH1"
USERS = 20
Said = Mapping[str, pl.Expr | str]


def rows(table: str, frame: pl.DataFrame, said: Said) -> pl.DataFrame:
    """A column that is not given is null, or 99 (data not collected) where null is not allowed."""
    given = {"ExportID": EXPORT_ID, **said}
    columns = fy2026().tables[table].columns
    return frame.with_columns(
        (_expression(given[name]) if name in given else pl.lit(_unsaid(table, name))).cast(pl.String).alias(name)
        for name in columns
    ).select(*columns)


def stamped(on: pl.Expr, key: pl.Expr) -> dict[str, pl.Expr]:
    """5.02 to 5.07: recorded on the day by one of the users, and not changed since."""
    moment = on.dt.strftime("%Y-%m-%d 10:15:00")
    return {"DateCreated": moment, "DateUpdated": moment, "UserID": pl.lit("U") + (key % USERS).cast(pl.String)}


def _expression(said: pl.Expr | str) -> pl.Expr:
    return pl.lit(said) if isinstance(said, str) else said


def _unsaid(table: str, name: str) -> str | None:
    column = fy2026().tables[table].columns[name]
    return "99" if column.required and column.codes and "99" in column.codes else None
