"""What /csvexport gives: rows by file, of one client or of all that changed, page by page.

Changes are those that this hub learned of in the time asked for: by the senders' own dates what comes late would be
missed. Of others' records there is what they let go of the one client who is asked for; no list is drawn up of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from adapters.hmis.api.values import Value, as_json, file_of
from adapters.hmis.refusal import FEED
from adapters.hmis.spec import fy2026
from hub.flow.hmis.clients import Clients, Window, base, by_person, dates
from hub.flow.hmis.described import Described, Said
from hub.flow.hmis.own import OwnRow
from hub.store.descriptors import Descriptor
from hub.store.records import After, RecordRow
from schemas.frozen import Frozen, Moment

Files = dict[str, list[dict[str, Value]]]


class Changes(Frozen):
    """Which changes are wanted, and how many at most; `removed` is for rows with DateDeleted alone, or without."""

    since: Moment | None = None
    until: Moment | None = None
    removed: bool | None = None
    limit: int = 1000

    def shows(self, one: OwnRow) -> bool:
        return self._are(one.row.learned_at, one.row.removed_at is not None)

    def tells(self, one: Descriptor) -> bool:
        """The same of what speaks of no person."""
        return self._are(one.learned_at, one.removed_at is not None)

    def _are(self, learned: datetime, is_removed: bool) -> bool:
        return (
            (self.since is None or learned >= self.since)
            and (self.until is None or learned < self.until)
            and (self.removed is None or is_removed is self.removed)
        )


class Page(NamedTuple):
    """Files, and after which record the next page begins, where there is one; texts that must travel along."""

    files: Files
    after: After = None
    notices: tuple[str, ...] = ()


class Export:
    """Makes exports for one caller."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._records = clients.sharing.release.records
        self._described = Described(clients.standing, clients.descriptors)

    def of_one(self, personal_id: str, window: Window, changes: Changes) -> Page:
        """One client; raises `Unknown` where nothing may be told, alike for a stranger."""
        told = self._clients.about(personal_id)
        shown = [one for one in _within(told.own, told.own, window) if changes.shows(one)]
        rows = shown if changes.removed else [*shown, *_company(shown, told.own)]
        files = _files(rows, self._described.beside(map(_said, rows)))
        if not files.get("Client.csv") and told.shared.client:
            files["Client.csv"] = [self._clients.as_others_tell(told)]
        for stay in self._clients.others(told, window):
            _add_stay(files, {name: str(value) for name, value in stay.items()})
        return Page(files, notices=told.shared.notices)

    def of_all(self, window: Window, changes: Changes, after: After) -> Page:
        """A page of the caller's own rows that changed, with all that places them: a page is a file set of its own.

        What changed and speaks of no person is on the first.
        """
        rows = self._records.changed(
            self._clients.standing.me,
            FEED,
            since=changes.since,
            until=changes.until,
            after=after,
            limit=changes.limit + 1,
        )
        page = rows[: changes.limit]
        last = (page[-1].learned_at, page[-1].person_id, page[-1].id) if len(rows) > changes.limit else None
        changed = [one for one in self._clients.own.opened(page) if changes.shows(one)]
        shown = self._in_window(changed, window)
        whole = shown if changes.removed else [*shown, *self._beside(shown)]
        also = [one for one in self._described.own if changes.tells(one)] if after is None else []
        self._clients.note(None, rows=len(shown))
        return Page(_files(whole, self._described.beside(map(_said, whole), also)), last)

    def _beside(self, rows: Sequence[OwnRow]) -> Iterator[OwnRow]:
        """The rows that the page lacks: what is told of a stay without its client, exit or project cannot be placed."""
        people, sources = {one.person_id for one in rows}, {one.row.source for one in rows}
        on_the_page = {one.row.id for one in rows}
        found = self._records.beside(people, sources) if people else ()
        known = [row for row in found if row.id not in on_the_page and self._may_have(row)]
        yield from _company(rows, self._clients.own.opened(known))

    def _may_have(self, row: RecordRow) -> bool:
        """The caller's own, and who its clients are."""
        return row.feed == FEED and (row.kind == "person" or self._clients.standing.sent(row))

    def _in_window(self, rows: Sequence[OwnRow], window: Window) -> list[OwnRow]:
        if window.is_open:
            return list(rows)
        return [
            one
            for person_id, of_one in by_person(rows)
            for one in _within(of_one, self._clients.own.about(person_id), window)
        ]


def _company(rows: Sequence[OwnRow], known: Iterable[OwnRow]) -> Iterator[OwnRow]:
    """Of what is known, what these rows cannot go without: the client, and their stays with the exit and with what was
    answered about fleeing, for an importer reads a stay together with these."""
    there = {one.row.id for one in rows}
    people = {(one.row.source, one.values.get("PersonalID")) for one in rows}
    stays = {(one.row.source, one.values.get("EnrollmentID")) for one in rows} - {
        (one.row.source, None) for one in rows
    }
    for one in known:
        place = {"Client": people, **dict.fromkeys(_OF_A_STAY, stays)}.get(one.table, ())
        key = "PersonalID" if one.table == "Client" else "EnrollmentID"
        if one.row.id not in there and one.row.removed_at is None and (one.row.source, one.values.get(key)) in place:
            yield one


_OF_A_STAY = ("Enrollment", "Exit", "HealthAndDV")


def _within(rows: Iterable[OwnRow], known: Sequence[OwnRow], window: Window) -> list[OwnRow]:
    """The rows of stays in the window, and those of no stay; `known` is what says when each stay was."""
    if window.is_open:
        return list(rows)
    stays = {one.values.get("EnrollmentID") for one in known if one.table == "Enrollment" and window.shows(dates(one))}
    return [one for one in rows if one.values.get("EnrollmentID") in {None, *stays}]


def _add_stay(files: Files, stay: Mapping[str, str]) -> None:
    """A stay that others tell of, and its exit, which goes by the stay's own key: theirs is not told."""
    files.setdefault(file_of("Enrollment"), []).append(as_json("Enrollment", stay))
    if "ExitDate" in stay:
        files.setdefault(file_of("Exit"), []).append(as_json("Exit", {**stay, "ExitID": stay["EnrollmentID"]}))


def _said(one: OwnRow) -> Said:
    return Said(one.row.source, one.values)


def _files(rows: Iterable[OwnRow], described: Iterable[Descriptor]) -> Files:
    """By file, in the order in which the rows of one refer to those of others."""
    tables: dict[str, list[dict[str, Value]]] = {name: [] for name in fy2026().tables}
    for one in rows:
        tables[one.table].append(base(one))
    for described_row in described:
        tables[described_row.table].append(as_json(described_row.table, described_row.values))
    return {file_of(name): told for name, told in tables.items() if told}
