"""Which consents on file speak to a question, which of them serve, and what the others lack."""

from collections.abc import Iterable
from typing import NamedTuple

from consent.given import HUB
from consent.purposes import covers
from consent.question import NO_FIELDS, Question
from consent.rule import Finding, does_not_apply
from consent.validity.circumstances import Circumstances
from consent.validity.lack import Lack, Validator
from schemas.instruments import (
    ClassOfPersons,
    Consent,
    Discloser,
    NamedOrganization,
    NamedRecipient,
    ThroughIntermediary,
)
from schemas.vocab import AgreementKind, Capacity, ConsentKind, Field, RecipientClass

_SOCIAL_SERVICES = (
    Capacity.HOMELESS_SERVICES,
    Capacity.HOUSING_AUTHORITY,
    Capacity.SOCIAL_SERVICES_AGENCY,
    Capacity.PEER_SUPPORT,
)
_BY_CAPACITY = {
    RecipientClass.HEALTH_PLANS: (Capacity.HEALTH_PLAN,),
    RecipientClass.THIRD_PARTY_PAYERS: (Capacity.THIRD_PARTY_PAYER, Capacity.HEALTH_PLAN),
    RecipientClass.CRISIS_PROVIDERS: (Capacity.CRISIS_PROVIDER,),
    RecipientClass.HOMELESS_SERVICES: (Capacity.HOMELESS_SERVICES,),
    RecipientClass.SOCIAL_SERVICES_PROVIDERS: _SOCIAL_SERVICES,
}
TREATING_CLASSES = frozenset({RecipientClass.TREATING_PROVIDERS, RecipientClass.HEALTH_CARE_PROVIDERS})


def speaking(q: Question) -> tuple[Consent, ...]:
    """Consents on file, valid or not, that name this source, reach this recipient and cover this purpose."""
    if q.papers is None:
        q.papers = tuple([paper for paper in q.facts.consents if _speaks_to(paper, q)])
    return q.papers


class Judged(NamedTuple):
    """The consents that speak to a question: those in which nothing is lacking, and what the first other one lacks."""

    valid: tuple[Consent, ...]
    first_lack: Lack | None

    def near_miss(self, otherwise: str, would_help: str) -> Finding:
        """What the first unfit paper lacks and its cure; if there is no paper at all, what to say `otherwise`."""
        if self.first_lack is None:
            return does_not_apply(otherwise, would_help)
        what, paragraph, cure = self.first_lack
        return does_not_apply(f"A paper on file does not serve. {what} ({paragraph})", cure)


def judged(q: Question, validator: Validator, *kinds: ConsentKind) -> Judged:
    """Consents of these kinds, of any if none is given, as this validator sees them; worked out once a question."""
    asked_before = q.judged.get((validator, kinds))
    if asked_before is None:
        of_kind = [paper for paper in speaking(q) if paper.kind in kinds or not kinds]
        q.judged[validator, kinds] = asked_before = judge(of_kind, q, validator)
    return asked_before


def judge(papers: Iterable[Consent], q: Question, validator: Validator, known: Circumstances | None = None) -> Judged:
    """These papers as this validator sees them, in the circumstances of the question if no others are given."""
    known = known or q.circumstances
    lacks = [(paper, validator(paper, known)) for paper in papers]
    return Judged(
        tuple([paper for paper, missing in lacks if not missing]),
        next((missing[0] for _, missing in lacks if missing), None),
    )


def told_by(papers: Iterable[Consent], q: Question) -> frozenset[Field]:
    """The held fields that these papers describe together."""
    return NO_FIELDS.union(*[q.described(paper.information) for paper in papers])


def _speaks_to(paper: Consent, q: Question) -> bool:
    if not covers(paper.purposes, q.purpose, at_persons_request=paper.initiated_by_subject):
        return False
    return _names_source(paper, q) and any(reaches(entry, paper, q) for entry in paper.recipients)


def _names_source(paper: Consent, q: Question) -> bool:
    return any(_discloses(entry, q) for entry in paper.disclosers)


def names_exchange(paper: Consent, q: Question) -> bool:
    """Names this source, and the exchange as intermediary (42 CFR 2.31(a)(4)(ii))."""
    return _names_source(paper, q) and any(
        isinstance(entry, ThroughIntermediary) and entry.intermediary == HUB for entry in paper.recipients
    )


def _discloses(entry: Discloser, q: Question) -> bool:
    if isinstance(entry, NamedOrganization):
        return entry.organization == q.source or _may_pass_on(entry.organization, q)
    return q.source_is(Capacity.HMIS_PARTICIPANT)


def _may_pass_on(organization: str, q: Question) -> bool:
    """A program that is no covered entity passes on what it received as that consent says (42 CFR 2.33(b)(2))."""
    received = q.received
    if received is None or q.source_is_covered or not q.source_is_program:
        return False
    return received.origin.organization == organization


def reaches(entry: NamedRecipient, paper: Consent, q: Question) -> bool:
    """Whether one entry of a paper's recipients means this recipient."""
    if isinstance(entry, NamedOrganization):
        return entry.organization == q.recipient.organization
    if isinstance(entry, ClassOfPersons):
        return in_class(entry.class_of_persons, q, case=paper.case)
    return reaches_through_exchange(entry, q)


def reaches_through_exchange(entry: ThroughIntermediary, q: Question) -> bool:
    """The exchange itself, a participant named, or one of a class (42 CFR 2.31(a)(4)(ii))."""
    if entry.intermediary != HUB:
        return False
    if q.recipient.organization == HUB:
        return True
    return any(
        part.organization == q.recipient.organization
        if isinstance(part, NamedOrganization)
        else in_class(part.class_of_persons, q) or _participates(part.class_of_persons, q)
        for part in entry.participants
    )


def _participates(kind: RecipientClass, q: Question) -> bool:
    return kind is RecipientClass.ALL_PARTICIPANTS and q.recipient.organization is not None


def in_class(kind: RecipientClass, q: Question, *, case: str | None = None) -> bool:
    """Whether the recipient belongs to a class of persons."""
    if kind in TREATING_CLASSES:
        return q.recipient_treats
    if kind is RecipientClass.PROGRAM_HELPERS:
        organization = q.recipient.organization
        return organization is not None and any(q.agreed(known, q.source, organization) for known in AgreementKind)
    if kind is RecipientClass.CASE_PARTICIPANTS:
        return _takes_part(case, q)
    return q.recipient_is(*_BY_CAPACITY.get(kind, ()))


def _takes_part(case: str | None, q: Question) -> bool:
    proceeding = q.request.proceeding
    return (
        proceeding is not None
        and proceeding.case == case
        and q.recipient_is(Capacity.PARTY_COUNSEL, Capacity.PROSECUTOR, Capacity.COURT)
    )
