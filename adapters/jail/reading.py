"""One row in the definition's words: what it says, under which keys, and what of it could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from adapters.jail.definition import FeedDefinition, Meaning
from adapters.jail.values import Stated, number, stated
from schemas.canonical import Identifier
from schemas.vocab.records import BookingEvent, Sex

BOOKING_NUMBER = "urn:hub:jail:booking"
SEXES = {"f": Sex.FEMALE, "female": Sex.FEMALE, "m": Sex.MALE, "male": Sex.MALE, "x": Sex.OTHER}

_TIMES = frozenset({Meaning.BOOKED_AT, Meaning.RELEASED_AT, Meaning.RELEASE_EXPECTED_AT})


class RowAside(Exception):
    """This row cannot be filed; `column` is the definition's name of the one at fault."""

    def __init__(self, code: str, column: str, expected: str) -> None:
        super().__init__(code, column, expected)
        self.code, self.column, self.expected = code, column, expected


@dataclass(frozen=True)
class Jail:
    """A definition at work: its zone, its columns by meaning, and when the roster was taken."""

    definition: FeedDefinition
    taken_at: datetime

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.definition.timezone)

    @cached_property
    def columns(self) -> Mapping[Meaning, tuple[str, ...]]:
        meant = self.definition.columns.items()
        return {meaning: tuple(name for name, one in meant if one is meaning) for meaning in Meaning}

    @cached_property
    def events(self) -> Mapping[Meaning, Mapping[str, BookingEvent]]:
        """The sender's codes, in lower case, by the column they stand in."""
        codes = self.definition.codes
        mapped = {Meaning.STATUS: codes.status, Meaning.RELEASE_REASON: codes.release_reason}
        return {meaning: {code.casefold(): event for code, event in one.items()} for meaning, one in mapped.items()}

    @cached_property
    def sexes(self) -> Mapping[str, Sex]:
        return {**SEXES, **{code.casefold(): sex for code, sex in self.definition.codes.sex.items()}}

    @property
    def person_system(self) -> str:
        kind = "person" if self.definition.person_key else "booking"
        return f"urn:hub:jail:{self.definition.jail}:{kind}"

    def said(self, values: Mapping[str, str], meaning: Meaning) -> str:
        """What a row says under a meaning, or the empty string."""
        columns = self.columns[meaning]
        if len(columns) == 1:
            return values.get(columns[0], "")
        return " ".join(values[name] for name in columns if values.get(name))

    def time(self, values: Mapping[str, str], meaning: Meaning) -> Stated | None:
        """A time of a row; raises `RowAside` for one in no defined format, since a release may hang on it."""
        written = self.said(values, meaning)
        found = stated(written, self.definition.date_formats, self.zone) if written else None
        if written and found is None:
            expected = f"a date as {' or '.join(self.definition.date_formats)}"
            raise RowAside("date", self.columns[meaning][0], expected)
        return found

    def booking_key(self, values: Mapping[str, str]) -> str:
        return self._key(values, self.definition.booking_key)

    def subject(self, values: Mapping[str, str]) -> Identifier:
        """The person as this jail names them across stays, or by the stay where it has no such number."""
        key = self.definition.person_key or self.definition.booking_key
        return Identifier(system=self.person_system, value=self._key(values, key))

    def booking_number(self, values: Mapping[str, str]) -> Identifier | None:
        """The number other systems ask by; a key put together from several columns is none."""
        if len(self.definition.booking_key) != 1:
            return None
        return Identifier(system=BOOKING_NUMBER, value=self.booking_key(values))

    def _key(self, values: Mapping[str, str], columns: tuple[str, ...]) -> str:
        parts = [self._key_part(values, column) for column in columns]
        for column, part in zip(columns, parts, strict=True):
            if not part:
                raise RowAside("no-key", column, "a value, because it names the stay or the person")
        return "/".join(parts)

    def _key_part(self, values: Mapping[str, str], column: str) -> str:
        """One part of a key, the same however a spreadsheet or an export style writes it."""
        written = values.get(column, "")
        if self.definition.columns[column] in _TIMES:
            found = stated(written, self.definition.date_formats, self.zone)
            return found.at.isoformat() if found else ""
        return number(written)
