"""What a rule looks at: the request, the evidence and, once past the gates, one piece."""

from collections.abc import Collection, Hashable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from consent import given
from consent.given import FEDERAL, NOTES, NOTES_UNDER, Given
from consent.lazy import lazy
from consent.purposes import covers
from consent.validity.circumstances import ADULT, NOT_ALONE, Circumstances, may_consent_alone
from schemas.disclosure import DisclosureRequest, Piece, Received
from schemas.instruments import (
    Agreement,
    Consent,
    Described,
    FieldProtocol,
    Information,
    LegalProcess,
    StatePack,
)
from schemas.instruments import Facts as Evidence
from schemas.vocab import (
    AgreementKind,
    Capacity,
    Category,
    Channel,
    DecisionCapacity,
    EmergencyKind,
    Field,
    Form,
    ProcessKind,
    Purpose,
    Relationship,
    Role,
    SeparatedNotes,
    StateMandate,
    StateRule,
    UnobtainableBecause,
)

NO_FIELDS: frozenset[Field] = frozenset()
MEDICAL = frozenset({Role.CLINICIAN, Role.PHYSICIAN, Role.NURSE, Role.PARAMEDIC})
"""Medical personnel (42 CFR 2.51)."""

ANONYMOUS = frozenset({Form.DE_IDENTIFIED, Form.AGGREGATE})

_CANNOT_ANSWER = frozenset(
    {UnobtainableBecause.UNCONSCIOUS, UnobtainableBecause.SEIZING, UnobtainableBecause.DISSOCIATED}
)


def is_program(capacities: Collection[Capacity]) -> bool:
    """Whether this is a Part 2 program, by name or by what it does (42 CFR 2.11, 2.12(b))."""
    return Capacity.PART2_PROGRAM in capacities or (
        Capacity.HOLDS_OUT_SUD_SERVICES in capacities and Capacity.FEDERALLY_ASSISTED in capacities
    )


class Asked:
    """A request and its evidence, without any record: all that a gate may see."""

    def __init__(self, request: DisclosureRequest, facts: Evidence) -> None:
        self.request = request
        self.facts = facts
        self.at: datetime = request.at
        self.today: date = request.at.date()
        self.purpose: Purpose = request.purpose
        self.recipient = request.recipient
        self.subject = request.subject
        self.given: frozenset[Given] = given.by_request(request, facts)

    def recipient_is(self, *capacities: Capacity) -> bool:
        return not self.recipient.capacities.isdisjoint(capacities)

    @property
    def recipient_is_medical(self) -> bool:
        return self.recipient.role in MEDICAL

    @lazy
    def recipient_treats(self) -> bool:
        """A health care provider that is treating the person now."""
        return self.recipient_is(Capacity.HEALTH_CARE_PROVIDER) and (
            self.recipient.relationship is Relationship.TREATING
        )

    @property
    def recipient_has_treating_role(self) -> bool:
        """A provider that treats the person, by relationship or role, or to whom the source itself turns."""
        return self.recipient_is(Capacity.HEALTH_CARE_PROVIDER) and (
            self.recipient_treats or self.recipient_is_medical or self.is_push
        )

    @property
    def is_own_access(self) -> bool:
        """The person asks for their own record (45 CFR 164.524; 42 CFR 2.23)."""
        return self.purpose is Purpose.PATRQT and self.recipient.relationship is Relationship.SELF

    @property
    def is_push(self) -> bool:
        return self.request.channel is Channel.PUSH

    @property
    def is_minor(self) -> bool:
        return self.subject.age_years is not None and self.subject.age_years < ADULT

    @lazy
    def states(self) -> tuple[str, ...]:
        """The states in play; none if the United States stand alone."""
        return tuple([place for place in self.request.jurisdictions if place != FEDERAL])

    @lazy
    def packs(self) -> tuple[StatePack, ...]:
        """The loaded rules of the states in play."""
        return tuple([pack for pack in self.facts.policies.state_packs if pack.jurisdiction in self.states])

    def state_has(self, rule: StateRule) -> bool:
        return any(rule in pack.rules for pack in self.packs)

    def state_demands(self, mandate: StateMandate) -> bool:
        return any(mandate in pack.mandates for pack in self.packs)

    @lazy
    def agreements(self) -> Mapping[AgreementKind, tuple[Agreement, ...]]:
        """The agreements in force today, by kind."""
        standing: dict[AgreementKind, tuple[Agreement, ...]] = {}
        for known in self.facts.agreements:
            if known.since <= self.today and (known.until is None or self.today <= known.until):
                standing[known.kind] = (*standing.get(known.kind, ()), known)
        return standing

    def in_force(self, kind: AgreementKind, one: str, other: str | None) -> list[Agreement]:
        """Agreements of this kind between these two that are in force today."""
        return [known for known in self.agreements.get(kind, ()) if one in known.parties and other in known.parties]

    def agreed(self, kind: AgreementKind, one: str, other: str | None) -> bool:
        return bool(self.in_force(kind, one, other))

    @lazy
    def cannot_consent(self) -> bool:
        """A bodily emergency in which prior written consent cannot be obtained (42 CFR 2.51(a)(1))."""
        emergency = self.facts.emergency
        if emergency is None or emergency.kind is not EmergencyKind.MEDICAL:
            return False
        reason = emergency.consent_unobtainable_because
        return reason in _CANNOT_ANSWER or (
            reason is UnobtainableBecause.PROGRAM_CLOSED
            and self.subject.decision_capacity is not DecisionCapacity.CAPABLE
        )


