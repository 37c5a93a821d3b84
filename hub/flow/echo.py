"""Rows that the hub wrote to an HMIS and that come back from it: no news, and nobody else's contact with the person.

They are kept as any row of the HMIS, which has them back as it sent them; no contact answer is made of them. Known they
are by the key that the hub gave, which says of which handoff, so that another hub's rows are news.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import Session

from hub.flow.release import Opened
from hub.flow.steps import TABLES, row_key
from hub.store.handoffs import ids_about


class Echo:
    """What of a person's records is an echo."""

    def __init__(self, session: Session, person_id: UUID) -> None:
        self._handoffs = ids_about(session, person_id)

    def silenced(self, opened: Sequence[Opened]) -> tuple[Opened, ...]:
        """The records without those that the hub itself wrote to where they come from."""
        own = self._keys({one.row.source for one in opened}) if self._handoffs else frozenset()
        return tuple(one for one in opened if (one.row.source, one.record.key) not in own)

    def _keys(self, sources: Iterable[str]) -> frozenset[tuple[str, str]]:
        return frozenset(
            (source, row_key(source, table, handoff))
            for source in sources
            for table in TABLES
            for handoff in self._handoffs
        )
