"""Records read one by one, by Python's csv module: slow, and right about whatever a file may hold.

A quote left open runs on over the following lines. Then only the first line is bad, and the reading starts again on
the next.
"""

import csv
from collections.abc import Iterator
from typing import NamedTuple, Self

from adapters.hmis.report import Fault
from adapters.hmis.text import LONGEST_LINE, Text
from schemas.messages import Severity

_AT_ONCE = 1 << 16
_LONGEST_FIELD = csv.field_size_limit()
TOO_LONG = Fault(
    "too-long-row", f"fields of at most {_LONGEST_FIELD} characters, and quotes that close", Severity.SET_ASIDE
)
NUL = Fault("nul-character", "text without NUL characters", Severity.SET_ASIDE)


def column_count(width: int) -> Fault:
    return Fault("column-count", f"{width} columns, as in the header", Severity.SET_ASIDE)


class Found(NamedTuple):
    """What begins on a line: the values as they stand there, or what is wrong."""

    line: int
    values: list[str] | Fault


class _Lines:
    """Lines of a text, and those that the record at hand has taken."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._ahead: list[bytes] = []
        self.taken: list[bytes] = []
        self.size = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if not self._ahead:
            self._ahead = self._text.lines(_AT_ONCE)[::-1]
        if not self._ahead:
            raise StopIteration
        line = self._ahead.pop()
        self.taken.append(line)
        self.size += len(line)
        if self.size > LONGEST_LINE:
            raise csv.Error
        return line.decode("utf-8", "replace")

    @property
    def first(self) -> int:
        """The line on which the record at hand begins."""
        return self._text.line - len(self._ahead) - len(self.taken)

    def begin(self) -> None:
        self.taken, self.size = [], 0

    def give_back_all_but_the_first(self) -> None:
        again = self.taken[1:]
        self._text.count_again(sum(map(len, again)))
        self._ahead += again[::-1]
        del self.taken[1:]
        self.size = len(self.taken[0])

    def leave(self) -> None:
        """Gives the text back what was looked at in vain."""
        if self._ahead:
            self._text.give_back(self._ahead[::-1])


class Records:
    """The records of a text from where it stands."""

    def __init__(self, text: Text) -> None:
        self._lines = _Lines(text)
        self._reader = csv.reader(self._lines)

    def header(self) -> list[str] | None:
        """The first record; empty where there is none, None where it is longer than any."""
        found = self._next()
        self._lines.leave()
        return None if isinstance(found, Fault) else found or []

    def about(self, size: int, width: int) -> Iterator[Found]:
        """The records of about so many bytes. Blank lines are none."""
        passed = 0
        while passed < size and (values := self._next()) is not None:
            found = self._judged(values, width)
            passed += self._lines.size
            if found is not None:
                yield found
        self._lines.leave()

    def _judged(self, values: list[str] | Fault, width: int) -> Found | None:
        first = self._lines.first
        if isinstance(values, list) and len(values) == width:
            return Found(first, NUL if any("\0" in value for value in values) else values)
        if not values and len(self._lines.taken) == 1:
            return None
        self._lines.give_back_all_but_the_first()
        self._reader = csv.reader(self._lines)
        return Found(first, values if isinstance(values, Fault) else column_count(width))

    def _next(self) -> list[str] | Fault | None:
        """The next record; empty for a blank line; None at the end."""
        self._lines.begin()
        try:
            return next(self._reader)
        except StopIteration:
            return None
        except csv.Error:
            return TOO_LONG
