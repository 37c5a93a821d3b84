"""The text of one file of the set as UTF-8 bytes, held only around the place where reading stands.

A line, and a record that runs over several, have a greatest length: what is longer is no export but an accident or an
attack, and would have to be held whole.
"""

import codecs
from typing import IO, Protocol

from adapters.hmis.refusal import refusal

LONGEST_LINE = 1 << 20
BLOCK = 2 << 20
PATIENCE = 128 << 20


class Source(Protocol):
    """What bytes are read from; none only at the end."""

    def read(self, size: int, /) -> bytes: ...


class Text:
    """What is still to be read of a file, and on which line that begins."""

    def __init__(self, stream: Source, file: str, *, block: int = BLOCK, patience: int = PATIENCE) -> None:
        self.file = file
        self.line = 1
        self.ended = False
        self.held = b""
        self.block = block
        self._stream = stream
        self._patience = patience
        if self.fill(len(codecs.BOM_UTF8)).startswith(codecs.BOM_UTF8):
            self.take(len(codecs.BOM_UTF8), 0)

    def fill(self, size: int = 0) -> bytes:
        """What lies ahead: at least as many bytes, or a block of them, unless the file ends before."""
        size = size or self.block
        while len(self.held) < size and not self.ended:
            more = self._stream.read(size - len(self.held))
            self.ended = not more
            self.held += more
        return self.held

    def take(self, size: int, lines: int) -> None:
        """Moves on behind as many bytes, which were as many lines."""
        self.held = self.held[size:]
        self.line += lines

    def give_back(self, lines: list[bytes]) -> None:
        """Undoes the taking of lines."""
        self.held = b"".join(lines) + self.held
        self.line -= len(lines)

    def count_again(self, size: int) -> None:
        """Takes note that so many bytes are read another time; a file that needs it without end is refused."""
        self._patience -= size
        if self._patience < 0:
            raise refusal(self.file, "a CSV file whose quotes close", code="quotes")

    def lines(self, size: int) -> list[bytes]:
        """Takes the next lines with their ends, about so many bytes of them and at least one; none at the end.

        Of a line that is too long only the beginning is given, and the rest passes by.
        """
        ahead = self.fill(size)[:size]
        if not self._is_whole(ahead) and b"\n" not in ahead:
            ahead = self.fill(LONGEST_LINE + 2)[: LONGEST_LINE + 2]
        lines = ahead.splitlines(keepends=True)
        if len(lines) > 1 and not self._is_whole(ahead):
            del lines[-1]
        self.take(sum(map(len, lines)), len(lines))
        if lines and len(lines[-1]) > LONGEST_LINE:
            lines[-1] += self._pass_by(lines[-1])
        return lines

    def _is_whole(self, ahead: bytes) -> bool:
        """Whether the last line ahead is known to end there."""
        return ahead.endswith(b"\n") or (self.ended and len(ahead) == len(self.held))

    def _pass_by(self, line: bytes) -> bytes:
        """Takes what is left of a line, and gives the end that it lacks."""
        if line.endswith(b"\n"):
            return b""
        while b"\n" not in self.fill() and not self.ended:
            self.take(len(self.held), 0)
        self.take(self.held.find(b"\n") + 1 or len(self.held), 0)
        return b"\n"


class Recoded:
    """A stream in another encoding as UTF-8; what cannot be decoded becomes the replacement character.

    A mark of UTF-8 before text that is none, because it was put together from two, is dropped.
    """

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._dropped = codecs.BOM_UTF8

    def read(self, size: int, /) -> bytes:
        while raw := self._stream.read(size).removeprefix(self._dropped):
            self._dropped = b""
            if text := self._decoder.decode(raw):
                return text.encode("utf-8", "replace")
        return self._decoder.decode(b"", final=True).encode("utf-8", "replace")
