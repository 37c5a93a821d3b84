"""HL7 times (data types DT, TS, DTM): as exact as the sender was, and never more."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

_FORM = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)?(?P<day>\d\d)?"
    r"(?:(?P<hour>\d\d)(?P<minute>\d\d)?(?:(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6})\d*)?)?)?"
    r"(?P<zone>[+-]\d{4}|Z)?"
)
_YEARS = range(1850, 2200)


class NotATime(ValueError):
    """The text is no time, is impossible, or is less exact than a day."""


def moment(text: str, home: tzinfo) -> datetime:
    """The moment, aware: in the zone written, else in `home`. A day without a time is that day's first moment."""
    found = _parts(text)
    zone = _zone(found["zone"]) if found["zone"] else home
    clock = [int(found[part] or 0) for part in ("hour", "minute", "second")]
    fraction = int((found["fraction"] or "0").ljust(6, "0"))
    try:
        return datetime.combine(_day(found), datetime.min.time()).replace(
            hour=clock[0], minute=clock[1], second=clock[2], microsecond=fraction, tzinfo=zone
        )
    except ValueError:
        raise NotATime from None


def day(text: str) -> date:
    """The calendar day written, whatever time and zone follow it."""
    return _day(_parts(text))


def written_zone(text: str | None) -> tzinfo | None:
    """The zone a time is written in, None where it says none."""
    found = _FORM.fullmatch(text or "")
    try:
        return _zone(found["zone"]) if found and found["zone"] else None
    except NotATime:
        return None


def _parts(text: str) -> re.Match[str]:
    found = _FORM.fullmatch(text)
    if found is None or not found["day"] or int(found["year"]) not in _YEARS:
        raise NotATime
    return found


def _day(found: re.Match[str]) -> date:
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        raise NotATime from None


def _zone(written: str) -> tzinfo:
    if written == "Z":
        return UTC
    ahead = timedelta(hours=int(written[1:3]), minutes=int(written[3:]))
    if ahead >= timedelta(hours=24):
        raise NotATime
    return timezone(ahead if written[0] == "+" else -ahead)
