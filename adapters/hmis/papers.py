"""The release files of a set as consents on file, each of the person whom its row names."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from adapters.base import Read
from adapters.hmis.census import Census
from adapters.hmis.checks.placement import NOT_TAKEN
from adapters.hmis.definition import Definition
from adapters.hmis.fileset import FileSet
from adapters.hmis.frames import LINE
from adapters.hmis.home import Nowhere
from adapters.hmis.person import personal_id
from adapters.hmis.refusal import FEED
from adapters.hmis.releases import ReleaseFile, Releases, Unread
from adapters.hmis.report import Fault, Report
from schemas.canonical import CanonicalRecord, ConsentOnFile
from schemas.frozen import Moment
from schemas.instruments import Consent, taken_back
from schemas.messages import Severity
from schemas.vocab import ConsentKind
from schemas.vocab.records import Change

Row = Mapping[str, str]

_NO_FORM = Fault("release-form", "a [form] in the feed's definition: to whom and for what people release")
_UNKNOWN = Fault("orphan", "a person who stands in Client.csv of the same set", Severity.SET_ASIDE)


class _Entry(NamedTuple):
    """A row of which it is known what it does: the paper that it stands for, or that there is none."""

    row: Row
    starts: date
    paper: Consent | None


def papers(files: FileSet, agreed: Definition, census: Census, learned_at: Moment) -> Iterator[Read]:
    """A consent for each row that counts; one taken back for each that gives no permission, or cannot be read.

    Of people whom the set knows from victim services alone, or from projects that are not agreed, nothing is taken.
    """
    for file in agreed.releases:
        if files.has(file.file):
            yield from _Papers(files, file, agreed, census, learned_at).read()


class _Papers:
    def __init__(
        self, files: FileSet, file: ReleaseFile, agreed: Definition, census: Census, learned_at: Moment
    ) -> None:
        self._files = files
        self._file = file
        self._census = census
        self._report = Report(f"{file.file}.csv")
        self._releases = (
            Releases(file, agreed.form, files.calendar(file.file), learned_at) if agreed.form is not None else None
        )
        self._not_taken: Counter[int] = Counter()

    def read(self) -> Iterator[Read]:
        if self._releases is None:
            self._report.add(_NO_FORM)
        elif self._is_whole():
            for entry in self._counting(self._releases):
                yield self._record(self._releases, entry)
        for place, count in self._not_taken.items():
            self._report.add(NOT_TAKEN[place].fault, count=count)
        yield from self._report.told()
        yield from self._report.rest()

    def _is_whole(self) -> bool:
        """A column that was agreed on and is not there could hide an end or a revocation."""
        missing = self._files.missing(self._file, self._file.headings)
        for column in missing:
            self._report.add(Fault("missing-column", f"a header with {column}", Severity.SET_ASIDE, column))
        return not missing

    def _counting(self, releases: Releases) -> Iterator[_Entry]:
        """All rows, or of each person the newest; of two of one day the one that gives less, and none before unread."""
        entries = (self._entry(releases, row) for row in self._rows())
        if not self._file.newest:
            yield from entries
            return
        newest: dict[str, _Entry] = {}
        for entry in entries:
            known = newest.get(entry.row[self._file.client])
            if known is None or _rank(entry) > _rank(known):
                newest[entry.row[self._file.client]] = entry
        yield from newest.values()

    def _entry(self, releases: Releases, row: Row) -> _Entry:
        try:
            return _Entry(row, releases.starts(row) or date.max, releases.paper(row))
        except Unread as unread:
            fault = Fault(
                "date", "a date, YYYY-MM-DD; without it nothing is released", Severity.SET_ASIDE, unread.column
            )
            self._report.add(fault, int(row[LINE]))
            return _Entry(row, date.max, None)

    def _rows(self) -> Iterator[Row]:
        for frame in self._files.beside(self._file, self._file.headings, self._report):
            for row in frame.iter_rows(named=True):
                place = self._census.whereabouts(row[self._file.client])
                if not isinstance(place, Nowhere):
                    yield row
                elif place is Nowhere.UNKNOWN:
                    self._report.add(_UNKNOWN, row[LINE])
                else:
                    self._not_taken[place.value] += 1

    def _record(self, releases: Releases, entry: _Entry) -> CanonicalRecord:
        paper = entry.paper or taken_back(releases.id(entry.row), ConsentKind.HMIS_RELEASE)
        return CanonicalRecord(
            feed=FEED,
            key=paper.id,
            subject=personal_id(entry.row[self._file.client]),
            held_by=releases.agency(entry.row),
            change=Change.DELETE if entry.paper is None else Change.UPSERT,
            place=f"{self._file.file}.csv line {entry.row[LINE]}",
            body=ConsentOnFile(consent=paper),
        )


def _rank(entry: _Entry) -> tuple[date, bool]:
    return entry.starts, entry.paper is None
