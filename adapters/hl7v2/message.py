"""A message as its sender divided it: segments, fields, repetitions, components; split no sooner than asked for.

Positions count from 1 as in the standard. A value that is empty, or `""` (the sender's word for "delete"), is None.
"""

from collections.abc import Iterator
from functools import cached_property

from adapters.hl7v2.charset import decode
from adapters.hl7v2.encoding import BadDelimiters, Delimiters, delimiters, without_nul
from adapters.hl7v2.stream import Line, Stretch

_DELETED = '""'


class Repetition:
    """One repetition of a field."""

    __slots__ = ("_codec", "_marks", "_parts", "raw")

    def __init__(self, raw: str, marks: Delimiters, codec: str) -> None:
        self.raw, self._marks, self._codec = raw, marks, codec
        self._parts = raw.split(marks.component)

    def component(self, position: int) -> str | None:
        """The component, of which the first subcomponent where it has several (`Garcia&de` of a family name)."""
        return self.subcomponent(position, 1)

    def subcomponent(self, position: int, within: int) -> str | None:
        text, mark = _nth(self._parts, position), self._marks.subcomponent
        if not mark or mark not in text:
            return self._value(text) if within == 1 else None
        return self._value(_nth(text.split(mark), within))

    def text(self, position: int) -> str | None:
        """The whole component: free text may hold an ampersand that its sender did not escape."""
        return self._value(_nth(self._parts, position))

    def _value(self, text: str) -> str | None:
        text = text.strip()
        if text in ("", _DELETED):
            return None
        return self._marks.unescape(text, self._codec).strip() or None


class Segment:
    """One segment; `line` is where in the file it stands."""

    def __init__(self, text: str, line: int, marks: Delimiters, codec: str) -> None:
        self._text, self.line, self._marks, self._codec = text, line, marks, codec
        self.name = text[:3]

    @cached_property
    def _fields(self) -> list[str]:
        fields = self._text.split(self._marks.field)
        return [fields[0], self._marks.field, *fields[1:]] if self.name == "MSH" else fields

    @property
    def is_whole(self) -> bool:
        """True where a name of three capitals or digits and then a field separator, or nothing, stand."""
        named = len(self.name) == 3 and self.name.isascii() and self.name.isalnum() and self.name.isupper()
        return named and self._text[3:4] in ("", self._marks.field)

    def raw(self, position: int) -> str:
        """The field as it is written, escapes and all: what an acknowledgement echoes."""
        return self._fields[position] if position < len(self._fields) else ""

    def repetitions(self, position: int) -> list[Repetition]:
        """The repetitions that are not empty, in order."""
        raw, mark = self.raw(position), self._marks.repetition
        parts = raw.split(mark) if mark else [raw]
        return [Repetition(part, self._marks, self._codec) for part in parts if part.strip()]

    def first(self, position: int) -> Repetition:
        """The first repetition, empty where the field is."""
        mark = self._marks.repetition
        raw = self.raw(position)
        return Repetition(raw.split(mark, 1)[0] if mark else raw, self._marks, self._codec)

    def value(self, position: int, component: int = 1) -> str | None:
        """A component of the first repetition."""
        return self.first(position).component(component)


class Message:
    """One message; raises `BadDelimiters` where its header does not say how to read it."""

    def __init__(self, stretch: Stretch, *, unsaid_charset: str | None = None) -> None:
        header = stretch.lines[0]
        self.marks = _marks_of(header)
        self.declared_charset = _declared_charset(header, self.marks)
        self.decoded = decode(
            b"\r".join(line.content for line in stretch.lines), self.declared_charset, unsaid=unsaid_charset
        )
        texts = without_nul(self.decoded.text).split("\r")
        self._segments = [
            Segment(text, line.number, self.marks, self.decoded.codec)
            for text, line in zip(texts, stretch.lines, strict=True)
        ]
        self.header = self._segments[0]

    def segment(self, name: str) -> Segment | None:
        """The first segment of that name."""
        return next(self.segments(name), None)

    def segments(self, name: str) -> Iterator[Segment]:
        return (segment for segment in self._segments if segment.name == name and segment.is_whole)

    def broken_lines(self) -> list[int]:
        """Where something stands that is no segment; of several such lines in a row, the first."""
        broken, before_was_whole = [], True
        for segment in self._segments:
            if before_was_whole and not segment.is_whole:
                broken.append(segment.line)
            before_was_whole = segment.is_whole
        return broken

    @property
    def kind(self) -> str:
        """`ADT^A01`, from MSH-9, and from EVN-1 where MSH-9 lacks the event as in version 2.1."""
        code, event = self.header.value(9, 1) or "", self.header.value(9, 2)
        if event is None and (recorded := self.segment("EVN")) is not None:
            event = recorded.value(1)
        return f"{code}^{event}" if event else code


def _marks_of(header: Line) -> Delimiters:
    text = header.content[:32].decode("latin-1")
    if len(text) < 5:
        raise BadDelimiters
    return delimiters(text[3], text[4:].split(text[3], 1)[0])


def _declared_charset(header: Line, marks: Delimiters) -> str | None:
    fields = header.content.decode("latin-1").split(marks.field)
    field = fields[17] if len(fields) > 17 else ""
    return (field.split(marks.repetition)[0] if marks.repetition else field).strip() or None


def _nth(parts: list[str], position: int) -> str:
    return parts[position - 1] if position <= len(parts) else ""
