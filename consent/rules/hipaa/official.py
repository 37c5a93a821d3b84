"""Disclosures in the public interest: custody, threats, dispatch, reports, oversight, research, public health."""

from consent.law import OMNIBUS, cfr45
from consent.purposes import CUSTODIAL, REPORTS
from consent.question import MEDICAL, Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from consent.rules.preemption import no_state_compels
from consent.validity.custody import Holding, lacks_for, lacks_of_custody
from consent.validity.lack import cured, told
from consent.validity.research import lacks_under_hipaa
from schemas.vocab import (
    Capacity,
    Category,
    Obligation,
    OpportunityToObject,
    Purpose,
    Regime,
    Role,
    StateMandate,
)

ACCOUNTED = frozenset({Obligation.HIPAA_ACCOUNTING})
_LESS = ACCOUNTED | {Obligation.MINIMUM_NECESSARY}

_BELIEVING = MEDICAL | {Role.PEER_SPECIALIST, Role.CASE_MANAGER, Role.REENTRY_PLANNER, Role.ADMINISTRATOR}
"""Those through whom a source believes in a threat: people of its own, no official, system or outsider."""


def in_custody_of_recipient(q: Question) -> bool:
    """Lawful custody now, by the recipient or, for its health unit, by the jail it serves; it ends at `until`."""
    return not lacks_of_custody(_holding(q))


def _holding(q: Question) -> Holding:
    serves = q.recipient_is(Capacity.CORRECTIONAL_HEALTH)
    return Holding(q.at, q.subject.custody, q.recipient.organization, serves)


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
    holding = _holding(q)
    if lacking := lacks_of_custody(holding):
        return does_not_apply(f"There is no lawful custody. {told(lacking)}", cured(lacking))
    if lacking := lacks_for(q.facts.custody_representation, holding):
        return does_not_apply(f"No need is represented. {told(lacking)}", cured(lacking))
    return permits(q.necessary, "The custodian represents a need.")


def threatens(q: Question) -> bool:
    """A serious and imminent threat, by the source's own judgement, that the recipient can prevent."""
    threat = q.facts.threat
    return (
        threat is not None
        and threat.serious_and_imminent
        and threat.recipient_can_prevent
        and threat.judged_by in _BELIEVING
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
    to={Capacity.PUBLIC_SAFETY_ANSWERING_POINT},
)
def dispatch(q: Question) -> Finding | None:
    """A dispatcher who sends help has the least that the call needs."""
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
    demanded = report_demanded(q) and not no_state_compels(q)
    if not (demanded or child or agreed):
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
    to={Capacity.AUDITOR},
)
def oversight(q: Question) -> Finding | None:
    """An auditor for a funder, payer or regulator has what oversight needs."""
    return permits(q.necessary, "Oversight of the holder.")


@rule(
    "hipaa.research",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(i)"),),
    OMNIBUS,
    rows=("R-P2-42",),
    purposes=frozenset({Purpose.HRESCH}),
    then=_LESS,
    to={Capacity.RESEARCHER},
)
def research(q: Question) -> Finding | None:
    """A researcher with a waiver by a review or privacy board has what the study needs."""
    if lacking := lacks_under_hipaa(q.facts.research):
        return does_not_apply(told(lacking), cured(lacking))
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
    to={Capacity.PUBLIC_HEALTH_AUTHORITY},
)
def public_health(q: Question) -> Finding | None:
    """A public health authority has what its work needs."""
    return permits(q.necessary, "Public health.")
