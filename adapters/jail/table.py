"""From bytes to rows by column name, refusing a file whose shape is not the defined one.

A roster read wrongly releases people on paper: a file is taken whole, or refused with the reason.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adapters.base import Unreadable
from adapters.jail.definition import FEED, FeedDefinition, FileShape, is_national
from schemas.messages import RawMessage

MAX_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True)
class Row:
    """A line of a table: its number, counted from 1 with the header, and its values by the definition's names.

    `values` is None where the line does not have the defined number of values.
    """

    line: int
    values: dict[str, str] | None


def rows(message: RawMessage, definition: FeedDefinition) -> list[Row]:
    """Every row of a message; raises `Unreadable` for a file that is damaged, cut short or of another shape."""
    text = _without_trailer(_text(message, definition.file), definition.file)
    lines = _lines(text, definition.file)
    names = _names(lines, definition)
    found = [Row(line, _by_name(names, values)) for line, values in lines if any(value.strip() for value in values)]
    if not found and not definition.may_be_empty:
        expected = "at least one row: an empty roster is not believed unless may_be_empty is set"
        raise Unreadable(FEED, "the file", expected, code="empty")
    return found


def declared(message: RawMessage, definition: FeedDefinition) -> int | None:
    """The number of rows the trailer declares; None where the definition has no trailer."""
    if definition.file.trailer is None:
        return None
    last = _text(message, definition.file).rstrip().rpartition("\n")[2]
    match = re.fullmatch(definition.file.trailer, last.strip())
    if match is None or not match[1].isdigit():
        raise Unreadable(FEED, "the last line", "the trailer with the number of rows", code="truncated")
    return int(match[1])


# --- text ------------------------------------------------------------------------------------------------------------


def _text(message: RawMessage, shape: FileShape) -> str:
    if len(message.content) > MAX_BYTES:
        raise Unreadable(FEED, "the file", f"at most {MAX_BYTES // 2**20} MiB", code="too-large")
    try:
        text = message.content.decode(shape.encoding)
    except UnicodeDecodeError as failure:
        raise Unreadable(FEED, f"byte {failure.start}", shape.encoding, code="charset") from None
    if "\0" in text or _is_really_utf8(message.content, shape):
        raise Unreadable(FEED, "the file", shape.encoding, code="charset")
    return text.removeprefix("\ufeff")


def _is_really_utf8(content: bytes, shape: FileShape) -> bool:
    """A single-byte encoding accepts any bytes; text that is valid UTF-8 beyond ASCII was hardly meant in another."""
    if content.isascii() or "utf" in shape.encoding.casefold():
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _without_trailer(text: str, shape: FileShape) -> str:
    return text.rstrip().rpartition("\n")[0] if shape.trailer else text


# --- lines and columns -----------------------------------------------------------------------------------------------


def _lines(text: str, shape: FileShape) -> Iterator[tuple[int, list[str]]]:
    if shape.format == "fixed-width":
        yield from _cut(text, shape)
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=shape.delimiter, strict=True)
    try:
        for values in reader:
            yield reader.line_num, values
    except csv.Error:
        place = f"line {reader.line_num}"
        raise Unreadable(FEED, place, "closed quotes and values of ordinary length", code="truncated") from None


def _cut(text: str, shape: FileShape) -> Iterator[tuple[int, list[str]]]:
    """A line that ends before a column begins lacks it; only trailing blanks may have been trimmed away."""
    last = max(span.start for span in shape.spans)
    for number, line in enumerate(text.splitlines(), start=1):
        spans = shape.spans if len(line) >= last or not line.strip() else shape.spans[:1]
        yield number, [line[span.start - 1 : span.start - 1 + span.width] for span in spans]


def _names(lines: Iterator[tuple[int, list[str]]], definition: FeedDefinition) -> list[str]:
    """The definition's names of the columns, in the file's order."""
    shape = definition.file
    if not shape.header:
        return [span.name for span in shape.spans] or list(shape.names)
    header = next(lines, (0, []))[1]
    known = {_plain(name): name for name in definition.columns}
    _check(header, known, definition)
    return [known[_plain(name)] for name in header]


def _check(header: Sequence[str], known: dict[str, str], definition: FeedDefinition) -> None:
    sent = [_plain(name) for name in header]
    if any(is_national(name) for name in header):
        raise Unreadable(FEED, "the header", "without columns of NCIC, III or N-DEx", code="national-database")
    if len(set(sent) & set(known)) * 2 < len(known):
        raise Unreadable(FEED, "line 1", f"a header with {_listed(definition.columns)}", code="header")
    missing = [name for plain, name in known.items() if plain not in sent and name not in definition.optional]
    unknown = [name.strip() for name, plain in zip(header, sent, strict=True) if plain not in known]
    twice = [name.strip() for name in header if sent.count(_plain(name)) > 1]
    if missing or unknown or twice:
        raise Unreadable(FEED, "the header", f"as defined ({_drift(missing, unknown, twice)})", code="header-drift")


def _drift(missing: Iterable[str], unknown: Iterable[str], twice: Iterable[str]) -> str:
    found = {"missing": missing, "unknown": unknown, "twice": dict.fromkeys(twice)}
    return "; ".join(f"{what}: {_listed(names)}" for what, names in found.items() if list(names))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _by_name(names: list[str], values: list[str]) -> dict[str, str] | None:
    if len(values) != len(names):
        return None
    return {name: value.strip() for name, value in zip(names, values, strict=True)}
