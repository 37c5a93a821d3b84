"""Who and what a file set holds, gathered in columns before any row is checked: what rows are held against.

A stay takes some eighty bytes, a person thirty; the rows of the large files go by and are not kept.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Protocol

import polars as pl

from adapters.hmis.allowed import Allowed
from adapters.hmis.calendar import Calendar
from adapters.hmis.checks.days import dated, day, undated
from adapters.hmis.checks.index import Index, key
from adapters.hmis.frames import LINE
from adapters.hmis.kept import NOTHING, Kept, newest
from adapters.hmis.spec import Specification, fy2026

HOME, VICTIM_SERVICES, OUTSIDE, UNKNOWN = 0, 1, 2, 3
"""Where a row lies: at home, with victim services, outside the projects that are agreed, or nobody knows where. The
least of a person's places counts."""

DESCRIPTORS = (
    "Export",
    "Organization",
    "User",
    "Project",
    "Funder",
    "ProjectCoC",
    "Inventory",
    "Affiliation",
    "HMISParticipation",
    "CEParticipation",
)
_NOT_A_VICTIM_SERVICE_PROVIDER = ("", "0", "99")
_HMIS, _COMPARABLE_DATABASE = "1", "2"
_SSVF = "33"
_VETERANS_AFFAIRS = ("20", "27", "30", "33", "37", "38", "39", "40", "41", "42", "43", "44", "45")
_DELTA_REFRESH = "1"
_FOREVER = date(9999, 12, 31)


class Files(Protocol):
    """The part of a file set that is needed here."""

    today: date
    specification: Specification

    def calendar(self, name: str) -> Calendar: ...

    def frames(self, name: str) -> Iterable[pl.DataFrame]: ...


