"""Instruments about a person: consents, releases, authorizations and restrictions, sealed and versioned."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from hub.errors import NotFound
from hub.store.columns import Moment
from hub.store.crypto import Keys, Sealer
from hub.store.nobody import LAST, NOBODY, in_company, of_nobody
from hub.store.people import People
from schemas.instruments import Consent, Restriction, Revocation
from schemas.vocab import RevocationForm


class InstrumentRow(SQLModel, table=True):
    """One version of an instrument. What it says is sealed under the person's key."""

    __tablename__ = "instrument"
    __table_args__ = (
        Index("instrument_of_person", "person_id", postgresql_where="superseded_at IS NULL"),
        Index("instrument_current", "source", "key_token", unique=True, postgresql_where="superseded_at IS NULL"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    source: str
    key_token: bytes
    kind: str
    filed_at: datetime = Moment()
    superseded_at: datetime | None = Moment(nullable=True)
    sealed: bytes


_TABLE = SQLModel.metadata.tables["instrument"]

ORDINARY_NUMBER = 2
"""So many papers have all but a few people."""

_IN_COMPANY = in_company(
    "SELECT * FROM instrument WHERE person_id = :person AND superseded_at IS NULL",
    of_nobody(
        _TABLE.c.keys(),
        id="gen_random_uuid()",
        source="'nobody'",
        key_token="decode(repeat('00', 16), 'hex')",  # noqa: S106  (nobody's)
        kind="'hmis-release'",
        filed_at=LAST,
        sealed="decode(repeat('00', 650), 'hex')",
    ),
    ORDINARY_NUMBER,
    "ORDER BY filed_at, id",
)
"""A paper of nobody's is as long as most, and says nothing."""


class Evidence(NamedTuple):
    """What is on file about a person."""

    consents: tuple[Consent, ...]
    restrictions: tuple[Restriction, ...]


_INSTRUMENT: TypeAdapter[Consent | Restriction] = TypeAdapter(Consent | Restriction)


class Consents:
    """The instruments on file; a filed one replaces its earlier version and never deletes it."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session = session
        self.keys = keys
        self.people = People(session, keys)

    def file(self, person_id: UUID, source: str, instrument: Consent | Restriction, *, at: datetime) -> UUID:
        """Files an instrument that a source holds; gives the id of this version."""
        token = self.keys.token("instrument", f"{source}|{instrument.id}")
        instrument = self._still_revoked(source, token, instrument)
        self._supersede(source, token, at)
        kind = instrument.kind.value if isinstance(instrument, Consent) else "restriction"
        row_id = uuid4()
        place, *_ = places(row_id, person_id)
        sealed = self.people.sealer(person_id).seal(instrument.model_dump_json().encode(), place)
        self.session.add(
            InstrumentRow(
                id=row_id, person_id=person_id, source=source, key_token=token, kind=kind, filed_at=at, sealed=sealed
            )
        )
        self.session.flush()
        return row_id

    def _still_revoked(self, source: str, token: bytes, paper: Consent | Restriction) -> Consent | Restriction:
        """The same paper again, as a late second sending brings it, undoes no revocation: that needs a signature."""
        for row in self._current(source, token):
            filed = self.open(row, self.people.sealer(row.person_id))
            if not isinstance(paper, Consent) or not isinstance(filed, Consent) or paper.revocation is not None:
                continue
            if filed.revocation is not None and filed.signatures == paper.signatures:
                return paper.model_copy(update={"revocation": filed.revocation})
        return paper

    def on_file(self, source: str, instrument_id: str) -> Consent | Restriction | None:
        """An instrument of a source as it stands now; None where there is none."""
        rows = self._current(source, self.keys.token("instrument", f"{source}|{instrument_id}"))
        return next((self.open(row, self.people.sealer(row.person_id)) for row in rows), None)

    def withdraw(self, source: str, instrument_id: str, *, at: datetime) -> None:
        """An instrument that its source takes back is on file no more; one nobody knows is no error."""
        self._supersede(source, self.keys.token("instrument", f"{source}|{instrument_id}"), at)

    def _supersede(self, source: str, token: bytes, at: datetime) -> None:
        for row in self._current(source, token):
            row.superseded_at = at
            self.session.add(row)
        self.session.flush()

    def _current(self, source: str, token: bytes) -> Sequence[InstrumentRow]:
        return self.session.exec(
            select(InstrumentRow)
            .where(
                InstrumentRow.source == source,
                InstrumentRow.key_token == token,
                col(InstrumentRow.superseded_at).is_(None),
            )
            .with_for_update()
        ).all()

    def revoke(self, source: str, instrument_id: str, form: RevocationForm, *, at: datetime) -> UUID:
        """Writes the revocation onto a consent; it counts from `at`. Gives the person; raises `NotFound`."""
        for row in self._current(source, self.keys.token("instrument", f"{source}|{instrument_id}")):
            instrument = self.open(row, self.people.sealer(row.person_id))
            if isinstance(instrument, Consent):
                revocation = Revocation(form=form, on=at.date(), learned_at=at)
                revoked = instrument.model_copy(update={"revocation": revocation})
                self.file(row.person_id, source, revoked, at=at)
                return row.person_id
        raise NotFound("There is no such consent on file.")

    def about(self, person_id: UUID, sealer: Sealer) -> Evidence:
        """What is on file about a person now; the sealer is the person's."""
        query = _TABLE.select().where(_TABLE.c.person_id == person_id, _TABLE.c.superseded_at.is_(None))
        query = query.order_by(_TABLE.c.filed_at, _TABLE.c.id)
        return self._evidence(cast("Sequence[InstrumentRow]", self.session.connection().execute(query).all()), sealer)

    def in_company(self, person_id: UUID, sealer: Sealer) -> tuple[Evidence, int]:
        """The same, and how many papers of nobody's make them up to an ordinary number."""
        found = self.session.connection().execute(_IN_COMPANY, {"person": person_id})
        rows = cast("Sequence[InstrumentRow]", found.all())
        real = [row for row in rows if row.person_id != NOBODY]
        return self._evidence(real, sealer), len(rows) - len(real)

    def _evidence(self, rows: Sequence[InstrumentRow], sealer: Sealer) -> Evidence:
        opened = [self.open(row, sealer) for row in rows]
        return Evidence(
            consents=tuple(one for one in opened if isinstance(one, Consent)),
            restrictions=tuple(one for one in opened if isinstance(one, Restriction)),
        )

    def open(self, row: InstrumentRow, sealer: Sealer) -> Consent | Restriction:
        """The instrument as it was filed."""
        return _INSTRUMENT.validate_json(sealer.open(row.sealed, *places(row.id, row.person_id)))


def places(row_id: UUID, person_id: UUID) -> tuple[str, str]:
    """What a sealed instrument is bound to, and what it was bound to once."""
    return f"instrument|{row_id}|{person_id}", f"instrument|{row_id}"
