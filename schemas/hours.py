"""Opening hours as people write them in a directory, asked at a moment: open now, and until when?

Understood are `24/7`, and rules apart by a semicolon: days (`daily`, `Mon-Fri`, `Sat, Sun`; none: daily) and then one
or more spans apart by a comma (`06:00-22:00`; one that ends before it begins ends the next day). A later rule adds to
the ones before. Of anything else nothing is said: a wrong "open" sends someone to a locked door.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

MIDNIGHT = 24 * 60
"""The minute of the day at which it ends."""

HOW_TO_WRITE = "24/7, or days and times, as Mon-Fri 08:00-17:00; Sat 10:00-14:00"

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALWAYS = frozenset({"24/7", "24 hours", "always"})
_DAY = "|".join(DAYS)
_CLOCK = r"(\d{1,2}):(\d{2})"
_RULE = re.compile(
    rf"(?:(?P<days>daily|(?:{_DAY})(?:\s*-\s*(?:{_DAY}))?(?:\s*,\s*(?:{_DAY})(?:\s*-\s*(?:{_DAY}))?)*)\s+)?"
    rf"(?P<spans>{_CLOCK}\s*-\s*{_CLOCK}(?:\s*,\s*{_CLOCK}\s*-\s*{_CLOCK})*)"
)
_SPAN = re.compile(rf"{_CLOCK}\s*-\s*{_CLOCK}")
_WEEK = 7


class Span(NamedTuple):
    """Open on a weekday (Monday is 0) from one minute of the day to another, which may lie in the next day."""

    weekday: int
    begins: int
    ends: int


class Open(NamedTuple):
    """Whether it is open, and until when that stays so; None where that never changes."""

    now: bool
    until: datetime | None


def opening(hours: str | None, at: datetime) -> Open | None:
    """Whether these hours hold `at` a moment on its own clock; None where they are not understood."""
    spans = weekly(hours or "")
    if not spans:
        return None
    stretches = _merged(sorted(_around(spans, at)))
    for begins, ends in stretches:
        if begins <= at < ends:
            return Open(now=True, until=ends if ends - begins < timedelta(days=_WEEK) else None)
    return Open(now=False, until=next((begins for begins, _ in stretches if begins > at), None))


@lru_cache(maxsize=1024)
def weekly(hours: str) -> tuple[Span, ...]:
    """Every span of the week, in the order given; empty where one rule is not understood."""
    said = hours.strip().lower()
    if said in _ALWAYS:
        return tuple(Span(weekday, 0, MIDNIGHT) for weekday in range(_WEEK))
    rules = [_RULE.fullmatch(rule.strip()) for rule in said.split(";") if rule.strip()]
    found = [span for rule in rules if rule for span in _of_rule(rule)]
    understood = all(rules) and all(max(span.begins, span.ends) <= 2 * MIDNIGHT for span in found)
    return tuple(found) if understood else ()


def _of_rule(rule: re.Match[str]) -> Iterator[Span]:
    for hour, minute, till_hour, till_minute in _SPAN.findall(rule["spans"]):
        begins, ends = _minute(hour, minute), _minute(till_hour, till_minute)
        for weekday in _weekdays(rule["days"]):
            yield Span(weekday, begins, ends if ends > begins else ends + MIDNIGHT)


def _minute(hour: str, minute: str) -> int:
    """The minute of the day; one past every bound for what is no time."""
    found = int(hour) * 60 + int(minute)
    return found if int(minute) < 60 and found <= MIDNIGHT else 3 * MIDNIGHT


def _weekdays(days: str | None) -> Iterator[int]:
    if days is None or days == "daily":
        yield from range(_WEEK)
        return
    for part in days.split(","):
        first, _, last = (word.strip() for word in part.partition("-"))
        start = DAYS.index(first)
        length = (DAYS.index(last) - start) % _WEEK if last else 0
        yield from ((start + day) % _WEEK for day in range(length + 1))


def _around(spans: tuple[Span, ...], at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches from yesterday to the same weekday of next week."""
    for ahead in range(-1, _WEEK + 1):
        day = at.date() + timedelta(days=ahead)
        for span in spans:
            if span.weekday == day.weekday():
                yield _moment(day, span.begins, at), _moment(day, span.ends, at)


def _moment(day: date, minute: int, at: datetime) -> datetime:
    """By the clock on the wall, also on a day when that is put forward or back."""
    days, left = divmod(minute, MIDNIGHT)
    return datetime.combine(day + timedelta(days=days), time(left // 60, left % 60), at.tzinfo)


def _merged(stretches: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for begins, ends in stretches:
        if merged and begins <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(ends, merged[-1][1])
        else:
            merged.append((begins, ends))
    return merged
