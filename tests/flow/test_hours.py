"""Opening hours as a directory says them, asked at a moment."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.hours import opening

MONDAY = datetime(2026, 6, 15, tzinfo=UTC)


def at(day: int, clock: str) -> datetime:
    """A clock time, so many days after that Monday."""
    hour, minute = map(int, clock.split(":"))
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("hours", "asked", "now", "until"),
    [
        ("daily 06:00-22:00", at(0, "21:59"), True, at(0, "22:00")),
        ("daily 06:00-22:00", at(0, "22:00"), False, at(1, "06:00")),
        ("Mon-Fri 08:00-17:00", at(4, "17:00"), False, at(7, "08:00")),
        ("Mon-Fri 08:00-12:00, 13:00-17:00; Sat 10:00-14:00", at(0, "12:30"), False, at(0, "13:00")),
        ("Mon-Fri 08:00-17:00; Sat 10:00-14:00", at(5, "13:00"), True, at(5, "14:00")),
        ("Fri-Mon 18:00-08:00", at(1, "07:00"), True, at(1, "08:00")),
        ("Tue, Thu 9:00-10:00", at(2, "09:30"), False, at(3, "09:00")),
        ("18:00-08:00", at(0, "02:00"), True, at(0, "08:00")),
        ("daily 00:00-12:00, 12:00-24:00", at(0, "12:00"), True, None),
        ("24/7", at(0, "03:00"), True, None),
    ],
)
def test_says_whether_it_is_open_and_until_when(hours: str, asked: datetime, now: bool, until: datetime | None) -> None:
    assert opening(hours, asked) == (now, until)


@pytest.mark.parametrize("hours", [None, "", "by appointment", "Mon-Fri 8-5", "daily 25:00-26:00", "Mon 08:00-09:75"])
def test_says_nothing_of_what_it_does_not_understand(hours: str | None) -> None:
    assert opening(hours, MONDAY) is None


def test_goes_by_the_clock_on_the_wall() -> None:
    asked = datetime(2026, 3, 8, 12, tzinfo=ZoneInfo("America/Chicago"))  # the clock was put forward that night

    assert opening("daily 06:00-22:00", asked) == (True, asked.replace(hour=22))


@given(hours=st.text(alphabet="MonTueFriSat-,; 0123456789:/daily", max_size=40))
def test_whatever_is_written_gives_an_answer(hours: str) -> None:
    found = opening(hours, MONDAY)

    assert found is None or found.until is None or found.until > MONDAY
