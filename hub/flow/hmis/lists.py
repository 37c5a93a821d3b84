"""Projects, and lists of a caller's own clients. No list is drawn up of others' clients: see `sharing`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from adapters.hmis.refusal import FEED
from adapters.hmis.words import GRANTS, PROGRAM_TYPES
from hub.flow.hmis.clients import Clients, Json, Window, base, by_person, dates
from hub.flow.hmis.own import OwnRow
from hub.store.directory import ProgramRow
from schemas.disclosure import Provenance
from schemas.frozen import Frozen


class Kind(Frozen):
    """Which projects are wanted, by HUD's codes of funder and project type, and by the days on which they operate."""

    funder: str | None = None
    type: str | None = None
    since: date | None = None
    until: date | None = None

    def shows(self, program: ProgramRow) -> bool:
        return (
            (self.type is None or program.type == PROGRAM_TYPES.get(self.type))
            and (self.funder is None or self._funds(program))
            and (self.since is None or (program.opened_on is not None and program.opened_on >= self.since))
            and (self.until is None or (program.closed_on is not None and program.closed_on <= self.until))
        )

    def _funds(self, program: ProgramRow) -> bool:
        hmis, grant = Provenance.model_validate(program.provenance).hmis, GRANTS.get(self.funder or "")
        return hmis is not None and grant in hmis.funding


class Lists:
    """Draws up lists for one caller."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._standing = clients.standing

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
        return [program for program in own if kind.shows(program)]

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
        codes = [code for code, kind in PROGRAM_TYPES.items() if kind == program.type]
        said: Mapping[str, Any] = {
            "ProjectID": self._standing.project_id(program.source, program.key),
            "ProjectName": program.name,
            "ProjectType": int(codes[0]) if len(codes) == 1 else None,
            "OperatingStartDate": program.opened_on and program.opened_on.isoformat(),
            "OperatingEndDate": program.closed_on and program.closed_on.isoformat(),
        }
        return {name: value for name, value in said.items() if value is not None}


def _program(one: OwnRow) -> str:
    return f"Project/{one.values.get('ProjectID', '')}"


def _days(one: OwnRow) -> Json:
    when = dates(one)
    return {"entryDate": when.get("EntryDate", "")} | ({"exitDate": when["ExitDate"]} if "ExitDate" in when else {})
