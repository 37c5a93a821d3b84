"""Whether each value is what its column asks for. A value that is not is a warning: the row is read all the same."""

from collections.abc import Collection

import polars as pl

from adapters.hmis.checks.catalogue import Check, Level
from adapters.hmis.checks.days import day, is_iso
from adapters.hmis.frames import LINE
from adapters.hmis.report import Fault, Report
from adapters.hmis.spec import Column, Kind, Table

NULL = Check("null", Level.HIGH_PRIORITY, "a value, as null is not allowed", eva=(6, 27))
LIST_VALUE = Check("list-value", Level.ERROR, "a code of HUD's list for this column", eva=(50, 51, 52, 53, 54, 55))
RETIRED_CODE = Check("retired-code", Level.ERROR, "a code that HUD's list for this column still has")
TOO_LONG = Check("too-long", Level.ERROR, "no more characters than the format allows")
CHARACTERS = Check("characters", Level.ERROR, "none of < > [ ] { }", eva=(134,))
NUMBER = Check("number", Level.ERROR, "a number", eva=(13, 48))
DATE = Check("date", Level.HIGH_PRIORITY, "a date, YYYY-MM-DD", eva=(11, 47))
DATE_FORM = Check("date-form", Level.ERROR, "a date written YYYY-MM-DD; it was read as one all the same", eva=(11, 47))
DATE_ONLY = Check("date-only", Level.WARNING, "a date and time, YYYY-MM-DD hh:mm:ss, not a date alone")
PATTERN = Check("pattern", Level.ERROR, "the form that HUD gives for this column", eva=(13, 48))

CHECKS = (NULL, LIST_VALUE, RETIRED_CODE, TOO_LONG, CHARACTERS, NUMBER, DATE, DATE_FORM, DATE_ONLY, PATTERN)

_MOMENT_EXPECTED = "a date and time, YYYY-MM-DD hh:mm:ss"
_NUMBERS = {
    Kind.WHOLE_NUMBER: (r"^-?[0-9]{1,9}$", "a whole number"),
    Kind.MONEY: (r"^-?[0-9]{1,9}(\.[0-9]{1,2})?$", "an amount with two decimals"),
    Kind.MONEY_NOT_NEGATIVE: (r"^[0-9]{1,9}(\.[0-9]{1,2})?$", "an amount with two decimals, not negative"),
}
_EXAMPLES = {
    "SourceID": "XX-501;XX-502",
    "SourceContactPhone": "2025550100",
    "UserPhone": "2025550100",
    "CoCCode": "XX-501",
    "EnrollmentCoC": "XX-501",
    "Geocode": "550001",
    "State": "WI",
    "ZIP": "53001",
    "SSN": "nine digits, x for each that is not known",
}
_HASHED = frozenset({"FirstName", "MiddleName", "LastName", "SSN"})


class Values:
    """The columns of one table. Each is asked once for all of a frame; a column without any text only for that."""

    def __init__(self, table: Table, missing: Collection[str] = (), *, hashed: bool = False) -> None:
        dates = {Kind.DATE, Kind.MOMENT}
        columns = [column for column in table.columns.values() if column.name not in missing]
        self._table = table
        self._required = [column for column in columns if column.required and column.name != table.on]
        self._dates = [column for column in columns if column.kind in dates and column.name != table.on]
        self._coded = [column for column in columns if column.codes is not None]
        self._numbers = [column for column in columns if column.codes is None and column.kind in _NUMBERS]
        self._texts = [column for column in columns if column.kind is Kind.TEXT and column.codes is None]
        self._patterned = [column for column in columns if column.pattern]
        self._listed_by = [column for column in columns if column.list_by]
        self._hashed = _HASHED if hashed and table.name == "Client" else frozenset()

    def see(self, frame: pl.DataFrame, report: Report) -> None:
        """Takes note of every fault of a dated frame (see `days.dated`)."""
        longest = frame.select(pl.col(self._table.columns).str.len_bytes().max()).row(0, named=True)
        self._see_nulls(frame, report)
        for column in self._dates:
            if longest[column.name]:
                _see_dates(column, frame, report)
        for column in self._coded:
            if longest[column.name]:
                _see_codes(column, frame, report)
        for column in self._numbers:
            if longest[column.name]:
                _see_numbers(column, frame, report)
        for column in self._listed_by:
            if longest[column.name]:
                _see_conditional_codes(column, frame, report)
        for column in self._patterned:
            if longest[column.name] and column.name not in self._hashed:
                _see_pattern(column, frame, report)
        for column in self._texts:
            if longest[column.name]:
                self._see_texts(column, longest[column.name], frame, report)

    def _see_nulls(self, frame: pl.DataFrame, report: Report) -> None:
        found = frame.select((pl.col(column.name) == "").any() for column in self._required).row(0)
        for column, some in zip(self._required, found, strict=True):
            if some:
                report.add_lines(NULL.of(column.name), frame[LINE].filter(frame[column.name] == ""))

    def _see_texts(self, column: Column, longest: int, frame: pl.DataFrame, report: Report) -> None:
        texts, limit = frame[column.name], column.longest
        if limit is not None and longest > limit and column.name not in self._hashed:
            fault = TOO_LONG.of(column.name, f"at most {limit} characters")
            _tell(fault, texts.str.len_chars() > limit, frame, report)
        _tell(CHARACTERS.of(column.name), texts.str.contains(r"[<>\[\]{}]"), frame, report)


