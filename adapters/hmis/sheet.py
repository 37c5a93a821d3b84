"""One file of the set as rows: columns found by name, every row as wide as the header, every key once."""

import csv
import io
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Self

from adapters.hmis.refusal import refusal
from adapters.hmis.report import Fault, Report
from adapters.hmis.spec import Specification, Table
from schemas.messages import Severity


class Row(dict[str, str]):
    """One row: text without outer blanks by HUD's column name, empty for a column that the file does not have."""

    __slots__ = ("line",)

    def __init__(self, line: int, names: list[str], values: list[str]) -> None:
        super().__init__(zip(names, values, strict=True))
        self.line = line

    def __missing__(self, column: str) -> str:
        return ""


def header(text: io.TextIOWrapper) -> list[str]:
    """The headings of a file."""
    return [name.strip() for name in _Records(text).header()]


class Sheet:
    """A file open for reading; refuses one whose header lacks what its rows cannot be placed without."""

    def __init__(self, table: Table, text: io.TextIOWrapper, specification: Specification) -> None:
        self.table = table
        self._records = _Records(text)
        self.header = [name.strip() for name in self._records.header()]
        self.names = self._names(specification.also_spelled)
        for column in table.needs:
            if column not in self.names:
                raise refusal(f"{table.file}, header", f"a header with {column}", code="missing-column")

    def _names(self, also_spelled: Mapping[str, str]) -> list[str]:
        """HUD's name for each column; a column that HUD does not name, or a second of one name, goes by its place."""
        known = {name.lower(): name for name in self.table.columns}
        known |= {other.lower(): name for other, name in also_spelled.items() if name in self.table.columns}
        names: list[str] = []
        for place, heading in enumerate(self.header, start=1):
            name = known.get(heading.lower())
            names.append(name if name is not None and name not in names else f"column {place}")
        return names

    @property
    def missing(self) -> list[str]:
        """The columns of the table that the file does not have."""
        return [column for column in self.table.columns if column not in self.names]

    def remark_on_header(self, report: Report) -> None:
        for column in self.missing:
            report.add(Fault("missing-column", f"a header with {column}", field=column))
        for name in self.names:
            if name not in self.table.columns:
                report.add(Fault("unknown-column", "a column that HUD names", field=name))

    def rows(self, report: Report) -> Iterator[Row]:
        """Every row that can be told from the others; the rest is reported as set aside."""
        width, key_place, seen = len(self.header), self.names.index(self.table.key), set[str]()
        for line, values in self._records.as_wide_as(width):
            if values is None:
                report.add(_set_aside("column-count", f"{width} columns, as in the header"), line)
                continue
            key = values[key_place]
            if key and key not in seen:
                seen.add(key)
                yield Row(line, self.names, values)
            elif key:
                report.add(_set_aside("duplicate-key", "a key that occurs once", self.table.key), line)
            else:
                report.add(_set_aside("blank-key", "a key", self.table.key), line)


def _set_aside(code: str, expected: str, field: str | None = None) -> Fault:
    return Fault(code, expected, Severity.SET_ASIDE, field)


class _Lines:
    """Physical lines, with the means to give back those that a stray quote has swallowed."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._text)
        self.number += 1
        self.taken.append(line)
        return line

    def give_back_all_but_the_first(self) -> None:
        self._again.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        del self.taken[1:]


class _Records:
    """CSV records with the line each starts on."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._lines = _Lines(text)
        self._reader = csv.reader(self._lines)

    def header(self) -> list[str]:
        return self._next() or []

    def as_wide_as(self, width: int) -> Iterator[tuple[int, list[str] | None]]:
        """Line and trimmed values; None for a record of another width. Blank lines are no records.

        A quote left open runs on over the following lines. Then only the first line is bad, and the reading starts
        again on the next.
        """
        lines = self._lines
        while (values := self._next()) is not None:
            first = lines.number - len(lines.taken) + 1
            if len(values) == width:
                yield first, list(map(str.strip, values))
            elif values or len(lines.taken) > 1:
                lines.give_back_all_but_the_first()
                self._reader = csv.reader(lines)
                yield first, None

    def _next(self) -> list[str] | None:
        """The next record; empty for a blank line and for one that is no CSV; None at the end."""
        self._lines.taken.clear()
        try:
            return next(self._reader)
        except StopIteration:
            return None
        except csv.Error:
            return [""]
