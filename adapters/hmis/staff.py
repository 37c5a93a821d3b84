"""Who works with whom, out of a vendor's own file: each assignment a dated record in the program it is for.

An assignment says where a person is served, so it is placed like every other row: with victim services it does not
enter, and in an enrollment that is marked as private it is private. Whoever is not public is kept back alike.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import Any

import polars as pl

from adapters.base import Read
from adapters.hmis.assignments import StaffFile
from adapters.hmis.calendar import Calendar
from adapters.hmis.census import Census, Stay
from adapters.hmis.checks.placement import NOT_TAKEN
from adapters.hmis.fileset import FileSet
from adapters.hmis.frames import EXTRA, LINE
from adapters.hmis.home import Home, Nowhere, provenance
from adapters.hmis.person import personal_id
from adapters.hmis.privacy import PrivacyMarks
from adapters.hmis.refusal import FEED
from adapters.hmis.report import Fault, Report
from adapters.hmis.sensitivity import sensitivity
from adapters.hmis.sheet import Row
from schemas.canonical import CanonicalRecord, StaffAssignment
from schemas.messages import Severity
from schemas.vocab import Funding
from schemas.vocab.records import Change

_UNKNOWN = Fault("orphan", "an assignment for a person and enrollment of the same set", Severity.SET_ASIDE)
_NOBODY = Fault("no-worker", "the name of a worker", Severity.SET_ASIDE)
_NO_DATE = Fault("date", "the date from which on, YYYY-MM-DD", Severity.SET_ASIDE)
STAFF = "staff"
"""What an assignment is called whose role nobody gives."""

Values = Mapping[str, Any]


class Assignments:
    """The assignments of one file."""

    def __init__(self, mapping: StaffFile, files: FileSet, census: Census, marks: PrivacyMarks) -> None:
        self._of = mapping
        self._files = files
        self._census = census
        self._marks = marks
        self._calendar = Calendar(files.zone, files.today)
        self._report = Report(f"{mapping.file}.csv")
        self._not_taken: Counter[int] = Counter()

    def read(self) -> Iterator[Read]:
        """The records, and what is wrong with the file."""
        for frame in self._frames():
            for row in frame.iter_rows(named=True):
                yield from self._records({**self._user(row), **{name: row[name] for name in row if row[name] != ""}})
                yield from self._report.told()
        for place, count in self._not_taken.items():
            self._report.add(NOT_TAKEN[place].fault, count=count)
        yield from chain(self._report.told(), self._report.rest())

    def _frames(self) -> Iterator[pl.DataFrame]:
        if self._files.has(self._of.file):
            yield from self._files.beside(self._of, self._of.headings, self._report)

    def _records(self, row: Values) -> Iterator[CanonicalRecord]:
        body = self._body(row)
        if body is None:
            return
        stays = self._stays(row)
        homes = {key: stay.place for key, stay in stays.items() if isinstance(stay.place, Home)}
        if not homes:
            self._leave_out(row, stays)
        elif self._of.enrollment is None:
            funding = frozenset[Funding]().union(*(home.funding for home in homes.values()))
            yield self._record(row, body, _of(row, self._of.person), Home(funding=funding), stays)
        else:
            for key, home in homes.items():
                yield self._record(row, body, stays[key].person, home, {key: stays[key]})

    def _record(
        self, row: Values, body: StaffAssignment, person: str, home: Home, stays: Mapping[str, Stay]
    ) -> CanonicalRecord:
        of, only = self._of, next(iter(stays)) if self._of.enrollment else person
        written = self._calendar.moment(_of(row, of.updated)) if of.updated else None
        fleeing = any(bool(stay.fleeing) for stay in stays.values())
        return CanonicalRecord(
            feed=FEED,
            key=f"StaffAssignment/{of.file}/{row[of.key]}/{only}",
            subject=personal_id(person),
            held_by=home.organization,
            occurred_at=self._calendar.midnight(_of(row, of.since)),
            updated_at=written,
            change=Change.DELETE if _of(row, of.deleted) else Change.UPSERT,
            provenance=provenance(home.funding, private=self._is_private(row, person, stays)),
            sensitivity=sensitivity("StaffAssignment", Row(0, [], []), fleeing=fleeing),
            place=f"{of.file}.csv line {row[LINE]}",
            body=body.model_copy(update={"program": home.program}),
        )

    def _leave_out(self, row: Values, stays: Mapping[str, Stay]) -> None:
        """What victim services hold, or what is not agreed, is counted, and not even its line is told."""
        places = [stay.place.value for stay in stays.values() if isinstance(stay.place, Nowhere)]
        place = min(places, default=Nowhere.UNKNOWN.value)
        if place in NOT_TAKEN:
            self._not_taken[place] += 1
        else:
            self._report.add(_UNKNOWN, int(row[LINE]))

    def _body(self, row: Values) -> StaffAssignment | None:
        of, since = self._of, self._calendar.day(_of(row, self._of.since))
        worker = " ".join(filter(None, (_of(row, column) for column in of.worker)))
        if not worker or since is None:
            self._report.add(_NO_DATE if worker else _NOBODY, int(row[LINE]))
            return None
        role = _of(row, of.role)
        return StaffAssignment(
            worker=worker,
            role=of.roles.get(role) or (STAFF if role.isdigit() else role) or STAFF,
            phone=_of(row, of.mobile) or _of(row, of.phone) or None,
            email=_of(row, of.email) or None,
            since=since,
            until=self._calendar.day(_of(row, of.until)),
        )

    def _stays(self, row: Values) -> dict[str, Stay]:
        """The enrollments that a row is for; none of another person than it names."""
        of, person = self._of, _of(row, self._of.person)
        named = self._enrolled.get(_of(row, of.enrollment.column) if of.enrollment else person, ())
        return {stay.key: stay for stay in named if of.person is None or stay.person == person}

    @cached_property
    def _enrolled(self) -> Mapping[str, list[Stay]]:
        """The enrollments by what their column holds that assignments go by."""
        by = self._of.enrollment.equals if self._of.enrollment else "PersonalID"
        found: defaultdict[str, list[Stay]] = defaultdict(list)
        for frame in (*self._files.frames("Enrollment"), self._census.kept_stays):
            column = {name.removeprefix(EXTRA).lower(): name for name in frame.columns}.get(by.lower())
            if column is not None:
                for value, stay in zip(frame[column].to_list(), self._census.stays_in(frame), strict=True):
                    found[value].append(stay)
        found.pop("", None)
        return found

    def _user(self, row: Values) -> Values:
        user = self._of.user
        return self._users.get(row[user.column], {}) if user else {}

    @cached_property
    def _users(self) -> Mapping[str, Values]:
        user = self._of.user
        if user is None or not self._files.has(user.file):
            return {}
        frames = (
            self._files.frames(user.file)
            if user.is_of_hud
            else self._files.beside(user, self._of.of_worker, Report(f"{user.file}.csv"))
        )
        return {row[user.key]: row for frame in frames for row in frame.iter_rows(named=True)}

    def _is_private(self, row: Values, person: str, stays: Mapping[str, Stay]) -> bool:
        public = self._of.public
        hidden = public is not None and _of(row, public.column).lower() not in public.open
        marked = self._marks.cover("Client", person) or any(self._marks.cover("Enrollment", key) for key in stays)
        return hidden or marked


def _of(row: Values, column: str | None) -> str:
    return str(row.get(column, "")) if column else ""