def _see_dates(column: Column, frame: pl.DataFrame, report: Report) -> None:
    text, usual = pl.col(column.name), len("2026-03-01" if column.kind is Kind.DATE else "2026-03-01 08:15:00")
    looks_usual = (
        (text.str.len_bytes() == usual) & (text.str.slice(4, 1) == "-") & text.str.slice(10, 1).is_in(["", " "])
    )
    strange = frame.select(LINE, text, day(column.name).alias("day")).filter(
        (text != "") & (pl.col("day").is_null() | ~looks_usual)
    )
    strange = strange.filter(pl.col("day").is_null() | ~is_iso(column))
    if strange.is_empty():
        return
    expected = _MOMENT_EXPECTED if column.kind is Kind.MOMENT else DATE.expected
    alone = (text.str.len_bytes() == len("YYYY-MM-DD")) & pl.lit(column.kind is Kind.MOMENT)
    read = pl.col("day").is_not_null()
    report.add_lines(DATE.of(column.name, expected), strange.filter(~read)[LINE])
    report.add_lines(DATE_ONLY.of(column.name), strange.filter(read & alone)[LINE])
    report.add_lines(DATE_FORM.of(column.name), strange.filter(read & ~alone)[LINE])


def _see_codes(column: Column, frame: pl.DataFrame, report: Report) -> None:
    texts, known = frame[column.name], ["", *sorted(column.codes or ())]
    unknown = ~texts.is_in(known)
    if not unknown.any():
        return
    old = texts.is_in(sorted(column.retired))
    _tell(RETIRED_CODE.of(column.name, f"a code that HUD's list {column.list} still has"), unknown & old, frame, report)
    _tell(LIST_VALUE.of(column.name, f"a code of HUD's list {column.list}"), unknown & ~old, frame, report)


def _see_conditional_codes(column: Column, frame: pl.DataFrame, report: Report) -> None:
    """Which list holds depends on another column of the row."""
    if column.list_by is None:
        return
    texts, by = frame[column.name], frame[column.list_by.of]
    asked = texts != ""
    for other, value in column.list_by.where.items():
        asked &= frame[other] == value
    for value, codes in column.list_by.lists.items():
        wrong = asked & (by == value) & ~texts.is_in(list(codes.codes))
        _tell(
            LIST_VALUE.of(column.name, f"a code of HUD's list {codes.id}, as {by.name} is {value}"),
            wrong,
            frame,
            report,
        )
    if other_list := column.list_by.otherwise:
        wrong = asked & ~by.is_in(list(column.list_by.lists)) & ~texts.is_in(list(other_list.codes))
        _tell(LIST_VALUE.of(column.name, f"a code of HUD's list {other_list.id}"), wrong, frame, report)


def _see_pattern(column: Column, frame: pl.DataFrame, report: Report) -> None:
    texts = frame[column.name]
    values = texts.unique()
    if len(bad := values.filter((values != "") & ~values.str.contains(str(column.pattern)))):
        _tell(
            PATTERN.of(column.name, f"a value such as {_EXAMPLES[column.name]}"),
            texts.is_in(bad.implode()),
            frame,
            report,
        )


def _see_numbers(column: Column, frame: pl.DataFrame, report: Report) -> None:
    """Numbers repeat, so each is looked at once."""
    pattern, expected = _NUMBERS[column.kind]
    texts = frame[column.name]
    values = texts.unique()
    if len(bad := values.filter((values != "") & ~values.str.contains(pattern))):
        _tell(NUMBER.of(column.name, expected), texts.is_in(bad.implode()), frame, report)


def _tell(fault: Fault, where: pl.Series, frame: pl.DataFrame, report: Report) -> None:
    if where.any():
        report.add_lines(fault, frame[LINE].filter(where))
