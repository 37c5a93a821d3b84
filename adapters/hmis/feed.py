"""HUD HMIS CSV, FY2022 to FY2026: a zip of CSV files, read as canonical records."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain

from adapters.base import Advice, Read, Sound
from adapters.hmis.advice import advice, facts_of
from adapters.hmis.archive import Archive
from adapters.hmis.census import Census
from adapters.hmis.definition import Definition, definition
from adapters.hmis.examination import Examination
from adapters.hmis.export import Export, export
from adapters.hmis.extent import Attention
from adapters.hmis.fileset import FileSet, headers
from adapters.hmis.home import for_victims
from adapters.hmis.members import members
from adapters.hmis.papers import papers
from adapters.hmis.privacy import PrivacyMarks
from adapters.hmis.reader import Readers
from adapters.hmis.refusal import FEED
from adapters.hmis.report import Report
from adapters.hmis.spec import fy2026, specification
from adapters.hmis.staff import Assignments
from adapters.hmis.version import recognized
from schemas.messages import Problem, RawMessage


class HmisCsv:
    """The feed `hmis-csv`. A message is a zip; its definition, if any, is TOML (see `definition.Definition`).

    Raises `Unreadable` before anything is yielded. Every row of a known file becomes one record, or is counted by a
    problem as set aside, refused or left outside; the one row of Export.csv is about the set and becomes no record.
    """

    name = FEED

    def read(self, message: RawMessage) -> Iterator[Read]:
        files, about, agreed, problems = _opened(message)
        return _read(files, about, agreed, message.received_at, problems)

    def examine(self, message: RawMessage) -> Iterator[Problem | Sound]:
        files, about, agreed, problems = _opened(message)
        return chain(problems, Examination(files, about, agreed.allowed).run(lambda _, frame: (Sound(frame.height),)))

    def about(self, message: RawMessage) -> Sequence[tuple[str, str]]:
        files, _, _, _ = _opened(message)
        return facts_of(files)

    def advice(self, problem: Problem) -> Advice:
        return advice(problem)


def _opened(message: RawMessage) -> tuple[FileSet, Export, Definition, list[Problem]]:
    """The files, Export.csv, what was agreed with the sender, and what is wrong with the set as such."""
    agreed = definition(message.definition)
    archive = Archive(members(message), agreed.beside)
    about, year, problems = _about(archive, agreed, message.received_at.date())
    files = FileSet(archive, specification(year), agreed.zone, message.received_at.date())
    _refuse_unplaceable(files, agreed)
    return files, about, agreed, [*archive.remarks, *problems]


def _about(archive: Archive, agreed: Definition, today: date) -> tuple[Export, int, list[Problem]]:
    """What Export.csv says, which is read alike in every year, and the year of the set."""
    report = Report("Export.csv")
    files = FileSet(archive, fy2026(), agreed.zone, today)
    about = export(files.rows("Export"), agreed, files.calendar("Export"), report)
    year, fault = recognized(about.version, headers(archive))
    archive.hold_against(specification(year))
    if fault:
        report.add(fault)
    return about, year, report.told()


def _refuse_unplaceable(files: FileSet, agreed: Definition) -> None:
    """Opening a file refuses one whose rows cannot be placed."""
    for table in files.tables:
        with files.sheet(table):
            pass
    for extra in agreed.extras:
        if files.has(extra.file):
            files.missing(extra, ())


def _marks(files: FileSet, agreed: Definition, examination: Examination) -> PrivacyMarks:
    return PrivacyMarks(files, agreed.marks, agreed.flags, is_delta=examination.checks.roll.is_delta)


def _read(
    files: FileSet, about: Export, agreed: Definition, received_at: datetime, problems: list[Problem]
) -> Iterator[Read]:
    """Where the set comes from, what it holds, and at last what it was complete for."""
    yield about.origin
    yield from problems
    examination = Examination(files, about, agreed.allowed)
    marks, attention = _marks(files, agreed, examination), Attention()
    yield from marks.problems()
    census = Census(files, examination.checks.roll, agreed.allowed)
    yield for_victims(census.projects)
    readers = Readers(files, census, marks, hashed=about.hashed)
    yield from attention.over(examination.run(readers.read))
    yield from papers(files, agreed, census, received_at)
    for file in agreed.assignments:
        yield from Assignments(file, files, census, marks).read()
    yield from attention.extent(about, files.tables, census, files.zone)
