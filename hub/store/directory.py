"""Who takes part: participants with what they are in law, agreements, programs. How they are reached is in `listings`.

The directory is about organizations, not about persons; it is kept in the clear.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, col, select

from hub.errors import NotFound
from hub.store import closed
from hub.store.columns import Json, Moment
from schemas.canonical import CanonicalRecord, Organization, Program
from schemas.disclosure import InHmis, Provenance
from schemas.instruments import Agreement, Policies
from schemas.vocab import Capacity

HUB = "hub"


class ParticipantRow(SQLModel, table=True):
    """An organization. `speaks_for` lists the (source, key) pairs under which feeds of others know it."""

    __tablename__ = "participant"

    slug: str = Field(primary_key=True)
    name: str
    capacities: list[str] = Json()
    jurisdictions: list[str] = Json(default_factory=lambda: ["US"])
    administered_by: str | None = Field(default=None, foreign_key="participant.slug")
    webhook_url: str | None = None
    sealed_webhook_secret: bytes | None = None


class SourceOrganizationRow(SQLModel, table=True):
    """Under which key a feed that speaks for several knows a participant."""

    __tablename__ = "source_organization"

    source: str = Field(primary_key=True, foreign_key="participant.slug")
    key: str = Field(primary_key=True)
    participant: str = Field(foreign_key="participant.slug")


class FeedRow(SQLModel, table=True):
    """How a participant's feed is to be read, where the feed is described rather than coded."""

    __tablename__ = "feed_definition"

    source: str = Field(primary_key=True, foreign_key="participant.slug")
    feed: str = Field(primary_key=True)
    definition: str


class AgreementRow(SQLModel, table=True):
    """An agreement between organizations, with its dates."""

    __tablename__ = "agreement"

    id: UUID = Field(primary_key=True)
    document: dict[str, Any] = Json()


class PolicyRow(SQLModel, table=True):
    """The community's policies, a new row each time they change; `terms.Terms` says which counts when."""

    __tablename__ = "policy"

    id: UUID = Field(primary_key=True)
    since: datetime = Moment(index=True)
    document: dict[str, Any] = Json()


class ProgramRow(SQLModel, table=True):
    """A program: whose, what kind, where, and what protects whoever is said to be in it."""

    __tablename__ = "program"
    __table_args__ = (UniqueConstraint("source", "key"),)

    id: UUID = Field(primary_key=True)
    source: str = Field(foreign_key="participant.slug")
    key: str
    participant: str = Field(foreign_key="participant.slug")
    name: str
    type: str
    area: str | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    provenance: dict[str, Any] = Json(default_factory=dict)


