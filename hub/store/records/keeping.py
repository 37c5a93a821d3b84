"""Storing a batch of records: the new and the changed as new versions, each sealed under its person's key."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import any_, select, update
from sqlmodel import Session, col

from hub.store.arrays import tokens_in
from hub.store.crypto import Keys, Sealer
from hub.store.records.changes import Became, Changes
from hub.store.records.copying import Copier, Line, Sort, row_ids
from hub.store.records.filing import Filing
from hub.store.records.rows import TABLE, RecordRow

_AS_EVER = b"\x01"
"""Stands before JSON in what a content token is made of; without it every record would look changed once."""


@dataclass
class Stored:
    """What became of a batch."""

    stored: int = 0
    unchanged: int = 0
    removed: int = 0
    older: int = 0

    def __add__(self, other: "Stored") -> "Stored":
        return Stored(
            self.stored + other.stored,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
            self.older + other.older,
        )


class _Fresh(NamedTuple):
    """A version to be written."""

    filing: Filing
    key_token: bytes
    content_token: bytes


def key_token(keys: Keys, source: str, key: str) -> bytes:
    """The blind token of a source's key of a record."""
    return keys.token("record-key", f"{source}|{key}")


def content_token(keys: Keys, filing: Filing) -> bytes:
    """Equal for a record that says the same, by whichever process it is written."""
    sort = filing.sort
    said = (
        filing.person_id.bytes,
        sort.holder.encode(),
        _AS_EVER + sort.provenance,
        _AS_EVER + sort.sensitivity,
        filing.content,
    )
    return keys.digest("record-content", b"|".join(said))


class Keeper:
    """Keeps what a source says in one message, learned at one time."""

    def __init__(
        self,
        session: Session,
        keys: Keys,
        source: str,
        changes: Changes,
        *,
        message_id: UUID | None,
        at: datetime,
    ) -> None:
        self._session = session
        self._changes = changes
        self._keys = keys
        self._source = source
        self._at = at
        self._copier = Copier(session, message_id, at)

    def keep(self, filings: Iterable[Filing], sealers: Mapping[UUID, Sealer]) -> Stored:
        """Stores new and changed records as new versions; an older one never overwrites a newer one."""
        told = {key_token(self._keys, self._source, one.key): one for one in filings}
        current = self._current(told)
        outcome, fresh, replaced, seen_again, left = Stored(), list[_Fresh](), list[UUID](), list[UUID](), list[UUID]()
        for token, filing in told.items():
            earlier, content = current.get(token), content_token(self._keys, filing)
            if earlier is not None and earlier.content_token == content:
                outcome.unchanged += 1
                self._changes.heard(filing.sort.kind, filing.key, Became.UNCHANGED)
                left.append(earlier.id)
                seen_again += [earlier.id] if earlier.not_seen_since is not None else []
            elif earlier is not None and _is_older(filing, earlier):
                outcome.older += 1
                self._changes.heard(filing.sort.kind, filing.key, Became.OLDER)
                left.append(earlier.id)
            else:
                self._count(filing, earlier)
                removed = earlier is not None and filing.sort.removed
                outcome.removed += removed
                outcome.stored += not removed
                replaced += [earlier.id] if earlier is not None else []
                fresh.append(_Fresh(filing, token, content))
        self._supersede(replaced)
        self._mark_seen(seen_again)
        self._changes.left(left)
        if fresh:
            self._copier.copy(self._lines(fresh, sealers))
        return outcome

    def _count(self, filing: Filing, earlier: Any) -> None:
        was_there = earlier is not None and earlier.removed_at is None
        self._changes.count(filing.sort.kind, filing.key, was_there=was_there, stays=not filing.sort.removed)

    def _current(self, tokens: Mapping[bytes, Filing]) -> dict[bytes, Any]:
        names = ("id", "key_token", "content_token", "updated_at", "removed_at", "not_seen_since")
        columns = (TABLE.c[name] for name in names)
        found = (TABLE.c.source == self._source) & TABLE.c.superseded_at.is_(None)
        wanted = TABLE.c.key_token == any_(tokens_in(tokens))
        rows = self._session.connection().execute(select(*columns).where(found, wanted).with_for_update())
        return {bytes(row.key_token): row for row in rows}

    def _lines(self, fresh: Sequence[_Fresh], sealers: Mapping[UUID, Sealer]) -> Iterator[tuple[Sort, Line]]:
        for row_id, (filing, key, content) in zip(row_ids(len(fresh)), fresh, strict=True):
            person = filing.person_id
            sealed = sealers[person].seal(filing.content, f"record|{row_id.hex()}|{person.hex}")
            times = (filing.occurred_at, filing.updated_at)
            yield filing.sort, Line(row_id, person.bytes, key, content, *times, sealed)

    def _supersede(self, ids: Sequence[UUID]) -> None:
        if ids:
            self._session.execute(update(RecordRow).where(col(RecordRow.id).in_(ids)).values(superseded_at=self._at))

    def _mark_seen(self, ids: Sequence[UUID]) -> None:
        if ids:
            self._session.execute(update(RecordRow).where(col(RecordRow.id).in_(ids)).values(not_seen_since=None))


def _is_older(filing: Filing, earlier: Any) -> bool:
    return filing.updated_at is not None and earlier.updated_at is not None and filing.updated_at < earlier.updated_at
