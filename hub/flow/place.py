"""What was cleared of one person's dealings with one program: whether they go on, and what was last known and when.

A day after today, or after the day on which the hub was told of it, has not been: it is a slip of the pen, and counts
for nothing. Days are those of HUD's elements (InformationDate, DateProvided), never of when a row was typed.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from hub.flow.echo import A_HUB
from hub.flow.release import Opened
from hub.store.terms import OfferedProgram
from schemas.contacts import Inactivity, LastContact, LastSeen
from schemas.messages import Cleared
from schemas.vocab.records import LivingSetting, ProgramType

MORNING = timedelta(hours=6)
"""Until then the night belongs to the day on which it began, as HUD dates a bed night."""

_FURTHEST_EAST = timedelta(hours=14)
"""Where a sender's day may already be another than the hub's."""

_EVERY_NIGHT = frozenset({ProgramType.EMERGENCY_SHELTER, ProgramType.SAFE_HAVEN})
_LEAVE_UNRECORDED = frozenset({ProgramType.NIGHTLY_SHELTER, ProgramType.STREET_OUTREACH})
_DATED = {
    "service": "contacted_on",
    "living-situation": "contacted_on",
    "coordinated-entry": "on",
    "enrollment": "entry_date",
}


class Touch(NamedTuple):
    """A contact of the program with the person, on a day."""

    on: date
    piece: Cleared


class Place:
    """One program's cleared records of the person; `program` is None where it may not be named, or nobody knows it."""

    def __init__(self, pieces: Sequence[Opened], program: OfferedProgram | None, at: datetime) -> None:
        self.program = program
        self.today = at.date()
        self._night = (at - MORNING).date()
        self._opened = pieces
        self.pieces = [one.cleared for one in pieces]

    @property
    def is_live(self) -> bool:
        """Whether the program still works with the person."""
        return (self.enrollment or self.assignment) is not None

    @property
    def enrollment(self) -> Cleared | None:
        """The open stay that was entered last."""
        return _latest((one for one in self.pieces if self._is_open(one)), "entry_date")

    @property
    def assignment(self) -> Cleared | None:
        """The staff assignment of today that began last."""
        return _latest((one for one in self.pieces if self._is_assigned(one)), "since")

    @property
    def touch(self) -> Touch | None:
        """The latest contact of any sort."""
        return max(self._touches(), key=lambda touch: touch.on, default=None)

    @property
    def written(self) -> Touch | None:
        """The latest contact that says who wrote it down; a hub that wrote it is nobody to reach."""
        signed = (touch for touch in self._touches() if touch.piece.values.get("recorded_by", A_HUB) != A_HUB)
        return max(signed, key=lambda touch: touch.on, default=None)

    def grounds(self) -> Iterator[tuple[Cleared, date]]:
        """What a contact here rests on, each with its day."""
        if self.assignment:
            yield self.assignment, self.assignment.values["since"]
        if self.enrollment:
            yield self.enrollment, self.enrollment.values["entry_date"]
        yield from ((touch.piece, touch.on) for touch in (self.touch, self.written) if touch)

    def last_contact(self) -> LastContact | None:
        touch = self.touch
        if touch is None:
            return None
        kind = str(touch.piece.values.get("contact", touch.piece.kind))
        return LastContact(on=touch.on, kind=kind, age_days=self.age(touch.on))

    def last_seen(self) -> LastSeen | None:
        """The latest living situation that is known; of the place more than its setting only where that was cleared."""
        sightings = [one.cleared for one in self._opened if self._was_seen(one)]
        seen = _latest(sightings, "seen_on")
        if seen is None:
            return None
        place, on = seen.values.get("place"), seen.values["seen_on"]
        setting = str(seen.values["setting"])
        return LastSeen(setting=setting, area=str(place) if place else None, on=on, age_days=self.age(on))

    def is_in_shelter_tonight(self) -> bool:
        """Whether the records say so: an open stay where people stay every night, or a bed night of this very night.

        HMIS project types 0 and 8 mean every night between entry and exit; type 1 only nights with a service of
        RecordType 200 (HMIS data standards, 2.02 and 4.14).
        """
        kind = self.program.type if self.program else None
        if kind in _EVERY_NIGHT:
            return any(self._sleeps_here(one) for one in self.pieces)
        nights = (one.values.get("night_of") for one in self.pieces if one.kind == "service")
        return kind == ProgramType.NIGHTLY_SHELTER and self.enrollment is not None and self._night in nights

    def inactivity(self, after: int) -> Inactivity | None:
        """That the latest contact is `after` days old or older."""
        touch = self.touch
        days = self.age(touch.on) if touch else 0
        if days < after:
            return None
        missed = self.enrollment is not None and self.program is not None and self.program.type in _LEAVE_UNRECORDED
        return Inactivity(days=days, inactive_after_days=after, possible_missed_exit=missed)

    def age(self, on: date) -> int:
        """In whole days."""
        return (self.today - on).days

    def _is_open(self, piece: Cleared) -> bool:
        entry, until = piece.values.get("entry_date"), piece.values.get("exit_date")
        entered = piece.kind == "enrollment" and entry is not None and entry <= self.today
        return entered and (until is None or until >= self.today)

    def _sleeps_here(self, piece: Cleared) -> bool:
        until = piece.values.get("exit_date")
        return self._is_open(piece) and (until is None or until > self._night)

    def _is_assigned(self, piece: Cleared) -> bool:
        if piece.kind != "staff-assignment" or "since" not in piece.values:
            return False
        until = piece.values.get("until")
        return bool(piece.values["since"] <= self.today) and (until is None or until >= self.today)

    def _touches(self) -> Iterator[Touch]:
        return (touch for one in self._opened if (touch := self._touch(one)))

    def _touch(self, one: Opened) -> Touch | None:
        on = one.cleared.values.get(_DATED.get(one.cleared.kind, ""))
        return Touch(on, one.cleared) if on is not None and self._has_been(on, one) else None

    def _was_seen(self, one: Opened) -> bool:
        seen = one.cleared.values
        return "seen_on" in seen and seen["setting"] != LivingSetting.UNKNOWN and self._has_been(seen["seen_on"], one)

    def _has_been(self, on: date, one: Opened) -> bool:
        return on <= min(self.today, (one.row.learned_at + _FURTHEST_EAST).date())


def _latest(pieces: Iterable[Cleared], by: str) -> Cleared | None:
    return max(pieces, key=lambda piece: str(piece.values[by]), default=None)
