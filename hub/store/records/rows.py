"""The table of records, and how its values are written."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from hub.store.columns import Json, Moment
from schemas.disclosure import Provenance
from schemas.vocab import Sensitivity


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


TABLE = SQLModel.metadata.tables["record"]

BESIDE = {"place", "provenance", "sensitivity"}
"""What a sealed record does not repeat: it stands beside it, or is of the message and not of the record."""

BODY_SAYS_ALL = {*BESIDE, "as_sent"}
"""What it does not repeat either where there is no row as sent."""


def place(row_id: UUID, person_id: UUID) -> str:
    """What a sealed record is bound to: its row and its person."""
    return f"record|{row_id.hex}|{person_id.hex}"


@lru_cache(maxsize=4096)
def provenance_of(provenance: Provenance) -> bytes:
    """A provenance as JSON. Few are behind many records, so each is written once."""
    return orjson.dumps(_in_order(provenance.model_dump(mode="json", exclude_defaults=True)))


@lru_cache(maxsize=4096)
def sensitivity_of(labels: frozenset[Sensitivity]) -> bytes:
    """Sensitivity labels as JSON."""
    return orjson.dumps(sorted(labels))


def _in_order(value: Any) -> Any:
    """The same sets written alike: a set has no order, and each process would write it in one of its own."""
    if isinstance(value, dict):
        return {name: _in_order(inner) for name, inner in value.items()}
    return sorted(value) if isinstance(value, list) else value
