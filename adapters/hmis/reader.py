"""The rows of a file that may enter, as canonical records: alone, or in sheaves where very many are alike."""

from collections.abc import Iterator
from datetime import date, datetime

import polars as pl

from adapters.base import Read
from adapters.hmis.bodies import Page, as_sent, body, whole
from adapters.hmis.calendar import Calendar
from adapters.hmis.census import Around, Census
from adapters.hmis.checks.days import MARK
from adapters.hmis.fileset import FileSet
from adapters.hmis.frames import EXTRA, LINE
from adapters.hmis.home import Home, provenance
from adapters.hmis.person import personal_id
from adapters.hmis.privacy import PrivacyMarks
from adapters.hmis.refusal import FEED
from adapters.hmis.sensitivity import sensitivity
from adapters.hmis.sheaves import Sheaves, as_json, row_as_json
from adapters.hmis.sheet import Row
from adapters.hmis.spec import Table
from adapters.hmis.words import GRANTED_SERVICES
from schemas.canonical import Body, CanonicalRecord, Service
from schemas.disclosure import Provenance
from schemas.sheaves import Leaf
from schemas.vocab import Sensitivity
from schemas.vocab.records import Change

_NOT_KEPT = frozenset({LINE, "ExportID"})
"""The export's own id changes with every export: a row sent twice should look the same twice."""


class Readers:
    """A reader for each file of a set."""

    def __init__(self, files: FileSet, census: Census, marks: PrivacyMarks, *, hashed: bool) -> None:
        self._readers = {
            table.name: Reader(table, files.calendar(table.name), census, marks, hashed=hashed)
            for table in files.tables
        }

    def read(self, table: Table, frame: pl.DataFrame) -> Iterator[Read]:
        """The records of the rows of a dated frame that may enter."""
        return self._readers[table.name].read(frame)


class Reader:
    """Reads one file, frame by frame; keeps nothing of a row that has gone by."""

    def __init__(self, table: Table, calendar: Calendar, census: Census, marks: PrivacyMarks, *, hashed: bool) -> None:
        self._table = table
        self._calendar = calendar
        self._census = census
        self._marks = marks
        self._hashed = hashed
        self._sheaves = Sheaves()
        self._midnights: dict[date | None, datetime | None] = {}

    def read(self, frame: pl.DataFrame) -> Iterator[Read]:
        """The records of the rows of a dated frame that may enter."""
        page = Page(self._table.name, _kept(frame, self._table), self._calendar, self._hashed)
        for row, around in zip(_rows(frame), self._census.around(self._table, frame), strict=True):
            said = body(row, around, page)
            if row["PersonalID"] and (said is None or isinstance(said, Service)):
                yield from self._bound(row, around, said, page)
            else:
                yield self._record(row, around, said, page)
        yield from self._sheaves.rest()

    def _bound(self, row: Row, around: Around, said: Service | None, page: Page) -> Iterator[Read]:
        about, values = row["PersonalID"], whole(row, page)
        leaf = Leaf(
            self._key(row),
            about,
            self._midnight(around.on),
            self._midnight(around.written),
            row_as_json(page.table, values) if said is None else as_json(said),
            b"" if said is None else as_json(values),
        )
        likeness = (
            around.home,
            self._labels(row, around),
            bool(row["DateDeleted"]),
            row["RecordType"],
            None if said is None else said.recorded_by is None,
        )
        yield from self._sheaves.bind(likeness, leaf, lambda: self._record(row, around, said, page))

    def _record(self, row: Row, around: Around, said: Body | None, page: Page) -> CanonicalRecord:
        about, values = row["PersonalID"], whole(row, page)
        return CanonicalRecord.made_of(
            {
                "feed": FEED,
                "key": self._key(row),
                "subject": personal_id(about) if about else None,
                "held_by": around.home.organization,
                "occurred_at": self._midnight(around.on),
                "updated_at": self._midnight(around.written),
                "change": Change.DELETE if row["DateDeleted"] else Change.UPSERT,
                "provenance": self._provenance(row, around.home),
                "sensitivity": self._labels(row, around) if about else frozenset(),
                "reveals": {},
                "place": f"{self._table.file} line {row.line}",
                "as_sent": values if said is not None else {},
                "body": as_sent(values, page) if said is None else said,
            }
        )

    def _key(self, row: Row) -> str:
        return f"{self._table.name}/{row[self._table.key]}"

    def _labels(self, row: Row, around: Around) -> frozenset[Sensitivity]:
        return sensitivity(self._table.name, row, fleeing=bool(around.fleeing))

    def _provenance(self, row: Row, home: Home) -> Provenance:
        funding = GRANTED_SERVICES.get(row["RecordType"])
        private = self._marks.cover(self._table.name, row[self._table.key])
        return provenance(home.funding | {funding} if funding else home.funding, private=private)

    def _midnight(self, on: date | None) -> datetime | None:
        if on not in self._midnights:
            self._midnights[on] = None if on is None else self._calendar.midnight(on.isoformat())
        return self._midnights[on]


def _rows(frame: pl.DataFrame) -> Iterator[Row]:
    names = [name for name in frame.columns if name != LINE and not name.startswith(MARK)]
    for line, *values in frame.select(LINE, *names).iter_rows():
        yield Row(line, names, values)


def _kept(frame: pl.DataFrame, table: Table) -> list[tuple[str, str]]:
    """Under which name each column is kept: HUD's, or the sender's where HUD has none."""
    names = [name for name in frame.columns if name not in _NOT_KEPT and not name.startswith(MARK)]
    own = {name: name.removeprefix(EXTRA) for name in names}
    return [(own[name] if own[name] not in table.columns else name, name) for name in names]
