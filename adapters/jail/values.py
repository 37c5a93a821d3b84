"""The values of a roster as plain ones: numbers without a spurious fraction, days, local times, names."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_FRACTION = re.compile(r"(\d+)\.0+")
_HAS_TIME = re.compile(r"%[HIMcXs]")


@dataclass(frozen=True)
class Stated:
    """A time as a roster states it: `at` is aware; of a bare day it is the first moment of that day at the jail."""

    at: datetime
    whole_day: bool

    @property
    def over_at(self) -> datetime:
        """From when on it lies in the past for certain."""
        return self.at + timedelta(days=1) if self.whole_day else self.at


def number(written: str) -> str:
    """A key without the fraction that spreadsheets add.

    >>> number("20006345.0"), number("B-47.0")
    ('20006345', 'B-47.0')
    """
    match = _FRACTION.fullmatch(written)
    return match[1] if match else written


@lru_cache(maxsize=65_536)
def stated(written: str, formats: tuple[str, ...], zone: ZoneInfo) -> Stated | None:
    """A time in the first format that fits, local to the jail; None where none does.

    In the hour that occurs twice in autumn the first is meant.
    """
    for form in formats:
        try:
            found = datetime.strptime(written, form)  # noqa: DTZ007 the zone is given just below
        except ValueError:
            continue
        aware = found if found.tzinfo else found.replace(tzinfo=zone)
        return Stated(aware, whole_day=not _HAS_TIME.search(form))
    return None


def born(written: str, formats: tuple[str, ...], today: date) -> date | None:
    """A date of birth; one in the future, as two-digit years give, is a century earlier."""
    found = stated(written, formats, ZoneInfo("UTC"))
    if found is None:
        return None
    day = found.at.date()
    if day <= today:
        return day
    try:
        return day.replace(year=day.year - 100)
    except ValueError:
        return None


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a day."""
    return datetime.combine(day, time(23, 59, 59), zone)


def ssn(written: str) -> str | None:
    """Nine digits, or the last four where the rest is masked; None for what cannot be a number."""
    digits = re.sub(r"\D", "", written)
    return digits if len(digits) in (4, 9) and set(digits) != {"0"} else None


def name_parts(written: str) -> tuple[str | None, str | None, str | None]:
    """Given, middle and family name of "FAMILY, GIVEN MIDDLE"; without a comma all of it is the family name.

    >>> name_parts("TESTER, ALEX JORDAN")
    ('ALEX', 'JORDAN', 'TESTER')
    """
    family, _, rest = written.partition(",")
    given, _, middle = rest.strip().partition(" ")
    return given or None, middle.strip() or None, family.strip() or None
