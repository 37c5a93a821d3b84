"""What HUD's CSV specification of a year says of each table and column. The facts stand in `facts`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from adapters.hmis import facts
from adapters.hmis.codes import CodeList, code_lists

YEARS = (2022, 2024, 2026)
CURRENT = YEARS[-1]
# HUD's own API schema still has the spelling of FY2024 beside the columns of FY2026.
_ALSO_SPELLED = {"HispanicLatinaeo": "HispanicLatinao"}
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
class ListBy:
    """The list of codes depends on the value of the column `of`; it applies only where the columns of `where` agree."""

    of: str
    lists: Mapping[str, CodeList]
    otherwise: CodeList | None
    where: Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """One column: `codes` is None where its values come from no list; `retired` codes were valid in earlier years.

    `identifying` and `sensitive` say what a value tells of a person: who they are, or what they would not want known.
    `element` is the number of HUD's data element, such as `3.15.1`.
    """

    name: str
    kind: Kind
    longest: int | None
    required: bool
    list: str | None
    codes: frozenset[str] | None
    retired: frozenset[str]
    list_by: ListBy | None = None
    identifying: str | None = None
    sensitive: tuple[str, ...] = ()
    pattern: str | None = None
    least: int | None = None
    element: str | None = None


@dataclass(frozen=True)
class Table:
    """One table: `key` identifies a row, `on` is the date it happened; without the columns it `needs` nothing fits.

    `references` gives for a column the table whose key it holds. `drafted` are columns that stood in HUD's draft of
    this version and not in its final text: a sender may have them.
    """

    name: str
    key: str
    on: str | None
    needs: tuple[str, ...]
    columns: Mapping[str, Column]
    references: Mapping[str, str] = field(default_factory=dict)
    drafted: Mapping[str, Column] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


@dataclass(frozen=True)
class Specification:
    """A version of the format: its tables in the order in which their rows refer to each other, and its lists."""

    version: str
    tables: Mapping[str, Table]
    also_spelled: Mapping[str, str]
    year: int
    since: date
    until: date | None
    lists: Mapping[str, CodeList]


def fy2026() -> Specification:
    """The specification in force since 2025-10-01."""
    return specification(CURRENT)


@cache
def specification(year: int) -> Specification:
    """The specification of a fiscal year out of `YEARS`."""
    stated, lists = facts.tables(), code_lists(year)
    since, until = stated["years"][str(year)]
    held = {name: table for name, table in stated["tables"].items() if facts.holds(table.get("years"), year)}
    keys = {table["key"]: name for name, table in held.items()}
    return Specification(
        version=str(year),
        tables={name: _table(name, table, year, lists, keys) for name, table in held.items()},
        also_spelled=_ALSO_SPELLED if year == CURRENT else {},
        year=year,
        since=date.fromisoformat(since),
        until=date.fromisoformat(until) if until else None,
        lists=lists,
    )


def _table(
    name: str, table: dict[str, Any], year: int, lists: Mapping[str, CodeList], keys: Mapping[str, str]
) -> Table:
    stated = {column: {"form": said} if isinstance(said, str) else said for column, said in table["columns"].items()}
    columns = {
        column: _column(column, said, year, lists)
        for column, said in stated.items()
        if facts.holds(said.get("years"), year)
    }
    refers = {column: stated[column].get("refers", keys.get(column)) for column in columns}
    return Table(
        name=name,
        key=table["key"],
        on=table["on"],
        needs=tuple(table["needs"]),
        columns=columns,
        references={column: to for column, to in refers.items() if to is not None and to != name},
        drafted={
            column: _column(column, said, year, lists) for column, said in stated.items() if said.get("drafted") == year
        },
    )


def _column(name: str, said: dict[str, Any], year: int, lists: Mapping[str, CodeList]) -> Column:
    form = next((form for until, form in said.get("before", {}).items() if year < int(until)), said["form"])
    parts = _FORM.fullmatch(form)
    if parts is None:
        raise ValueError(f"tables.json: the form of {name} should look like S32!@1.8.")
    codes = lists[parts["list"]] if parts["list"] else None
    return Column(
        name=name,
        kind=Kind(parts["kind"]),
        longest=int(parts["longest"]) if parts["longest"] else None,
        required=bool(parts["required"]),
        list=codes.id if codes else None,
        codes=frozenset(codes.codes) if codes else None,
        retired=frozenset(codes.retired) if codes else frozenset(),
        list_by=_list_by(said["list_by"], lists) if "list_by" in said else None,
        identifying=said.get("identifying"),
        sensitive=tuple(said.get("sensitive", ())),
        pattern=said.get("pattern"),
        least=int(said["least"]) if "least" in said else None,
        element=said.get("element"),
    )


def _list_by(said: dict[str, Any], lists: Mapping[str, CodeList]) -> ListBy:
    return ListBy(
        of=said["of"],
        lists={value: lists[name] for value, name in said["lists"].items()},
        otherwise=lists[said["otherwise"]] if "otherwise" in said else None,
        where=said.get("where", {}),
    )
