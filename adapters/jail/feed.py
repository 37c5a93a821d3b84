"""The jail roster feed: a definition and a file in, people and bookings out."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.base import Read, Unreadable
from adapters.jail import people, stays
from adapters.jail.definition import FEED, FeedDefinition, Meaning, Mode, read_definition
from adapters.jail.reading import Jail, RowAside
from adapters.jail.stays import Stay
from adapters.jail.table import Row, declared, rows
from adapters.jail.values import end_of, stated
from schemas.canonical import CanonicalRecord, Identifier, PersonFacts, Snapshot
from schemas.disclosure import Provenance
from schemas.messages import Problem, RawMessage, Severity
from schemas.vocab import Justice, Seal
from schemas.vocab.records import BookingEvent


class JailRoster:
    """Reads a roster as its definition (`message.definition`, TOML) describes it.

    A snapshot ends with `Snapshot`, so that whoever it does not name is known as not seen. It does not when any row
    was set aside: the person in that row would look absent.
    """

    name = FEED

    def read(self, message: RawMessage) -> Iterator[Read]:
        """The records of a roster; raises `Unreadable`, before the first, where the file or definition is at fault."""
        definition = read_definition(message.definition)
        expected, found = declared(message, definition), rows(message, definition)
        if expected is not None and expected != len(found):
            raise Unreadable(FEED, "the trailer", f"the number of rows, {len(found)}", code="count-mismatch")
        yield from _Roster(message, Jail(definition, taken_at(message, definition))).read(found)


def taken_at(message: RawMessage, definition: FeedDefinition) -> datetime:
    """When a roster was taken: as its name says, otherwise when it came.

    A name that gives only the day means its last moment, but never one after the file came: what happened on that day
    is not yet to come.
    """
    if definition.taken_at is None:
        return message.received_at
    zone = ZoneInfo(definition.timezone)
    match = re.search(definition.taken_at.pattern, message.name)
    found = stated(match[1], (definition.taken_at.format,), zone) if match and match[1] else None
    if found is None:
        raise Unreadable(FEED, "the file's name", "one that says when it was taken, as taken_at defines", code="name")
    return min(end_of(found.at.date(), zone), message.received_at) if found.whole_day else found.at


class _Roster:
    """One file being read: its stays by key, its people by number, and whether all of it could be read."""

    def __init__(self, message: RawMessage, jail: Jail) -> None:
        self._file = message.name
        self._jail = jail
        self._stays: dict[tuple[str, int], Stay] = {}
        self._seen: set[tuple[str, ...]] = set()
        self._people: dict[Identifier, PersonFacts] = {}
        self._complete = True

    def read(self, found: list[Row]) -> Iterator[Read]:
        for row in found:
            yield from self._take(row)
        records = list(self._stayed())
        yield from (self._person(subject, facts) for subject, facts in self._people.items())
        yield from records
        yield from self._ending()

    def _take(self, row: Row) -> Iterator[Problem]:
        try:
            yield from self._sort(row)
        except RowAside as aside:
            yield self._aside(row.line, aside)

    def _sort(self, row: Row) -> Iterator[Problem]:
        """Puts a row to its stay, unless it came before."""
        if row.values is None:
            raise RowAside("row-shape", "", "as many values as the header has columns")
        key, whole = self._jail.booking_key(row.values), tuple(row.values.values())
        if whole in self._seen:
            yield self._problem(Severity.WARNING, row.line, "duplicate-row", "", "each row once")
            return
        self._seen.add(whole)
        sealed = stays.is_sealed(self._jail, row.values)
        own = row.line if self._jail.definition.mode is Mode.MESSAGE else 0
        self._put((key, own), Stay(row.line, row.values), sealed)

    def _put(self, key: tuple[str, int], new: Stay, sealed: bool) -> None:
        """Rows of one booking are one stay, or, in a feed of events, an event each. One sealed row seals the stay."""
        stay = self._stays.setdefault(key, new)
        if sealed:
            self._stays[key] = new
        elif not stays.is_sealed(self._jail, stay.values):
            self._add(stay, new.values)

    def _add(self, stay: Stay, values: Mapping[str, str]) -> None:
        if self._about(values) != self._about(stay.values):
            raise RowAside("conflicting-rows", "", f"what line {stay.line} says of the same booking, charges apart")
        charge = self._jail.said(values, Meaning.CHARGE)
        stay.charges += [charge] if charge and charge not in stay.charges else []

    def _about(self, values: Mapping[str, str]) -> dict[str, str]:
        """What rows of one stay must agree on."""
        apart = (Meaning.CHARGE, Meaning.IGNORED)
        return {name: value for name, value in values.items() if self._jail.definition.columns[name] not in apart}

    def _stayed(self) -> Iterator[Read]:
        for (key, _), stay in self._stays.items():
            try:
                yield from self._stay(key, stay)
            except RowAside as aside:
                yield self._aside(stay.line, aside)

    def _stay(self, key: str, stay: Stay) -> Iterator[Read]:
        subject, told = self._jail.subject(stay.values), stays.booking(self._jail, stay)
        sealed = told.event is BookingEvent.SEALED
        if not sealed:
            yield from self._meet(subject, stay)
        yield CanonicalRecord(
            feed=FEED,
            key=f"Booking/{key}",
            subject=subject,
            occurred_at=stays.happened_at(self._jail, stay, told),
            updated_at=self._jail.taken_at,
            provenance=Provenance(justice=Justice.BOOKING, seal=Seal.SEALED if sealed else None),
            place=f"line {stay.line}",
            body=told,
        )

    def _meet(self, subject: Identifier, stay: Stay) -> Iterator[Problem]:
        """Adds who a stay is about to the people; raises `RowAside` where that is another person than before."""
        facts = people.person(self._jail, stay.values)
        known = self._people.get(subject)
        if known and people.is_someone_else(known, facts):
            raise RowAside("identity-conflict", "", "the person that an earlier row has under the same number")
        self._people[subject] = people.together(known, facts) if known else facts
        for odd in people.oddities(self._jail, stay.values):
            yield self._problem(Severity.WARNING, stay.line, odd.code, odd.column, odd.expected)

    def _person(self, subject: Identifier, facts: PersonFacts) -> CanonicalRecord:
        return CanonicalRecord(
            feed=FEED,
            key=f"Person/{subject.value}",
            subject=subject,
            updated_at=self._jail.taken_at,
            provenance=Provenance(justice=Justice.BOOKING),
            body=facts,
        )

    def _ending(self) -> Iterator[Read]:
        if self._jail.definition.mode is not Mode.SNAPSHOT:
            return
        if self._complete:
            yield Snapshot(kind="booking", taken_at=self._jail.taken_at)
        else:
            expected = "every row readable; until then nobody is taken for absent"
            yield Problem(file=self._file, code="incomplete", severity=Severity.WARNING, expected=expected)

    def _aside(self, line: int, aside: RowAside) -> Problem:
        self._complete = False
        return self._problem(Severity.SET_ASIDE, line, aside.code, aside.column, aside.expected)

    def _problem(self, severity: Severity, line: int, code: str, column: str, expected: str) -> Problem:
        return Problem(
            file=self._file, line=line, field=column or None, code=code, severity=severity, expected=expected
        )
