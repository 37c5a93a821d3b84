"""A file set held against the checks, frame by frame; whoever asks says what becomes of the rows that may enter."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

import polars as pl

from adapters.hmis.allowed import Allowed
from adapters.hmis.checks.headers import missing, see_header
from adapters.hmis.checks.run import Checks
from adapters.hmis.export import Export
from adapters.hmis.fileset import FileSet
from adapters.hmis.kept import NOTHING, Kept
from adapters.hmis.report import Report
from adapters.hmis.spec import Table
from schemas.messages import Problem

T = TypeVar("T")

Take = Callable[[Table, pl.DataFrame], Iterable[T]]
"""What is made of the rows of a table that may enter."""


class Examination:
    """The examination of one set, of which the rows of the allowed projects may enter, or of all.

    What is `kept` is what it may refer to.
    """

    def __init__(self, files: FileSet, about: Export, allowed: Allowed | None, kept: Kept = NOTHING) -> None:
        self._files = files
        self._headers = _headers(files)
        missed = {name: missing(*header) for name, header in self._headers.items()}
        self.checks = Checks(files, about, missed, allowed, kept)

    def run(self, take: Take[T]) -> Iterator[Problem | T]:
        """The problems of every file in the order of the rows, each frame taken, then what the whole set shows."""
        for table in self._files.tables:
            if table.name != "Export":
                yield from self._of_file(table, take)
        yield from self.checks.finish()

    def _of_file(self, table: Table, take: Take[T]) -> Iterator[Problem | T]:
        report = Report(table.file)
        see_header(*self._headers[table.name], report)
        for sent, frame in self._files.pairs(table.name, report):
            admitted = self.checks.see(table.name, frame, report, sent)
            yield from report.told()
            yield from take(table, admitted)
        yield from report.told()
        yield from report.rest()


def _headers(files: FileSet) -> Mapping[str, tuple[Table, list[str]]]:
    """Each table as it was in the year of the set, and the names of the columns that the file has."""
    headers = {}
    for table in files.tables:
        with files.sheet(table) as sheet:
            headers[table.name] = (sheet.table, sheet.names)
    return headers