class Directory:
    """The directory as it stands in one transaction; what was looked up is remembered until it is changed here."""

    def __init__(self, session: Session) -> None:
        self.session = session

    # --- participants ----------------------------------------------------------------------------------------------

    def add(self, participant: ParticipantRow) -> None:
        """Adds a participant, or changes the one of that slug."""
        self._upsert(ParticipantRow, ["slug"], participant)

    def participant(self, slug: str) -> ParticipantRow:
        """The participant of that slug; raises `NotFound`."""
        row = self._participants.get(slug)
        if row is None:
            raise NotFound(f"There is no participant {slug}.", next_steps="See: hub participant list")
        return row

    def participants(self) -> list[ParticipantRow]:
        return sorted(self._participants.values(), key=lambda row: row.slug)

    @cached_property
    def _participants(self) -> dict[str, ParticipantRow]:
        return {row.slug: row for row in self.session.exec(select(ParticipantRow)).all()}

    # --- what feeds say of organizations ----------------------------------------------------------------------------

    def knows_as(self, source: str, key: str, participant: str) -> None:
        """Notes that a source's key means this participant."""
        self._upsert(
            SourceOrganizationRow,
            ["source", "key"],
            SourceOrganizationRow(source=source, key=key, participant=participant),
        )
        self._forget()

    @cached_property
    def _holders(self) -> dict[tuple[str, str], str]:
        rows = self.session.exec(select(SourceOrganizationRow)).all()
        return {(row.source, row.key): row.participant for row in rows}

    def holder(self, source: str, key: str | None) -> str:
        """The participant that holds a record: the one the source's key means, or the source itself."""
        return source if key is None else self._holders.get((source, key), source)

    def known_as(self, source: str, key: str) -> str | None:
        """The participant that a source's key means; None where it means none yet."""
        return self._holders.get((source, key))

    def key_of(self, source: str, holder: str) -> str | None:
        """The key under which a source knows a participant; None where it knows it under none."""
        return next((key for (told_by, key), one in self._holders.items() if (told_by, one) == (source, holder)), None)

    def known_keys(self, source: str) -> dict[str, str]:
        """The participants that a source names, by its keys."""
        return {key: participant for (told_by, key), participant in self._holders.items() if told_by == source}

    def take(self, source: str, record: CanonicalRecord) -> None:
        """Keeps what a feed says of an organization or a program."""
        body = record.body
        if isinstance(body, Organization):
            self._take_organization(source, record.key, body)
        elif isinstance(body, Program):
            self._take_program(source, record, body)

    def _take_organization(self, source: str, key: str, body: Organization) -> None:
        """An organization nobody registered takes part under its source, as what the source says it is and no more.

        Where one that takes part already is said to serve victims, its programs do from now on.
        """
        if (source, key) in self._holders:
            if body.victim_service_provider:
                known = self.programs(self._holders[source, key])
                self.close(source, {program.key for program in known if program.source == source})
            return
        safe_house = [Capacity.VICTIM_SERVICE_PROVIDER.value]
        agency = [Capacity.HOMELESS_SERVICES.value, Capacity.HMIS_PARTICIPANT.value]
        slug = self._new_slug(source, key)
        capacities = safe_house if body.victim_service_provider else agency
        self.session.add(ParticipantRow(slug=slug, name=body.name, capacities=capacities, administered_by=source))
        self.session.flush()
        self.knows_as(source, key, slug)

    def close(self, source: str, programs: Collection[str]) -> None:
        """Protects whoever is in one of these programs as one who is with victim services, and remembers their keys;
        adds no program."""
        closed.close(self.session, source, programs)
        protected = Provenance(hmis=InHmis(for_victims=True)).model_dump(mode="json", exclude_defaults=True)
        these = (ProgramRow.source == source, col(ProgramRow.key).in_(programs))
        for row in self.session.exec(select(ProgramRow).where(*these)) if programs else ():
            row.provenance = protected
            self.session.add(row)
        self.session.flush()

    def closed(self, source: str) -> list[str]:
        """The keys of the programs of a source of which nothing may enter."""
        return closed.closed(self.session, source)

    def _new_slug(self, source: str, key: str) -> str:
        """A slug that nobody has: no feed may take over who takes part already, by a key that reads like their slug."""
        slug = re.sub(r"[^a-z0-9]+", "-", f"{source}-{key}".lower()).strip("-")
        return slug if slug not in self._participants else f"{slug}-{uuid4().hex[:8]}"

    def _take_program(self, source: str, record: CanonicalRecord, body: Program) -> None:
        closed.reopen(self.session, source, record.key)
        row = ProgramRow(
            id=uuid4(),
            source=source,
            key=record.key,
            participant=self.holder(source, body.organization),
            name=body.common_name or body.name,
            type=body.type.value,
            opened_on=body.opened_on,
            closed_on=body.closed_on,
            provenance=record.provenance.model_dump(mode="json", exclude_defaults=True),
        )
        self._upsert(ProgramRow, ["source", "key"], row, keep={"id", "area"})

    # --- programs ----------------------------------------------------------------------------------------

    def locate_program(self, source: str, key: str, area: str) -> None:
        """Adds what no feed says: roughly where a program is. Raises `NotFound`."""
        row = self.program(source, key)
        if row is None:
            raise NotFound("There is no such program.")
        row.area = area
        self.session.add(row)

    def program(self, source: str, key: str | None) -> ProgramRow | None:
        return self.session.exec(
            select(ProgramRow).where(ProgramRow.source == source, ProgramRow.key == key)
        ).one_or_none()

    def programs(self, participant: str | None = None) -> Sequence[ProgramRow]:
        query = select(ProgramRow).order_by(col(ProgramRow.name))
        return self.session.exec(
            query if participant is None else query.where(ProgramRow.participant == participant)
        ).all()

    def programs_of(self, source: str) -> Sequence[ProgramRow]:
        """The programs that a source has told of."""
        return self.session.exec(select(ProgramRow).where(ProgramRow.source == source).order_by(ProgramRow.key)).all()

    # --- agreements, policies, feed definitions ---------------------------------------------------------------------

    def agree(self, agreement: Agreement) -> None:
        """Files an agreement."""
        self.session.add(AgreementRow(id=uuid4(), document=agreement.model_dump(mode="json")))
        self.session.flush()

    def lay_down(self, policies: Policies, *, at: datetime) -> None:
        """The community's policies from now on; that of homeless services from its first day, where it names one."""
        self.session.add(PolicyRow(id=uuid4(), since=at, document=policies.model_dump(mode="json", by_alias=True)))
        self.session.flush()

    def define_feed(self, source: str, feed: str, definition: str) -> None:
        self._upsert(FeedRow, ["source", "feed"], FeedRow(source=source, feed=feed, definition=definition))

    def definition(self, source: str, feed: str) -> str | None:
        row = self.session.get(FeedRow, (source, feed))
        return None if row is None else row.definition

    # --------------------------------------------------------------------------------------------------------------

    def _upsert(self, table: type[SQLModel], key: Sequence[str], row: SQLModel, *, keep: Iterable[str] = ()) -> None:
        values: Mapping[str, Any] = row.model_dump()
        changed = {name: value for name, value in values.items() if name not in {*key, *keep}}
        self.session.execute(
            insert(table).values(**values).on_conflict_do_update(index_elements=list(key), set_=changed)
        )
        self._forget()
        self.session.expire_all()

    def _forget(self) -> None:
        for remembered in ("_participants", "_holders"):
            self.__dict__.pop(remembered, None)


def webhook_place(participant: str) -> str:
    """What a participant's sealed webhook secret is bound to."""
    return f"webhook|{participant}"
