"""One row as HUD's HMIS API writes it: the CSV's column names, whole numbers as numbers, and nothing for an empty one.

An empty value is left out, and not null: a null in one row and none in another would tell two kinds of nothing apart.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from adapters.hmis.spec import Kind, Table, fy2026

Value = str | int | float
Json = Value | bool | None
Line = Mapping[str, Json]

API_NAMES: Mapping[str, str] = {"HispanicLatinao": "HispanicLatinaeo"}
"""Columns that the API spells otherwise than the CSV."""

FILES: Mapping[str, str] = {"Assessment": "Assessments.csv"}
"""Files that the API names otherwise than the CSV."""

_WHOLE = re.compile(r"-?\d{1,15}")
_MONEY = re.compile(r"-?\d{1,12}(\.\d{1,4})?")


def file_of(table: str) -> str:
    """What the API calls the file of a table."""
    return FILES.get(table, f"{table}.csv")


@cache
def _tables() -> Mapping[str, str]:
    known = {file_of(name).lower(): name for name in fy2026().tables}
    return known | {table.file.lower(): name for name, table in fy2026().tables.items()}


def table_of(file: str) -> Table | None:
    """The table that a file belongs to, by the API's or the CSV's name for it; None for any other file."""
    name = _tables().get(file.lower())
    return None if name is None else fy2026().tables[name]


@cache
def _columns(table: str) -> Mapping[str, str]:
    columns = fy2026().tables[table].columns
    also = {other.lower(): name for other, name in fy2026().also_spelled.items() if name in columns}
    return {name.lower(): name for name in columns} | also


def column_of(table: str, heading: str) -> str | None:
    """HUD's name of a column, however it is spelled; None for a column of the sender's own."""
    return _columns(table).get(heading.lower())


def as_json(table: str, row: Mapping[str, str]) -> dict[str, Value]:
    """A row with the columns that HUD names, in HUD's order, empty ones left out."""
    said = {column_of(table, heading): value for heading, value in row.items()}
    columns = fy2026().tables[table].columns
    return {
        API_NAMES.get(name, name): _value(column.kind, said[name]) for name, column in columns.items() if said.get(name)
    }


def _value(kind: Kind, text: str) -> Value:
    if kind is Kind.WHOLE_NUMBER and _WHOLE.fullmatch(text):
        return int(text)
    if kind in {Kind.MONEY, Kind.MONEY_NOT_NEGATIVE} and _MONEY.fullmatch(text):
        return float(text)
    return text


def as_text(value: Json) -> str:
    """A value as the CSV writes it.

    >>> as_text(1), as_text(512.0), as_text(12.5), as_text(True), as_text(None)
    ('1', '512', '12.5', '1', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def headings(lines: Iterable[Line]) -> list[str]:
    """Every name that occurs, once, in the order in which they come."""
    return list(dict.fromkeys(name for line in lines for name in line))
