"""Canonical records, versioned, each sealed under its person's key.

What the consent engine decides by (holder, provenance, which fields are held) stands beside the sealed blob, so that a
question is decided before anything is opened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID, uuid4

import orjson
from sqlalchemy import Index, LargeBinary, bindparam, text, update
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlmodel import Field, Session, SQLModel, col, select

from hub.store.columns import Json, Moment
from hub.store.crypto import Keys, Sealer
from hub.store.nobody import LAST, NOBODY, in_company, of_nobody
from schemas.canonical import CanonicalRecord
from schemas.disclosure import Provenance
from schemas.showing import shown
from schemas.vocab import Sensitivity
from schemas.vocab.records import Change


class RecordRow(SQLModel, table=True):
    """One version of a record. `key_token` is blind; the content is sealed."""

    __tablename__ = "record"
    __table_args__ = (
        Index("record_of_person", "person_id", postgresql_where="superseded_at IS NULL"),
        Index("record_current", "source", "key_token", unique=True, postgresql_where="superseded_at IS NULL"),
        Index("record_of_message", "message_id"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    source: str
    holder: str
    feed: str
    kind: str
    key_token: bytes
    content_token: bytes
    occurred_at: datetime | None = Moment(nullable=True)
    updated_at: datetime | None = Moment(nullable=True)
    learned_at: datetime = Moment()
    superseded_at: datetime | None = Moment(nullable=True)
    removed_at: datetime | None = Moment(nullable=True)
    not_seen_since: datetime | None = Moment(nullable=True)
    message_id: UUID | None = Field(default=None, foreign_key="raw_message.id")
    provenance: dict[str, Any] = Json()
    contents: dict[str, list[str]] = Json()
    sensitivity: list[str] = Json()
    sealed: bytes


_TABLE = SQLModel.metadata.tables["record"]

ORDINARY_NUMBER = 16
"""So many live records have all but a few people."""

_IN_COMPANY = in_company(
    "SELECT * FROM record WHERE person_id = :person AND superseded_at IS NULL AND removed_at IS NULL",
    of_nobody(
        _TABLE.c.keys(),
        id="gen_random_uuid()",
        **dict.fromkeys(("source", "holder", "feed"), "'nobody'"),
        kind="'service'",
        **dict.fromkeys(("key_token", "content_token"), "decode(repeat('00', 16), 'hex')"),
        **dict.fromkeys(("occurred_at", "updated_at"), "now()"),
        learned_at=LAST,
        message_id="gen_random_uuid()",
        provenance="""'{"hmis": {}}'""",
        contents="""'{"housing": ["active-enrollment", "living-situation"], "case-management": ["last-contact"]}'""",
        sensitivity="""'["LOCIS"]'""",
        sealed="decode(repeat('00', 480), 'hex')",
    ),
    ORDINARY_NUMBER,
    "ORDER BY learned_at, id",
)
"""A record of nobody's is as large as most, and says nothing."""


@dataclass(frozen=True)
class Identified:
    """A record whose person and holder are known."""

    record: CanonicalRecord
    person_id: UUID
    holder: str


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


_COLUMNS = (
    "id, person_id, source, holder, feed, kind, key_token, content_token, occurred_at, updated_at, learned_at, "
    "removed_at, message_id, provenance, contents, sensitivity, sealed"
)
_TYPES = (
    *("uuid", "uuid", "text", "text", "text", "text", "bytea", "bytea"),
    *("timestamptz", "timestamptz", "timestamptz", "timestamptz", "uuid", "bytea", "bytea", "bytea", "bytea"),
)
BESIDE = {"place", "provenance", "sensitivity"}
"""What a sealed record does not repeat: it stands beside it, or is of the message and not of the record."""

_WITHOUT_ROW = {*BESIDE, "as_sent"}

_JSONB = b"\x01"
"""What a jsonb value begins with in PostgreSQL's binary format: the version of it."""


