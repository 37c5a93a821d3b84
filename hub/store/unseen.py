"""Which live records of a source a message did not name; the keys of a large message are not held in memory."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from hub.store.records import RecordRow

_HELD = 20_000
_AT_ONCE = 1_000

_UNSEEN = text(
    "SELECT * FROM record WHERE source = :source AND feed = :feed AND superseded_at IS NULL AND removed_at IS NULL "
    "AND message_id IS DISTINCT FROM :message AND NOT EXISTS (SELECT FROM seen WHERE seen.id = record.id) "
    "ORDER BY kind <> 'enrollment'"
)


class Seen:
    """The live records that a message named and left as they are; those that it changed bear its own id."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._held: list[UUID] = []
        self._session.execute(text("DROP TABLE IF EXISTS pg_temp.seen"))
        self._session.execute(text("CREATE TEMPORARY TABLE seen (id uuid NOT NULL) ON COMMIT DROP"))

    def add(self, ids: Iterable[UUID]) -> None:
        """Takes note that these were named."""
        self._held.extend(ids)
        if len(self._held) >= _HELD:
            self._spill()

    def unseen(self, source: str, feed: str, message_id: UUID) -> Iterator[Sequence[RecordRow]]:
        """The live records of the source that were not named, some at a time: enrollments first, then what hangs on
        them."""
        self._spill()
        self._session.execute(text("ANALYZE seen"))
        asked = {"source": source, "feed": feed, "message": message_id}
        query = _UNSEEN.execution_options(stream_results=True, yield_per=_AT_ONCE)
        for rows in self._session.connection().execute(query, asked).partitions():
            yield cast("Sequence[RecordRow]", rows)

    def _spill(self) -> None:
        connection = self._session.connection().connection.driver_connection
        with connection.cursor() as cursor, cursor.copy("COPY seen (id) FROM STDIN (FORMAT BINARY)") as copy:  # type: ignore[union-attr]
            copy.set_types(("uuid",))
            for one in self._held:
                copy.write_row((one,))
        self._held.clear()
