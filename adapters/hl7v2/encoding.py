"""How a message marks its parts, and how it writes a mark that is meant as text (HL7 v2 chapter 2: delimiters, 2.7)."""

import re
from dataclasses import dataclass
from functools import lru_cache

_HEXADECIMAL = "X(?:[0-9A-Fa-f]{2})+"
_FORMATTING = r"\.(?:br|fi|nf|ce|(?:sp|sk|in|ti)\s*[+-]?\d{0,3})"
_MOST_BLANKS = 20


class BadDelimiters(ValueError):
    """MSH-1 and MSH-2 do not say how the message is divided."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    r"""The marks of one message: `|^~\&` with the usual ones, and `#` for truncation since version 2.7."""

    field: str
    component: str
    repetition: str = ""
    escape: str = ""
    subcomponent: str = ""
    truncation: str = ""

    def unescape(self, text: str, codec: str) -> str:
        """The text as it was meant; an escape sequence that the standard does not define stays as it is written.

        Characters given as hexadecimal are bytes in the message's own character set.
        """
        if not self.escape or self.escape not in text:
            return text
        return _sequence(self.escape).sub(lambda found: self._meaning(found[1], codec), text)

    def _meaning(self, code: str, codec: str) -> str:
        marks = {
            "F": self.field,
            "S": self.component,
            "T": self.subcomponent,
            "R": self.repetition,
            "E": self.escape,
            "P": self.truncation,
        }
        if code in marks:
            return marks[code]
        if code.startswith("X"):
            return without_nul(bytes.fromhex(code[1:]).decode(codec, errors="replace"))
        return _layout(code.lower()) if code.startswith(".") else ""


def without_nul(text: str) -> str:
    """No name has a NUL in it, and PostgreSQL takes none."""
    return text.replace("\0", "")


@lru_cache(maxsize=64)
def _sequence(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(f"{mark}([FSTREPHN]|{_HEXADECIMAL}|(?i:{_FORMATTING})){mark}")


def _layout(command: str) -> str:
    """A formatting command as plain white space: a break, lines to skip, or spaces to skip."""
    name, count = command[1:3], command[3:].strip()
    times = min(abs(int(count)), _MOST_BLANKS) if count.strip("+-") else 1
    if name in ("br", "ce"):
        return "\n"
    return {"sp": "\n", "sk": " "}.get(name, "") * times


@lru_cache(maxsize=256)
def delimiters(field: str, encoding: str) -> Delimiters:
    """The marks that MSH-1 and MSH-2 name; raises `BadDelimiters` where they could not divide anything."""
    marks = field + encoding
    if not 1 <= len(encoding) <= 5 or len(set(marks)) < len(marks):
        raise BadDelimiters
    if any(mark.isalnum() or mark.isspace() for mark in marks):
        raise BadDelimiters
    return Delimiters(field, *encoding)
