"""The log as its users see it: append in one's own transaction, read what has its place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from secrets import randbits, token_bytes
from typing import Any, NamedTuple, TypedDict, Unpack
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Row, Select, select, text
from sqlmodel import Session

from hub.errors import NotFound
from hub.store.audit import commitments
from hub.store.audit.acts import Act
from hub.store.audit.commitments import JSON, SECRET_BYTES, Content
from hub.store.audit.subjects import Closed, SubjectKeys, pseudonym
from hub.store.audit.tables import entries, leaves
from hub.store.audit.tables import keys as subject_keys
from hub.store.audit.tree import Tampered
from hub.store.crypto import Broken, Keys, Sealer
from schemas.frozen import Frozen, Moment

PAGE = 1000
CLOSED: dict[str, JsonValue] = {"closed": "sealed by order"}
"""What stands in place of the details of an entry whose key is in custody."""

_APPEND = text("""
    WITH written AS (
        INSERT INTO audit_entry (id, at, act, actor, participant, subject, leaf, sealed)
        VALUES (:id, :at, :act, :actor, :participant, :subject, :leaf, :sealed)
    )
    INSERT INTO audit_pending (entry) VALUES (:id)
""")


class Draft(NamedTuple):
    """An entry to append. `details` hold keys, rule ids and digests; never a name or another's words.

    `room` is for entries whose size would tell something: they are sealed in a multiple of so many bytes.
    """

    act: Act
    at: datetime
    actor: str
    participant: str | None = None
    subject: UUID | None = None
    details: Mapping[str, JSON] = {}
    room: int = 1


class Entry(Frozen):
    """An entry with its place: `seq` is the number of its leaf, from 0; `subject` is a pseudonym of the person."""

    seq: int
    id: UUID
    at: Moment
    actor: str
    participant: str | None
    act: Act
    subject: str | None
    details: dict[str, JsonValue]


class Wanted(TypedDict, total=False):
    """Which entries: from `since` on, before `until`, and of this act, actor, participant and person or pseudonym."""

    since: datetime | None
    until: datetime | None
    act: Act | None
    actor: str | None
    participant: str | None
    subject: UUID | str | None


class AuditLog:
    """The log within one transaction. Entries appear to readers once they are committed and sequenced."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self._session = session
        self._keys = keys
        self._subjects = SubjectKeys(keys)

    def append(
        self,
        act: Act,
        *,
        at: datetime,
        actor: str,
        participant: str | None = None,
        subject: UUID | None = None,
        details: Mapping[str, JSON] = {},
        room: int = 1,
    ) -> UUID:
        """Says that this was done; gives the entry's id. It stands if and only if the caller's transaction commits."""
        return self.append_many([Draft(act, at, actor, participant, subject, details, room)])[0]

    def append_many(self, drafts: Iterable[Draft]) -> list[UUID]:
        """Appends in this order with one statement; gives the ids. Raises `ValueError` for a time without zone."""
        drafts = list(drafts)
        about = {self._token(draft.subject) for draft in drafts if draft.subject is not None}
        silent = any(draft.room > 1 for draft in drafts)
        sealers = self._subjects.sealers(self._session.connection(), about, or_nobody=silent)
        rows = [self._row(draft, sealers) for draft in drafts]
        if rows:
            self._session.connection().execute(_APPEND, rows)
        return [row["id"] for row in rows]

    def entries(self, *, after: int | None = None, limit: int = 50, **wanted: Unpack[Wanted]) -> list[Entry]:
        """Sequenced entries, newest first; `after` is the seq of the last entry on the page before."""
        query = self._select(wanted).order_by(leaves.c.seq.desc()).limit(limit)
        if after is not None:
            query = query.where(leaves.c.seq < after)
        return [self._entry(row) for row in self._session.connection().execute(query)]

    def entry(self, seq: int) -> Entry:
        """The entry of that leaf; raises `NotFound`."""
        row = self._session.connection().execute(_SEQUENCED.where(leaves.c.seq == seq)).first()
        if row is None:
            raise NotFound(f"The audit log has no entry {seq}.")
        if row.sealed is None:
            raise NotFound(f"Entry {seq} of the audit log was expunged by order; its leaf stands.")
        return self._entry(row)

    def walk(self, **wanted: Unpack[Wanted]) -> Iterator[Entry]:
        """Every sequenced entry wanted, oldest first, a page in memory at a time."""
        query = self._select(wanted).order_by(leaves.c.seq).limit(PAGE)
        rows: Sequence[Row[Any]] = self._session.connection().execute(query).all()
        while rows:
            yield from map(self._entry, rows)
            rows = self._session.connection().execute(query.where(leaves.c.seq > rows[-1].seq)).all()

    def _row(self, draft: Draft, sealers: Mapping[str, Sealer]) -> dict[str, Any]:
        if draft.at.tzinfo is None:
            raise ValueError("An audit entry's time needs its zone.")
        subject = None if draft.subject is None else self._token(draft.subject)
        said = Content(
            _new_id(draft.at), draft.at, draft.act.value, draft.actor, draft.participant, subject, draft.details
        )
        secret = token_bytes(SECRET_BYTES)
        sealer = self._keys.audit if subject is None else sealers[subject]
        sealed = commitments.seal(sealer, said, secret, room=draft.room)
        return said._asdict() | {"leaf": commitments.leaf(said, secret), "sealed": sealed}

    def _token(self, person: UUID) -> str:
        return pseudonym(self._keys, person)

    def _select(self, wanted: Wanted) -> Select[Any]:
        return _SEQUENCED.where(entries.c.sealed.is_not(None), *self._conditions(wanted))

    def _conditions(self, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
        if since := wanted.get("since"):
            yield entries.c.at >= since
        if until := wanted.get("until"):
            yield entries.c.at < until
        if subject := wanted.get("subject"):
            yield entries.c.subject == (subject if isinstance(subject, str) else self._token(subject))
        for column in (entries.c.act, entries.c.actor, entries.c.participant):
            if (value := wanted.get(column.name)) is not None:
                yield column == str(value)

    def _entry(self, row: Row[Any]) -> Entry:
        try:
            opener = self._subjects.opener(row.sealed, row.subject, row.wrapped)
            _, details = commitments.unseal(opener, row.id, row.sealed)
        except Closed:
            details = CLOSED
        except Broken as error:
            raise Tampered(f"Entry {row.seq} of the audit log does not open.") from error
        said = {name: getattr(row, name) for name in ("seq", "id", "at", "act", "actor", "participant", "subject")}
        return Entry(**said, details=details)


_SEQUENCED = (
    select(leaves.c.seq, entries, subject_keys.c.wrapped)
    .join(entries, entries.c.id == leaves.c.entry)
    .outerjoin(subject_keys, subject_keys.c.subject == entries.c.subject)
)


def _new_id(at: datetime) -> UUID:
    """A UUID of version 7 (RFC 9562 §5.7): ids of one time lie side by side in the index."""
    milliseconds = int(at.astimezone(UTC).timestamp() * 1000) & (1 << 48) - 1
    drawn = randbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | drawn >> 62 << 64 | 2 << 62 | drawn & (1 << 62) - 1)
