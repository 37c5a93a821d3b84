"""Disclosures in the public interest: custody, threats, dispatch, reports, oversight, research, public health."""

from consent.law import OMNIBUS, cfr45
from consent.purposes import CUSTODIAL, REPORTS
from consent.question import Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from schemas.vocab import (
    Capacity,
    Category,
    Obligation,
    OpportunityToObject,
    Purpose,
    Regime,
    ResearchDocument,
    Role,
    StateMandate,
)

ACCOUNTED = frozenset({Obligation.HIPAA_ACCOUNTING})
_LESS = ACCOUNTED | {Obligation.MINIMUM_NECESSARY}

_NOT_OF_THE_SOURCE = frozenset(
    {
        Role.POLICE_OFFICER,
        Role.CUSTODY_OFFICER,
        Role.PROBATION_OFFICER,
        Role.CALL_TAKER,
        Role.LAWYER,
        Role.COURT_CLERK,
        Role.INTERFACE,
        Role.PRIVATE_PERSON,
    }
)


def in_custody_of_recipient(q: Question) -> bool:
    """Lawful custody now, by the recipient or, for its health unit, by the jail it serves; it ends at `until`."""
    custody = q.subject.custody
    if custody is None or q.at < custody.since or (custody.until is not None and q.at >= custody.until):
        return False
    return custody.custodian == q.recipient.organization or q.recipient_is(Capacity.CORRECTIONAL_HEALTH)


def _represented(q: Question) -> bool:
    """The recipient, or the custodian it works for, represents the need."""
    represented, custody = q.facts.custody_representation, q.subject.custody
    if represented is None or custody is None:
        return False
    return represented.organization in (q.recipient.organization, custody.custodian)


@rule(
    "hipaa.custody",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(k)(5)"), cfr45("164.502(b)")),
    OMNIBUS,
    rows=("R-HP-10", "R-HP-11", "R-HP-12", "R-HP-13", "R-P2-15"),
    purposes=CUSTODIAL,
    then=frozenset({Obligation.MINIMUM_NECESSARY, Obligation.KEEP_REPRESENTATION}),
)
def custody(q: Question) -> Finding | None:
    """A custodian that represents the need has what care, safety and order need, as long as custody lasts."""
    if not in_custody_of_recipient(q):
        return does_not_apply("The person is not in the recipient's lawful custody.", "An authorization.")
    if not _represented(q):
        return does_not_apply("The custodian represents no need.", "A representation by the custodian.")
    return permits(q.necessary, "The custodian represents a need.")


def threatens(q: Question) -> bool:
    """A serious and imminent threat, by the source's own judgement, that the recipient can prevent."""
    threat = q.facts.threat
    return (
        threat is not None
        and threat.serious_and_imminent
        and threat.recipient_can_prevent
        and threat.judged_by not in _NOT_OF_THE_SOURCE
    )


@rule(
    "hipaa.threat",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(j)(1)(i)"), cfr45("164.502(b)")),
    OMNIBUS,
    rows=("R-HP-15", "R-EM-10", "R-CR-02"),
    purposes=frozenset({Purpose.THREAT}),
    then=_LESS | {Obligation.HUMAN_JUDGEMENT},
)
def threat(q: Question) -> Finding | None:
    """One who can prevent a serious and imminent threat hears what is needed, if the source believes in it."""
    if not threatens(q):
        return does_not_apply(
            "The source has not judged the threat serious, imminent and preventable by the recipient."
        )
    return permits(q.necessary, "A serious and imminent threat that the recipient can prevent.")


@rule(
    "hipaa.dispatch",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(j)"), cfr45("164.502(b)")),
    OMNIBUS,
    rows=("R-HP-28",),
    purposes=frozenset({Purpose.TREAT}),
    then=_LESS,
)
def dispatch(q: Question) -> Finding | None:
    """A dispatcher who sends help has the least that the call needs."""
    if not q.recipient_is(Capacity.PUBLIC_SAFETY_ANSWERING_POINT):
        return None
    return permits(q.necessary, "Dispatch sends help to the person.")