class Question(Asked):
    """One piece asked for by one request, with the evidence."""

    def __init__(self, asked: Asked, piece: Piece) -> None:
        self.__dict__.update(asked.__dict__)
        self.given = asked.given.union(given.by_piece(piece))
        self.piece = piece
        self.source: str = piece.source.organization
        self.fields: frozenset[Field] = piece.fields
        self.papers: tuple[Consent, ...] | None = None
        """Kept by `consent.papers.speaking`."""
        self.judged: dict[Hashable, Any] = {}
        """Kept by `consent.papers.judged`."""

    def source_is(self, *capacities: Capacity) -> bool:
        return not self.piece.source.capacities.isdisjoint(capacities)

    @lazy
    def source_is_program(self) -> bool:
        return is_program(self.piece.source.capacities)

    @lazy
    def source_is_covered(self) -> bool:
        return Capacity.COVERED_ENTITY in self.piece.source.capacities

    @property
    def received(self) -> Received | None:
        """How the source received the record, if it did not make it."""
        return self.piece.obtained if isinstance(self.piece.obtained, Received) else None

    @lazy
    def recipient_is_source(self) -> bool:
        """The holder itself, or one with direct administrative control over it (42 CFR 2.12(c)(3))."""
        return self.source == self.recipient.organization or self.source in self.recipient.administrative_control_over

    @property
    def is_anonymous(self) -> bool:
        return self.piece.form in ANONYMOUS

    def held_under(self, *categories: Category) -> frozenset[Field]:
        """The fields held under these categories."""
        contents = self.piece.contents
        return frozenset(field for category in categories for field in contents.get(category, ()))

    def notes_held(self, kind: SeparatedNotes) -> frozenset[Field]:
        """Notes by either mark: all of a piece that is kept apart as such, else what stands under their category."""
        return self.fields if self.piece.separated_notes is kind else self.held_under(NOTES_UNDER[kind])

    def described(self, information: Information | None) -> frozenset[Field]:
        """The held fields that a description reaches; 'all' never reaches separated notes."""
        if isinstance(information, Described):
            named = self.fields.intersection(information.fields or ())
            return named | self.held_under(*(information.categories or ()))
        if information is None or self.piece.separated_notes:
            return NO_FIELDS
        return self.fields - self.held_under(*NOTES)

    @lazy
    def protocol(self) -> frozenset[Field] | None:
        """The held fields that the source finds necessary for this recipient and purpose; None if it never said."""
        stated = [known for known in self.facts.policies.field_protocols if self._concerns(known)]
        return self.fields.intersection(*[_union(stated)]) if stated else None

    def _concerns(self, protocol: FieldProtocol) -> bool:
        return (
            protocol.source == self.source
            and self.recipient_is(*protocol.recipients)
            and covers(protocol.purposes, self.purpose)
        )

    @property
    def necessary(self) -> frozenset[Field]:
        """What may go where only the necessary may go: nothing, unless the source said what that is."""
        return self.protocol or frozenset()

    def within_protocol(self, fields: frozenset[Field]) -> frozenset[Field]:
        """These fields, narrowed by the source's protocol where there is one."""
        return fields if self.protocol is None else fields & self.protocol

    def process(self, *kinds: ProcessKind) -> Iterator[LegalProcess]:
        """Process of these kinds that is directed to the source and belongs to the proceeding, if there is one.

        Use in a proceeding that nobody names is covered by none, and none is answered to a private person: parties
        receive through the court or their counsel.
        """
        proceeding = self.request.proceeding
        if self.recipient.organization is None or (proceeding is None and self.purpose is Purpose.HLEGAL):
            return
        for paper in self.facts.legal_process:
            if (
                paper.kind in kinds
                and self.source in paper.directed_to
                and (proceeding is None or paper.case == proceeding.case)
            ):
                yield paper

    def ordered(self, *kinds: ProcessKind) -> frozenset[Field]:
        """The fields that process of these kinds names."""
        return NO_FIELDS.union(*(self.described(paper.information) for paper in self.process(*kinds)))

    @lazy
    def circumstances(self) -> Circumstances:
        """What a validator must know to judge the papers on file for this question."""
        return Circumstances(
            self.at,
            self.subject,
            may_consent_alone(self.subject, self.packs) if self.is_minor else NOT_ALONE,
            self.piece.minor_consented_alone,
            self.purpose,
            Capacity.COVERED_ENTITY in self.recipient.capacities,
        )


def _union(protocols: list[FieldProtocol]) -> frozenset[Field]:
    return frozenset(field for protocol in protocols for field in protocol.fields)
