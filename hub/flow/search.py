"""Which raw messages speak of a person, found by reading them again.

A message that only repeats what is known leaves no record that names it, and still holds all that it says.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from adapters.base import feed as feed_named
from hub.flow.kept import Kept, read_after
from hub.flow.naming import names_in
from hub.store.crypto import Keys
from hub.store.directory import Directory
from hub.store.messages import MessageRow, Messages, MessageState
from hub.store.people import People
from schemas.canonical import CanonicalRecord, Identifier
from schemas.sheaves import Sheaf


class Search:
    """The kept messages of some sources, gone through for one person."""

    def __init__(self, session: Session, keys: Keys, person_id: UUID, sources: Collection[str]) -> None:
        self.found: set[UUID] = set()
        self.unclear: set[UUID] = set()
        """Messages, or parts of some, that could not be read: nobody can say of whom they speak."""
        self._session = session
        self._keys = keys
        self._messages = Messages(session, keys)
        self._people = People(session, keys)
        self._directory = Directory(session)
        self._person_id = person_id
        self._sources = sources

    def run(self, *, since: datetime | None = None) -> None:
        """Looks at what was read since that time."""
        for row in self._messages.kept_of(self._sources, since=since):
            subjects = self._subjects(row)
            if self._person_id in self._people.known(row.source, subjects).values():
                self.found.add(row.id)
            elif row.state != MessageState.READ or self._messages.problems(row.id):
                self.unclear.add(row.id)

    def _subjects(self, row: MessageRow) -> set[Identifier]:
        """Whom a message names; what an adapter breaks on names nobody any more from there on."""
        named: set[Identifier] = set()
        message = self._messages.open(row, self._directory.definition(row.source, row.feed))
        earlier = Kept(self._session, self._keys, source=row.source, feed=row.feed)
        try:
            for read in read_after(message, feed_named(row.feed), earlier):
                if isinstance(read, CanonicalRecord | Sheaf):
                    named.update(Identifier(system=system, value=value) for system, value in names_in(read))
        except Exception:  # noqa: BLE001  (as when it was read: whatever an adapter does, the next message is looked at)
            return named
        return named
