"""A file set ready to be read: its files by table, each with its rows and its calendar."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from adapters.hmis.archive import Archive
from adapters.hmis.calendar import Calendar
from adapters.hmis.extra import ExtraFile
from adapters.hmis.frames import LINE, frames
from adapters.hmis.report import Report
from adapters.hmis.sheet import Row, Sheet, header
from adapters.hmis.spec import Specification, Table, fy2026
from adapters.hmis.upgrade import COCS, Upgrade


class FileSet:
    """The tables that a zip holds, in the order of the specification. A file can be read as often as is needed.

    Whatever the year of the set, `tables` and `frames` are those of FY2026; `sent` and `sheet` are as the sender has
    them.
    """

    def __init__(self, archive: Archive, specification: Specification, zone: ZoneInfo, today: date) -> None:
        self._archive = archive
        self.specification = specification
        self.tables = [table for name, table in fy2026().tables.items() if self._has(name)]
        self.zone = zone
        self.today = today

    def calendar(self, name: str) -> Calendar:
        """A calendar for the file of that table, which remembers what it has read."""
        return Calendar(self.zone, self.today, self._archive.script(name).order)

    @contextmanager
    def sheet(self, table: Table) -> Iterator[Sheet]:
        """A file by the columns of the set's own year."""
        with self._archive.text(table.name) as text:
            yield Sheet(self.specification.tables[table.name], text, self.specification)

    def rows(self, name: str) -> Iterator[Row]:
        """The sound rows of a table; none where its file is missing. What is wrong with others is told elsewhere."""
        return _rows(self.frames(name))

    def frames(self, name: str, report: Report | None = None) -> Iterator[pl.DataFrame]:
        """The sound rows of a table in frames (see `frames`); none where its file is missing."""
        return (frame for _, frame in self.pairs(name, report))

    def pairs(self, name: str, report: Report | None = None) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Each frame as it was sent, and as a frame of FY2026."""
        return ((frame, self._upgrade.upgraded(frame, name)) for frame in self.sent(name, report))

    def sent(self, name: str, report: Report | None = None) -> Iterator[pl.DataFrame]:
        """The same with the columns and codes of the set's own year."""
        if self._has(name):
            with self.sheet(self.specification.tables[name]) as sheet:
                yield from frames(sheet, report or Report(sheet.table.file))

    def has(self, name: str) -> bool:
        """Whether a file of that name is there, HUD's or not."""
        return name in self._archive

    def missing(self, file: ExtraFile, columns: Iterable[str]) -> list[str]:
        """Which of these columns a vendor's own file does not have."""
        with self._archive.text(file.file) as text:
            return Sheet(file.table(columns), text, self.specification).missing

    def beside(self, file: ExtraFile, columns: Iterable[str], report: Report) -> Iterator[pl.DataFrame]:
        """The sound rows of a vendor's own file in frames, with these columns by the names that the definition uses."""
        with self._archive.text(file.file) as text:
            yield from frames(Sheet(file.table(columns), text, self.specification), report)

    @cached_property
    def _upgrade(self) -> Upgrade:
        return Upgrade(self.specification.year, self.sent(COCS))

    def _has(self, name: str) -> bool:
        return name in self._archive and name in self.specification.tables


def headers(archive: Archive) -> dict[str, list[str]]:
    """The headings of every file by its table."""
    found = {}
    for table in archive:
        with archive.text(table) as text:
            found[table] = header(text)
    return found


def _rows(some: Iterator[pl.DataFrame]) -> Iterator[Row]:
    for frame in some:
        names = [name for name in frame.columns if name != LINE]
        for line, *values in frame.select(LINE, *names).iter_rows():
            yield Row(line, names, values)
