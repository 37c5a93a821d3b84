"""Who asks in the sweep, in which role, and the question that a bundle of evidence makes."""

from collections.abc import Iterator
from functools import cache

from schemas.disclosure import CriminalJusticePart, Custody, DisclosureRequest, Proceeding, Recipient, Subject
from schemas.vocab import (
    Capacity,
    Channel,
    Match,
    OpportunityToObject,
    ProceedingKind,
    Purpose,
    Relationship,
    Role,
    Team,
)
from tests.consent.sweep.evidence import NOTHING, OF_ORGANIZATIONS, OF_PRIVATE_PERSONS, Bundle, Evidence, in_order
from tests.consent.sweep.held import Held
from tests.consent.whole_papers import HOLDER, NOON, TEAM

EXCHANGE = "hub"
CASE = "26-77"

_CLINICAL = (
    Capacity.COVERED_ENTITY,
    Capacity.HEALTH_CARE_PROVIDER,
    Capacity.CRISIS_PROVIDER,
    Capacity.CRISIS_CALL_CENTER,
    Capacity.PART2_PROGRAM,
    Capacity.HOLDS_OUT_SUD_SERVICES,
    Capacity.FEDERALLY_ASSISTED,
    Capacity.SUD_ONLY_FACILITY,
    Capacity.CORRECTIONAL_HEALTH,
    Capacity.VETERANS_AFFAIRS,
    Capacity.CALIFORNIA_LPS_FACILITY,
)
_OTHER_ROLES = {
    Capacity.HOMELESS_SERVICES: Role.CASE_MANAGER,
    Capacity.HMIS_PARTICIPANT: Role.CASE_MANAGER,
    Capacity.VICTIM_SERVICE_PROVIDER: Role.CASE_MANAGER,
    Capacity.SOCIAL_SERVICES_AGENCY: Role.CASE_MANAGER,
    Capacity.PEER_SUPPORT: Role.PEER_SPECIALIST,
    Capacity.CORRECTIONAL_INSTITUTION: Role.CUSTODY_OFFICER,
    Capacity.LAW_ENFORCEMENT: Role.POLICE_OFFICER,
    Capacity.COMMUNITY_SUPERVISION: Role.PROBATION_OFFICER,
    Capacity.PROSECUTOR: Role.LAWYER,
    Capacity.PARTY_COUNSEL: Role.LAWYER,
    Capacity.COURT: Role.COURT_CLERK,
    Capacity.PUBLIC_SAFETY_ANSWERING_POINT: Role.CALL_TAKER,
    Capacity.MUNICIPAL_INFORMATION_LINE: Role.CALL_TAKER,
    Capacity.CHILD_PROTECTION_AGENCY: Role.PROTECTION_WORKER,
    Capacity.ADULT_PROTECTION_AGENCY: Role.PROTECTION_WORKER,
    Capacity.RESEARCHER: Role.RESEARCHER,
    Capacity.AUDITOR: Role.AUDITOR,
    Capacity.HUB: Role.INTERFACE,
    Capacity.PUBLIC: Role.PRIVATE_PERSON,
    Capacity.INDIVIDUAL: Role.PRIVATE_PERSON,
}
PRIVATE = frozenset({Capacity.PUBLIC, Capacity.INDIVIDUAL})
_RELATIONS = {
    Evidence.TREATING: Relationship.TREATING,
    Evidence.SELF: Relationship.SELF,
    Evidence.KIN: Relationship.FAMILY_OR_FRIEND,
    Evidence.PARENT: Relationship.PARENT,
}


def role(capacity: Capacity) -> Role:
    """The usual role of one who asks in this capacity; a clinician where the law could turn on it."""
    return Role.CLINICIAN if capacity in _CLINICAL else _OTHER_ROLES.get(capacity, Role.ADMINISTRATOR)


def organization(capacity: Capacity) -> str | None:
    """Nobody's for a private person, the exchange's own for the exchange."""
    if capacity in PRIVATE:
        return None
    return EXCHANGE if capacity is Capacity.HUB else TEAM.organization


def spaces(capacity: Capacity) -> Iterator[Bundle]:
    """The largest bundles that one recipient can have: a private person stands in one relation or in none."""
    free = frozenset(Evidence) - OF_PRIVATE_PERSONS - OF_ORGANIZATIONS - {Evidence.SENT}
    relations = [{each} for each in in_order(OF_PRIVATE_PERSONS)] if capacity in PRIVATE else [OF_ORGANIZATIONS]
    for channel in (NOTHING, {Evidence.SENT}):
        for relation in relations:
            yield free | relation | channel


# --- the question ----------------------------------------------------------------------------------------------------


def question(held: Held, capacity: Capacity, purpose: Purpose, bundle: Bundle) -> DisclosureRequest:
    """The question that a recipient of this capacity puts for this purpose, or that the holder puts by sending."""
    return DisclosureRequest.model_construct(
        at=NOON,
        channel=Channel.PUSH if Evidence.SENT in bundle else Channel.QUERY,
        purpose=purpose,
        jurisdictions=("US", *(place for each, place in STATES.items() if each in bundle)),
        recipient=_recipient(capacity, bundle & _OF_RECIPIENT),
        subject=_subject(bundle & _OF_SUBJECT),
        proceeding=_PROCEEDING if purpose is Purpose.HLEGAL else None,
        records=(held.piece,),
    )


STATES = {Evidence.MANDATE: "US-TX", Evidence.TEAM: "US-CA"}
_PROCEEDING = Proceeding(case=CASE, kind=ProceedingKind.CIVIL, against_subject=True)
_CONDITION = CriminalJusticePart(case=CASE, made_participation_a_condition=True, monitors_the_condition=True)
_OF_RECIPIENT = frozenset({*_RELATIONS, Evidence.CONDITIONAL_CONSENT, Evidence.CONTROL, Evidence.TEAM})
_OF_SUBJECT = frozenset({Evidence.CUSTODY, Evidence.AGREED, Evidence.PARENT})


@cache
def _recipient(capacity: Capacity, bundle: Bundle) -> Recipient:
    relations = [relation for each, relation in _RELATIONS.items() if each in bundle]
    return Recipient(
        organization=organization(capacity),
        capacities=frozenset({capacity}),
        role=role(capacity),
        identity_verified=True,
        relationship=relations[0] if relations else Relationship.NONE,
        criminal_justice=_CONDITION if Evidence.CONDITIONAL_CONSENT in bundle else None,
        administrative_control_over=(HOLDER.organization,) if Evidence.CONTROL in bundle else (),
        teams=frozenset(Team) if Evidence.TEAM in bundle else frozenset(),
    )


@cache
def _subject(bundle: Bundle) -> Subject:
    custody = Custody(custodian=TEAM.organization, since=NOON, until=None)
    return Subject(
        match=Match.UNIQUE,
        age_years=15 if Evidence.PARENT in bundle else 41,
        opportunity_to_object=OpportunityToObject.AGREED
        if Evidence.AGREED in bundle
        else OpportunityToObject.NOT_ASKED,
        custody=custody if Evidence.CUSTODY in bundle else None,
    )
