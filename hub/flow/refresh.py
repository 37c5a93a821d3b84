"""A full refresh: what a source's database no longer holds is removed here too, within what the export speaks for."""

from collections.abc import Sequence
from datetime import datetime

from adapters.base import Extent
from hub.store.people import People
from hub.store.records import Identified, RecordRow, Records, Stored
from hub.store.unseen import Seen
from schemas.messages import RawMessage
from schemas.vocab.records import Change


class Refresh:
    """Removes, as new versions, the records that a message is complete for and did not name."""

    def __init__(self, records: Records, people: People, seen: Seen, *, at: datetime) -> None:
        self._records = records
        self._people = people
        self._seen = seen
        self._at = at
        self._gone: set[str] = set()

    def apply(self, message: RawMessage, extent: Extent) -> Stored:
        """Removes what the extent covers; what it does not is left as it was."""
        outcome = Stored()
        for rows in self._seen.unseen(message.source, message.feed, message.id):
            outcome += self._remove(message, extent, rows)
        return outcome

    def _remove(self, message: RawMessage, extent: Extent, rows: Sequence[RecordRow]) -> Stored:
        sealers = self._people.sealers({row.person_id for row in rows})
        gone = []
        for row in rows:
            record = self._records.open(row, sealers[row.person_id])
            if extent.covers(record, self._gone):
                self._gone.update([record.key] if record.body.kind == "enrollment" else [])
                removed = record.model_copy(update={"change": Change.DELETE})
                gone.append(Identified(removed, row.person_id, row.holder))
        return self._records.keep(message.source, gone, sealers, message_id=message.id, at=self._at)
