"""What the rest of a set says about a row: whose project it lies in, whether its person flees, how its stay ended.

Gathered in columns before any record is made, some thirty bytes a stay; the rows themselves go by.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from adapters.hmis.allowed import Allowed
from adapters.hmis.checks.days import dated, day, undated
from adapters.hmis.checks.index import Index, key
from adapters.hmis.checks.roll import HOME, OUTSIDE, UNKNOWN, Roll
from adapters.hmis.fileset import FileSet
from adapters.hmis.frames import LINE
from adapters.hmis.home import Home, Nowhere, Place, homes
from adapters.hmis.kept import NOTHING, Kept, newest
from adapters.hmis.spec import Table, fy2026
from adapters.hmis.words import YES_NO
from schemas.vocab import Funding

_FUNDINGS = tuple(Funding)
_EVERY_FUNDING = 1 << len(_FUNDINGS)
_NO_ONE_PROJECT = 0
_ANSWERS = list(YES_NO)
_KEYS = (key("id"), key("EnrollmentID").alias("key"), key("PersonalID").alias("person"))


@dataclass(frozen=True, slots=True)
class Around:
    """What holds around a row. `written` is the sender's day of its last word, and of what it is told together with."""

    home: Home
    on: date | None = None
    written: date | None = None
    exit_date: date | None = None
    fleeing: bool | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """An enrollment: whose, where, and whether its person flees violence."""

    key: str
    person: str
    place: Place
    fleeing: bool | None


