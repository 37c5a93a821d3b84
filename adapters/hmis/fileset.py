"""A file set ready to be read: its files by table, each with its rows and its calendar."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl

from adapters.hmis.archive import Archive
from adapters.hmis.calendar import Calendar
from adapters.hmis.frames import frames
from adapters.hmis.report import Report
from adapters.hmis.sheet import Row, Sheet
from adapters.hmis.spec import Specification, Table


class FileSet:
    """The tables that a zip holds, in the order of the specification. A file can be read as often as is needed."""

    def __init__(self, archive: Archive, specification: Specification, zone: ZoneInfo, today: date) -> None:
        self._archive = archive
        self._specification = specification
        self.tables = [table for table in specification.tables.values() if table.name in archive]
        self._zone = zone
        self._today = today

    def calendar(self, name: str) -> Calendar:
        """A calendar for the file of that table, which remembers what it has read."""
        return Calendar(self._zone, self._today, self._archive.script(name).order)

    @contextmanager
    def sheet(self, table: Table) -> Iterator[Sheet]:
        with self._archive.text(table.name) as text:
            yield Sheet(table, text, self._specification)

    def rows(self, name: str) -> Iterator[Row]:
        """The sound rows of a table; none where its file is missing. What is wrong with others is told elsewhere."""
        table = self._specification.tables[name]
        if table in self.tables:
            with self.sheet(table) as sheet:
                yield from sheet.rows(Report(table.file))

    def frames(self, name: str, report: Report | None = None) -> Iterator[pl.DataFrame]:
        """The sound rows of a table in frames (see `frames`); none where its file is missing."""
        table = self._specification.tables[name]
        if table in self.tables:
            with self.sheet(table) as sheet:
                yield from frames(sheet, report or Report(table.file))
