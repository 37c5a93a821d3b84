"""Projects, and lists of a caller's own clients. No list is drawn up of others' clients: see `sharing`."""

from datetime import date

from adapters.hmis.api.values import as_json
from adapters.hmis.refusal import FEED
from adapters.hmis.words import PROGRAM_TYPES
from hub.flow.hmis.clients import Clients, Json, Window, base, by_person, dates
from hub.flow.hmis.described import Described
from hub.flow.hmis.own import OwnRow
from hub.store.directory import ProgramRow
from schemas.frozen import Frozen


class Kind(Frozen):
    """Which projects are wanted, by HUD's codes of funder, project type and continuum, and by the days on which they
    operate. Grants and continuums that have ended count too, as the draft says nothing of days for them."""

    funder: str | None = None
    type: str | None = None
    coc: str | None = None
    since: date | None = None
    until: date | None = None

    def shows(self, program: ProgramRow, described: Described) -> bool:
        return (
            (self.type is None or self.type == type_of(program, described))
            and (self.funder is None or self.funder in _codes(described, program, "Funder", "Funder"))
            and (self.coc is None or self.coc in _codes(described, program, "ProjectCoC", "CoCCode"))
            and (self.since is None or (program.opened_on is not None and program.opened_on >= self.since))
            and (self.until is None or (program.closed_on is not None and program.closed_on <= self.until))
        )


def _codes(described: Described, program: ProgramRow, table: str, column: str) -> set[str]:
    rows = described.of_project(program, table)
    return {row.get(column, "") for row in rows if not row.get("DateDeleted")}


def type_of(program: ProgramRow, described: Described) -> str | None:
    """HUD's code for what kind of project it is: as sent, or the only one that the hub's word can mean."""
    codes = [code for code, kind in PROGRAM_TYPES.items() if kind == program.type]
    return described.project(program).get("ProjectType") or (codes[0] if len(codes) == 1 else None)


class Lists:
    """Draws up lists for one caller."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._standing = clients.standing
        self._described = Described(clients.standing, clients.descriptors)

    def projects(self, kind: Kind) -> list[Json]:
        """The projects that the caller sent or runs, by their ProjectID."""
        return [self._project(program) for program in self._own(kind)]

    def of_project(self, project_id: str, window: Window) -> list[Json]:
        """The clients of a project of the caller's own, with the days of their stay; raises `NotFound` for another."""
        program = self._standing.project(project_id)
        stays = self._stays({(program.source, program.key)}, window)
        who = self._who(stays)
        return [who[one.row.source, one.values.get("PersonalID", "")] | _days(one) for one in stays]

    def of_kind(self, kind: Kind, window: Window) -> list[Json]:
        """The clients of all such projects of the caller's own, each once, with their enrollments there."""
        programs = {(program.source, program.key) for program in self._own(kind)}
        stays = self._stays(programs, window)
        who = self._who(stays)
        return [
            self._client(who[one[0].row.source, one[0].values.get("PersonalID", "")], one)
            for _, one in by_person(stays)
        ]

    def _own(self, kind: Kind) -> list[ProgramRow]:
        own = (program for program in self._standing.programs.values() if self._standing.runs(program))
        there = (program for program in own if not self._described.is_removed(program))
        return [program for program in there if kind.shows(program, self._described)]

    def _stays(self, programs: set[tuple[str, str]], window: Window) -> list[OwnRow]:
        clients = self._clients
        rows = clients.sharing.release.records.own_of_kind(self._standing.me, FEED, "enrollment")
        stays = [one for one in clients.own.opened(rows) if (one.row.source, _program(one)) in programs]
        found = [one for one in stays if window.shows(dates(one))]
        clients.note(None, rows=len(found))
        return found

    def _who(self, stays: list[OwnRow]) -> dict[tuple[str, str], Json]:
        """The Client row of everyone with one of these stays, by source and PersonalID."""
        nameless = {
            (one.row.source, number): {"PersonalID": number}
            for one in stays
            if (number := one.values.get("PersonalID", ""))
        }
        records = self._clients.sharing.release.records
        rows = records.who_they_are({one.person_id for one in stays}, {one.row.source for one in stays})
        told = self._clients.own.opened(row for row in rows if row.feed == FEED)
        return {**nameless, **{(one.row.source, one.values.get("PersonalID", "")): base(one) for one in told}}

    def _client(self, who: Json, stays: list[OwnRow]) -> Json:
        said = {name: who[name] for name in ("PersonalID", "FirstName", "LastName", "DOB") if name in who}
        names = ("EnrollmentID", "ProjectID", "ProjectName", "EntryDate", "ExitDate")
        told = [self._clients.stay(one) for one in stays]
        return said | {"Enrollments": [{name: stay[name] for name in names if name in stay} for stay in told]}

    def _project(self, program: ProgramRow) -> Json:
        """What the draft names of a project: as sent, or else as the directory has it."""
        known = {
            "ProjectName": program.name,
            "ProjectType": type_of(program, self._described),
            "OperatingStartDate": program.opened_on and program.opened_on.isoformat(),
            "OperatingEndDate": program.closed_on and program.closed_on.isoformat(),
        }
        said = {**{name: value for name, value in known.items() if value}, **self._described.project(program)}
        named = as_json("Project", said) | {"ProjectID": self._standing.project_id(program.source, program.key)}
        return {name: named[name] for name in _OF_A_PROJECT if name in named}


_OF_A_PROJECT = (
    "ProjectID",
    "ProjectName",
    "ProjectCommonName",
    "OrganizationID",
    "ProjectType",
    "HousingType",
    "RRHSubType",
    "OperatingStartDate",
    "OperatingEndDate",
    "ContinuumProject",
    "DateCreated",
    "DateUpdated",
)
"""The draft names these alone of a project."""


def _program(one: OwnRow) -> str:
    return f"Project/{one.values.get('ProjectID', '')}"


def _days(one: OwnRow) -> Json:
    when = dates(one)
    return {"entryDate": when.get("EntryDate", "")} | ({"exitDate": when["ExitDate"]} if "ExitDate" in when else {})
