"""What a delta refers to and does not bring: what the hub keeps of its source from earlier exports, in columns.

A delta (HUD CSV specification, ExportDirective 1) brings what changed and nothing else: a service alone, an exit alone,
an enrollment again without the exit that was sent last month. The set's own word counts before what is kept, save that
what was written later counts, and that a project closed to the hub stays closed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from adapters.base import Earlier
from adapters.hmis.mentions import by_person
from adapters.hmis.words import PROGRAM_TYPES
from schemas.canonical import CanonicalRecord, Enrollment, ForVictims, Organization, PersonFacts, Program, SourceRow
from schemas.vocab import Funding
from schemas.vocab.records import Change

_PEOPLE = {"PersonalID": pl.String, "birth": pl.Date}
_STAYS = {
    **dict.fromkeys(("EnrollmentID", "PersonalID", "ProjectID", "HouseholdID"), pl.String),
    **dict.fromkeys(("entry", "move_in"), pl.Date),
    **dict.fromkeys(("relationship", "disabled"), pl.String),
}
_TOLD = {**dict.fromkeys(("id", "EnrollmentID", "PersonalID"), pl.String), "written": pl.Date, "live": pl.Boolean}
_EXITS = {**_TOLD, "exit": pl.Date, "destination": pl.String}
_ANSWERS = {**_TOLD, "as_of": pl.Date, "answer": pl.String}
_TYPES = {kind: code for code, kind in PROGRAM_TYPES.items()}


@dataclass
class Directory:
    """The organizations, projects and users that are known, by HUD's keys; few, so they are told whole."""

    guarded: dict[str, bool] = field(default_factory=dict)
    programs: dict[str, CanonicalRecord] = field(default_factory=dict)
    grants: dict[str, frozenset[Funding]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)

    @classmethod
    def told(cls, read: Iterable[CanonicalRecord | ForVictims]) -> "Directory":
        found = cls()
        for one in read:
            if isinstance(one, ForVictims):
                found.closed.update(key.partition("/")[2] for key in one.programs)
            else:
                found._take(one.key.partition("/")[2], one)
        return found

    @classmethod
    def granted(cls, read: Iterable[CanonicalRecord | ForVictims]) -> "Directory":
        """Nothing but the grants, for a whole set that has no file of grants."""
        return cls(grants=cls.told(read).grants)

    def _take(self, key: str, record: CanonicalRecord) -> None:
        if isinstance(record.body, Organization):
            self.guarded[key] = record.body.victim_service_provider
        elif isinstance(record.body, Program):
            self.programs[key] = record
            self.grants[key] = frozenset() if record.provenance.hmis is None else record.provenance.hmis.funding
        else:
            self.users.add(key)

    def funding(self, project: str) -> frozenset[Funding]:
        """Under which grants a project is known to lie."""
        return self.grants.get(project, frozenset())

    def projects(self) -> pl.DataFrame:
        """As rows of Project.csv; of a closed one nothing but its key."""
        rows = [(key, record.held_by or "", _type(record)) for key, record in self.programs.items()]
        rows += [(key, "", "") for key in self.closed - self.programs.keys()]
        columns = ("ProjectID", "OrganizationID", "ProjectType")
        found = pl.DataFrame(rows, dict.fromkeys(columns, pl.String), orient="row")
        return found.with_columns(pl.col("OrganizationID").str.strip_prefix("Organization/"))


def _type(record: CanonicalRecord) -> str:
    return _TYPES[record.body.type] if isinstance(record.body, Program) else ""


@dataclass(frozen=True)
class Kept:
    """What is known of the people whom a delta names; nothing for any other set."""

    directory: Directory = field(default_factory=Directory)
    people: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_PEOPLE))
    stays: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_STAYS))
    exits: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_EXITS))
    answers: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_ANSWERS))


NOTHING = Kept()


def newest(told: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """The rows told and those kept; of one `id` the one written last, and of two of one day the one told."""
    if kept.is_empty():
        return told
    rows = pl.concat([told, kept], how="diagonal").sort(
        "written", descending=True, nulls_last=True, maintain_order=True
    )
    return rows.unique("id", keep="first", maintain_order=True)


def kept(mentions: pl.DataFrame, earlier: Earlier, zone: ZoneInfo) -> Kept:
    """What is kept of those whom a set names (see `mentions`)."""
    found = _Found(zone)
    for tells in (False, True):
        for named in by_person(mentions.filter(pl.col("tells") == tells)):
            kinds = {"person", "enrollment", *(["source-row"] if tells else [])}
            for record in earlier.about(named, kinds):
                found.take(record, summed_up=not tells)
    return Kept(Directory.told(earlier.directory()), *found.frames())


class _Found:
    """Takes records one by one, and keeps of each but its columns."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._people: list[tuple[Any, ...]] = []
        self._stays: list[tuple[Any, ...]] = []
        self._exits: list[tuple[Any, ...]] = []
        self._answers: list[tuple[Any, ...]] = []

    def take(self, record: CanonicalRecord, *, summed_up: bool) -> None:
        """`summed_up`: what is known of a stay's exit and answers is what the stay itself says."""
        person, live = record.subject.value if record.subject else "", record.change is not Change.DELETE
        key, body = record.key.partition("/")[2], record.body
        if isinstance(body, SourceRow):
            self._take_row(record, body, key, (person, self._day(record.updated_at), live))
        elif isinstance(body, PersonFacts) and live:
            self._people.append((person, body.birth_date))
        elif isinstance(body, Enrollment) and live:
            sent = (record.as_sent.get("RelationshipToHoH"), record.as_sent.get("DisablingCondition"))
            project = body.program.partition("/")[2]
            self._stays.append((key, person, project, body.household, body.entry_date, body.move_in_date, *sent))
            if summed_up:
                self._sum_up(key, person, body)

    def _take_row(
        self, record: CanonicalRecord, body: SourceRow, key: str, written: tuple[str, date | None, bool]
    ) -> None:
        person, *when = written
        told = (key, body.values.get("EnrollmentID", ""), person, *when, self._day(record.occurred_at))
        if body.table == "Exit":
            self._exits.append((*told, body.values.get("Destination")))
        elif body.table == "HealthAndDV":
            self._answers.append((*told, body.values.get("CurrentlyFleeing", "")))

    def _sum_up(self, stay: str, person: str, body: Enrollment) -> None:
        told = (f"of {stay}", stay, person, None, True)
        if body.exit_date is not None:
            self._exits.append((*told, body.exit_date, None))
        if body.fleeing_violence is not None:
            self._answers.append((*told, None, "1" if body.fleeing_violence else "0"))

    def _day(self, at: datetime | None) -> date | None:
        return None if at is None else at.astimezone(self._zone).date()

    def frames(self) -> Iterator[pl.DataFrame]:
        """The people, the stays, the exits, the answers."""
        yield pl.DataFrame(self._people, _PEOPLE, orient="row")
        yield pl.DataFrame(self._stays, _STAYS, orient="row")
        yield pl.DataFrame(self._exits, _EXITS, orient="row")
        yield pl.DataFrame(self._answers, _ANSWERS, orient="row")