class Roll:
    """The projects, the people and the stays of a set, each by its key; the descriptors of projects as they are."""

    def __init__(self, files: Files, allowed: Allowed | None = None, kept: Kept = NOTHING) -> None:
        self._files = files
        self._allowed = allowed
        self._kept = kept
        self._agreed = Index(_named(allowed.projects if allowed else ()))
        self.today = files.today
        self.descriptors: Mapping[str, pl.DataFrame] = {name: self._whole(name) for name in DESCRIPTORS}
        users = pl.DataFrame({"UserID": sorted(kept.directory.users)}, {"UserID": pl.String})
        self.users = Index(pl.concat([self.descriptors["User"].select("UserID"), users]).select(key=key("UserID")))
        self.projects = Index(self._projects())
        people, told = self._people(), self._exits()
        self.further_exits = told.filter(~pl.col("key").is_first_distinct())[LINE]
        exits = Index(told.select("key", "exit", "destination"))
        del told
        self.stays = Index(self._of_whom_is_agreed(self._enrollments(Index(people.select("key", "birth")), exits)))
        people = people.join(_of_people(self.stays.rows), on="key", how="left")
        self.people = Index(people.with_columns(pl.col("place").fill_null(HOME if allowed is None else OUTSIDE)))

    def live_stays(self, *columns: str, where: pl.Expr | None = None) -> pl.DataFrame:
        """These columns of the stays of the set that may enter and that nobody has deleted, and `where` holds of."""
        live = self.stays.rows.lazy().filter(pl.col("place") == HOME, pl.col("live"), pl.col(LINE).is_not_null())
        return (live if where is None else live.filter(where)).select(columns).collect()

    def places_of(self, projects: pl.Series) -> pl.Series:
        """Where the projects of these keys lie; one that is neither agreed nor in the set lies outside too."""
        places = self.projects.find(projects, "place")["place"]
        if self._is_selective:
            known = places.is_not_null() | self._agreed.holds(projects)
            places = places.zip_with(known, pl.Series([OUTSIDE], dtype=pl.UInt8))
        return places.fill_null(UNKNOWN)

    @property
    def _is_selective(self) -> bool:
        """Whether whole projects stay outside."""
        return self._allowed is not None and not self._allowed.elsewhere

    @property
    def is_delta(self) -> bool:
        """Whether the set holds only what is new, so that absence says nothing."""
        return _DELTA_REFRESH in self.descriptors["Export"]["ExportDirective"]

    @property
    def hash_status(self) -> str:
        """How names are hashed, by HUD's list 1.5; empty where Export.csv is not there to say so."""
        return next(iter(self.descriptors["Export"]["HashStatus"]), "")

    def _whole(self, name: str) -> pl.DataFrame:
        return self._gathered(name, pl.all(), _live()) if name != "Export" else self._gathered(name, pl.all())

    def _gathered(self, name: str, *columns: pl.Expr | str) -> pl.DataFrame:
        """These columns of a whole table; no rows where its file is missing."""
        table, calendar = fy2026().tables[name], None
        found = []
        for frame in self._files.frames(name):
            calendar = calendar or self._files.calendar(name)
            found.append(dated(frame, table, calendar).select(*columns))
        return pl.concat(found or [undated(table).select(*columns)])

    def _people(self) -> pl.DataFrame:
        people = self._gathered("Client", key("PersonalID").alias("key"), day("DOB").alias("birth"), LINE, _live())
        known = self._kept.people.select("birth", key=key("PersonalID"), live=True)
        return people if known.is_empty() else pl.concat([people, known], how="diagonal")

    def _organizations(self) -> pl.DataFrame:
        """Which organizations serve victims; one that is known to does, whatever a delta says of it."""
        told = self.descriptors["Organization"].select(
            "OrganizationID", guarded=~pl.col("VictimServiceProvider").is_in(_NOT_A_VICTIM_SERVICE_PROVIDER)
        )
        if not self._kept.directory.guarded:
            return told
        known = pl.DataFrame(list(self._kept.directory.guarded.items()), told.schema, orient="row")
        return pl.concat([told, known]).group_by("OrganizationID").agg(pl.col("guarded").any())

    def _projects(self) -> pl.DataFrame:
        comparable = self.descriptors["HMISParticipation"].filter(
            pl.col("HMISParticipationType") == _COMPARABLE_DATABASE
        )["ProjectID"]
        directory = self._kept.directory
        closed = pl.col("ProjectID").is_in([*comparable, *directory.closed])
        place = (
            pl.when(pl.col("guarded") | closed)
            .then(VICTIM_SERVICES)
            .when(self._is_selective & ~key("ProjectID").is_in(self._agreed.rows["key"].implode()))
            .then(OUTSIDE)
            .when(pl.col("guarded").is_null())
            .then(UNKNOWN)
            .otherwise(HOME)
        )
        projects = pl.concat([self.descriptors["Project"], directory.projects()], how="diagonal").join(
            self._organizations(), on="OrganizationID", how="left", maintain_order="left"
        )
        projects = projects.with_columns(
            self._is_funded((_SSVF,)).alias("ssvf"),
            self._is_funded(_VETERANS_AFFAIRS).alias("veterans_affairs"),
            key=key("ProjectID"),
            place=place.cast(pl.UInt8),
        )
        return projects.join(self._participations(), on="ProjectID", how="left", maintain_order="left").drop("guarded")

    def _is_funded(self, funders: Iterable[str]) -> pl.Expr:
        """Of a project that the set does not bring, that cannot be told."""
        funded = self.descriptors["Funder"].filter(pl.col("Funder").is_in(list(funders)), "live")["ProjectID"]
        return pl.when(pl.col(LINE).is_not_null()).then(pl.col("ProjectID").is_in(funded.implode()))

    def _participations(self) -> pl.DataFrame:
        """From when until when each project takes part in the HMIS; an end that is not told lies in no year to come."""
        periods = self.descriptors["HMISParticipation"].filter(pl.col("HMISParticipationType") == _HMIS, pl.col("live"))
        until = day("HMISParticipationStatusEndDate").fill_null(_FOREVER).max()
        return periods.group_by("ProjectID").agg(
            participates=day("HMISParticipationStatusStartDate").min(), participates_until=until
        )

    def _exits(self) -> pl.DataFrame:
        """The live exits, the latest written first: of several of one stay that one counts."""
        exits = self._gathered(
            "Exit",
            key("EnrollmentID").alias("key"),
            day("ExitDate").alias("exit"),
            day("DateUpdated").alias("written"),
            LINE,
            pl.col("Destination").cast(pl.Int16, strict=False).alias("destination"),
            _live(),
            *([key("ExitID").alias("id")] if len(self._kept.exits) else []),
        )
        known = self._kept.exits.select(
            *("written", "live", "exit"),
            key=key("EnrollmentID"),
            id=key("id"),
            destination=pl.col("destination").cast(pl.Int16, strict=False),
        )
        exits = newest(exits, known)
        return exits.filter("live").sort("written", descending=True, nulls_last=True, maintain_order=True)

    def _enrollments(self, people: Index, exits: Index) -> pl.DataFrame:
        stays = self._gathered(
            "Enrollment",
            key("EnrollmentID").alias("key"),
            key("PersonalID").alias("person"),
            key("ProjectID").alias("project"),
            pl.when(pl.col("HouseholdID") != "").then(key("HouseholdID")).alias("household"),
            day("EntryDate").alias("entry"),
            day("MoveInDate").alias("move_in"),
            day("DateOfEngagement").alias("engaged"),
            pl.col("RelationshipToHoH").cast(pl.Int8, strict=False).alias("relationship"),
            pl.col("DisablingCondition").cast(pl.Int8, strict=False).alias("disabled"),
            LINE,
            _live(),
        )
        if len(self._kept.stays):
            stays = pl.concat([stays, self._kept_stays()], how="diagonal")
        projects = self.projects.find(stays["project"], "veterans_affairs", "ProjectType").select(
            "veterans_affairs",
            place=self.places_of(stays["project"]),
            project_type=pl.col("ProjectType").cast(pl.Int8, strict=False),
        )
        person = people.find(stays["person"])
        stays = pl.concat([stays, projects, exits.find(stays["key"], "exit", "destination")], how="horizontal")
        unknown = person["key"].is_null() & ~pl.col("place").is_in([VICTIM_SERVICES, OUTSIDE])
        return stays.with_columns(
            place=pl.when(unknown).then(UNKNOWN).otherwise("place").cast(pl.UInt8),
            adult=person["birth"].dt.offset_by("18y") <= stays["entry"],
            birth=person["birth"],
        )

    def _kept_stays(self) -> pl.DataFrame:
        return self._kept.stays.select(
            *("entry", "move_in"),
            key=key("EnrollmentID"),
            person=key("PersonalID"),
            project=key("ProjectID"),
            household=pl.when(pl.col("HouseholdID").is_not_null()).then(key("HouseholdID")),
            relationship=pl.col("relationship").cast(pl.Int8, strict=False),
            disabled=pl.col("disabled").cast(pl.Int8, strict=False),
            live=True,
        )

    def _of_whom_is_agreed(self, stays: pl.DataFrame) -> pl.DataFrame:
        """The stays; where those in agreed projects bring their other stays along, everybody else's lie outside."""
        if self._allowed is None or self._is_selective:
            return stays
        in_one = self._agreed.holds(stays["project"]) & (stays["place"] != VICTIM_SERVICES)
        agreed = pl.col("person").is_in(stays["person"].filter(in_one).implode())
        outside = ~agreed & (pl.col("place") != VICTIM_SERVICES)
        return stays.with_columns(place=pl.when(outside).then(OUTSIDE).otherwise("place").cast(pl.UInt8))


def _named(projects: Collection[str]) -> pl.DataFrame:
    return pl.DataFrame({"ProjectID": list(projects)}, {"ProjectID": pl.String}).select(key=key("ProjectID"))


def _of_people(stays: pl.DataFrame) -> pl.DataFrame:
    """Where each person lies who has a stay: with those who may share, if with any. And whether veterans' funds pay."""
    return stays.group_by(key=pl.col("person")).agg(pl.col("place").min(), pl.col("veterans_affairs").any())


def _live() -> pl.Expr:
    """Whether the row has not been deleted by its sender."""
    return (pl.col("DateDeleted") == "").alias("live")
