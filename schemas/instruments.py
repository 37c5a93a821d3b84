"""The evidence: consents, restrictions, process, agreements, policies and attestations.

Each stands as it is on the paper: what the paper lacks is null, empty or left out. Whether it is *valid* is asked of
`consent.validity`, not here.
"""

import datetime
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field as Bound
from pydantic import model_validator

from schemas.frozen import Frozen, Jurisdiction, Moment, Slug
from schemas.overlays import Overlay
from schemas.vocab import (
    AgreementKind,
    AgreementTerm,
    Assurance,
    Capacity,
    Category,
    CommunicationsGround,
    ConsentKind,
    CustodyNeed,
    EmergencyKind,
    Event,
    ExpressCover,
    Field,
    LawEnforcementDoor,
    MandateKind,
    OrderFinding,
    OrderSection,
    ParentAccess,
    Place,
    ProcessKind,
    Purpose,
    RecipientClass,
    RequestElement,
    ResearchDocument,
    RevocationForm,
    Role,
    SharingBasis,
    SignatureMethod,
    Signer,
    StateForm,
    StateMandate,
    Statement,
    StateRule,
    UnobtainableBecause,
)

# --- who, what, until when -------------------------------------------------------------------------------------------


class NamedOrganization(Frozen):
    """One organization."""

    organization: Slug


class HmisParticipants(Frozen):
    """All participants of the HMIS, as those who may disclose."""

    class_of_persons: Literal["hmis-participants"]


class ClassOfPersons(Frozen):
    """A class of persons, as those who may receive."""

    class_of_persons: RecipientClass


class ThroughIntermediary(Frozen):
    """An intermediary and those it may pass on to (42 CFR 2.31(a)(4)(ii)); empty when the paper does not say."""

    intermediary: Slug
    participants: tuple[NamedOrganization | ClassOfPersons, ...]


Discloser = NamedOrganization | HmisParticipants
NamedRecipient = NamedOrganization | ClassOfPersons | ThroughIntermediary


class Everything(Frozen):
    """All information; it never reaches separated notes, and in an HMIS release means the shared fields."""

    all: Literal[True]


class Described(Frozen):
    """Named categories or fields; both together mean either."""

    categories: Annotated[tuple[Category, ...], Bound(min_length=1)] | None = None
    fields: Annotated[tuple[Field, ...], Bound(min_length=1)] | None = None

    @model_validator(mode="after")
    def _describes_something(self) -> Self:
        if self.categories is None and self.fields is None:
            raise ValueError("names no category and no field")
        return self


Information = Everything | Described


class OnDate(Frozen):
    """A date; it counts to the end of that day."""

    date: datetime.date


class OnEvent(Frozen):
    """An event; `occurred_on` is null while it has not occurred."""

    event: Event
    occurred_on: date | None


class NeverExpires(Frozen):
    """The paper says 'none'."""

    none: Literal[True]


Expiration = OnDate | OnEvent | NeverExpires


class Signature(Frozen):
    """One signature; `on` is null when undated."""

    by: Signer
    method: SignatureMethod
    on: date | None
    alleged_abuser: bool = False


class Revocation(Frozen):
    """A revocation; it counts from the moment the discloser and the hub learned of it."""

    form: RevocationForm
    on: date
    learned_at: Moment


class Consent(Frozen):
    """A consent, authorization, release or permission, as it stands on the paper."""

    id: str
    kind: ConsentKind
    subject_named: bool = True
    disclosers: tuple[Discloser, ...]
    information: Information | None
    recipients: tuple[NamedRecipient, ...]
    purposes: tuple[Purpose, ...]
    expiration: Expiration | None
    signatures: tuple[Signature, ...]
    statements: tuple[Statement, ...] = ()
    initiated_by_subject: bool = False
    combined_with: tuple[ConsentKind | Literal["general-records"], ...] = ()
    condition_of_service: bool = False
    known_false: bool = False
    revocation: Revocation | None = None
    case: str | None = None
    revocable_from: OnDate | OnEvent | None = None
    expressly_covers: tuple[ExpressCover, ...] = ()
    state_form: StateForm | None = None


def taken_back(paper_id: str, kind: ConsentKind) -> Consent:
    """A paper that gives nothing, to stand in the record by which a paper is withdrawn."""
    return Consent(
        id=paper_id,
        kind=kind,
        disclosers=(),
        information=None,
        recipients=(),
        purposes=(),
        expiration=None,
        signatures=(),
    )


class Restriction(Frozen):
    """A restriction the person asked for (45 CFR 164.522(a); 42 CFR 2.26)."""

    id: str
    source: Slug
    agreed: bool
    against: tuple[NamedOrganization | ClassOfPersons, ...]
    information: Information
    paid_in_full: bool = False


