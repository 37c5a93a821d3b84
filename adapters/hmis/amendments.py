"""What a delta changes in records that it does not bring: a stay by its exit alone, a project by its grant alone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from adapters.base import Amended, Earlier
from adapters.hmis.calendar import Calendar
from adapters.hmis.census import Census
from adapters.hmis.home import Home, provenance
from adapters.hmis.kept import Kept
from adapters.hmis.person import personal_id
from adapters.hmis.sensitivity import sensitivity
from adapters.hmis.sheet import Row
from schemas.canonical import CanonicalRecord, Enrollment


class _Stands(NamedTuple):
    """How a stay stands by all that is known of it, and the day of the set's last word about that."""

    home: Home
    exit_date: date | None
    fleeing: bool | None
    heard: date | None


def amendments(census: Census, kept: Kept, earlier: Earlier, calendar: Calendar) -> Iterator[Amended]:
    """The stays and the projects that are kept, and are otherwise than they were."""
    yield from _projects(census, kept)
    stands: defaultdict[str, dict[str, _Stands]] = defaultdict(dict)
    for row in census.told_anew().iter_rows(named=True):
        stay = _Stands(census.home(row["place"]), row["exit"], row["fleeing"], row["heard"])
        stands[row["PersonalID"]][f"Enrollment/{row['EnrollmentID']}"] = stay
    if stands:
        named = {personal_id(person): list(stays) for person, stays in stands.items()}
        for record in earlier.about(named, {"enrollment"}):
            now = stands[record.subject.value if record.subject else ""].get(record.key)
            if now is not None and isinstance(record.body, Enrollment):
                yield from _stay(record, record.body, now, calendar)


def _stay(record: CanonicalRecord, said: Enrollment, now: _Stands, calendar: Calendar) -> Iterator[Amended]:
    body = said.model_copy(update={"exit_date": now.exit_date, "fleeing_violence": now.fleeing})
    if body == said:
        return
    row = Row(0, list(record.as_sent), record.as_sent.values())
    changed: Mapping[str, object] = {
        "body": body,
        "updated_at": _later(record.updated_at, _start(now.heard, calendar)),
        "provenance": provenance(now.home.funding, private=_is_private(record)),
        "sensitivity": sensitivity("Enrollment", row, fleeing=bool(now.fleeing)),
    }
    yield Amended(record.model_copy(update=changed))


def _projects(census: Census, kept: Kept) -> Iterator[Amended]:
    """A grant protects whoever is in the project from now on, whenever the next row about them comes."""
    for project, record in kept.directory.programs.items():
        home = census.projects.get(project)
        if isinstance(home, Home) and home.funding != kept.directory.funding(project):
            yield Amended(record.model_copy(update={"provenance": provenance(home.funding)}))


def _is_private(record: CanonicalRecord) -> bool:
    return record.provenance.hmis is not None and record.provenance.hmis.private


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _start(day: date | None, calendar: Calendar) -> datetime | None:
    return None if day is None else calendar.midnight(day.isoformat())
