"""Rows are read many at a time, and come out as Python's csv module would read them one by one."""

import csv
import io
from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.base import Unreadable
from adapters.hmis.blocks import Blocks
from adapters.hmis.keys import Keys
from adapters.hmis.text import LONGEST_LINE, Text

WIDTH = 3
Rows = list[tuple[int, str, tuple[str, ...] | None]]

pieces = st.sampled_from(
    ["a", "b c", "é", " ", ",", ",", ",", '"', '"', '""', '","', "\n", "\r\n", "\r", "\0", "1,2,3\n"]
)
nasty = st.lists(pieces, max_size=40).map("".join)


def _written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


regular = st.lists(st.lists(st.text('ab ,"\n\r', max_size=4), min_size=WIDTH - 1, max_size=WIDTH + 1), max_size=12).map(
    _written
)


def blocks(content: bytes, block: int) -> Blocks:
    return Blocks(Text(io.BytesIO(content), "Client.csv", block=block), WIDTH)


def found(content: bytes, block: int) -> Rows:
    """Line, what is wrong, and the values, of every row and every fault."""
    rows: Rows = []
    for one in blocks(content, block):
        rows += [(line, "", row) for line, row in zip(one.lines.tolist(), one.values.iter_rows(), strict=True)]
        rows += [(line, fault.code, None) for line, fault in one.faults]
    return sorted(rows, key=lambda row: row[0])


def plainly(content: bytes) -> Iterator[tuple[int, str, tuple[str, ...] | None]]:
    """The same by the csv module alone. What a quote left open has swallowed is read again."""
    lines = list(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=""))
    at = 0
    while at < len(lines):
        reader = csv.reader(lines[at:])
        values = next(reader)
        took = reader.line_num
        if len(values) == WIDTH:
            nul = any("\0" in value for value in values)
            yield at + 1, "nul-character" if nul else "", None if nul else tuple(values)
        elif values or took > 1:
            yield at + 1, "column-count", None
            took = 1
        at += took


class TestRead:
    @given(text=nasty | regular, block=st.sampled_from([5, 17, 64, 4096]))
    @example(text='a,b,c\r\n"a"b,c,d\n1,2,3', block=64)
    @example(text='a,b,c\n1,"2,3\n4,5,6\n7,8,9\n', block=64)
    @example(text='"a\r\n,",b,c\r\r\nd,e,f', block=5)
    def test_as_the_csv_module_does(self, text: str, block: int) -> None:
        content = text.encode()
        assert found(content, block) == list(plainly(content))

    def test_most_at_once(self) -> None:
        content = b'1,"a ""b"" \n c",\r\n' * 500
        assert len(list(blocks(content, 1 << 20))) == 1

    def test_on_behind_a_stray_quote(self) -> None:
        rows = found(b"1,2,3\n" * 9 + b'4,"5,6\n' + b"7,8,9\n" * 50_000, 1 << 16)
        assert len(rows) == 50_010
        assert [row for row in rows if row[1]] == [(10, "too-long-row", None)]


class TestSetAside:
    def test_a_line_without_end_and_nothing_else(self) -> None:
        endless = b"4,5," + b"x" * (3 * LONGEST_LINE)
        rows = found(b"1,2,3\n" + endless + b"\n7,8,9\n", 1 << 16)
        assert rows == [(1, "", ("1", "2", "3")), (2, "too-long-row", None), (3, "", ("7", "8", "9"))]

    def test_a_field_longer_than_any(self) -> None:
        rows = found(b"1,2,3\n4,5,%s\n7,8,9\n" % (b"x" * 140_000), 1 << 20)
        assert [(line, code) for line, code, _ in rows] == [(1, ""), (2, "too-long-row"), (3, "")]

    def test_but_no_long_row_of_short_fields(self) -> None:
        rows = found(b"1,2,3\n%s,5,%s\n" % (b"x" * 100_000, b"y" * 100_000), 1 << 20)
        assert [code for _, code, _ in rows] == ["", ""]


def test_a_file_of_quotes_left_open_is_refused_before_it_takes_forever() -> None:
    text = Text(io.BytesIO(b'a","b\n' * 20_000), "Client.csv", patience=1 << 20)
    with pytest.raises(Unreadable) as refusal:
        list(Blocks(text, WIDTH))
    assert refusal.value.problem.code == "quotes"


@given(st.lists(st.lists(st.text("abc", max_size=2), max_size=9), max_size=9))
def test_a_key_is_met_once(batches: list[list[str]]) -> None:
    keys, known = Keys(), set[str]()
    for batch in batches:
        expected = []
        for key in batch:
            expected.append(key in known)
            known.add(key)
        assert keys.met(pl.Series(batch, dtype=pl.String)).tolist() == expected
