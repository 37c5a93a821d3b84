"""From which database a source's exports come, and of what time the latest is that was complete."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, select

from hub.store.columns import Json, Moment
from schemas.canonical import Origin


class OriginRow(SQLModel, table=True):
    """What the exports taken so far say of the database they were made from."""

    __tablename__ = "export_origin"

    source: str = Field(primary_key=True, foreign_key="participant.slug")
    feed: str = Field(primary_key=True)
    database: dict[str, str] = Json()
    as_of: datetime | None = Moment(nullable=True)


class Origins:
    """The databases behind one source's exports of one feed."""

    def __init__(self, session: Session, source: str, feed: str) -> None:
        self._session = session
        self._key = {"source": source, "feed": feed}

    def admits(self, origin: Origin) -> bool:
        """Whether an export may be of the same database as those before it: the first one says which that is.

        What one of the two leaves blank tells nothing; what the source's definition names is agreed.
        """
        known = self._row()
        before = {} if known is None or origin.agreed else known.database
        return all(before.get(name) in {None, "", value} for name, value in origin.database.items() if value)

    def is_latest(self, origin: Origin) -> bool:
        """Whether no export of a later time was taken: an older one cannot tell what has gone since."""
        known = self._row()
        return known is None or known.as_of is None or (origin.as_of is not None and origin.as_of >= known.as_of)

    def note(self, origin: Origin) -> None:
        """Remembers what an export that is taken says of its database."""
        known = self._row()
        before = {} if known is None else known.database
        said = {"database": before | {name: value for name, value in origin.database.items() if value}}
        latest = {"as_of": origin.as_of} if self.is_latest(origin) else {}
        row = insert(OriginRow).values(**self._key, **said, **latest)
        self._session.connection().execute(
            row.on_conflict_do_update(index_elements=list(self._key), set_={**said, **latest})
        )

    def _row(self) -> OriginRow | None:
        """As it is in the database, which this class changes past the session."""
        query = select(OriginRow).where(*(getattr(OriginRow, name) == value for name, value in self._key.items()))
        return self._session.exec(query.execution_options(populate_existing=True)).one_or_none()
