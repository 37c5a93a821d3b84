"""HUD HMIS CSV, FY2022 to FY2026: a zip of CSV files, read as canonical records."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import NamedTuple, TypeVar

from adapters.base import Advice, Earlier, Read, Sound
from adapters.hmis.advice import advice, facts_of
from adapters.hmis.amendments import amendments
from adapters.hmis.archive import Archive
from adapters.hmis.calendar import Calendar
from adapters.hmis.census import Census
from adapters.hmis.checks.placement import NOT_PLACED, ORPHAN
from adapters.hmis.definition import Definition, definition
from adapters.hmis.examination import Examination
from adapters.hmis.export import Export, export
from adapters.hmis.extent import Attention
from adapters.hmis.fileset import FileSet, headers
from adapters.hmis.home import for_victims
from adapters.hmis.kept import NOTHING, Directory, Kept, kept
from adapters.hmis.members import members
from adapters.hmis.mentions import mentions
from adapters.hmis.papers import papers
from adapters.hmis.privacy import PrivacyMarks
from adapters.hmis.reader import Readers
from adapters.hmis.refusal import FEED
from adapters.hmis.report import Report
from adapters.hmis.spec import fy2026, specification
from adapters.hmis.staff import Assignments
from adapters.hmis.version import recognized
from schemas.messages import Problem, RawMessage

T = TypeVar("T")


class HmisCsv:
    """The feed `hmis-csv`. A message is a zip; its definition, if any, is TOML (see `definition.Definition`).

    A delta may be read on from what its source sent before; without that, what it refers to and does not bring is not
    there.

    Raises `Unreadable` before anything is yielded. Every row of a known file becomes one record, or is counted by a
    problem as set aside, refused or left outside; the one row of Export.csv is about the set and becomes no record.
    """

    name = FEED

    def read(self, message: RawMessage) -> Iterator[Read]:
        opened = _opened(message)
        return _read(opened, message.received_at, None)

    def examine(self, message: RawMessage) -> Iterator[Problem | Sound]:
        return _examined(_opened(message), None)

    def continues(self, message: RawMessage) -> bool:
        return _opened(message).about.is_delta

    def read_on(self, message: RawMessage, earlier: Earlier) -> Iterator[Read]:
        opened = _opened(message)
        return _read(opened, message.received_at, opened.asking(earlier))

    def examine_on(self, message: RawMessage, earlier: Earlier) -> Iterator[Problem | Sound]:
        opened = _opened(message)
        return _examined(opened, opened.asking(earlier))

    def about(self, message: RawMessage) -> Sequence[tuple[str, str]]:
        return facts_of(_opened(message).files)

    def advice(self, problem: Problem) -> Advice:
        return advice(problem)


class _Opened(NamedTuple):
    """The files, Export.csv, what was agreed with the sender, and what is wrong with the set as such."""

    files: FileSet
    about: Export
    agreed: Definition
    problems: list[Problem]

    def asking(self, earlier: Earlier) -> Earlier | None:
        """Whom to ask what came earlier: a whole set asks for nothing but grants, and that where it brings no file."""
        return earlier if self.about.is_delta or not self.files.has("Funder") else None

    def kept(self, earlier: Earlier | None) -> Kept:
        """What is kept of those whom the set names; nothing where nobody is to be asked."""
        if earlier is None:
            return NOTHING
        if not self.about.is_delta:
            return Kept(Directory.granted(earlier.directory()))
        return kept(mentions(self.files, self.agreed), earlier, self.files.zone)

    def noted(self, found: Iterable[T]) -> Iterator[T | Problem]:
        """The same; behind it, where rows of a delta could not be placed without asking, that this can be done."""
        orphaned = False
        for one in found:
            orphaned = orphaned or (isinstance(one, Problem) and one.code == ORPHAN.code)
            yield one
        if orphaned and self.about.is_delta:
            report = Report("Export.csv")
            report.add(NOT_PLACED.fault)
            yield from report.told()


def _opened(message: RawMessage) -> _Opened:
    agreed = definition(message.definition)
    archive = Archive(members(message), agreed.beside)
    about, year, problems = _about(archive, agreed, message.received_at.date())
    files = FileSet(archive, specification(year), agreed.zone, message.received_at.date())
    _refuse_unplaceable(files, agreed)
    return _Opened(files, about, agreed, [*archive.remarks, *problems])


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


def _marks(opened: _Opened) -> PrivacyMarks:
    return PrivacyMarks(opened.files, opened.agreed.marks, opened.agreed.flags, is_delta=opened.about.is_delta)


def _examined(opened: _Opened, earlier: Earlier | None) -> Iterator[Problem | Sound]:
    examination = Examination(opened.files, opened.about, opened.agreed.allowed, opened.kept(earlier))
    found = chain(opened.problems, examination.run(lambda _, frame: (Sound(frame.height),)))
    return opened.noted(found) if earlier is None else found


def _read(opened: _Opened, received_at: datetime, earlier: Earlier | None) -> Iterator[Read]:
    """Where the set comes from, what it holds, what that changes, and at last what it was complete for."""
    files, about, agreed, problems = opened
    yield about.origin
    yield from problems
    known = opened.kept(earlier)
    examination = Examination(files, about, agreed.allowed, known)
    marks, attention = _marks(opened), Attention()
    yield from marks.problems()
    census = Census(files, examination.checks.roll, agreed.allowed, known)
    yield for_victims(census.projects)
    readers = Readers(files, census, marks, hashed=about.hashed)
    yield from attention.over(examination.run(readers.read))
    if earlier is not None:
        yield from amendments(census, known, earlier, Calendar(files.zone, files.today))
    yield from papers(files, agreed, census, received_at)
    for file in agreed.assignments:
        yield from Assignments(file, files, census, marks).read()
    yield from attention.extent(about, files.tables, census, files.zone)