class LegalProcess(Frozen):
    """An order, subpoena, warrant or official request; it counts for the holders it is directed to."""

    id: str
    kind: ProcessKind
    directed_to: tuple[Slug, ...]
    information: Information
    case: str | None = None
    section: OrderSection | None = None
    findings: tuple[OrderFinding, ...] = ()
    communications_ground: CommunicationsGround | None = None
    mandate: MandateKind | None = None
    assurance: Assurance | None = None
    elements: tuple[RequestElement, ...] = ()


# --- what organizations and communities laid down --------------------------------------------------------------------


class Agreement(Frozen):
    """A written agreement between organizations, in force from the first to the last day, both included."""

    kind: AgreementKind
    parties: tuple[Slug, ...]
    since: date
    until: date | None
    terms: tuple[AgreementTerm, ...] = ()
    fields: tuple[Field, ...] | None = None


class PrivacyNotice(Frozen):
    """The privacy notice a homeless-services system has posted."""

    version: str
    recipients: tuple[Capacity, ...]
    purposes: tuple[Purpose, ...]


INACTIVE_AFTER_DAYS = 90
"""What most communities write into their policy on inactive people; some say 30 for youth."""


class HmisPolicy(Frozen):
    """Policy of the local homeless-services system (Continuum of Care).

    since, until  its first and its last day; None where it holds from when it was laid down, or has no end
    embargo_days  so many days nothing is told of a person whom a source has only just told the hub of; 0: none
    inactive_after_days  so many days without a contact make a person inactive
    """

    sharing_within: SharingBasis
    external_sharing: SharingBasis
    notice: PrivacyNotice
    shared_fields: tuple[Field, ...]
    law_enforcement_doors: tuple[LawEnforcementDoor, ...]
    embargo_days: Annotated[int, Bound(ge=0, le=366)] = 0
    inactive_after_days: Annotated[int, Bound(ge=1, le=366)] = INACTIVE_AFTER_DAYS
    since: date | None = None
    until: date | None = None


class MinorConsentAges(Frozen):
    """Age from which a minor may consent alone; null if a parent must consent."""

    substance_use: Annotated[int, Bound(ge=0, le=18)] | None = Bound(alias="substance-use")
    mental_health: Annotated[int, Bound(ge=0, le=18)] | None = Bound(alias="mental-health")
    victim_services: Annotated[int, Bound(ge=0, le=18)] | None = Bound(alias="victim-services")


class StatePack(Frozen):
    """Rules of one state, as loaded."""

    jurisdiction: Jurisdiction
    minor_consent_ages: MinorConsentAges | None = None
    parent_access: ParentAccess = ParentAccess.SILENT
    rules: tuple[StateRule, ...] = ()
    mandates: tuple[StateMandate, ...] = ()
    overlays: tuple[Overlay, ...] = ()


class FieldProtocol(Frozen):
    """What a source finds necessary, for a kind of recipient and purpose."""

    source: Slug
    recipients: tuple[Capacity, ...]
    purposes: tuple[Purpose, ...]
    fields: tuple[Field, ...]


class Policies(Frozen):
    """Local policy."""

    hmis: HmisPolicy | None = None
    state_packs: tuple[StatePack, ...] = ()
    field_protocols: tuple[FieldProtocol, ...] = ()


# --- what is attested for one question -------------------------------------------------------------------------------


class Emergency(Frozen):
    """Emergency attestation (42 CFR 2.51). Once offered it must be complete."""

    kind: EmergencyKind | None
    medical_person: str | None
    affiliation: Slug | None
    consent_unobtainable_because: UnobtainableBecause | None
    attested_at: Moment


class CustodyRepresentation(Frozen):
    """Representation by a custodian (45 CFR 164.512(k)(5)(i))."""

    need: CustodyNeed
    by: str
    organization: Slug


class Threat(Frozen):
    """Judgement on a threat (45 CFR 164.512(j)(1)(i))."""

    judged_by: Role
    serious_and_imminent: bool
    recipient_can_prevent: bool


class Incident(Frozen):
    """Crime, or threat of one, reported by the source (42 CFR 2.12(c)(5))."""

    place: Place
    against_personnel: bool
    reported_by_source: bool


class Research(Frozen):
    """Research approval."""

    documents: tuple[ResearchDocument, ...]


class Facts(Frozen):
    """Everything the rules may look at beside the request. What is left out is not on file."""

    consents: tuple[Consent, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    legal_process: tuple[LegalProcess, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    policies: Policies = Policies()
    emergency: Emergency | None = None
    custody_representation: CustodyRepresentation | None = None
    threat: Threat | None = None
    incident: Incident | None = None
    research: Research | None = None
