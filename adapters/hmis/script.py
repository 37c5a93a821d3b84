"""How the text of one file is written: its encoding, and which comes first in its numeric dates.

Both are read off the whole file before any row is, because the first line says little of the last.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from adapters.hmis.calendar import Order
from adapters.hmis.text import Recoded, Source

_CHUNK = 1 << 18
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ALONE = rb"(?<![\w/-])%s(?![\w/-])"
_YEAR = rb"(?:\d{4}|\d\d)"
_UP_TO_12, _OVER_12 = rb"(?:0?[1-9]|1[0-2])", rb"(?:1[3-9]|2\d|3[01])"
_DAY_FIRST = re.compile(_ALONE % (_OVER_12 + rb"[-/]" + _UP_TO_12 + rb"[-/]" + _YEAR))
_MONTH_FIRST = re.compile(_ALONE % (_UP_TO_12 + rb"[-/]" + _OVER_12 + rb"[-/]" + _YEAR))
_DIGITS = bytes.maketrans(b"012345678", b"999999999")
_SHAPES = tuple(
    mark + digits + dash + b"9" for mark in (b",", b'"') for digits in (b"9", b"99") for dash in (b"-", b"/")
)


@dataclass(frozen=True)
class Script:
    """An encoding by its Python name, and the order that the file's own dates prove."""

    encoding: str
    order: Order

    @property
    def is_utf8(self) -> bool:
        return self.encoding.startswith("utf-8")

    def as_utf8(self, stream: IO[bytes]) -> Source:
        """The same text in UTF-8."""
        return stream if self.is_utf8 else Recoded(stream, self.encoding)


def recognize(stream: IO[bytes]) -> Script:
    """Reads to the end, which also proves the checksum. UTF-16 by its mark, else strict UTF-8, else Windows-1252."""
    start = stream.read(_CHUNK)
    if start.startswith(_UTF16_MARKS):
        return Script("utf-16", _order(_recoded(start, stream)))
    utf8 = _Utf8()
    order = _order(utf8.watch(start, stream))
    return Script(utf8.encoding, order)


class _Utf8:
    """Watches bytes go by and says afterwards how they are to be read."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._held = True

    def watch(self, start: bytes, stream: IO[bytes]) -> Iterator[bytes]:
        chunk = start
        while chunk:
            self._check(chunk)
            yield chunk
            chunk = stream.read(_CHUNK)
        self._check(b"", final=True)

    def _check(self, chunk: bytes, *, final: bool = False) -> None:
        if self._held:
            try:
                self._decoder.decode(chunk, final)
            except UnicodeDecodeError:
                self._held = False

    @property
    def encoding(self) -> str:
        return "utf-8-sig" if self._held else "cp1252"


def _recoded(start: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    chunk = start
    while chunk:
        yield decoder.decode(chunk).encode("utf-8")
        chunk = stream.read(_CHUNK)


def _order(chunks: Iterator[bytes]) -> Order:
    """What the dates themselves prove: 13-06-19 cannot be month first. Without proof the format's country decides."""
    day_first = month_first = False
    for chunk in filter(_may_hold_short_dates, chunks):
        day_first = day_first or _DAY_FIRST.search(chunk) is not None
        month_first = month_first or _MONTH_FIRST.search(chunk) is not None
    if day_first and month_first:
        return Order.UNKNOWN
    return Order.DAY_FIRST if day_first else Order.MONTH_FIRST


def _may_hold_short_dates(chunk: bytes) -> bool:
    """Most exports hold none, and their shape is found far faster than they are."""
    shapes = chunk.translate(_DIGITS)
    return any(shape in shapes for shape in _SHAPES)
