"""One file of the set as rows: columns found by name, every row as wide as the header, every key once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from adapters.ahead import ahead
from adapters.hmis.blocks import Block, Blocks, Faults
from adapters.hmis.careful import Records
from adapters.hmis.keys import Keys
from adapters.hmis.refusal import refusal
from adapters.hmis.report import Fault, Report
from adapters.hmis.spec import Specification, Table
from adapters.hmis.text import Text
from schemas.messages import Severity

MOST_COLUMNS = 2_000


class Row(dict[str, str]):
    """One row: text without outer blanks by HUD's column name, empty for a column that the file does not have."""

    __slots__ = ("line",)

    def __init__(self, line: int, names: list[str], values: Iterable[str]) -> None:
        super().__init__(zip(names, values, strict=True))
        self.line = line

    def __missing__(self, column: str) -> str:
        return ""


def header(text: Text) -> list[str]:
    """The headings of a file, which is read on behind them."""
    headings = Records(text).header()
    if headings is None or len(headings) > MOST_COLUMNS:
        raise refusal(f"{text.file}, header", f"at most {MOST_COLUMNS} columns", code="too-many-columns")
    return [name.strip() for name in headings]


@dataclass(frozen=True)
class Stretch:
    """Sound rows and their lines: the values without outer blanks, by the sheet's names; and what is wrong between."""

    lines: NDArray[np.uint32]
    values: pl.DataFrame
    faults: Faults


class Sheet:
    """A file open for reading; refuses one whose header lacks what its rows cannot be placed without."""

    def __init__(self, table: Table, text: Text, specification: Specification) -> None:
        self.table = table
        self._text = text
        self.header = header(text)
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

    def stretches(self, report: Report) -> Iterator[Stretch]:
        """Every row that can be told from the others, many at a time; the rest is reported as set aside.

        The next are read while these are used.
        """
        keys = Keys()
        for stretch in ahead(self._sound(block, keys) for block in Blocks(self._text, len(self.header))):
            for line, fault in stretch.faults:
                report.add(fault, line)
            yield stretch

    def _sound(self, block: Block, keys: Keys) -> Stretch:
        values = block.values.select(
            pl.col(place).str.strip_chars().alias(name)
            for place, name in zip(block.values.columns, self.names, strict=True)
        )
        key = values[self.table.key]
        blank = (key == "").to_numpy()
        again = (key == self.header[self.names.index(self.table.key)]).to_numpy()
        known = np.zeros(len(key), np.bool_)
        known[~blank] = keys.met(key.filter(pl.Series(~blank)))
        wrong = blank | again | known
        if not wrong.any():
            return Stretch(block.lines, values, block.faults)
        key_column = self.table.key
        faults = [*block.faults]
        for where, code, expected in (
            (again, "header-again", "the header once"),
            (blank, "blank-key", "a key"),
            (known & ~again, "duplicate-key", "a key that occurs once"),
        ):
            fault = Fault(code, expected, Severity.SET_ASIDE, key_column)
            faults += [(line, fault) for line in block.lines[where].tolist()]
        faults.sort(key=lambda found: found[0])
        return Stretch(block.lines[~wrong], values.filter(pl.Series(~wrong)), faults)
