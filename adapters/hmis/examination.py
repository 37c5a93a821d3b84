"""A file set read for what is wrong with it, frame by frame; no record is made."""

from collections.abc import Iterator

from adapters.base import Sound
from adapters.hmis.checks.headers import missing, see_header
from adapters.hmis.checks.run import Checks
from adapters.hmis.export import Export
from adapters.hmis.fileset import FileSet
from adapters.hmis.report import Report
from adapters.hmis.spec import Table
from schemas.messages import Problem


def examination(files: FileSet, about: Export) -> Iterator[Problem | Sound]:
    """The problems of every file in the order of the rows, how many rows may enter, then what the whole set shows."""
    headers = _headers(files)
    tables = [table for table in files.tables if table.name != "Export"]
    checks = Checks(files, about, {name: missing(*header) for name, header in headers.items()})
    for table in tables:
        report = Report(table.file)
        see_header(*headers[table.name], report)
        for sent, frame in files.pairs(table.name, report):
            yield Sound(checks.see(table.name, frame, report, sent).height)
            yield from report.told()
        yield from report.told()
        yield from report.rest()
    yield from checks.finish()


def _headers(files: FileSet) -> dict[str, tuple[Table, list[str]]]:
    """Each table as it was in the year of the set, and the names of the columns that the file has."""
    headers = {}
    for table in files.tables:
        with files.sheet(table) as sheet:
            headers[table.name] = (sheet.table, sheet.names)
    return headers
