"""What an export means for what its source sent before: whether it is the same database's, and what is gone since."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from adapters.base import Extent, Unreadable
from hub.flow.refresh import Refresh
from hub.store.origins import Origins
from hub.store.people import People
from hub.store.records import Records, Stored
from hub.store.unseen import Seen
from schemas.canonical import Origin
from schemas.messages import Problem, RawMessage, Severity

_OTHER = "the database that the exports before it came from; if it has moved, its new names in the feed's definition"
_LATE = Problem(
    code="late-export",
    severity=Severity.WARNING,
    expected="no export before one that is in already; what this one does not name was left as it is",
)


class Sequel:
    """One export beside those that came before it from the same source."""

    def __init__(self, session: Session, message: RawMessage, records: Records, people: People) -> None:
        self._session = session
        self._message = message
        self._records = records
        self._people = people
        self._origins = Origins(session, message.source, message.feed)
        self._seen: Seen | None = None

    def begin(self, origin: Origin) -> list[Problem]:
        """Refuses an export of another database; says if it comes too late to tell what is gone."""
        if not self._origins.admits(origin):
            raise Unreadable(self._message.feed, "Export.csv, SourceID", _OTHER, code="other-database")
        late = origin.complete and not self._origins.is_latest(origin)
        if origin.complete and not late:
            self._seen = Seen(self._session)
            self._records.changes.left = self._seen.add
        self._origins.note(origin)
        return [_LATE] if late else []

    def end(self, extents: Iterable[Extent], at: datetime) -> Stored:
        """Removes what is gone; nothing where the export is not complete, or late."""
        outcome = Stored()
        if self._seen is not None:
            refresh = Refresh(self._records, self._people, self._seen, at=at)
            for extent in extents:
                outcome += refresh.apply(self._message, extent)
        return outcome
