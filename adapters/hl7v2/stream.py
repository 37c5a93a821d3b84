r"""Where messages begin and end in bytes: one message, several in a file, a batch, or what a socket recorder wrote.

A message begins with `MSH` and a delimiter at the start of a line. The end of its first segment says how its lines
end: with a carriage return (the standard), then a bare line feed is content; else with a line feed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

FRAME_START, FRAME_END = b"\x0b", b"\x1c"

_HEADER = re.compile(rb"MSH(?=[^\w\s\x00])")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_INDENT, _WIDEST_INDENT = b"\x00\t ", 16
_BY_RETURN = re.compile(rb"\r\n?|\x1c\r?\n?")
_BY_LINE_FEED = re.compile(rb"\r\n?|\n|\x1c\r?\n?")
_EDGE = _INDENT + FRAME_START + FRAME_END + b"\n" + _BYTE_ORDER_MARK
_ENVELOPE = (b"FHS", b"BHS", b"BTS", b"FTS")


@dataclass(frozen=True, slots=True)
class Line:
    """One segment's bytes and the line it stands on, counted from 1."""

    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one `MSH` to the next: a message's lines, and those of a batch's envelope that follow it.

    `ended` is False where the last line has no terminator, as in a file that was cut off.
    """

    content: bytes
    lines: tuple[Line, ...]
    envelope: tuple[Line, ...]
    ended: bool


def stretches(content: bytes) -> Iterator[Stretch]:
    """Every message in order, each once; bytes before the first are `preamble`."""
    starts = list(_starts(content))
    number = 1 + len(_lines(content[: starts[0]], 0)) if starts else 1
    for start, end in pairwise([*starts, len(content)]):
        piece = content[start:end]
        lines = _lines(piece, number)
        number += len(lines)
        yield _stretch(piece, [line for line in lines if line.content])


def preamble(content: bytes) -> list[Line]:
    """The lines before the first message that are neither blank nor a batch's header."""
    before = content[: next(_starts(content), len(content))]
    return [line for line in _lines(before, 1) if line.content and not line.content.startswith(_ENVELOPE)]


def _starts(content: bytes) -> Iterator[int]:
    """Where messages begin: MSH and a delimiter, and before it on its line nothing but an indent."""
    for found in _HEADER.finditer(content):
        place = found.start()
        before = content[max(0, place - _WIDEST_INDENT) : place].rstrip(_INDENT).removesuffix(_BYTE_ORDER_MARK)
        if before[-1:] in (b"\r", b"\n", FRAME_START, FRAME_END) or (not before and place <= _WIDEST_INDENT):
            yield place


def _stretch(piece: bytes, lines: list[Line]) -> Stretch:
    envelope = tuple(line for line in lines if line.content.startswith(_ENVELOPE))
    message = tuple(line for line in lines if line not in envelope) if envelope else tuple(lines)
    return Stretch(piece, message, envelope, ended=piece.endswith((b"\r", b"\n", FRAME_END)))


def _lines(piece: bytes, first: int) -> list[Line]:
    end = _BY_LINE_FEED if _ends_with_line_feed(piece) else _BY_RETURN
    parts = end.split(piece)
    if not parts[-1].strip(_EDGE):
        parts.pop()
    return [Line(number, part.strip(_EDGE)) for number, part in enumerate(parts, start=first)]


def _ends_with_line_feed(piece: bytes) -> bool:
    feed, carriage_return = piece.find(b"\n"), piece.find(b"\r")
    return feed >= 0 and (carriage_return < 0 or feed < carriage_return)


class BatchCount:
    """Counts the messages of a batch, to be held against what its trailer says (BTS-1)."""

    def __init__(self) -> None:
        self._counted = 0

    def contradicted(self, stretch: Stretch) -> Line | None:
        """Counts one message more; the trailer that follows it, where that says another number."""
        self._counted += 1
        trailer = next((line for line in stretch.envelope if line.content.startswith(b"BTS")), None)
        if trailer is None:
            return None
        counted, self._counted = self._counted, 0
        said = re.match(rb"BTS\W(\d{1,9})", trailer.content)
        return trailer if said and int(said[1]) != counted else None
