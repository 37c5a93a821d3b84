"""A question of disclosure and its answer."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Annotated, Literal, Self

from pydantic import Field as Bound
from pydantic import model_validator

from schemas.frozen import Frozen, Jurisdiction, Moment, Slug
from schemas.instruments import Facts
from schemas.vocab import (
    Capacity,
    Category,
    Channel,
    DecisionCapacity,
    Field,
    Form,
    Funding,
    Justice,
    Match,
    Obligation,
    ObtainedUnder,
    OpportunityToObject,
    Outcome,
    ProceedingKind,
    Purpose,
    Regime,
    Relationship,
    Response,
    Role,
    Seal,
    SeparatedNotes,
    Tag,
    Team,
)

# --- the question ----------------------------------------------------------------------------------------------------


class Party(Frozen):
    """An organization and everything it is, in law."""

    organization: Slug
    capacities: Annotated[frozenset[Capacity], Bound(min_length=1)]


class Created(Frozen):
    """Made by the source."""

    how: Literal["created"] = "created"


class Told(Frozen):
    """Written down from an oral disclosure made with consent for treatment."""

    how: Literal["told"]
    origin: Party


class Received(Frozen):
    """Received as a record; `consent` is the id of the consent it was received under, if on file."""

    how: Literal["received"]
    origin: Party
    under: ObtainedUnder
    consent: str | None
    on: date
    notice_attached: bool


Obtained = Annotated[Created | Told | Received, Bound(discriminator="how")]


class InHmis(Frozen):
    """The record lies in a Homeless Management Information System.

    private      its agency has marked the person or the enrollment as not to be shown to others
    for_victims  its project serves victims of violence, or lies in a comparable database
    known_since  when its source first told the hub of the person; None: that was not looked up
    """

    funding: frozenset[Funding] = frozenset()
    private: bool = False
    for_victims: bool = False
    known_since: Moment | None = None


class Provenance(Frozen):
    """Where a record came from and how its source came by it: all that decides which laws protect it."""

    obtained: Obtained = Created()
    form: Form = Form.IDENTIFIABLE
    hmis: InHmis | None = None
    justice: Justice | None = None
    separated_notes: SeparatedNotes | None = None
    seal: Seal | None = None
    made_solely_as_evidence: bool = False
    minor_consented_alone: bool = False


class Piece(Provenance):
    """A piece of a record, small enough to be decided as one: who holds it, how it came there, and which fields it has.

    Which laws protect it follows from `source` and the provenance, never from `contents`. A field occurs once.
    """

    id: str
    source: Party
    contents: Annotated[Mapping[Category, tuple[Field, ...]], Bound(min_length=1)]

    @model_validator(mode="after")
    def _a_field_occurs_once(self) -> Self:
        fields = [field for held in self.contents.values() for field in held]
        if len(fields) != len(set(fields)):
            raise ValueError("a field occurs under two categories")
        return self

    @property
    def fields(self) -> frozenset[Field]:
        return frozenset(self.each_field)

    @property
    def each_field(self) -> Iterator[Field]:
        """The fields in the order in which they are held."""
        return chain.from_iterable(self.contents.values())


class CriminalJusticePart(Frozen):
    """Part in a conditional release (42 CFR 2.35)."""

    case: str
    made_participation_a_condition: bool
    monitors_the_condition: bool


class Recipient(Frozen):
    """Who would receive: the asker of a query, the addressee of a push. `organization` is null for a private person."""

    organization: Slug | None
    capacities: frozenset[Capacity]
    role: Role
    identity_verified: bool
    relationship: Relationship = Relationship.NONE
    criminal_justice: CriminalJusticePart | None = None
    administrative_control_over: tuple[Slug, ...] = ()
    teams: frozenset[Team] = frozenset()
    accompanied_by: frozenset[Capacity] = frozenset()


class Custody(Frozen):
    """Lawful custody; it ends at `until`."""

    custodian: Slug
    since: Moment
    until: Moment | None


class Subject(Frozen):
    """The person the request is about."""

    match: Match
    age_years: int | None = None
    decision_capacity: DecisionCapacity = DecisionCapacity.CAPABLE
    deceased: bool = False
    opportunity_to_object: OpportunityToObject = OpportunityToObject.NOT_ASKED
    custody: Custody | None = None
    domestic_violence_flag: bool = False


class Proceeding(Frozen):
    """The proceeding the information is for."""

    case: str
    kind: ProceedingKind
    against_subject: bool


class DisclosureRequest(Frozen):
    """One question of disclosure. Days are read in the offset of `at`."""

    at: Moment
    channel: Channel
    purpose: Purpose
    jurisdictions: tuple[Jurisdiction, ...] = ("US",)
    recipient: Recipient
    subject: Subject
    proceeding: Proceeding | None = None
    records: tuple[Piece, ...]


# --- the answer ------------------------------------------------------------------------------------------------------


class Citation(Frozen):
    """A place in the law, as a lawyer would type it: `42 CFR 2.31(a)(4)`."""

    text: str

    def __str__(self) -> str:
        return self.text


class Verdict(StrEnum):
    """What one rule says to one question."""

    PERMITS = "permits"
    BARS = "bars"
    NARROWS = "narrows"
    DOES_NOT_APPLY = "does-not-apply"


class Step(Frozen):
    """One rule asked about one piece: what it said, why, and what would help. For officers and sources only."""

    rule: str
    regime: Regime | None
    verdict: Verdict
    because: str
    would_help: str | None = None
    fields: frozenset[Field] = frozenset()
    cites: tuple[Citation, ...] = ()


class PieceDecision(Frozen):
    """What may leave of one piece, what is owed with it, by which law, and how that was found."""

    id: str
    outcome: Outcome
    fields_released: tuple[Field, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    basis: tuple[Citation, ...] = ()
    rules: tuple[str, ...] = ()
    regimes: tuple[Regime, ...] = ()
    trace: tuple[Step, ...] = ()


class Decision(Frozen):
    """The answer to a question of disclosure. `gate` says which gate refused, from the request alone."""

    response: Response
    records: tuple[PieceDecision, ...]
    gate: Step | None = None
    rulebook: str


# --- decided cases ---------------------------------------------------------------------------------------------------


class ExpectedPiece(Frozen):
    """The right answer about one piece."""

    id: str
    outcome: Outcome
    also_acceptable: tuple[Outcome, ...] = ()
    fields_released: tuple[Field, ...] = ()
    fields_withheld: tuple[Field, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    obligations_excluded: tuple[Obligation, ...] = ()
    basis: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


class Expected(Frozen):
    """The right answer, and what the recipient sees of it as a whole."""

    records: tuple[ExpectedPiece, ...]
    response: Response


class Case(Frozen):
    """One question of disclosure, the evidence, and the right answer; `why` and `title` are for readers."""

    id: Slug
    title: str
    why: str
    arguable: bool
    tags: tuple[Tag, ...]
    request: DisclosureRequest
    facts: Facts
    expected: Expected
