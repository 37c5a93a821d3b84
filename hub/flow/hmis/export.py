"""What /csvexport gives: rows by file, of one client or of all that changed, page by page.

Changes are those that this hub learned of in the time asked for: by the senders' own dates what comes late would be
missed. Of others' records there is what they let go of the one client who is asked for; no list is drawn up of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from adapters.hmis.api.values import Value, as_json, file_of
from adapters.hmis.refusal import FEED
from hub.flow.hmis.clients import Clients, Window, base, by_person, dates
from hub.flow.hmis.own import OwnRow
from hub.store.records import After
from schemas.frozen import Frozen, Moment

Files = dict[str, list[dict[str, Value]]]


class Changes(Frozen):
    """Which changes are wanted, and how many at most; `removed` is for rows with DateDeleted alone, or without."""

    since: Moment | None = None
    until: Moment | None = None
    removed: bool | None = None
    limit: int = 1000

    def shows(self, one: OwnRow) -> bool:
        learned, is_removed = one.row.learned_at, one.row.removed_at is not None
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

    def of_one(self, personal_id: str, window: Window, changes: Changes) -> Page:
        """One client; raises `Unknown` where nothing may be told, alike for a stranger."""
        told = self._clients.about(personal_id)
        files = _files(one for one in _within(told.own, told.own, window) if changes.shows(one))
        if not files.get("Client.csv") and told.shared.client:
            files["Client.csv"] = [self._clients.as_others_tell(told)]
        for stay in self._clients.others(told, window):
            _add_stay(files, {name: str(value) for name, value in stay.items()})
        return Page(files, notices=told.shared.notices)

    def of_all(self, window: Window, changes: Changes, after: After) -> Page:
        """A page of the caller's own rows that changed, with the Client row of each client in it."""
        rows = self._records.changed(
            self._clients.standing.me,
            FEED,
            since=changes.since,
            until=changes.until,
            after=after,
            limit=changes.limit + 1,
        )
        page = rows[: changes.limit]
        last = (page[-1].learned_at, page[-1].id) if len(rows) > changes.limit else None
        changed = [one for one in self._clients.own.opened(page) if changes.shows(one)]
        shown = self._in_window(changed, window)
        self._clients.note(None, rows=len(shown))
        return Page(_files([*shown, *self._who_they_are(shown)]), last)

    def _who_they_are(self, rows: Sequence[OwnRow]) -> list[OwnRow]:
        """The Client rows that the page lacks: a stay whose client is not told of cannot be placed."""
        known = {one.person_id for one in rows if one.table == "Client"}
        lacking = {one.person_id for one in rows if one.row.removed_at is None} - known
        found = self._records.who_they_are(lacking, {one.row.source for one in rows})
        return list(self._clients.own.opened(row for row in found if row.feed == FEED))

    def _in_window(self, rows: Sequence[OwnRow], window: Window) -> list[OwnRow]:
        if window.is_open:
            return list(rows)
        return [
            one
            for person_id, of_one in by_person(rows)
            for one in _within(of_one, self._clients.own.about(person_id), window)
        ]


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


def _files(rows: Iterable[OwnRow]) -> Files:
    files: Files = {}
    for one in rows:
        files.setdefault(file_of(one.table), []).append(base(one))
    return files
