"""Organizations, projects, beds, grants and users: the rows that a caller's own rows refer to, as they were sent.

Whose a row is follows from the project that it speaks of: the caller's, if it sent or runs it. What serves victims is
not told of at all, to whoever sent it neither (34 U.S.C. 12291(b)(2)): where it is must not be known here.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

from hub.flow.hmis.standing import Standing
from hub.store.descriptors import Descriptor, Descriptors
from hub.store.directory import ProgramRow
from schemas.disclosure import Provenance

ORGANIZATION, PROJECT, USER = "Organization", "Project", "User"
_NAMES_A_PROJECT = ("ProjectID", "ResProjectID")


class Said:
    """A row in HUD's columns, and who sent it: what is asked here of rows of every table."""

    def __init__(self, source: str, values: Mapping[str, str]) -> None:
        self.source = source
        self.values = values

    def named(self, table: str) -> tuple[str, str] | None:
        """The source and key of the row of that table to which this one refers."""
        key = self.values.get(f"{table}ID")
        return (self.source, f"{table}/{key}") if key else None


class Described:
    """What one caller may have back of what speaks of no person."""

    def __init__(self, standing: Standing, descriptors: Descriptors) -> None:
        self._standing = standing
        self._descriptors = descriptors

    def project(self, program: ProgramRow) -> Mapping[str, str]:
        """The row of a program of the caller's own; empty where none was sent."""
        found = self._rows.get((program.source, program.key))
        return found.values if found is not None and not found.removed_at else {}

    def is_removed(self, program: ProgramRow) -> bool:
        """Whether its sender has deleted the project."""
        found = self._rows.get((program.source, program.key))
        return found is not None and found.removed_at is not None

    def of_project(self, program: ProgramRow, table: str) -> list[Mapping[str, str]]:
        """The rows of a table that speak of a project of the caller's own."""
        return [one.values for one in self._by_program.get((program.source, program.key), ()) if one.table == table]

    def beside(self, rows: Iterable[Said], also: Iterable[Descriptor] = ()) -> list[Descriptor]:
        """What these rows refer to, and what speaks of those projects, with `also`; each once, in a fixed order."""
        told = list(rows)
        projects = dict.fromkeys(place for one in told if (place := one.named(PROJECT)))
        found = {(one.source, one.key): one for one in also}
        found |= {(one.source, one.key): one for place in projects for one in self._by_program.get(place, ())}
        for table in (ORGANIZATION, USER):
            speaking = [*told, *(Said(one.source, one.values) for one in found.values())]
            named = {place for one in speaking if (place := one.named(table))}
            found |= {place: self._rows[place] for place in named if place in self._rows}
        return [found[place] for place in sorted(found)]

    @cached_property
    def own(self) -> list[Descriptor]:
        """All rows of the caller's own: of its projects, and what it sent itself."""
        projects = [one for some in self._by_program.values() for one in some]
        sent = [one for one in self._rows.values() if one.source == self._standing.me and not _projects_of(one)]
        return [*projects, *sent]

    @cached_property
    def _open_programs(self) -> dict[tuple[str, str], ProgramRow]:
        programs = self._standing.programs.values()
        return {(one.source, one.key): one for one in programs if not _is_for_victims(one)}

    def _runs(self, program: ProgramRow | None) -> bool:
        return program is not None and self._standing.runs(program)

    @cached_property
    def _rows(self) -> dict[tuple[str, str], Descriptor]:
        sources = {one.source for one in self._open_programs.values() if self._standing.runs(one)}
        return {(one.source, one.key): one for one in self._descriptors.of({*sources, self._standing.me})}

    @cached_property
    def _by_program(self) -> dict[tuple[str, str], list[Descriptor]]:
        """The rows that speak of each project of the caller's own, the project's first."""
        found: dict[tuple[str, str], list[Descriptor]] = {}
        for one in self._rows.values():
            places = _projects_of(one)
            programs = [self._open_programs.get(place) for place in places]
            if programs and None not in programs and self._runs(programs[0]):
                found.setdefault(places[0], []).append(one)
        return found


def _projects_of(one: Descriptor) -> list[tuple[str, str]]:
    named = (one.values.get(column) for column in _NAMES_A_PROJECT)
    return [(one.source, f"{PROJECT}/{key}") for key in named if key]


def _is_for_victims(program: ProgramRow) -> bool:
    hmis = Provenance.model_validate(program.provenance).hmis
    return hmis is not None and hmis.for_victims
