"""HUD HMIS CSV FY2026: a zip of CSV files, read as canonical records."""

from collections.abc import Iterator

from adapters.base import Read
from adapters.hmis.archive import Archive
from adapters.hmis.census import Census
from adapters.hmis.definition import Definition, definition
from adapters.hmis.export import Export, export
from adapters.hmis.fileset import FileSet
from adapters.hmis.reader import Reader
from adapters.hmis.refusal import FEED
from adapters.hmis.report import Report
from adapters.hmis.spec import fy2026
from adapters.hmis.version import fault_of
from schemas.messages import Problem, RawMessage


class HmisCsv:
    """The feed `hmis-csv`. A message is a zip; its definition, if any, is TOML (see `definition.Definition`).

    Raises `Unreadable` before anything is yielded. Every row of a known file becomes one record, or is counted by a
    problem as set aside or refused; the one row of Export.csv is about the set and becomes no record.
    """

    name = FEED

    def read(self, message: RawMessage) -> Iterator[Read]:
        agreed = definition(message.definition)
        archive = Archive(message.content, fy2026())
        files = FileSet(archive, fy2026(), agreed.zone, message.received_at.date())
        about, problems = _about(files, agreed)
        return _records(files, about, [*archive.remarks, *problems])


def _about(files: FileSet, agreed: Definition) -> tuple[Export, list[Problem]]:
    """Export.csv, once every header has been found fit for the version."""
    report = Report("Export.csv")
    about = export(files.rows("Export"), agreed, report)
    missing: list[str] = []
    for table in files.tables:
        with files.sheet(table) as sheet:
            missing += sheet.missing
    if fault := fault_of(about.version, fy2026().version, missing):
        report.add(fault)
    return about, report.told()


def _records(files: FileSet, about: Export, problems: list[Problem]) -> Iterator[Read]:
    yield from problems
    census = Census(files)
    for table in files.tables:
        if table.name != "Export":
            with files.sheet(table) as sheet:
                yield from Reader(sheet, files.calendar(table.name), census, about).read()
