"""Dates as senders write them, read on the sender's clock.

The format asks for `2026-03-01` and `2026-03-01 08:15:00`. Spreadsheets and older systems also send `08-MAY-67`,
`12-31-2015` and `9-10-2015 21:39:00`.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import TypeVar
from zoneinfo import ZoneInfo

_TIME_OR_NOTHING = r"(?:[ T].*)?"
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)" + _TIME_OR_NOTHING)
_NUMBERS = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})" + _TIME_OR_NOTHING)
_NAMED_MONTH = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4}|\d{2})" + _TIME_OR_NOTHING)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
T = TypeVar("T")

_EARLIEST, _LATEST = 1900, 2199
_REMEMBERED = 20_000


class Order(Enum):
    """Which comes first in `03-11-21`; `UNKNOWN` where one file writes both ways, so that neither can be believed."""

    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"
    UNKNOWN = "unknown"


class Calendar:
    """Reads the dates of one file; what cannot be a date is None. Wall times belong to the sender's zone.

    A two-digit year is of this century unless that puts the day more than a year ahead of `today`.
    """

    def __init__(self, zone: ZoneInfo, today: date, order: Order = Order.MONTH_FIRST) -> None:
        self._zone = zone
        self._order = order
        self._horizon = today + timedelta(days=366)
        self._days: dict[str, date | None] = {}
        self._moments: dict[str, datetime | None] = {}
        self._midnights: dict[str, datetime | None] = {}

    def day(self, text: str) -> date | None:
        """The calendar day, also of a text that goes on to give the time."""
        try:
            return self._days[text]
        except KeyError:
            return _remember(self._days, text, self._read_day(text))

    def moment(self, text: str) -> datetime | None:
        """The moment in UTC; midnight where only a day is given. A wall time that occurs twice means the first."""
        try:
            return self._moments[text]
        except KeyError:
            return _remember(self._moments, text, self._read_moment(text))

    def midnight(self, text: str) -> datetime | None:
        """The moment in UTC at which the day begins that the text names."""
        try:
            return self._midnights[text]
        except KeyError:
            day = self.day(text)
            start = None if day is None else datetime.combine(day, time.min, self._zone).astimezone(UTC)
            return _remember(self._midnights, text, start)

    def _read_day(self, text: str) -> date | None:
        if iso := _ISO.fullmatch(text):
            return _plausible(lambda: date.fromisoformat(iso[1]))
        if numbers := _NUMBERS.fullmatch(text):
            return self._of_numbers(int(numbers[1]), int(numbers[2]), numbers[3])
        if named := _NAMED_MONTH.fullmatch(text):
            month = _MONTHS.get(named[2].lower())
            return self._in_century(named[3], month, int(named[1])) if month else None
        return None

    def _of_numbers(self, first: int, second: int, year: str) -> date | None:
        if self._order is Order.UNKNOWN:
            return None
        month, day = (first, second) if self._order is Order.MONTH_FIRST else (second, first)
        return self._in_century(year, month, day)

    def _in_century(self, year: str, month: int, day: int) -> date | None:
        if len(year) == 4:
            return _plausible(lambda: date(int(year), month, day))
        this_century = _plausible(lambda: date(2000 + int(year), month, day))
        if this_century is not None and this_century <= self._horizon:
            return this_century
        return _plausible(lambda: date(1900 + int(year), month, day))

    def _read_moment(self, text: str) -> datetime | None:
        if _ISO.fullmatch(text):
            whole = _parsed(lambda: datetime.fromisoformat(text))
            return None if whole is None or not _EARLIEST <= whole.year <= _LATEST else self._in_utc(whole)
        day, clock = self.day(text), text.rpartition(" ")[2]
        at = _parsed(lambda: time.fromisoformat(clock)) if ":" in text else time.min
        return None if day is None or at is None else self._in_utc(datetime.combine(day, at))

    def _in_utc(self, wall: datetime) -> datetime:
        return (wall if wall.tzinfo is not None else wall.replace(tzinfo=self._zone)).astimezone(UTC)


def _plausible(make: Callable[[], date]) -> date | None:
    day = _parsed(make)
    return day if day is not None and _EARLIEST <= day.year <= _LATEST else None


def _parsed(make: Callable[[], T]) -> T | None:
    try:
        return make()
    except ValueError:
        return None


def _remember(memory: dict[str, T], text: str, found: T) -> T:
    """Dates repeat by the thousand in an export; what has been read once is not read again."""
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[text] = found
    return found
