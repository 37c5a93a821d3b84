"""Rows of one stay as a Booking: what the jail says happened, and never more.

| the row says | the event is |
| --- | --- |
| sealed | `sealed`, and nothing else of the stay is told |
| a leave for a time (weekender, furlough), whatever its code | `temporary-release` |
| a move to another custodian | `transferred` |
| a release in the past | `released`; a bare day is past when it is over |
| a release to come | `release-scheduled` |
| none of these | `booked` |
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adapters.jail.definition import Meaning
from adapters.jail.reading import Jail, RowAside
from schemas.canonical import Booking
from schemas.vocab.records import BookingEvent

_LEAVE = re.compile(r"week\W*end|\bwkn?d\b|furlough|work\W*release|temporar|\bday\W*(pass|release)\b")
_TRANSFER = re.compile(r"transfer|\bxfer|\btrans?f?\b")
_YES = frozenset({"1", "s", "sealed", "t", "true", "x", "y", "yes"})

NOT_RELEASES = frozenset({BookingEvent.TEMPORARY_RELEASE, BookingEvent.TRANSFERRED})


@dataclass
class Stay:
    """The rows that share a booking key: the first one, and the charges of all."""

    line: int
    values: Mapping[str, str]
    charges: list[str] = field(default_factory=list)


def is_sealed(jail: Jail, values: Mapping[str, str]) -> bool:
    said = jail.said(values, Meaning.SEALED).casefold()
    return said in _YES or _coded(jail, values, Meaning.STATUS) is BookingEvent.SEALED


def booking(jail: Jail, stay: Stay) -> Booking:
    """The stay as a Booking; raises `RowAside` for a date or a status code that the definition does not know."""
    if is_sealed(jail, stay.values):
        return Booking(event=BookingEvent.SEALED)
    values = stay.values
    booked = jail.time(values, Meaning.BOOKED_AT)
    released = jail.time(values, Meaning.RELEASED_AT)
    expected = jail.time(values, Meaning.RELEASE_EXPECTED_AT)
    gone = released if released and released.over_at <= jail.taken_at else None
    to_come = expected or (released if gone is None else None)
    event = _event(jail, values, gone is not None, bool(to_come and to_come.over_at > jail.taken_at))
    return Booking(
        event=event,
        booked_at=booked.at if booked else None,
        released_at=gone.at if gone and event is BookingEvent.RELEASED else None,
        release_expected_at=to_come.at if to_come and event not in NOT_RELEASES else None,
        facility=jail.said(values, Meaning.FACILITY) or jail.definition.facility,
        release_reason=jail.said(values, Meaning.RELEASE_REASON) or None,
        charges=tuple(stay.charges),
        screening=jail.said(values, Meaning.SCREENING) or None,
    )


def happened_at(jail: Jail, stay: Stay, told: Booking) -> datetime | None:
    """When the event was: of a release or a move its own time, otherwise that of the booking."""
    if told.event is BookingEvent.SEALED:
        return None
    if told.event in NOT_RELEASES:
        left = jail.time(stay.values, Meaning.RELEASED_AT)
        return left.at if left else None
    return told.released_at or told.booked_at


def _event(jail: Jail, values: Mapping[str, str], gone: bool, to_come: bool) -> BookingEvent:
    coded = _coded(jail, values, Meaning.RELEASE_REASON) or _coded(jail, values, Meaning.STATUS)
    leaves = gone or to_come or coded is BookingEvent.RELEASED
    if coded in NOT_RELEASES:
        return coded or BookingEvent.BOOKED
    if leaves and (kept := _kept_in_custody(jail, values)):
        return kept
    if gone or coded is BookingEvent.RELEASED:
        return BookingEvent.RELEASED
    return BookingEvent.RELEASE_SCHEDULED if to_come else BookingEvent.BOOKED


def _kept_in_custody(jail: Jail, values: Mapping[str, str]) -> BookingEvent | None:
    """A leave or a transfer by the row's own words: a code that says "released" does not make it one."""
    words = f"{jail.said(values, Meaning.STATUS)} {jail.said(values, Meaning.RELEASE_REASON)}".casefold()
    if _LEAVE.search(words):
        return BookingEvent.TEMPORARY_RELEASE
    return BookingEvent.TRANSFERRED if _TRANSFER.search(words) else None


def _coded(jail: Jail, values: Mapping[str, str], meaning: Meaning) -> BookingEvent | None:
    """The event a code stands for. An unknown status stops the row; an unknown reason says nothing."""
    written = jail.said(values, meaning).casefold()
    if not written:
        return None
    known = jail.events[meaning]
    found = known.get(written, known.get("*"))
    if found is None and meaning is Meaning.STATUS:
        raise RowAside("unknown-code", jail.columns[meaning][0], "a code that codes.status maps")
    return found
