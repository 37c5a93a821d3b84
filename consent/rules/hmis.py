"""Homeless services: the HMIS standard (69 FR 45888, section 4) and local policy."""

from collections.abc import Iterable

from consent.given import HUB, Given
from consent.law import HMIS_LIMITS, HMIS_POLICY, HMIS_STANDARDS, HMIS_USES, HOMELESS_TEAMS, cite
from consent.papers import judged
from consent.purposes import POLICE, REPORTS, TREATMENT, covers
from consent.question import NO_FIELDS, Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from consent.rules.hipaa.official import report_demanded, threatens
from consent.rules.hipaa.police import LOCATING
from consent.rules.preemption import no_state_compels, no_state_permits
from consent.validity.releases import hmis_lacks
from schemas.instruments import Consent, Everything, HmisPolicy, NeverExpires
from schemas.vocab import (
    Capacity,
    Category,
    Channel,
    ConsentKind,
    ExpressCover,
    Field,
    LawEnforcementDoor,
    Match,
    Obligation,
    ProcessKind,
    Purpose,
    Regime,
    SharingBasis,
    StateRule,
)

BASIS = frozenset({Obligation.RECORD_HMIS_BASIS})
SHARED = BASIS | {Obligation.CARRY_LABELS}
_WITHIN = (Capacity.HMIS_PARTICIPANT, Capacity.HMIS_LEAD)
_SIX = LOCATING - {Field.TREATMENT_TIME}
_COURT = (ProcessKind.COURT_ORDER, ProcessKind.PART2_ORDER, ProcessKind.SEARCH_WARRANT)


def opens(paper: Consent, q: Question) -> frozenset[Field]:
    """What a release opens: 'all' means the shared fields; domestic violence only expressly and for a time."""
    policy = q.facts.policies.hmis
    fields = q.described(paper.information)
    if isinstance(paper.information, Everything):
        fields &= frozenset(policy.shared_fields if policy else ())
    expressly = ExpressCover.DOMESTIC_VIOLENCE in paper.expressly_covers
    if expressly and not isinstance(paper.expiration, NeverExpires) and paper.expiration is not None:
        return fields
    return fields - q.held_under(Category.DOMESTIC_VIOLENCE)


def _opened(papers: Iterable[Consent], q: Question) -> frozenset[Field]:
    return NO_FIELDS.union(*[opens(paper, q) for paper in papers])


@rule(
    "hmis.own-access",
    Regime.HMIS,
    Effect.PERMIT,
    (cite("69 FR 45888 4.2.5"),),
    HMIS_STANDARDS,
    rows=("R-HM-18",),
    purposes=frozenset({Purpose.PATRQT}),
    given={Given.OWN_ACCESS},
)
def own_access(q: Question) -> Finding | None:
    """Clients may see their own records."""
    return permits(q.fields, "The client asks for their own record.")


@rule(
    "hmis.release",
    Regime.HMIS,
    Effect.PERMIT,
    (HMIS_USES, HMIS_POLICY),
    HMIS_STANDARDS,
    rows=("R-HM-01", "R-HM-02", "R-HM-03", "R-HM-04", "R-HM-05", "R-HM-06", "R-HM-15"),
    then=SHARED,
)
def release(q: Question) -> Finding | None:
    """A release of information in effect opens what it describes, to whom and for what it names."""
    known = judged(q, hmis_lacks, ConsentKind.HMIS_RELEASE)
    if known.valid:
        return permits(_opened(known.valid, q), "A release in effect names this recipient and purpose.")
    return known.near_miss("No release names this recipient and purpose.", "A signed release of information.")


@rule(
    "hmis.inferred",
    Regime.HMIS,
    Effect.PERMIT,
    (HMIS_USES, HMIS_LIMITS),
    HMIS_STANDARDS,
    rows=("R-HM-01", "R-HM-02", "R-HM-04", "R-HM-05"),
    purposes=TREATMENT,
    then=SHARED,
)
def inferred(q: Question) -> Finding | None:
    """Consent is inferred for what the posted privacy notice describes, where local policy leaves it at that."""
    policy = q.facts.policies.hmis
    if policy is None:
        return does_not_apply("No local policy is known.")
    within = q.recipient_is(*_WITHIN)
    if (policy.sharing_within if within else policy.external_sharing) is not SharingBasis.INFERRED:
        return does_not_apply("Local policy asks for a written release.", "A signed release of information.")
    if not _notice_covers(policy, q):
        return does_not_apply("The privacy notice does not describe this.", "A signed release of information.")
    shared = q.fields.intersection(policy.shared_fields) - q.held_under(Category.DOMESTIC_VIOLENCE)
    return permits(shared, "The privacy notice describes this sharing.")


def _notice_covers(policy: HmisPolicy, q: Question) -> bool:
    reached = q.recipient_is(*policy.notice.recipients) or (
        q.recipient_is(Capacity.HMIS_LEAD) and Capacity.HOMELESS_SERVICES in policy.notice.recipients
    )
    return reached and covers(policy.notice.purposes, q.purpose)


@rule(
    "hmis.own-agency",
    Regime.HMIS,
    Effect.PERMIT,
    (HMIS_USES,),
    HMIS_STANDARDS,
    rows=("R-HM-01",),
    purposes=TREATMENT,
    then=SHARED,
)
def own_agency(q: Question) -> Finding | None:
    """An agency uses its own records, and the exchange carries them for it."""
    own = q.recipient_is_source or q.recipient.organization == HUB
    return permits(q.fields, "The recipient is the holder, or carries for it.") if own else None