class Records:
    """The records of this hub."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session = session
        self.keys = keys

    # --- keeping ---------------------------------------------------------------------------------------------------

    def keep(
        self,
        source: str,
        batch: Sequence[Identified],
        sealers: dict[UUID, Sealer],
        *,
        message_id: UUID | None,
        at: datetime,
    ) -> Stored:
        """Stores new and changed records as new versions; an older one never overwrites a newer one.

        A batch is a few thousand records; within it the last word about a key counts.
        """
        tokens = {self._key_token(source, one.record): one for one in batch}
        current = self._current(source, tokens)
        outcome = Stored()
        fresh: list[tuple[Any, ...]] = []
        replaced: list[UUID] = []
        seen_again: list[UUID] = []
        for token, one in tokens.items():
            row = self._row(source, token, one, sealers[one.person_id], message_id, at)
            earlier = current.get(token)
            if earlier is None:
                outcome.stored += 1
                fresh.append(row)
            elif earlier.content_token == row[7]:
                outcome.unchanged += 1
                if earlier.not_seen_since is not None:
                    seen_again.append(earlier.id)
            elif _is_older(one.record, earlier):
                outcome.older += 1
            else:
                outcome.removed += one.record.change is Change.DELETE
                outcome.stored += one.record.change is not Change.DELETE
                replaced.append(earlier.id)
                fresh.append(row)
        self._supersede(replaced, at)
        self._mark_seen(seen_again)
        self._copy(fresh)
        return outcome

    def _key_token(self, source: str, record: CanonicalRecord) -> bytes:
        return self.keys.token("record-key", f"{source}|{record.key}")

    def _current(self, source: str, tokens: Iterable[bytes]) -> dict[bytes, RecordRow]:
        rows = self.session.execute(
            text(
                "SELECT id, key_token, content_token, updated_at, not_seen_since FROM record "
                "WHERE source = :source AND superseded_at IS NULL AND key_token = ANY(:tokens) FOR UPDATE"
            ).bindparams(bindparam("tokens", type_=ARRAY(LargeBinary))),
            {"source": source, "tokens": list(tokens)},
        )
        return {bytes(row.key_token): row for row in rows}  # type: ignore[misc]

    def _row(
        self, source: str, token: bytes, one: Identified, sealer: Sealer, message_id: UUID | None, at: datetime
    ) -> tuple[Any, ...]:
        record, row_id = one.record, uuid4()
        content = record.model_dump_json(exclude=BESIDE if record.as_sent else _WITHOUT_ROW, exclude_none=True).encode()
        provenance, sensitivity = _provenance(record.provenance), _sensitivity(record.sensitivity)
        return (
            row_id,
            one.person_id,
            source,
            one.holder,
            record.feed,
            record.body.kind,
            token,
            self._content_token(one.person_id.bytes, one.holder.encode(), provenance, sensitivity, content),
            record.occurred_at,
            record.updated_at,
            at,
            at if record.change is Change.DELETE else None,
            message_id,
            provenance,
            _JSONB + orjson.dumps(shown(record.body, record.reveals), option=orjson.OPT_NON_STR_KEYS),
            sensitivity,
            sealer.seal(content, place(row_id, one.person_id)),
        )

    def _content_token(self, *parts: bytes) -> bytes:
        """Equal for a record that says the same, by whichever process it is written."""
        return self.keys.digest("record-content", b"|".join(parts))

    def _supersede(self, ids: Sequence[UUID], at: datetime) -> None:
        if ids:
            self.session.execute(update(RecordRow).where(col(RecordRow.id).in_(ids)).values(superseded_at=at))

    def _mark_seen(self, ids: Sequence[UUID]) -> None:
        if ids:
            self.session.execute(update(RecordRow).where(col(RecordRow.id).in_(ids)).values(not_seen_since=None))

    def _copy(self, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        connection = self.session.connection().connection.driver_connection
        with connection.cursor() as cursor, cursor.copy(f"COPY record ({_COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy:  # type: ignore[union-attr]
            copy.set_types(_TYPES)
            for row in rows:
                copy.write_row(row)

    def mark_absent(self, source: str, kind: str, message_id: UUID, seen: Iterable[str], at: datetime) -> int:
        """Marks the live records of a kind that a complete message did not name: not seen, which is not a removal."""
        tokens = [self.keys.token("record-key", f"{source}|{key}") for key in seen]
        marked = self.session.execute(
            text(
                "UPDATE record SET not_seen_since = :at WHERE source = :source AND kind = :kind "
                "AND superseded_at IS NULL AND removed_at IS NULL AND not_seen_since IS NULL "
                "AND message_id <> :message AND key_token <> ALL(:tokens) RETURNING id"
            ).bindparams(bindparam("tokens", type_=ARRAY(LargeBinary))),
            {"at": at, "source": source, "kind": kind, "message": message_id, "tokens": tokens},
        )
        return len(marked.all())

    # --- reading ---------------------------------------------------------------------------------------------------

    def about(self, person_id: UUID) -> Sequence[RecordRow]:
        """The live records of a person, in a fixed order; nothing is opened."""
        live = _TABLE.c.superseded_at.is_(None) & _TABLE.c.removed_at.is_(None)
        query = _TABLE.select().where(_TABLE.c.person_id == person_id, live)
        query = query.order_by(_TABLE.c.learned_at, _TABLE.c.id)
        # Rows and not objects: nobody changes them, and to make objects takes as long again as the look-up.
        return cast("Sequence[RecordRow]", self.session.connection().execute(query).all())

    def in_company(self, person_id: UUID) -> tuple[Sequence[RecordRow], int]:
        """The same, and how many of nobody's were read to make them up to an ordinary number."""
        found = self.session.connection().execute(_IN_COMPANY, {"person": person_id})
        rows = cast("Sequence[RecordRow]", found.all())
        real = [row for row in rows if row.person_id != NOBODY]
        return real, len(rows) - len(real)

    def held_by(self, holder: str, kind: str, *, since: datetime | None = None) -> Sequence[RecordRow]:
        """The live records of one kind that a participant holds, oldest first, learned from `since` on; none opened."""
        live = (col(RecordRow.superseded_at).is_(None), col(RecordRow.removed_at).is_(None))
        query = select(RecordRow).where(RecordRow.holder == holder, RecordRow.kind == kind, *live)
        if since is not None:
            query = query.where(col(RecordRow.learned_at) >= since)
        return self.session.exec(query.order_by(col(RecordRow.learned_at), col(RecordRow.id))).all()

    def sorts_in(self, message_id: UUID) -> Sequence[RecordRow]:
        """One live record of each sort that a message brought: alike in holder, kind, provenance and what they hold."""
        sort = (col(RecordRow.holder), col(RecordRow.kind), col(RecordRow.provenance), col(RecordRow.contents))
        live = (col(RecordRow.superseded_at).is_(None), col(RecordRow.removed_at).is_(None))
        query = select(RecordRow).where(RecordRow.message_id == message_id, *live).order_by(*sort)
        return self.session.exec(query.ext(distinct_on(*sort))).all()

    def open(self, row: RecordRow, sealer: Sealer) -> CanonicalRecord:
        """The record as it was kept."""
        said = orjson.loads(sealer.open(row.sealed, place(row.id, row.person_id)))
        return CanonicalRecord.model_validate(
            {**said, "provenance": row.provenance, "sensitivity": row.sensitivity}, strict=False
        )

    def birth_date(self, row: RecordRow, sealer: Sealer) -> date | None:
        """The birth date that a record of who somebody is gives."""
        said = orjson.loads(sealer.open(row.sealed, place(row.id, row.person_id)))["body"].get("birth_date")
        return None if said is None else date.fromisoformat(said)


@lru_cache(maxsize=4096)
def _provenance(provenance: Provenance) -> bytes:
    """Few provenances are behind many records, so each is written once."""
    return _JSONB + orjson.dumps(_in_order(provenance.model_dump(mode="json", exclude_defaults=True)))


@lru_cache(maxsize=4096)
def _sensitivity(labels: frozenset[Sensitivity]) -> bytes:
    return _JSONB + orjson.dumps(sorted(labels))


def _in_order(value: Any) -> Any:
    """The same sets written alike: a set has no order, and each process would write it in one of its own."""
    if isinstance(value, dict):
        return {name: _in_order(inner) for name, inner in value.items()}
    return sorted(value) if isinstance(value, list) else value


def place(row_id: UUID, person_id: UUID) -> str:
    """What a sealed record is bound to: its row and its person."""
    return f"record|{row_id.hex}|{person_id.hex}"


def _is_older(record: CanonicalRecord, earlier: RecordRow) -> bool:
    return record.updated_at is not None and earlier.updated_at is not None and record.updated_at < earlier.updated_at


def speaks_of(row: RecordRow, sensitivity: Sensitivity) -> bool:
    """Whether a record is labelled with a sensitivity; asked without opening it."""
    return sensitivity in row.sensitivity