def report_demanded(q: Question) -> bool:
    """Whether state law demands this report to this authority."""
    to_child, to_adult, to_police, to_health = (
        q.recipient_is(Capacity.CHILD_PROTECTION_AGENCY),
        q.recipient_is(Capacity.ADULT_PROTECTION_AGENCY),
        q.recipient_is(Capacity.LAW_ENFORCEMENT),
        q.recipient_is(Capacity.PUBLIC_HEALTH_AUTHORITY),
    )
    if q.purpose is Purpose.CHILD_PROTECTION:
        return to_child and q.state_demands(StateMandate.CHILD_ABUSE)
    if q.purpose is Purpose.ADULT_PROTECTION:
        return to_adult and q.state_demands(StateMandate.ELDER_ABUSE)
    return (to_police and q.state_demands(StateMandate.GUNSHOT_WOUND)) or (
        to_health and q.state_demands(StateMandate.OPIOID_REGISTRY)
    )


@rule(
    "hipaa.report",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(a)"), cfr45("164.512(b)(1)(ii)"), cfr45("164.512(c)"), cfr45("164.512(f)(1)(i)")),
    OMNIBUS,
    rows=("R-HP-22", "R-ST-02"),
    purposes=REPORTS,
    then=ACCOUNTED,
)
def report(q: Question) -> Finding | None:
    """The report that the law demands goes to the authority that receives it; of adults the person is informed."""
    adult = q.purpose is Purpose.ADULT_PROTECTION
    child = q.purpose is Purpose.CHILD_PROTECTION and q.recipient_is(Capacity.CHILD_PROTECTION_AGENCY)
    agreed = (
        adult
        and q.recipient_is(Capacity.ADULT_PROTECTION_AGENCY)
        and q.subject.opportunity_to_object is OpportunityToObject.AGREED
    )
    if not (report_demanded(q) or child or agreed):
        return does_not_apply("No state in play is known to demand this report to this recipient.")
    owing = (Obligation.INFORM_PERSON,) if adult else ()
    return permits(q.held_under(Category.MANDATED_REPORT), "The law demands or allows this report.", owing)


@rule(
    "hipaa.oversight",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(d)"),),
    OMNIBUS,
    rows=("R-P2-43",),
    purposes=frozenset({Purpose.AUDIT_EVALUATION}),
    then=_LESS,
)
def oversight(q: Question) -> Finding | None:
    """An auditor for a funder, payer or regulator has what oversight needs."""
    return permits(q.necessary, "Oversight of the holder.") if q.recipient_is(Capacity.AUDITOR) else None


@rule(
    "hipaa.research",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(i)"),),
    OMNIBUS,
    rows=("R-P2-42",),
    purposes=frozenset({Purpose.HRESCH}),
    then=_LESS,
)
def research(q: Question) -> Finding | None:
    """A researcher with a waiver by a review or privacy board has what the study needs."""
    approval = q.facts.research
    if not q.recipient_is(Capacity.RESEARCHER):
        return None
    if approval is None or ResearchDocument.PRIVACY_BOARD_WAIVER not in approval.documents:
        return does_not_apply("No board has waived authorization.", "A waiver under 45 CFR 164.512(i).")
    return permits(q.necessary, "Research under a waiver.")


@rule(
    "hipaa.public-health",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(b)(1)(i)"),),
    OMNIBUS,
    rows=("R-P2-41",),
    purposes=frozenset({Purpose.PUBHLTH}),
    then=_LESS,
)
def public_health(q: Question) -> Finding | None:
    """A public health authority has what its work needs."""
    return permits(q.necessary, "Public health.") if q.recipient_is(Capacity.PUBLIC_HEALTH_AUTHORITY) else None