@rule(
    "hmis.homeless-team",
    Regime.HMIS,
    Effect.PERMIT,
    (cite("Cal. Welf. & Inst. Code 18999.8"),),
    HOMELESS_TEAMS,
    rows=("R-ST-02",),
    purposes=frozenset({Purpose.COC}),
    then=SHARED,
    given={Given.TEAM, Given.STATE},
)
def homeless_team(q: Question) -> Finding | None:
    """Where state law has set up homeless teams, members share under their protocol."""
    if not (q.recipient.teams and q.state_has(StateRule.US_CA_HOMELESS_TEAM)) or no_state_permits(q):
        return None
    return permits(q.necessary, "The recipient is a member of a statutory homeless team.")


def _door(q: Question, door: LawEnforcementDoor) -> bool:
    policy = q.facts.policies.hmis
    return policy is not None and door in policy.law_enforcement_doors


def _police_ask_about_one(q: Question) -> bool:
    """No list is drawn up for police: a request concerns one person."""
    return q.recipient_is(Capacity.LAW_ENFORCEMENT) and q.subject.match is not Match.POPULATION


@rule(
    "hmis.court-process",
    Regime.HMIS,
    Effect.PERMIT,
    (HMIS_USES,),
    HMIS_STANDARDS,
    rows=("R-HM-07",),
    purposes=POLICE | {Purpose.HLEGAL},
    then=BASIS | {Obligation.WITHIN_ORDER},
)
def court_process(q: Question) -> Finding | None:
    """A court order, a warrant or a grand-jury subpoena opens what it names."""
    if not _door(q, LawEnforcementDoor.COURT_PROCESS):
        return does_not_apply("Local policy has not opened this door.")
    named = q.ordered(*_COURT, ProcessKind.GRAND_JURY_SUBPOENA)
    return permits(named, "Court process names this.") if named else None


@rule(
    "hmis.supervisory-request",
    Regime.HMIS,
    Effect.PERMIT,
    (HMIS_USES,),
    HMIS_STANDARDS,
    rows=("R-HM-08", "R-HM-10"),
    purposes=POLICE,
    then=BASIS | {Obligation.WITHIN_ORDER},
    given={Given.PROCESS},
    to={Capacity.LAW_ENFORCEMENT},
)
def supervisory_request(q: Question) -> Finding | None:
    """A complete written request signed by a supervisor opens what it names, where local policy allows."""
    named = q.ordered(ProcessKind.SUPERVISORY_REQUEST)
    if not named or not _police_ask_about_one(q):
        return None
    if not _door(q, LawEnforcementDoor.SUPERVISORY_REQUEST):
        return does_not_apply("Local policy has not opened this door.", "Court process.")
    return permits(named, "A complete written request names this.")


@rule(
    "hmis.oral-request",
    Regime.HMIS,
    Effect.PERMIT,
    (HMIS_USES,),
    HMIS_STANDARDS,
    rows=("R-HM-09", "R-HM-10"),
    purposes=frozenset({Purpose.LOCATE_PERSON}),
    then=BASIS,
    to={Capacity.LAW_ENFORCEMENT},
)
def oral_request(q: Question) -> Finding | None:
    """Police who ask to identify or find someone have six identifiers, where local policy allows."""
    if not _police_ask_about_one(q):
        return None
    if not _door(q, LawEnforcementDoor.ORAL_LOCATE):
        return does_not_apply("Local policy has not opened this door.", "Court process.")
    return permits(_asked_for(q) & _SIX, "Police ask to identify or find someone.")


def _asked_for(q: Question) -> frozenset[Field]:
    """What the request names; a query is a request itself, and without any request nothing is asked for."""
    if any(paper.kind is ProcessKind.ORAL_REQUEST for paper in q.facts.legal_process):
        return q.ordered(ProcessKind.ORAL_REQUEST)
    return q.fields if q.request.channel is Channel.QUERY else NO_FIELDS


@rule(
    "hmis.threat",
    Regime.HMIS,
    Effect.PERMIT,
    (HMIS_USES,),
    HMIS_STANDARDS,
    rows=("R-EM-08",),
    purposes=frozenset({Purpose.THREAT}),
    then=BASIS | {Obligation.HUMAN_JUDGEMENT},
)
def threat(q: Question) -> Finding | None:
    """One who can prevent a serious and imminent threat hears what is needed, if the holder believes in it."""
    if not threatens(q):
        return None
    return permits(q.necessary, "A serious and imminent threat that the recipient can prevent.")


@rule(
    "hmis.report",
    Regime.HMIS,
    Effect.PERMIT,
    (HMIS_USES,),
    HMIS_STANDARDS,
    rows=("R-HM-19",),
    purposes=REPORTS,
    then=BASIS | {Obligation.INFORM_PERSON},
)
def report(q: Question) -> Finding | None:
    """The report of abuse or neglect that state law demands goes to its authority."""
    if not report_demanded(q) or no_state_compels(q):
        return does_not_apply("No state in play is known to demand this report to this recipient.")
    return permits(q.held_under(Category.MANDATED_REPORT), "State law demands this report.")
