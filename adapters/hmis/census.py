"""Who and what a file set holds: projects, people and enrollments by key, gathered before any record is made.

This is all that is remembered of the set; the rows themselves go by.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from adapters.hmis.calendar import Calendar
from adapters.hmis.fileset import FileSet
from adapters.hmis.home import NO_ONE_PROJECT, Home, Nowhere, Place, homes
from adapters.hmis.sheet import Row
from adapters.hmis.spec import Table, fy2026
from adapters.hmis.words import YES_NO


@dataclass(slots=True)
class Stay:
    """One enrollment, with what other files say of it. `updated_at` is the latest word of any of them."""

    person: str
    place: Place
    exit_date: date | None = None
    fleeing: bool | None = None
    updated_at: datetime | None = None
    _fleeing_as_of: date = date.min
    _exited_as_of: datetime | None = None

    def exits(self, on: date, as_of: datetime | None) -> None:
        """Of several exits the one written last counts."""
        if self.exit_date is None or later(self._exited_as_of, as_of) == as_of:
            self.exit_date, self._exited_as_of = on, as_of

    def flees(self, answer: bool, as_of: date) -> None:
        """The latest answer counts; of two on one day, the one that protects."""
        if (as_of, answer) >= (self._fleeing_as_of, bool(self.fleeing)):
            self.fleeing, self._fleeing_as_of = answer, as_of

    def heard(self, at: datetime | None) -> None:
        self.updated_at = later(self.updated_at, at)


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two moments; the known one of a known and an unknown."""
    return max(filter(None, (one, other)), default=None)


def written_at(row: Row, calendar: Calendar) -> datetime | None:
    """When the sender last changed the row: the later of DateUpdated and DateDeleted."""
    updated = calendar.moment(row["DateUpdated"])
    return later(updated, calendar.moment(row["DateDeleted"])) if row["DateDeleted"] else updated


class Census:
    """Places every row of the set; see `place`."""

    def __init__(self, files: FileSet) -> None:
        self._files = files
        self.users = frozenset(row["UserID"] for row in files.rows("User"))
        self.projects = homes(files)
        self._people = frozenset(row["PersonalID"] for row in files.rows("Client"))
        self._enrolled: dict[str, Place] = {}
        self.stays: dict[str, Stay] = {}
        for row in files.rows("Enrollment"):
            self._enroll(row)
        self._hear_of_exits()
        self._hear_of_violence()

    def place(self, table: Table, row: Row) -> Place:
        """Where a row lies, or why it lies nowhere."""
        if "EnrollmentID" in table.needs:
            stay = self._stay(row)
            return stay.place if stay else Nowhere.UNKNOWN
        if "ProjectID" in table.needs:
            return self.projects.get(row["ProjectID"], Nowhere.UNKNOWN)
        if "PersonalID" in table.needs:
            return self._enrolled.get(row["PersonalID"], NO_ONE_PROJECT)
        return NO_ONE_PROJECT

    def names(self, enrollment: str) -> bool:
        """Whether the set has that enrollment, and knows whose and where it is."""
        stay = self.stays.get(enrollment)
        return stay is not None and stay.place is not Nowhere.UNKNOWN

    def whereabouts(self, person: str) -> Place:
        """Where a person lies with all their enrollments; unknown is who does not stand in Client.csv."""
        return self._enrolled.get(person, NO_ONE_PROJECT) if person in self._people else Nowhere.UNKNOWN

    def is_fleeing(self, row: Row) -> bool:
        """Whether the enrollment a row belongs to says that the person flees violence: where they are served tells."""
        stay = self.stays.get(row["EnrollmentID"])
        return stay is not None and bool(stay.fleeing)

    def _stay(self, row: Row) -> Stay | None:
        """The enrollment that a row belongs to; None if there is none or it is another person's."""
        stay = self.stays.get(row["EnrollmentID"])
        return stay if stay is not None and stay.person == row["PersonalID"] else None

    def _enroll(self, row: Row) -> None:
        person, place = row["PersonalID"], self.projects.get(row["ProjectID"], Nowhere.UNKNOWN)
        if person in self._people:
            self._enrolled[person] = _together(self._enrolled.get(person), place)
        elif place is not Nowhere.VICTIM_SERVICES:
            place = Nowhere.UNKNOWN
        self.stays[row["EnrollmentID"]] = Stay(person, place)

    def _hear_of_exits(self) -> None:
        for stay, row, on, written in self._dated("Exit"):
            stay.heard(written)
            if not row["DateDeleted"]:
                stay.exits(on, written)

    def _hear_of_violence(self) -> None:
        for stay, row, on, written in self._dated("HealthAndDV"):
            answer = YES_NO.get(row["CurrentlyFleeing"])
            if answer is not None:
                stay.heard(written)
                if not row["DateDeleted"]:
                    stay.flees(answer, on)

    def _dated(self, name: str) -> Iterator[tuple[Stay, Row, date, datetime | None]]:
        """The rows of a table that belong to an enrollment, with the day they happened and when they were written."""
        table = fy2026().tables[name]
        if table not in self._files.tables:
            return
        calendar = self._files.calendar(name)
        for row in self._files.rows(name):
            stay, on = self._stay(row), calendar.day(row[table.on or ""])
            if stay is not None and on is not None:
                yield stay, row, on, written_at(row, calendar)


def _together(so_far: Place | None, place: Place) -> Place:
    """Where a person with several enrollments lies: with the projects that may share, under all of their grants.

    A person known to victim services alone does not enter; one whose projects are unknown waits.
    """
    here = [at for at in (so_far, place) if isinstance(at, Home)]
    if here:
        return Home(funding=frozenset().union(*(home.funding for home in here)))
    return Nowhere.VICTIM_SERVICES if Nowhere.VICTIM_SERVICES in {so_far, place} else Nowhere.UNKNOWN
