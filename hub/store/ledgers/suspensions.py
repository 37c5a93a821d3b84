"""What an agency has kept out of a person's accounting for a time (45 CFR 164.528(a)(2)); sealed under their key."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlmodel import Field, Session, SQLModel, col, select

from hub.store.columns import Moment
from hub.store.crypto import Keys
from hub.store.people import People
from schemas.registry import Suspended, SuspensionAsked


class SuspensionRow(SQLModel, table=True):
    """One statement. Who made it and why is sealed."""

    __tablename__ = "accounting_suspension"

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    agency: str = Field(foreign_key="participant.slug")
    until: date
    filed_at: datetime = Moment()
    filed_by: str
    sealed: bytes


class Suspensions:
    """The suspensions of this hub; one is filed and never changed, and ends by itself."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session = session
        self.people = People(session, keys)

    def file(self, person: UUID, asked: SuspensionAsked, by: str, *, at: datetime) -> Suspended:
        """Files a statement about a person."""
        row_id = uuid4()
        said = asked.model_dump_json(exclude={"person"}).encode()
        sealed = self.people.sealer(person).seal(said, place(row_id, person))
        self.session.add(
            SuspensionRow(
                id=row_id,
                person_id=person,
                agency=asked.agency,
                until=asked.until,
                filed_at=at,
                filed_by=by,
                sealed=sealed,
            )
        )
        self.session.flush()
        return Suspended(id=row_id, agency=asked.agency, until=asked.until)

    def of(self, person: UUID, *, on: date) -> Mapping[str, date]:
        """Until when disclosures to an agency are kept out, by the agency; both days count."""
        rows = self.session.exec(
            select(SuspensionRow)
            .where(SuspensionRow.person_id == person, col(SuspensionRow.until) >= on)
            .order_by(col(SuspensionRow.until))
        ).all()
        return {row.agency: row.until for row in rows}


def place(row_id: UUID, person: UUID) -> str:
    """What a sealed statement is bound to: its row and its person."""
    return f"suspension|{row_id}|{person}"
