"""Whether each value is what its column asks for. A value that is not is a warning: the row is read all the same."""

import re
import sys
from collections.abc import Callable, Collection, Sequence
from operator import gt, itemgetter, lt

from adapters.hmis.calendar import Calendar
from adapters.hmis.report import Fault, Report
from adapters.hmis.sheet import Row
from adapters.hmis.spec import Column, Kind, Table

_FORBIDDEN = frozenset("<>[]{}")
_NUMBERS = {
    Kind.WHOLE_NUMBER: (re.compile(r"-?\d{1,9}"), "a whole number"),
    Kind.MONEY: (re.compile(r"-?\d{1,9}(\.\d{1,2})?"), "an amount with two decimals"),
    Kind.MONEY_NOT_NEGATIVE: (re.compile(r"\d{1,9}(\.\d{1,2})?"), "an amount with two decimals, not negative"),
}
_HASHED = frozenset({"FirstName", "MiddleName", "LastName", "SSN"})
_REMEMBERED = 5_000

Examine = Callable[[str], Fault | None]


class Checks:
    """Every column of one file. In a hashed export a digest may exceed a name's length.

    A row is first held against all columns at once; only one that does not pass is looked at column by column.
    """

    def __init__(self, table: Table, names: Collection[str], calendar: Calendar, *, hashed: bool) -> None:
        columns = [column for column in table.columns.values() if column.name in names]
        self._calendar = calendar
        self._texts = [column for column in columns if column.kind is Kind.TEXT and column.codes is None]
        self._moments = [column for column in columns if column.kind is Kind.MOMENT]
        self._others = [column for column in columns if column not in self._texts and column not in self._moments]
        self._good = [_known_good(column) for column in self._others]
        self._examine = [_examination(*pair, calendar) for pair in zip(self._others, self._good, strict=True)]
        self._shortest = [int(column.required) for column in self._texts]
        self._longest = [_limit(column, hashed=hashed) for column in self._texts]
        self._pick_texts = _picker(self._texts)
        self._pick_others = _picker(self._others)

    def run(self, row: Row, report: Report) -> None:
        self._check_moments(row, report)
        others = self._pick_others(row)
        if not all(map(set.__contains__, self._good, others)):
            self._examine_others(others, row.line, report)
        texts = self._pick_texts(row)
        lengths = list(map(len, texts))
        if any(map(gt, lengths, self._longest)) or any(map(lt, lengths, self._shortest)):
            self._measure_texts(lengths, row.line, report)
        if any(map("".join(texts).__contains__, _FORBIDDEN)):
            self._find_forbidden(texts, row.line, report)

    def _check_moments(self, row: Row, report: Report) -> None:
        for column in self._moments:
            text = row[column.name]
            if text and self._calendar.moment(text) is None:
                report.add(Fault("date", "a date and time, YYYY-MM-DD hh:mm:ss", field=column.name), row.line)
            elif column.required and not text:
                report.add(_null(column), row.line)

    def _examine_others(self, values: Sequence[str], line: int, report: Report) -> None:
        for value, good, examine in zip(values, self._good, self._examine, strict=True):
            if value not in good and (fault := examine(value)) is not None:
                report.add(fault, line)

    def _measure_texts(self, lengths: Sequence[int], line: int, report: Report) -> None:
        for column, length, longest in zip(self._texts, lengths, self._longest, strict=True):
            if length > longest:
                report.add(Fault("too-long", f"at most {longest} characters", field=column.name), line)
            elif column.required and not length:
                report.add(_null(column), line)

    def _find_forbidden(self, texts: Sequence[str], line: int, report: Report) -> None:
        for column, text in zip(self._texts, texts, strict=True):
            if not _FORBIDDEN.isdisjoint(text):
                report.add(Fault("characters", "none of < > [ ] { }", field=column.name), line)


def _picker(columns: Sequence[Column]) -> Callable[[Row], Sequence[str]]:
    """Takes the values of these columns out of a row."""
    names = [column.name for column in columns]
    if len(names) < 2:
        return lambda row: [row[name] for name in names]
    pick: Callable[[Row], Sequence[str]] = itemgetter(*names)
    return pick


def _limit(column: Column, *, hashed: bool) -> int:
    return sys.maxsize if column.longest is None or (hashed and column.name in _HASHED) else column.longest


def _null(column: Column) -> Fault:
    return Fault("null", "a value, as null is not allowed", field=column.name)


def _known_good(column: Column) -> set[str]:
    return set(column.codes or ()) if column.required else {"", *(column.codes or ())}


def _examination(column: Column, good: set[str], calendar: Calendar) -> Examine:
    null, examine = _null(column), _examination_of_values(column, good, calendar)
    return lambda value: examine(value) if value else null


def _examination_of_values(column: Column, good: set[str], calendar: Calendar) -> Examine:
    if column.codes is not None:
        return _codes(column)
    if column.kind is Kind.DATE:
        return _remembering(good, _readable(column, calendar.day, "a date, YYYY-MM-DD"))
    pattern, expected = _NUMBERS[column.kind]
    return _remembering(good, _readable(column, pattern.fullmatch, expected))


def _codes(column: Column) -> Examine:
    unknown = Fault("list-value", f"a code of HUD's list {column.list}", field=column.name)
    retired = Fault("retired-code", f"a code that HUD's list {column.list} still has", field=column.name)
    return lambda value: retired if value in column.retired else unknown


def _readable(column: Column, read: Callable[[str], object], expected: str) -> Examine:
    fault = Fault("date" if column.kind is Kind.DATE else "number", expected, field=column.name)
    return lambda value: fault if read(value) is None else None


def _remembering(good: set[str], examine: Examine) -> Examine:
    """Dates and numbers repeat; one that was found good joins the good."""

    def examine_once(value: str) -> Fault | None:
        fault = examine(value)
        if fault is None and len(good) < _REMEMBERED:
            good.add(value)
        return fault

    return examine_once
