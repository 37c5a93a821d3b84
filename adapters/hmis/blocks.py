"""The rows of a file, some ten thousand at a time, each as wide as the header, with the line on which it begins.

Nearly all are read at once, by pyarrow; what its reader and Python's might read differently is left to `careful`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pc
from numpy.typing import NDArray

from adapters.hmis.careful import Records, column_count
from adapters.hmis.marks import Marks
from adapters.hmis.report import Fault
from adapters.hmis.text import Text

_CAREFUL = 1 << 16

Faults = list[tuple[int, Fault]]


@dataclass(frozen=True)
class Block:
    """Rows as they stand in the file, its columns by their places; and what is wrong on which other lines."""

    lines: NDArray[np.uint32]
    values: pl.DataFrame
    faults: Faults


class Blocks:
    """All blocks of a text that stands behind its header."""

    def __init__(self, text: Text, width: int) -> None:
        self._text = text
        self._width = width
        self._names = [str(place) for place in range(width)]
        self._careful = _CAREFUL

    def __iter__(self) -> Iterator[Block]:
        """What has to be read with care at one place may have to at the next: then ever more of it is at once."""
        while stretch := self._text.fill():
            marks = Marks(stretch, last=self._text.ended)
            block = self._at_once(stretch, marks) if marks.size else None
            if block is not None:
                self._text.take(marks.size, marks.lines)
                self._careful = _CAREFUL
            else:
                block = self._one_by_one()
                self._careful = min(2 * self._careful, self._text.block)
            yield block

    def _at_once(self, stretch: bytes, marks: Marks) -> Block | None:
        """The marked rows; None where the readers might differ."""
        short: list[int] = []
        try:
            table = self._parsed(stretch[: marks.size], short)
        except pa.ArrowInvalid:
            return None
        wrong = np.zeros(len(marks.ends), np.bool_)
        wrong[np.array(short, np.intp)] = True
        if table.num_rows != len(wrong) - len(short) or np.any(marks.spans[wrong] > 1):
            return None
        sound = ~wrong & ~marks.blank
        lines = (marks.before + self._text.line).astype(np.uint32)
        values = pl.DataFrame(table)
        if table.num_rows != np.count_nonzero(sound):
            values = values.filter(pl.Series(sound[~wrong]))
        fault = column_count(self._width)
        return Block(lines[sound], values, [(int(line), fault) for line in lines[wrong]])

    def _parsed(self, data: bytes, short: list[int]) -> pa.Table:
        """Notes in `short` which rows are of another width; they are left out."""

        def leave_out(row: pc.InvalidRow) -> str:
            short.append(row.number - 1)
            return "skip"

        return pc.read_csv(
            pa.BufferReader(data),
            pc.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=self._names),
            pc.ParseOptions(newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=leave_out),
            pc.ConvertOptions(column_types=dict.fromkeys(self._names, pa.string()), strings_can_be_null=False),
        )

    def _one_by_one(self) -> Block:
        lines: list[int] = []
        rows: list[list[str]] = []
        faults: Faults = []
        for found in Records(self._text).about(self._careful, self._width):
            if isinstance(found.values, Fault):
                faults.append((found.line, found.values))
            else:
                lines.append(found.line)
                rows.append(found.values)
        values = pl.DataFrame(rows, dict.fromkeys(self._names, pl.String), orient="row")
        return Block(np.array(lines, np.uint32), values, faults)
