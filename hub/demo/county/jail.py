"""Riverbend Jail's nightly rosters: a CSV of everyone in custody at midnight and everyone released the day before."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hub.demo.county.days import Calendar
from hub.demo.county.dice import Dice
from hub.demo.county.justice import SNAPSHOTS
from hub.demo.county.lives import Custody, Life
from hub.demo.county.mistakes import JAIL, Written, written_down

if TYPE_CHECKING:
    from _csv import Writer

SOURCE = "riverbend-jail"
_DAY = 24 * 60
_BUFFER = 1 << 18

DEFINITION = Path(__file__).with_name("riverbend-jail.toml")
"""What the columns mean, for the adapter that reads rosters by their definition."""

COLUMNS = (
    "Booking No",
    "Person No",
    "Last Name",
    "First Name",
    "Middle Name",
    "Suffix",
    "DOB",
    "Sex",
    "SSN",
    "Facility",
    "Status",
    "Book Date",
    "Release Date",
    "Charge",
    "Medical Flag",
)


def jail_number(number: int) -> str:
    """The jail's number of a person, which stays the same over bookings."""
    return f"J{60_000 + number}"


class JailFeed:
    """Writes the rosters of the last midnights, oldest first, and beside them the definition they are read by."""

    adapter = "jail"
    source = SOURCE

    def __init__(self, folder: Path, calendar: Calendar, dice: Dice) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._calendar, self._dice = calendar, dice
        self._open = ExitStack()
        self._midnights = [calendar.midnight - timedelta(days=ago) for ago in range(SNAPSHOTS - 1, -1, -1)]
        self.paths: Sequence[Path] = [folder / f"roster_{midnight:%Y%m%d_%H%M}.csv" for midnight in self._midnights]
        self.definition = folder / DEFINITION.name
        self.definition.write_bytes(DEFINITION.read_bytes())
        self._rosters = [self._roster(path) for path in self.paths]

    def _roster(self, path: Path) -> "Writer":
        file = self._open.enter_context(path.open("w", encoding="utf-8", newline="", buffering=_BUFFER))
        roster = csv.writer(file)
        roster.writerow(COLUMNS)
        return roster

    def close(self) -> None:
        self._open.close()

    def write(self, life: Life) -> Sequence[str]:
        """Lists a person on each roster that saw the stay; answers the jail's number."""
        stay = life.custody
        if stay is None:
            return ()
        key = jail_number(life.person.number)
        written = written_down(life, JAIL, self._dice)
        for at, roster in enumerate(self._rosters):
            before = (SNAPSHOTS - 1 - at) * _DAY
            if _on_roster(stay, before) and stay.missed != at:
                roster.writerow(self._row(key, written, stay, before))
        return (key,)

    def _row(self, key: str, written: Written, stay: Custody, before: int) -> Sequence[str]:
        out = stay.released is not None and stay.released >= before
        return (
            stay.booking,
            key,
            written.family.upper(),
            written.given.upper(),
            written.middle.upper(),
            written.suffix.upper(),
            _us_date(written.born) if written.born else "",
            "F" if written.female else "M",
            f"XXX-XX-{written.last_four}" if written.last_four else "",
            "RIVERBEND MAIN",
            "RELEASED" if out else "IN CUSTODY",
            self._moment(stay.booked),
            self._moment(stay.released) if out and stay.released is not None else "",
            stay.charge,
            stay.medical_flag,
        )

    def _moment(self, before_midnight: int) -> str:
        moment = self._calendar.midnight - timedelta(minutes=before_midnight)
        return f"{_us_date(moment)} {moment.hour:02}:{moment.minute:02}"


def _on_roster(stay: Custody, before: int) -> bool:
    """Booked by that midnight, and not out for more than the day before it."""
    return stay.booked >= before and (stay.released is None or stay.released < before + _DAY)


def _us_date(day: date) -> str:
    return f"{day.month:02}/{day.day:02}/{day.year}"
