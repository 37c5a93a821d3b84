"""Programs of which nothing may enter: they serve victims of violence, or lie in a comparable database.

Their rows may come alone, long after the file that said what they are (34 U.S.C. 12291(b)(2)); so their keys are kept.
Nothing else of them is, and no program that the hub does not know becomes known by this.
"""

from collections.abc import Collection

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, col, delete, select


class ClosedProgramRow(SQLModel, table=True):
    """The key by which a source names a closed program."""

    __tablename__ = "closed_program"

    source: str = Field(primary_key=True, foreign_key="participant.slug")
    key: str = Field(primary_key=True)


def closed(session: Session, source: str) -> list[str]:
    """The keys of a source's closed programs."""
    return list(session.exec(select(ClosedProgramRow.key).where(ClosedProgramRow.source == source)))


def close(session: Session, source: str, keys: Collection[str]) -> None:
    """From now on these are closed."""
    if keys:
        rows = [{"source": source, "key": key} for key in sorted(keys)]
        session.connection().execute(insert(ClosedProgramRow).values(rows).on_conflict_do_nothing())


def reopen(session: Session, source: str, key: str) -> None:
    """A source says in full that it was none: its program counts as any other."""
    these = (col(ClosedProgramRow.source) == source, col(ClosedProgramRow.key) == key)
    session.connection().execute(delete(ClosedProgramRow).where(*these))
