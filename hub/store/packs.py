"""State packs as loaded: the text that counsel signed off, and the digest by which decisions name it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from consent.packs import Pack, UnreadablePack, read_pack
from hub.errors import NotFound
from hub.store.columns import Moment

log = structlog.get_logger()


class StatePackRow(SQLModel, table=True):
    """One loading of a pack, word for word; the next one of that state replaces it and never deletes it."""

    __tablename__ = "state_pack"
    __table_args__ = (
        Index("state_pack_current", "jurisdiction", unique=True, postgresql_where="superseded_at IS NULL"),
    )

    id: UUID = Field(primary_key=True)
    jurisdiction: str
    text: str
    digest: str
    loaded_at: datetime = Moment()
    superseded_at: datetime | None = Moment(nullable=True)


class LoadedPack(NamedTuple):
    """A pack, and the SHA-256 of its text, hexadecimal."""

    pack: Pack
    digest: str


class StatePacks:
    """The packs of this hub, one a state."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def load(self, pack: Pack, text: str, *, at: datetime) -> str:
        """Puts a pack in the place of the one of its state; gives the digest of its text."""
        self._supersede(self._current(pack.jurisdiction), at)
        digest = sha256(text.encode()).hexdigest()
        row = StatePackRow(id=uuid4(), jurisdiction=pack.jurisdiction, text=text, digest=digest, loaded_at=at)
        self.session.add(row)
        self.session.flush()
        return digest

    def withdraw(self, jurisdiction: str, *, at: datetime) -> str:
        """From now on the state counts as not loaded; gives the digest of what was withdrawn. Raises `NotFound`."""
        rows = self._current(jurisdiction)
        if not rows:
            raise NotFound("No pack of this state is loaded.", next_steps="See: hub packs")
        self._supersede(rows, at)
        return rows[0].digest

    def loaded(self) -> tuple[LoadedPack, ...]:
        """The packs in use, by state. One that this version of the hub cannot read counts as not loaded."""
        rows = self.session.exec(
            select(StatePackRow)
            .where(col(StatePackRow.superseded_at).is_(None))
            .order_by(col(StatePackRow.jurisdiction))
        ).all()
        return tuple(_readable(rows))

    def _current(self, jurisdiction: str) -> Sequence[StatePackRow]:
        return self.session.exec(
            select(StatePackRow)
            .where(StatePackRow.jurisdiction == jurisdiction, col(StatePackRow.superseded_at).is_(None))
            .with_for_update()
        ).all()

    def _supersede(self, rows: Sequence[StatePackRow], at: datetime) -> None:
        for row in rows:
            row.superseded_at = at
            self.session.add(row)
        self.session.flush()


def _readable(rows: Sequence[StatePackRow]) -> Iterator[LoadedPack]:
    for row in rows:
        try:
            yield LoadedPack(read_pack(row.text, row.jurisdiction), row.digest)
        except UnreadablePack:
            log.error("pack.unreadable", jurisdiction=row.jurisdiction, digest=row.digest)
