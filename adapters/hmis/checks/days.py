"""Days in columns: what `Calendar` reads, read for whole columns at once."""

from collections.abc import Callable
from datetime import date

import polars as pl

from adapters.hmis.calendar import Calendar
from adapters.hmis.frames import LINE
from adapters.hmis.spec import Column, Kind, Table

MARK = "@"
"""What the name of a column of days begins with."""
_ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ISO_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?$"
_YEARS = (date(1900, 1, 1), date(2199, 12, 31))


def day(column: str) -> pl.Expr:
    """The day that a column of a dated frame names; null where it names none."""
    return pl.col(MARK + column)


def dated(frame: pl.DataFrame, table: Table, calendar: Calendar) -> pl.DataFrame:
    """The frame with one more column for every date and every moment of its table: the day that `calendar` reads."""
    columns = [column for column in table.columns.values() if column.kind in {Kind.DATE, Kind.MOMENT}]
    longest = frame.select(pl.col(column.name).str.len_bytes().max() for column in columns).row(0)
    iso = frame.select(
        _iso(column) if length else _none(column) for column, length in zip(columns, longest, strict=True)
    )
    return frame.with_columns(
        _completed(frame[column.name], iso[MARK + column.name], _reader(column, calendar)) for column in columns
    )


def undated(table: Table) -> pl.DataFrame:
    """A dated frame of no rows."""
    columns = {LINE: pl.UInt32, **dict.fromkeys(table.columns, pl.String)}
    days = [MARK + column.name for column in table.columns.values() if column.kind in {Kind.DATE, Kind.MOMENT}]
    return pl.DataFrame(schema={**columns, **dict.fromkeys(days, pl.Date)})


def is_iso(column: Column) -> pl.Expr:
    """Whether the text has the form that the format asks for."""
    return pl.col(column.name).str.contains(_ISO_DAY if column.kind is Kind.DATE else _ISO_MOMENT)


def _none(column: Column) -> pl.Expr:
    """No day for any row: a column without any text need not be read."""
    return pl.repeat(None, pl.len(), dtype=pl.Date).alias(MARK + column.name)


def _iso(column: Column) -> pl.Expr:
    """The day of a text of the form asked for."""
    texts = pl.when(is_iso(column)).then(pl.col(column.name).str.slice(0, 10))
    found = texts.str.to_date("%Y-%m-%d", strict=False)
    return pl.when(found.is_between(*_YEARS)).then(found).alias(MARK + column.name)


def _reader(column: Column, calendar: Calendar) -> Callable[[str], date | None]:
    if column.kind is Kind.DATE:
        return calendar.day
    return lambda text: calendar.day(text) if calendar.moment(text) is not None else None


def _completed(texts: pl.Series, found: pl.Series, read: Callable[[str], date | None]) -> pl.Series:
    """The days found, and those of the other texts as `read` finds them, each asked once."""
    others = texts.filter(found.is_null() & (texts != "")).unique()
    if not len(others):
        return found
    days = pl.Series([read(text) for text in others], dtype=pl.Date)
    return found.fill_null(texts.replace_strict(others, days, default=None, return_dtype=pl.Date))
