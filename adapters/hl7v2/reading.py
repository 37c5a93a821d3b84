"""One message being read: what the source agreed on, and what is found wrong on the way."""

import tomllib
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import Self
from urllib.parse import quote
from zoneinfo import ZoneInfo

from adapters.base import Unreadable
from adapters.hl7v2.charset import is_known
from adapters.hl7v2.message import Message, Repetition, Segment
from adapters.hl7v2.times import NotATime, day, moment, written_zone
from schemas.canonical import Identifier
from schemas.frozen import Frozen
from schemas.messages import Problem, RawMessage, Severity

FEED = "hl7v2"


class Agreed(Frozen):
    """What a source's definition may say: the zone of times that carry none, and the charset of undeclared text.

    TOML: `timezone = "America/Chicago"`, `charset = "8859/1"` (a name of HL7 table 0211).
    """

    timezone: str | None = None
    charset: str | None = None

    @classmethod
    def of(cls, definition: str | None) -> Self:
        """Raises `Unreadable` for a definition that is not of this form."""
        try:
            agreed = cls.model_validate(tomllib.loads(definition or ""))
            ZoneInfo(agreed.timezone or "UTC")
        except (ValueError, OSError, LookupError):
            raise _bad_definition() from None
        if agreed.charset and not is_known(agreed.charset):
            raise _bad_definition()
        return agreed

    @cached_property
    def zone(self) -> tzinfo | None:
        return ZoneInfo(self.timezone) if self.timezone else None


def _bad_definition() -> Unreadable:
    expected = "TOML with at most `timezone` (an IANA zone) and `charset` (of HL7 table 0211)"
    return Unreadable(FEED, "definition", expected, code="definition")


class Reading:
    """A message, what its times and identifiers mean, and the problems met so far, which never hold its content."""

    def __init__(self, message: Message, raw: RawMessage, agreed: Agreed) -> None:
        self.message, self._raw, self._agreed = message, raw, agreed
        self.problems: list[Problem] = []

    def warn(self, segment: Segment, position: int, code: str, expected: str) -> None:
        """Notes what the sender may want to mend in a field; the rest is read all the same."""
        self.note(Severity.WARNING, segment.line, f"{segment.name}-{position}", code, expected)

    def set_aside(self, line: int, field: str, code: str, expected: str) -> None:
        """Notes what could not be read and is kept to be mended and replayed."""
        self.note(Severity.SET_ASIDE, line, field, code, expected)

    def note(self, severity: Severity, line: int, field: str, code: str, expected: str) -> None:
        found = Problem(file=self._raw.name, line=line, field=field, code=code, severity=severity, expected=expected)
        self.problems.append(found)

    @cached_property
    def home(self) -> tzinfo:
        """The zone of times that carry none: as agreed with the source, else MSH-7's own (chapter 2.14.9), else UTC."""
        return self._agreed.zone or written_zone(self.message.header.value(7)) or UTC

    def moment(self, segment: Segment, position: int) -> datetime | None:
        """The moment in a field; None, with a warning, for what is no moment."""
        text = segment.value(position)
        try:
            return moment(text, self.home) if text else None
        except NotATime:
            self.warn(segment, position, "time", "YYYYMMDD[HHMM[SS[.S]]][+/-ZZZZ]")
            return None

    def day(self, segment: Segment, position: int) -> date | None:
        """The day in a field; None, with a warning, for a part of a date or a day still to come."""
        text = segment.value(position)
        try:
            found = day(text) if text else None
        except NotATime:
            found = date.max
        if found and found > self._raw.received_at.date():
            self.warn(segment, position, "date", "a whole date in the past, YYYYMMDD")
            return None
        return found

    @cached_property
    def recorded_at(self) -> datetime | None:
        """When the sender last changed what it says: EVN-2, else the message's own time."""
        event = self.message.segment("EVN")
        recorded = self.moment(event, 2) if event else None
        return recorded or self.moment(self.message.header, 7)

    @cached_property
    def happened_at(self) -> datetime | None:
        """When the event itself happened (EVN-6), as far as the sender says."""
        event = self.message.segment("EVN")
        return self.moment(event, 6) if event else None

    def identifier(self, written: Repetition) -> Identifier | None:
        """An identifier (CX) within whoever assigned it: CX-4, else the sending facility, else the source itself."""
        value = written.component(1)
        if value is None:
            return None
        authority = written.subcomponent(4, 1) or written.subcomponent(4, 2) or self.facility or self._raw.source
        return Identifier(system=f"urn:hub:{FEED}:{quote(authority, safe='')}", value=value)

    @property
    def facility(self) -> str | None:
        """The sending facility (MSH-4), by name or else by its universal id."""
        return self.message.header.value(4, 1) or self.message.header.value(4, 2)


def key_of(kind: str, identifier: Identifier) -> str:
    """`Patient/MAIN/1001`: two authorities behind one source may give out the same number."""
    return f"{kind}/{identifier.system.rpartition(':')[2]}/{identifier.value}"
