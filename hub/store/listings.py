"""How agencies and programs are reached: the contact directory, each entry with the days on which it holds."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ColumnElement
from sqlmodel import Field, Session, SQLModel, col, delete, select

from hub.errors import NotFound
from hub.store.directory import ParticipantRow, ProgramRow
from schemas.disclosure import InHmis, Provenance
from schemas.listing import PLACE, Listed, in_turn
from schemas.vocab import Capacity


class ListingRow(SQLModel, table=True):
    """An entry, of a participant or of a program."""

    __tablename__ = "listing"
    __table_args__ = (CheckConstraint("num_nonnulls(participant, program) = 1", name="listing_is_of_one"),)

    id: UUID = Field(primary_key=True)
    participant: str | None = Field(default=None, foreign_key="participant.slug", index=True)
    program: UUID | None = Field(default=None, foreign_key="program.id", index=True)
    kind: str
    value: str
    hours: str | None = None
    after_hours: bool
    since: date | None = None
    until: date | None = None
    as_of: date | None = None

    def listed(self) -> Listed:
        """Taken as it was filed: what an older hub let in is not judged again."""
        return Listed.made_of({name: getattr(self, name) for name in Listed.model_fields})


class Whose(NamedTuple):
    """An agency, or a program of one; what an entry is of."""

    agency: ParticipantRow
    program: ProgramRow | None = None

    @property
    def hides(self) -> bool:
        """Whether it serves victims: where that is, is kept by nobody (34 U.S.C. 12291(b)(2))."""
        protected = Provenance.model_validate(self.program.provenance).hmis if self.program else None
        return Capacity.VICTIM_SERVICE_PROVIDER in self.agency.capacities or (protected or InHmis()).for_victims is True


class Listings:
    """The contact directory as it stands in one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def keep(self, whose: Whose, listed: Listed) -> UUID:
        """Adds an entry; one of the same way from the same day on is replaced."""
        row = ListingRow(
            id=uuid4(),
            participant=None if whose.program else whose.agency.slug,
            program=whose.program.id if whose.program else None,
            **{name: getattr(listed, name) for name in Listed.model_fields},
        )
        same = [getattr(ListingRow, name).is_not_distinct_from(getattr(row, name)) for name in _IDENTITY]
        self.session.execute(delete(ListingRow).where(*same))
        self.session.add(row)
        self.session.flush()
        return row.id

    def get(self, listing_id: UUID) -> tuple[Whose, ListingRow]:
        """An entry and whose it is; raises `NotFound`."""
        found = next(iter(self._read(col(ListingRow.id) == listing_id)), None)
        if found is None:
            raise NotFound("There is no such entry in the contact directory.")
        return found

    def remove(self, row: ListingRow) -> None:
        self.session.delete(row)
        self.session.flush()

    def all(self) -> Sequence[tuple[Whose, ListingRow]]:
        """Every entry with whose it is, also those of days to come and days gone; by agency and program."""
        return sorted(self._read(), key=_by_name)

    def told(self) -> dict[str | UUID, tuple[Listed, ...]]:
        """What may be told of each agency, by its slug, and of each program, by its id; no place of who hides one."""
        found = defaultdict(list)
        for whose, row in self._read():
            if row.kind != PLACE or not whose.hides:
                found[row.participant or row.program].append(row.listed())
        return {whose: tuple(in_turn(ways)) for whose, ways in found.items() if whose is not None}

    def _read(self, *where: ColumnElement[bool]) -> list[tuple[Whose, ListingRow]]:
        holder = col(ParticipantRow.slug) == col(ListingRow.participant)
        of_program = col(ParticipantRow.slug) == col(ProgramRow.participant)
        query = (
            select(ListingRow, ProgramRow, ParticipantRow)
            .join(ProgramRow, col(ProgramRow.id) == col(ListingRow.program), isouter=True)
            .join(ParticipantRow, holder | of_program)
            .where(*where)
        )
        return [(Whose(agency, program), row) for row, program, agency in self.session.exec(query).all()]


_IDENTITY: Collection[str] = ("participant", "program", "kind", "value", "since")


def _by_name(entry: tuple[Whose, ListingRow]) -> tuple[str, str, str, str]:
    (agency, program), row = entry
    return agency.name, program.name if program else "", row.kind, row.value