class Census:
    """Says of every row of the set what holds around it. A place is a number: that of its home in a list."""

    def __init__(self, files: FileSet, roll: Roll, allowed: Allowed | None, kept: Kept = NOTHING) -> None:
        self._files = files
        self._roll = roll
        self._allowed = allowed
        self._kept = kept
        self.projects: Mapping[str, Place] = homes(files, allowed, kept.directory)
        at_home = {project: home for project, home in self.projects.items() if isinstance(home, Home)}
        self._homes = [*map(_of_no_one_project, range(_EVERY_FUNDING)), *at_home.values()]
        self._places = Index(_placed(at_home))
        self._stays = Index(self._gathered_stays())
        self._people = Index(self._gathered_people())

    @property
    def kept_stays(self) -> pl.DataFrame:
        """The stays that are known of before, by HUD's columns."""
        return self._kept.stays

    def names(self, enrollment: str) -> bool:
        """Whether the set has that enrollment, knows whose and where it is, and does not leave it outside."""
        stay = self._roll.stays.find(_key_of(EnrollmentID=enrollment), "place")
        return stay["place"].fill_null(UNKNOWN).item() not in {UNKNOWN, OUTSIDE}

    def speaks_for(self, project: str, person: str) -> bool:
        """Whether the set would name a stay of that person in that project: it has the project, and may enter."""
        if self._allowed is None or self._allowed.names(project):
            return project in self.projects
        is_theirs = self._allowed.elsewhere and project in self.projects
        return is_theirs and isinstance(self.whereabouts(person), Home)

    def whereabouts(self, person: str) -> Place:
        """Where a person lies with all their enrollments; unknown is who does not stand in Client.csv."""
        key_of_person = _key_of(PersonalID=person)
        known = self._roll.people.find(key_of_person, "key", "place")
        if known["key"].item() is None:
            return Nowhere.UNKNOWN
        if (place := known["place"].fill_null(HOME).item()) != HOME:
            return Nowhere(place)
        place = self._people.find(key_of_person, "place")["place"].fill_null(_NO_ONE_PROJECT)
        return self._homes[int(place.item())]

    def stays_in(self, frame: pl.DataFrame) -> Iterator[Stay]:
        """The enrollments in the rows of Enrollment.csv."""
        keys = frame.select(key("EnrollmentID")).to_series()
        known, found = self._roll.stays.find(keys, "place")["place"].fill_null(UNKNOWN), self._stays.find(keys)
        named = (frame["EnrollmentID"], frame["PersonalID"], known, found["place"], found["fleeing"])
        for enrollment, person, place, home, fleeing in zip(*(column.to_list() for column in named), strict=True):
            yield Stay(enrollment, person, self._homes[home] if place == HOME else Nowhere(place), fleeing)

    def home(self, place: int) -> Home:
        """The home of that number."""
        return self._homes[place]

    def told_anew(self) -> pl.DataFrame:
        """The kept stays that the set does not bring, but tells an exit or an answer of: how each stands now."""
        known = self._kept.stays.select("EnrollmentID", "PersonalID", key=key("EnrollmentID"))
        brought = self._roll.stays.find(known["key"], LINE)[LINE].is_not_null()
        found = pl.concat([known.drop("key"), self._stays.find(known["key"])], how="horizontal")
        return found.filter(~brought & pl.col("told"))

    def around(self, table: Table, frame: pl.DataFrame) -> Iterator[Around]:
        """What holds around each row of a dated frame that may enter, in order."""
        found = self._found(table, frame)
        words = [day("DateUpdated"), day("DateDeleted")] if "DateUpdated" in table.columns else []
        told = frame.select(
            on=day(table.on) if table.on else pl.lit(None, pl.Date),
            written=pl.max_horizontal(*words, found["heard"]) if words else pl.lit(None, pl.Date),
        )
        columns = (found["place"], told["on"], told["written"], found["exit"], found["fleeing"])
        for place, *facts in zip(*(column.to_list() for column in columns), strict=True):
            yield Around(self._homes[place], *facts)

    def _found(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        """Of each row: its `place`, and of its stay the exit, whether the person flees, and when either was written."""
        if "EnrollmentID" in table.needs:
            found = self._stays.find(frame.select(key("EnrollmentID")).to_series())
            return found if table.name == "Enrollment" else found.with_columns(heard=pl.lit(None, pl.Date))
        if "ProjectID" in table.needs:
            found = self._places.find(frame.select(key("ProjectID")).to_series())
        elif "PersonalID" in table.needs:
            found = self._people.find(frame.select(key("PersonalID")).to_series())
        else:
            found = pl.DataFrame({"place": pl.repeat(_NO_ONE_PROJECT, frame.height, dtype=pl.Int32, eager=True)})
        nothing = {"exit": pl.Date, "fleeing": pl.Boolean, "heard": pl.Date}
        return found.select(
            pl.col("place").fill_null(_NO_ONE_PROJECT),
            *(pl.lit(None, kind).alias(name) for name, kind in nothing.items()),
        )

    def _gathered_stays(self) -> pl.DataFrame:
        stays = self._roll.stays.rows.filter(pl.col("place") == HOME).select("key", "person", "project")
        place = self._places.find(stays["project"], "place")
        stays = pl.concat([stays.select("key", "person"), place], how="horizontal")
        return (
            stays.join(self._exits(), on=["key", "person"], how="left")
            .join(self._answers(), on=["key", "person"], how="left")
            .select(
                *("key", "person", "place", "exit", "fleeing"),
                heard=pl.max_horizontal("exit_heard", "answer_heard"),
                told=pl.coalesce("exit_told", "answer_told"),
            )
        )

    def _gathered_people(self) -> pl.DataFrame:
        """Where a person with several enrollments lies: with no one project, under all of their grants."""
        grants = pl.Series([_number_of(home) for home in self._homes], dtype=pl.Int32)
        funded = self._stays.rows.select(key="person", place=grants.gather(self._stays.rows["place"]))
        return funded.group_by("key").agg(pl.col("place").bitwise_or())

    def _exits(self) -> pl.DataFrame:
        """Of several exits of a stay the one written last counts."""
        rows = self._dated("Exit", day("ExitDate").alias("exit"), "DateUpdated")
        known = self._kept.exits.select(*_KEYS, "written", "live", "exit")
        latest = (
            newest(rows, known)
            .filter("live")
            .sort("written", "DateUpdated")
            .group_by("key", "person", maintain_order=True)
            .last()
        )
        heard = rows.group_by("key", "person").agg(exit_heard=pl.col("written").max(), exit_told=pl.lit(value=True))
        return heard.join(latest.select("key", "person", "exit"), on=["key", "person"], how="full", coalesce=True)

    def _answers(self) -> pl.DataFrame:
        """The latest answer about fleeing counts; of two on one day, the one that protects."""
        answer = pl.col("CurrentlyFleeing")
        rows = self._dated(
            "HealthAndDV", day("InformationDate").alias("as_of"), (answer == "1").alias("fleeing"), answer
        )
        known = self._kept.answers.select(
            *(*_KEYS, "written", "live", "as_of"), fleeing=pl.col("answer") == "1", CurrentlyFleeing="answer"
        )
        latest = newest(rows, known).filter(answer.is_in(_ANSWERS))
        rows = rows.filter(answer.is_in(_ANSWERS)) if self._kept is NOTHING else rows
        latest = latest.filter("live").sort("as_of", "fleeing").group_by("key", "person", maintain_order=True).last()
        heard = rows.group_by("key", "person").agg(
            answer_heard=pl.col("written").filter(answer.is_in(_ANSWERS)).max(), answer_told=pl.lit(value=True)
        )
        return heard.join(latest.select("key", "person", "fleeing"), on=["key", "person"], how="full", coalesce=True)

    def _dated(self, name: str, *columns: pl.Expr | str) -> pl.DataFrame:
        """The rows of a table that happened on a day, by their stay and person, with the day they were written."""
        table, calendar = fy2026().tables[name], None
        written = pl.max_horizontal(day("DateUpdated"), day("DateDeleted")).alias("written")
        ids = [key(table.key).alias("id")] if self._kept is not NOTHING else []
        wanted = (*_KEYS[1:], *ids, written, (pl.col("DateDeleted") == "").alias("live"), *columns)
        frames = [undated(table).select(*wanted)]
        for frame in self._files.frames(name):
            calendar = calendar or self._files.calendar(name)
            frames.append(dated(frame, table, calendar).filter(day(table.on or "").is_not_null()).select(*wanted))
        return pl.concat(frames)


def _key_of(**named: str) -> pl.Series:
    return pl.DataFrame(named).select(key(*named)).to_series()


def _of_no_one_project(number: int) -> Home:
    return Home(funding=frozenset(funding for place, funding in enumerate(_FUNDINGS) if number >> place & 1))


def _number_of(home: Home) -> int:
    """The number of the home that is no one project's and has the same grants."""
    return sum(1 << place for place, funding in enumerate(_FUNDINGS) if funding in home.funding)


def _placed(projects: Collection[str]) -> pl.DataFrame:
    numbers = range(_EVERY_FUNDING, _EVERY_FUNDING + len(projects))
    frame = pl.DataFrame(
        {"ProjectID": list(projects), "place": list(numbers)}, {"ProjectID": pl.String, "place": pl.Int32}
    )
    return frame.select("place", key=key("ProjectID"))
