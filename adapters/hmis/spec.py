"""What HUD's FY2026 CSV specification says of each table and column. The facts stand in `fy2026.json`.

A column's form is written `S32!@1.8`: its kind (S text, I whole number, D date, T date and time, M money, N money that
is not negative), its greatest length, `!` where null is not allowed, and the list its codes come from.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

_FORM = re.compile(r"(?P<kind>[SIDTMN])(?P<longest>\d*)(?P<required>!?)(?:@(?P<list>.+))?")


class Kind(StrEnum):
    """Kind of value a column holds."""

    TEXT = "S"
    WHOLE_NUMBER = "I"
    DATE = "D"
    MOMENT = "T"
    MONEY = "M"
    MONEY_NOT_NEGATIVE = "N"


@dataclass(frozen=True)
class Column:
    """One column: `codes` is None where its values come from no list; `retired` codes were valid in earlier years."""

    name: str
    kind: Kind
    longest: int | None
    required: bool
    list: str | None
    codes: frozenset[str] | None
    retired: frozenset[str]


@dataclass(frozen=True)
class Table:
    """One table: `key` identifies a row, `on` is the date it happened; without the columns it `needs` nothing fits."""

    name: str
    key: str
    on: str | None
    needs: tuple[str, ...]
    columns: Mapping[str, Column]

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


@dataclass(frozen=True)
class Specification:
    """A version of the format: its tables in the order in which their rows refer to each other."""

    version: str
    tables: Mapping[str, Table]
    also_spelled: Mapping[str, str]


@cache
def fy2026() -> Specification:
    """The specification in force since 2025-10-01."""
    facts: dict[str, Any] = json.loads(files(__package__).joinpath("fy2026.json").read_text("utf-8"))
    tables = {name: _table(name, table, facts) for name, table in facts["tables"].items()}
    return Specification(facts["version"], tables, facts["also_spelled"])


def _table(name: str, table: dict[str, Any], facts: dict[str, Any]) -> Table:
    columns = {column: _column(column, form, facts) for column, form in table["columns"].items()}
    return Table(name, table["key"], table["on"], tuple(table["needs"]), columns)


def _column(name: str, form: str, facts: dict[str, Any]) -> Column:
    parts = _FORM.fullmatch(form)
    if parts is None:
        raise ValueError(f"fy2026.json: the form of {name} should look like S32!@1.8.")
    codes = parts["list"]
    return Column(
        name=name,
        kind=Kind(parts["kind"]),
        longest=int(parts["longest"]) if parts["longest"] else None,
        required=bool(parts["required"]),
        list=codes,
        codes=frozenset(facts["lists"][codes].split()) if codes else None,
        retired=frozenset(facts["retired"].get(codes, "").split()),
    )
