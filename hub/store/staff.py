"""Who enters data at a source, sealed: beside a person's record it says who cares for whom."""

from collections.abc import Sequence

import orjson
from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, select

from hub.store.crypto import Keys
from schemas.canonical import StaffMember


class StaffRow(SQLModel, table=True):
    """Someone who enters data at a source, by the key that the source gives them."""

    __tablename__ = "staff_member"

    source: str = Field(primary_key=True, foreign_key="participant.slug")
    key: str = Field(primary_key=True)
    sealed: bytes = Field(sa_type=LargeBinary)


class Staff:
    """What feeds say of those who enter their data."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session = session
        self.keys = keys

    def take(self, source: str, key: str, member: StaffMember) -> None:
        """Keeps what a feed says now in the place of what it said before."""
        sealed = self.keys.accounts.seal(orjson.dumps(member.model_dump(mode="json")), staff_place(source, key))
        added = insert(StaffRow).values(source=source, key=key, sealed=sealed)
        self.session.connection().execute(
            added.on_conflict_do_update(index_elements=["source", "key"], set_={"sealed": added.excluded.sealed})
        )

    def member(self, source: str, key: str | None) -> StaffMember | None:
        """Who a source means by a key; None where it has not said."""
        row = None if key is None else self.session.get(StaffRow, (source, key))
        if row is None:
            return None
        return StaffMember.model_validate_json(self.keys.accounts.open(row.sealed, staff_place(row.source, row.key)))

    def keys_of(self, source: str) -> Sequence[str]:
        """The keys of those of whom a source has spoken."""
        return self.session.exec(select(StaffRow.key).where(StaffRow.source == source)).all()


def staff_place(source: str, key: str) -> str:
    """What a sealed member of staff is bound to."""
    return f"staff_member|sealed|{source}|{key}"
