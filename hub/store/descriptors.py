"""What a source sends of organizations and not of persons, row by row as it was sent: projects, beds, grants, users.

The directory keeps of these what decisions and contacts need; this is for whoever sent them, to have them back whole.
Sealed: among them are the names and numbers of staff, and addresses.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, col, delete, select

from hub.store.columns import Moment
from hub.store.crypto import Keys
from hub.store.records.changes import Became
from schemas.canonical import CanonicalRecord, Organization, SourceRow
from schemas.vocab.records import Change

PROGRAM = "Project"
"""The table, and with ID the column, that name a program in HUD's CSV."""


class DescriptorRow(SQLModel, table=True):
    """One row by the key that its source gives it, and the program that it speaks of, if it does of one."""

    __tablename__ = "descriptor"

    source: str = Field(primary_key=True, foreign_key="participant.slug")
    key: str = Field(primary_key=True)
    program: str | None = None
    sealed: bytes = Field(sa_type=LargeBinary)
    updated_at: datetime | None = Moment(nullable=True)
    learned_at: datetime = Moment()
    removed_at: datetime | None = Moment(nullable=True)


TABLE = SQLModel.metadata.tables["descriptor"]


class Descriptor(NamedTuple):
    """A row as it was sent, by its format's names, and when the hub learned it."""

    source: str
    key: str
    values: Mapping[str, str]
    learned_at: datetime
    removed_at: datetime | None = None

    @property
    def table(self) -> str:
        return self.key.partition("/")[0]


class Descriptors:
    """Keeps what sources send, and gives it back."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self._session = session
        self._sealer = keys.accounts

    def take(self, source: str, records: Iterable[CanonicalRecord], *, at: datetime) -> None:
        """Keeps rows in the place of what was said before; what was written earlier never overwrites what came later,
        and an organization that serves victims is not kept."""
        told = {record.key: record for record in records if _values(record)}
        self._drop(source, [key for key, record in told.items() if _is_for_victims(record)])
        known = self._known(source, told)
        news = [
            self._row(source, record, at)
            for record in told.values()
            if not _is_for_victims(record) and self._is_news(record, known.get(record.key))
        ]
        if news:
            added = insert(TABLE).values(news)
            changed = {name: added.excluded[name] for name in news[0] if name not in {"source", "key"}}
            self._session.connection().execute(
                added.on_conflict_do_update(index_elements=["source", "key"], set_=changed)
            )

    def becomes(self, source: str, record: CanonicalRecord) -> Became | None:
        """What taking a row would make of it; None for one of which no row is kept."""
        if not _values(record) or _is_for_victims(record):
            return None
        known = self._known(source, [record.key]).get(record.key)
        if known is not None and not self._is_news(record, known):
            return Became.OLDER if _is_older(record, known) else Became.UNCHANGED
        was_there = known is not None and known.removed_at is None
        if record.change is Change.DELETE:
            return Became.REMOVED if was_there else Became.UNCHANGED
        return Became.CHANGED if was_there else Became.ADDED

    def close(self, source: str, programs: Collection[str]) -> None:
        """Keeps nothing any more of programs that turn out to serve victims."""
        theirs = (col(DescriptorRow.source) == source, col(DescriptorRow.program).in_(programs))
        if programs:
            self._session.execute(delete(DescriptorRow).where(*theirs))

    def of(self, sources: Collection[str]) -> list[Descriptor]:
        """All that these sources sent, in a fixed order."""
        query = select(DescriptorRow).where(col(DescriptorRow.source).in_(sources))
        rows = self._session.exec(query.order_by(col(DescriptorRow.source), col(DescriptorRow.key))).all()
        return [Descriptor(row.source, row.key, self._open(row), row.learned_at, row.removed_at) for row in rows]

    def _known(self, source: str, keys: Collection[str]) -> dict[str, DescriptorRow]:
        query = select(DescriptorRow).where(DescriptorRow.source == source, col(DescriptorRow.key).in_(keys))
        # What this class changes, it changes past the session.
        rows = self._session.exec(query.execution_options(populate_existing=True)).all() if keys else ()
        return {row.key: row for row in rows}

    def _is_news(self, record: CanonicalRecord, known: DescriptorRow | None) -> bool:
        if known is None:
            return True
        if _is_older(record, known):
            return False
        removed = record.change is Change.DELETE
        return removed is not (known.removed_at is not None) or _values(record) != self._open(known)

    def _row(self, source: str, record: CanonicalRecord, at: datetime) -> dict[str, object]:
        values = _values(record)
        program = values.get(f"{PROGRAM}ID")
        return {
            "source": source,
            "key": record.key,
            "program": f"{PROGRAM}/{program}" if program else None,
            "sealed": self._sealer.seal(orjson.dumps(values), descriptor_place(source, record.key)),
            "updated_at": record.updated_at,
            "learned_at": at,
            "removed_at": at if record.change is Change.DELETE else None,
        }

    def _open(self, row: DescriptorRow) -> dict[str, str]:
        values: dict[str, str] = orjson.loads(self._sealer.open(row.sealed, descriptor_place(row.source, row.key)))
        return values

    def _drop(self, source: str, keys: Sequence[str]) -> None:
        these = (col(DescriptorRow.source) == source, col(DescriptorRow.key).in_(keys))
        if keys:
            self._session.execute(delete(DescriptorRow).where(*these))


def _values(record: CanonicalRecord) -> dict[str, str]:
    return dict(record.body.values if isinstance(record.body, SourceRow) else record.as_sent)


def _is_older(record: CanonicalRecord, known: DescriptorRow) -> bool:
    return bool(record.updated_at and known.updated_at and record.updated_at < known.updated_at)


def _is_for_victims(record: CanonicalRecord) -> bool:
    return isinstance(record.body, Organization) and record.body.victim_service_provider


def descriptor_place(source: str, key: str) -> str:
    """What a sealed descriptor is bound to."""
    return f"descriptor|sealed|{source}|{key}"
