"""The terms under which anything is shared: who takes part and as what, which programs, agreements, policies and law.

Every decision needs all of them and they seldom change. So each process keeps them as long as their version, which is
read from the database with every question and which the database itself changes with them: terms that were changed are
never used once more.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Field, Session, SQLModel, col, select

from hub.errors import NotFound
from hub.store.directory import AgreementRow, ParticipantRow, PolicyRow, ProgramRow
from hub.store.listings import Listings
from hub.store.packs import LoadedPack, StatePacks
from schemas.disclosure import InHmis, Party, Provenance
from schemas.instruments import Agreement, HmisPolicy, Policies
from schemas.listing import Listed
from schemas.vocab import AgreementKind, Capacity

KEPT = 4
FEDERAL = "US"


class TermsVersionRow(SQLModel, table=True):
    """One row; a trigger gives it a new version whenever anything changes that terms are read from."""

    __tablename__ = "terms_version"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: UUID


@dataclass(frozen=True)
class Participant:
    """An organization as a decision and an answer need it."""

    name: str
    party: Party
    jurisdictions: tuple[str, ...]
    administered_by: str | None
    reach: tuple[Listed, ...]

    @property
    def capacities(self) -> frozenset[Capacity]:
        return self.party.capacities


@dataclass(frozen=True)
class OfferedProgram:
    """A program as an answer needs it, and what protects whoever is said to be in it."""

    name: str
    type: str
    reach: tuple[Listed, ...]
    hmis: InHmis
    closed_on: date | None = None


class LaidDown(NamedTuple):
    """A homeless-services policy, and when it was laid down."""

    at: datetime
    policy: HmisPolicy


@dataclass(frozen=True)
class Terms:
    """The terms of one moment. Programs go by their source and its key of them.

    `policies` are those laid down last, which may have days to come; `hmis` are all that homeless services ever had.
    """

    participants: dict[str, Participant]
    programs: dict[tuple[str, str], OfferedProgram]
    agreements: tuple[Agreement, ...]
    policies: Policies
    packs: tuple[LoadedPack, ...]
    hmis: tuple[LaidDown, ...] = ()

    def policies_on(self, day: date) -> Policies:
        """The community's policies in force on a day, and the rules of states whose loaded pack counts on it."""
        compiled = (one.pack.on(day) for one in self.packs)
        in_force = {"hmis": self.hmis_on(day), "state_packs": tuple(pack for pack in compiled if pack is not None)}
        return self.policies.model_copy(update=in_force)

    def hmis_on(self, day: date) -> HmisPolicy | None:
        """The homeless-services policy that began last; once its last day is over none, for no older one comes back."""
        begun = (one for one in self.hmis if one.policy.since is None or one.policy.since <= day)
        last = max(begun, key=lambda one: (one.policy.since or one.at.date(), one.at), default=None)
        over = last is None or (last.policy.until is not None and last.policy.until < day)
        return None if last is None or over else last.policy

    def digests(self, jurisdictions: Iterable[str], day: date) -> dict[str, str | None]:
        """Which text speaks for each state in play on a day; None for one that counts as not loaded."""
        counting = {one.pack.jurisdiction: one.digest for one in self.packs if one.pack.on(day) is not None}
        return {place: counting.get(place) for place in jurisdictions if place != FEDERAL}

    def participant(self, slug: str) -> Participant:
        """The participant of that slug; raises `NotFound`."""
        if slug not in self.participants:
            raise NotFound(f"There is no participant {slug}.", next_steps="See: hub participant list")
        return self.participants[slug]


_known: OrderedDict[UUID, Terms] = OrderedDict()


def terms(session: Session) -> Terms:
    """The terms as this transaction sees them."""
    version = session.exec(select(TermsVersionRow.version)).one()
    found = _known.get(version)
    if found is None:
        found = _known[version] = _read(session)
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return found


def _read(session: Session) -> Terms:
    told = Listings(session).told()
    participants = {
        row.slug: _participant(row, told.get(row.slug, ())) for row in session.exec(select(ParticipantRow)).all()
    }
    programs = session.exec(select(ProgramRow)).all()
    documents = session.exec(select(AgreementRow.document).order_by(col(AgreementRow.id))).all()
    laid_down = [
        (row.since, Policies.model_validate(row.document))
        for row in session.exec(select(PolicyRow).order_by(col(PolicyRow.since))).all()
    ]
    hmis = tuple(LaidDown(at, policies.hmis) for at, policies in laid_down if policies.hmis is not None)
    newest = laid_down[-1][1] if laid_down else Policies()
    return Terms(
        participants=participants,
        programs={(row.source, row.key): _program(row, told.get(row.id, ())) for row in programs},
        agreements=tuple(_for_members(Agreement.model_validate(one), participants) for one in documents),
        policies=newest.model_copy(update={"hmis": hmis[-1].policy if hmis else None}),
        hmis=hmis,
        packs=StatePacks(session).loaded(),
    )


def _participant(row: ParticipantRow, reach: tuple[Listed, ...]) -> Participant:
    capacities = frozenset(Capacity(word) for word in row.capacities)
    return Participant(
        name=row.name,
        party=Party(organization=row.slug, capacities=capacities),
        jurisdictions=tuple(row.jurisdictions),
        administered_by=row.administered_by,
        reach=reach,
    )


def _program(row: ProgramRow, reach: tuple[Listed, ...]) -> OfferedProgram:
    protected = Provenance.model_validate(row.provenance).hmis or InHmis()
    return OfferedProgram(name=row.name, type=row.type, reach=reach, hmis=protected, closed_on=row.closed_on)


def _for_members(agreement: Agreement, participants: dict[str, Participant]) -> Agreement:
    """An HMIS lead signs its data-sharing agreement for the agencies it administers."""
    if agreement.kind is not AgreementKind.HMIS_DATA_SHARING:
        return agreement
    members = [slug for slug, one in participants.items() if one.administered_by in agreement.parties]
    return agreement.model_copy(update={"parties": tuple(dict.fromkeys((*agreement.parties, *sorted(members))))})
