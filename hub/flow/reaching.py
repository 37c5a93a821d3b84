"""Who to ask for and how to reach them: whoever is assigned, or recorded the last contact; the program; the agency.

Each way says whose it is, of which day the directory is, and whether it is open at the time asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from hub.flow.place import Place
from schemas.canonical import StaffMember
from schemas.contacts import Reach, RestsOn, Whose, Worker
from schemas.hours import opening
from schemas.listing import Listed, reach_on
from schemas.messages import Cleared

LAST_RECORDED = "last recorded by"
"""The role of somebody who typed the last contact: HMIS does not say that they work with the person."""

ORDER: Sequence[Whose] = ("worker", "last-recorder", "program", "agency")


class Reaching:
    """The ways to one program's people. `member` is whoever recorded its last contact, if the source names them."""

    def __init__(self, place: Place, member: StaffMember | None, agency: Sequence[Listed], at: datetime) -> None:
        self._assignment = place.assignment
        self._named = bool(self._assignment and self._assignment.values.get("worker"))
        self._member = member
        self._program = reach_on(place.program.reach, place.today) if place.program else ()
        self._agency = reach_on(agency, place.today)
        self._place = place
        self._at = at

    @property
    def worker(self) -> Worker | None:
        if self._assignment and self._named:
            told = self._assignment.values
            return Worker(name=str(told["worker"]), role=str(told.get("role", "staff")))
        return Worker(name=self._member.name, role=LAST_RECORDED) if self._member and self._member.name else None

    def ways(self) -> tuple[Reach, ...]:
        """A number that two say is told once, with its hours if either says them."""
        told: dict[tuple[str, str], Reach] = {}
        for way in (*self._own(), *at_this_hour(self._program_ways or self._agency_ways, self._at)):
            known = told.get((way.kind, way.value))
            told[way.kind, way.value] = way if known is None else _with_hours(known, way)
        return tuple(asked_at(way, self._at) for way in told.values())

    def rank(self) -> int:
        """Whose the first way to reach anyone is, the best first."""
        if self.worker is not None:
            return ORDER.index("worker" if self._named else "last-recorder")
        return ORDER.index("program" if self._program else "agency")

    def rests_on(self, source: str) -> Iterator[RestsOn]:
        """The entries of the directory that are told, where they say of which day they are."""
        for whose, ways in (("program", self._program_ways), ("agency", () if self._program else self._agency_ways)):
            said = [way.as_of for way in ways if way.as_of]
            if said:
                oldest = min(said)
                yield RestsOn(kind=f"{whose}-contact", source=source, as_of=oldest, age_days=self._place.age(oldest))

    @property
    def _program_ways(self) -> list[Reach]:
        return [_of("program", way) for way in self._program]

    @property
    def _agency_ways(self) -> list[Reach]:
        return [_of("agency", way) for way in self._agency]

    def _own(self) -> Iterator[Reach]:
        """The worker's own ways; the last recorder's where nobody is assigned."""
        if self._assignment and self._named:
            yield from _each("worker", _said(self._assignment, "phone"), _said(self._assignment, "email"))
        elif self._member:
            yield from _each("last-recorder", self._member.phone, self._member.email)


def asked_at(way: Reach, at: datetime) -> Reach:
    """A way with whether it is open at a moment, as far as its hours say."""
    found = opening(way.hours, at)
    return way if found is None else way.model_copy(update={"open_now": found.now, "until": found.until})


def at_this_hour(ways: Iterable[Reach], at: datetime) -> Sequence[Reach]:
    """The ways with whether they are open; the number for after hours comes first once all others are closed."""
    asked = [asked_at(way, at) for way in ways]
    usual = [way.open_now for way in asked if not way.after_hours and way.open_now is not None]
    closed = bool(usual) and not any(usual)
    return sorted(asked, key=lambda way: bool(way.after_hours) is not closed)


def _each(whose: Whose, phone: str | None, email: str | None) -> Iterable[Reach]:
    ways = (("phone", phone), ("email", email))
    return (Reach(kind=kind, value=value, whose=whose) for kind, value in ways if value)


def _said(piece: Cleared, name: str) -> str | None:
    value = piece.values.get(name)
    return str(value) if value else None


def _of(whose: Whose, way: Reach) -> Reach:
    return way.model_copy(update={"whose": whose})


def _with_hours(known: Reach, way: Reach) -> Reach:
    return known if known.hours else known.model_copy(update={"hours": way.hours, "as_of": way.as_of})
