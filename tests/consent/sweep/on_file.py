"""The facts that a bundle of evidence makes: whole papers, agreements in force, policies and attestations."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from schemas.instruments import (
    Agreement,
    ClassOfPersons,
    Consent,
    Described,
    Facts,
    FieldProtocol,
    HmisPolicy,
    Incident,
    LegalProcess,
    NamedOrganization,
    Policies,
    PrivacyNotice,
    StatePack,
    Threat,
)
from schemas.vocab import (
    AgreementKind,
    Capacity,
    ConsentKind,
    ExpressCover,
    LawEnforcementDoor,
    OrderSection,
    Place,
    ProcessKind,
    Purpose,
    RecipientClass,
    Role,
    SharingBasis,
    Signer,
    StateMandate,
    Statement,
    StateRule,
)
from tests.consent.sweep.asking import CASE, EXCHANGE, STATES
from tests.consent.sweep.evidence import Bundle, Evidence, in_order
from tests.consent.sweep.held import Held
from tests.consent.whole_papers import (
    APPROVAL,
    EMERGENCY,
    HOLDER,
    REPRESENTATION,
    SIGNED,
    TEAM,
    agreement,
    consent,
    order,
    process,
)

_KINDS = {
    Evidence.CONSENT: ConsentKind.PART2_CONSENT,
    Evidence.TPO_CONSENT: ConsentKind.PART2_TPO_CONSENT,
    Evidence.NOTES_CONSENT: ConsentKind.PART2_COUNSELING_NOTES_CONSENT,
    Evidence.PROCEEDINGS_CONSENT: ConsentKind.PART2_PROCEEDINGS_CONSENT,
    Evidence.CONDITIONAL_CONSENT: ConsentKind.PART2_CRIMINAL_JUSTICE_CONSENT,
    Evidence.AUTHORIZATION: ConsentKind.HIPAA_AUTHORIZATION,
    Evidence.HMIS_RELEASE: ConsentKind.HMIS_RELEASE,
    Evidence.SURVIVORS_RELEASE: ConsentKind.VICTIM_SERVICE_RELEASE,
    Evidence.VETERANS_CONSENT: ConsentKind.VETERANS_CONSENT,
    Evidence.CALLERS_WORD: ConsentKind.CALLER_PERMISSION,
}
_OWN_TERMS = frozenset({Evidence.TPO_CONSENT, Evidence.PROCEEDINGS_CONSENT, Evidence.CONDITIONAL_CONSENT})
"""Papers that state purposes of their own; the others are made out for the purpose asked."""
_OF_AUTHORIZATION = tuple(Statement)
_OF_OTHERS = tuple(statement for statement in Statement if statement is not Statement.CONDITIONING)
"""Without that statement (45 CFR 164.508(c)(2)(ii)) a paper is no HIPAA authorization: each stands for itself."""
_CLASSES = (
    RecipientClass.TREATING_PROVIDERS,
    RecipientClass.HEALTH_PLANS,
    RecipientClass.THIRD_PARTY_PAYERS,
    RecipientClass.PROGRAM_HELPERS,
)
_BETWEEN_THEM = (
    AgreementKind.BUSINESS_ASSOCIATE,
    AgreementKind.QUALIFIED_SERVICE_ORGANIZATION,
    AgreementKind.PART2_AUDIT,
    AgreementKind.PART2_CONTRACTOR,
)
_PROCESS = {
    Evidence.COURT_ORDER: (ProcessKind.COURT_ORDER,),
    Evidence.SUBPOENA: (ProcessKind.SUBPOENA,),
    Evidence.WARRANT: (ProcessKind.SEARCH_WARRANT, ProcessKind.GRAND_JURY_SUBPOENA),
    Evidence.WRITTEN_REQUEST: (ProcessKind.SUPERVISORY_REQUEST,),
}
_THREAT = Threat(judged_by=Role.CLINICIAN, serious_and_imminent=True, recipient_can_prevent=True)
_INCIDENT = Incident(place=Place.PROGRAM_PREMISES, against_personnel=False, reported_by_source=True)
_REPRESENTED = REPRESENTATION.model_copy(update={"organization": TEAM.organization})


@lru_cache(4096)
def on_file(held: Held, purpose: Purpose, bundle: Bundle) -> Facts:
    """What the engine is told, beside the arrangements that the exchange has with the holder."""
    evidence = in_order(bundle)
    between = tuple(_agreed(kind, TEAM.organization) for kind in _BETWEEN_THEM) if Evidence.AGREEMENT in bundle else ()
    return Facts.model_construct(
        consents=tuple(_paper(each, held, purpose) for each in evidence if each in _KINDS),
        legal_process=tuple(paper for each in evidence for paper in _process(each, held)),
        agreements=(*(_agreed(kind, EXCHANGE) for kind in held.arrangements), *between),
        policies=_policies(held, purpose, bundle & {Evidence.PROTOCOL, Evidence.NOTICE, Evidence.DOOR, *STATES}),
        emergency=EMERGENCY if Evidence.EMERGENCY in bundle else None,
        custody_representation=_REPRESENTED if Evidence.CUSTODY in bundle else None,
        threat=_THREAT if Evidence.THREAT in bundle else None,
        incident=_INCIDENT if Evidence.INCIDENT in bundle else None,
        research=APPROVAL if Evidence.RESEARCH in bundle else None,
    )


# --- papers ----------------------------------------------------------------------------------------------------------


@cache
def _paper(evidence: Evidence, held: Held, purpose: Purpose) -> Consent:
    """A paper that names the holder, the recipient, the purpose and every category held, signed by all who must."""
    terms: dict[str, Any] = {
        "id": evidence.value,
        "information": _everything_in(held),
        "recipients": (TEAM, NamedOrganization(organization=EXCHANGE)),
        "purposes": (purpose,),
        "signatures": (SIGNED, SIGNED.model_copy(update={"by": Signer.PARENT})),
        "statements": _OF_AUTHORIZATION if evidence is Evidence.AUTHORIZATION else _OF_OTHERS,
        "expressly_covers": tuple(ExpressCover) if evidence is Evidence.HMIS_RELEASE else (),
    }
    if evidence in _OWN_TERMS:
        del terms["purposes"]
    if evidence is Evidence.TPO_CONSENT:
        del terms["information"]
        terms["recipients"] = tuple(ClassOfPersons(class_of_persons=kind) for kind in _CLASSES)
    return consent(_KINDS[evidence], **terms)


def _everything_in(held: Held) -> Described:
    return Described(categories=tuple(held.piece.contents))


def _process(evidence: Evidence, held: Held) -> Iterator[LegalProcess]:
    """Process directed to the holder in the case at hand, which names every category held."""
    terms = {"information": _everything_in(held), "case": CASE}
    if evidence is Evidence.PART2_ORDER:
        yield from (order(section).model_copy(update=terms) for section in OrderSection)
    yield from (process(kind).model_copy(update=terms) for kind in _PROCESS.get(evidence, ()))


# --- what organizations and communities laid down --------------------------------------------------------------------


@cache
def _agreed(kind: AgreementKind, other: str) -> Agreement:
    return agreement(kind).model_copy(update={"parties": (HOLDER.organization, other)})


@cache
def _policies(held: Held, purpose: Purpose, bundle: Bundle) -> Policies:
    return Policies(
        hmis=_hmis(held, purpose, bundle),
        state_packs=_states(bundle),
        field_protocols=(_protocol(held, purpose),) if Evidence.PROTOCOL in bundle else (),
    )


def _hmis(held: Held, purpose: Purpose, bundle: Bundle) -> HmisPolicy:
    """Policy shares all fields; without more it asks for a written release and keeps police out."""
    inferred = Evidence.NOTICE in bundle
    basis = SharingBasis.INFERRED if inferred else SharingBasis.WRITTEN
    return HmisPolicy(
        sharing_within=basis,
        external_sharing=basis,
        notice=PrivacyNotice(
            version="2026-1",
            recipients=tuple(Capacity) if inferred else (),
            purposes=(purpose,) if inferred else (),
        ),
        shared_fields=tuple(held.piece.each_field),
        law_enforcement_doors=tuple(LawEnforcementDoor) if Evidence.DOOR in bundle else (),
    )


def _states(bundle: Bundle) -> tuple[StatePack, ...]:
    packs = {
        Evidence.MANDATE: StatePack(jurisdiction=STATES[Evidence.MANDATE], mandates=tuple(StateMandate)),
        Evidence.TEAM: StatePack(jurisdiction=STATES[Evidence.TEAM], rules=(StateRule.US_CA_HOMELESS_TEAM,)),
    }
    return tuple(pack for each, pack in packs.items() if each in bundle)


def _protocol(held: Held, purpose: Purpose) -> FieldProtocol:
    return FieldProtocol(
        source=HOLDER.organization,
        recipients=tuple(Capacity),
        purposes=(purpose,),
        fields=tuple(held.piece.each_field),
    )
