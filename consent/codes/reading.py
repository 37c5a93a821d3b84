"""Reads code sets from text: TOML, one set a file, or CSV with the columns system,code[,last],sensitivity,reason.

The text is handed in; nothing here opens a file. An error says in which file and where in it, and what was expected
there; never what stood there.
"""

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import PurePath
from typing import Annotated, NamedTuple

from pydantic import Field as Bound
from pydantic import ValidationError

from consent.codes.sets import CodeSet, Range
from consent.codes.systems import NAMES, called, span
from schemas.frozen import Frozen
from schemas.vocab import Sensitivity

OWN = "handoff-hub"
"""The name of the sets that come with the hub; what is loaded adds to them and takes the place of none."""

_SYSTEM = f"one of {', '.join(NAMES)}, or the URI of another system"
_LAST = "a code that does not come before the first"
_CODES = frozenset(one.value for one in Sensitivity)
_SENSITIVITY = f"one of {', '.join(Sensitivity)}"
_EXPECTED = {
    "name": f"a name, and another than {OWN}",
    "since": "a date, YYYY-MM-DD",
    "complete": "true or false",
    "speaks_of": _SENSITIVITY,
    "ranges": "a list of ranges, at least one, each with first, speaks_of and because",
    "excepted": "a list of ranges, each with first and because",
}
_COLUMNS = frozenset({"system", "code", "last", "sensitivity", "reason"})
_OPTIONAL = frozenset({"last"})
_URI = re.compile(r"(?:https?:|urn:)\S+")

Text = Annotated[str, Bound(min_length=1, max_length=1000)]


class UnreadableCodes(ValueError):
    """A file is no code set: which file, where in it, and what was expected there."""

    def __init__(self, file: str, where: str, expected: str) -> None:
        super().__init__(f"{file}: {where} should be {expected}.")
        self.file, self.where, self.expected = file, where, expected


class _Excepted(Frozen):
    first: Text
    last: Text | None = None
    because: Text


class _Range(_Excepted):
    speaks_of: Sensitivity


class _Set(Frozen):
    """What a TOML file says, key by key; see `CodeSet`."""

    name: Text
    system: Text
    edition: Text
    since: date
    source: Text
    complete: bool = False
    ranges: Annotated[tuple[_Range, ...], Bound(min_length=1)]
    excepted: tuple[_Excepted, ...] = ()


def read(file: str, text: str) -> tuple[CodeSet, ...]:
    """The sets of a file that a hub adds; raises `UnreadableCodes`."""
    kind = PurePath(file).suffix.lower()
    if kind == ".csv":
        return tuple(_of_csv(file, text))
    if kind != ".toml":
        raise UnreadableCodes(file, "the name", "one that ends in .toml or .csv")
    found = of_toml(file, text)
    if found.name == OWN:
        raise UnreadableCodes(file, "name", _EXPECTED["name"])
    return (found,)


# --- TOML ------------------------------------------------------------------------------------------------------------


def of_toml(file: str, text: str) -> CodeSet:
    """The one set of a TOML file; raises `UnreadableCodes`."""
    said = _said(file, text)
    if not (system := _system(said.system)):
        raise UnreadableCodes(file, "system", _SYSTEM)
    return CodeSet(
        name=said.name,
        system=system,
        edition=said.edition,
        since=said.since,
        source=said.source,
        complete=said.complete,
        ranges=tuple(_ranges(file, system, "ranges", said.ranges)),
        excepted=tuple(_ranges(file, system, "excepted", said.excepted)),
    )


def _said(file: str, text: str) -> _Set:
    try:
        return _Set.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise UnreadableCodes(file, f"line {line[1]}" if line else "the end", "well-formed TOML") from None
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        if fault["type"] == "extra_forbidden":
            raise UnreadableCodes(file, _place(fault["loc"][:-1]), "without a key that a set does not have") from None
        raise UnreadableCodes(file, _place(fault["loc"]), _expected(fault["loc"])) from None


def _place(path: tuple[int | str, ...]) -> str:
    """A path as a reader counts: `ranges 3, speaks_of`."""
    words = " ".join(f"{part + 1}," if isinstance(part, int) else part for part in path)
    return words.rstrip(",") or "the file"


def _expected(path: tuple[int | str, ...]) -> str:
    named = [part for part in path if isinstance(part, str)]
    return _EXPECTED.get(named[-1], "a text that is not empty")


def _ranges(file: str, system: str, under: str, said: Iterable[_Excepted]) -> Iterator[Range]:
    for number, each in enumerate(said, start=1):
        last = each.last or each.first
        if not _is_forward(system, each.first, last):
            raise UnreadableCodes(file, f"{under} {number}, last", _LAST)
        yield Range(each.first, last, each.speaks_of if isinstance(each, _Range) else None, each.because)


# --- CSV -------------------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    system: str
    range: Range


def _of_csv(file: str, text: str) -> Iterator[CodeSet]:
    """One set for each system of the file, by the file's name; a CSV has no edition, so it is always in force."""
    rows = sorted(_rows(file, text), key=attrgetter("system"))
    if not rows:
        raise UnreadableCodes(file, "line 2", "the first row")
    for system, found in groupby(rows, key=attrgetter("system")):
        ranges = tuple(row.range for row in found)
        yield CodeSet(PurePath(file).name, system, "as loaded", date.min, "its publisher", False, ranges)


def _rows(file: str, text: str) -> Iterator[_Row]:
    reader = csv.DictReader(text.splitlines(), strict=True)
    try:
        header = {(name or "").strip().lower() for name in reader.fieldnames or ()}
        if header - _COLUMNS or _COLUMNS - _OPTIONAL - header:
            raise UnreadableCodes(file, "line 1", "system,code[,last],sensitivity,reason")
        reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
        for row in reader:
            yield _row(file, reader.line_num, row)
    except csv.Error:
        raise UnreadableCodes(file, f"line {reader.reader.line_num}", "well-formed CSV") from None


def _row(file: str, line: int, row: Mapping[str | None, str | None]) -> _Row:
    said = {name: (value or "").strip() for name, value in row.items() if isinstance(value, str | None)}
    system, code, last = _system(said["system"]), said["code"], said.get("last") or said["code"]
    faults = (
        (None in row, "the row", "as many values as there are columns"),
        (not system, "system", _SYSTEM),
        (not code, "code", "a code"),
        (not _is_forward(system, code, last), "last", _LAST),
        (said["sensitivity"] not in _CODES, "sensitivity", _SENSITIVITY),
        (not said["reason"], "reason", "why the code speaks of it"),
    )
    for wrong, field, expected in faults:
        if wrong:
            raise UnreadableCodes(file, f"line {line}, {field}", expected)
    return _Row(system, Range(code, last, Sensitivity(said["sensitivity"]), said["reason"]))


# --- both ------------------------------------------------------------------------------------------------------------


def _system(said: str) -> str:
    """The system that is meant; empty where it is neither known here nor a URI."""
    system = called(said)
    return system if system in NAMES or _URI.fullmatch(system) else ""


def _is_forward(system: str, first: str, last: str) -> bool:
    start, end = span(system, first, last)
    return start < end
