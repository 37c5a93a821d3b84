"""Jails, dispatch, promises of confidentiality, Veterans Affairs, and providers under no federal health-privacy law."""

from consent.given import HUB, Given
from consent.law import LIFELINE_POLICY, LONG_STANDING, cite, usc
from consent.papers import judged, told_by
from consent.purposes import TREATMENT
from consent.question import NO_FIELDS, Question
from consent.rule import Effect, Finding, bars, does_not_apply, permits, rule
from consent.rules.hipaa.official import threatens
from consent.validity.permissions import caller_lacks
from consent.validity.releases import veterans_lacks
from schemas.vocab import (
    AgreementKind,
    Capacity,
    Category,
    ConsentKind,
    Field,
    Obligation,
    ProcessKind,
    Purpose,
    Regime,
    Seal,
)

LABELLED = frozenset({Obligation.CARRY_LABELS})
_CARE = (
    Capacity.CRISIS_PROVIDER,
    Capacity.HEALTH_CARE_PROVIDER,
    Capacity.HOMELESS_SERVICES,
    Capacity.HMIS_PARTICIPANT,
    Capacity.PEER_SUPPORT,
)
_RESCUE = (Capacity.PUBLIC_SAFETY_ANSWERING_POINT, Capacity.CRISIS_PROVIDER, Capacity.HEALTH_CARE_PROVIDER)


# --- jails -----------------------------------------------------------------------------------------------------------


@rule(
    "justice.national-database",
    Regime.CRIMINAL_JUSTICE,
    Effect.BAR,
    (cite("28 CFR 20.33"), cite("CJIS Security Policy")),
    LONG_STANDING,
    rows=("R-B-06", "R-JU-03"),
)
def national_database(q: Question) -> Finding | None:
    """What comes from a national criminal justice database does not pass through this exchange."""
    return bars(q.fields, "Criminal justice database information does not pass through this exchange.")


@rule(
    "justice.custody-status",
    Regime.BOOKING,
    Effect.PERMIT,
    (cite("state public-records law"), cite("memorandum")),
    LONG_STANDING,
    rows=("R-JU-01",),
    purposes=TREATMENT,
    then=LABELLED,
)
def custody_status(q: Question) -> Finding | None:
    """Those who care for the person hear whether, where and how long they are held: no charges, photograph, health."""
    if not (q.recipient_is(*_CARE) or q.recipient.organization == HUB):
        return does_not_apply("Custody status is shared for care.")
    return permits(q.held_under(Category.CUSTODY), "Custody status is shared for care.")


# --- dispatch, peers and callers, other providers --------------------------------------------------------------------


@rule(
    "dispatch.to-crisis",
    Regime.DISPATCH,
    Effect.PERMIT,
    (cite("state 911 confidentiality law"), cite("memorandum")),
    LONG_STANDING,
    rows=("R-CR-04",),
    purposes=TREATMENT,
    then=LABELLED,
)
def dispatch_to_crisis(q: Question) -> Finding | None:
    """A crisis provider who is sent hears where and to what kind of call, or what the memorandum lists."""
    sent = q.recipient_is(Capacity.CRISIS_PROVIDER, Capacity.HEALTH_CARE_PROVIDER)
    if not (sent or q.recipient.organization == HUB):
        return None
    return permits(_told_by_dispatch(q), "The memorandum lets dispatch tell those who are sent.")


def _told_by_dispatch(q: Question) -> frozenset[Field]:
    """What the memoranda list; where none lists anything, the place and the type of call."""
    lists = [known.fields for known in q.in_force(AgreementKind.SERVICE_DATA, HUB, q.source) if known.fields]
    if lists:
        return q.fields & frozenset(field for listed in lists for field in listed)
    return q.held_under(Category.LOCATION) | (q.fields & {Field.CALL_TYPE})


@rule(
    "promise.caller-permission",
    Regime.PROMISE,
    Effect.PERMIT,
    (cite("confidentiality promise of the service"), cite("caller's permission")),
    LONG_STANDING,
    rows=("R-CR-03", "R-CR-07", "R-CR-08"),
    then=LABELLED,
)
def caller_permission(q: Question) -> Finding | None:
    """What was told in confidence is passed on with the caller's permission, which may be oral."""
    known = judged(q, caller_lacks)
    if known.valid:
        return permits(told_by(known.valid, q), "The caller permitted this.")
    return known.near_miss("The caller has permitted nothing to this recipient.", "The caller's permission.")


@rule(
    "promise.imminent-danger",
    Regime.PROMISE,
    Effect.PERMIT,
    (cite("Lifeline Policy for Helping Callers at Imminent Risk of Suicide"), cite("state law")),
    LIFELINE_POLICY,
    rows=("R-CR-03",),
    purposes=frozenset({Purpose.THREAT}),
    then=LABELLED | {Obligation.HUMAN_JUDGEMENT},
)
def imminent_danger(q: Question) -> Finding | None:
    """A crisis call center in whose judgement a life is in imminent danger tells those who send or give help.

    It tells what its own protocol finds necessary. Among the least certain rules: it rests on the policy of the 988
    network and on state law. The promise of a peer service has no such exception, because its network has no such
    policy.
    """
    if not (q.source_is(Capacity.CRISIS_CALL_CENTER) and q.recipient_is(*_RESCUE)):
        return None
    if not threatens(q):
        return does_not_apply(
            "The center has not judged the danger serious, imminent and preventable by the recipient."
        )
    if q.protocol is None:
        return does_not_apply("The center has not said what a rescue needs.", "A field protocol of the center.")
    return permits(q.necessary, "A life is in imminent danger, and the recipient can help.")


@rule(
    "service.treatment",
    Regime.SERVICE,
    Effect.PERMIT,
    (cite("state law"), cite("memorandum")),
    LONG_STANDING,
    rows=("R-JU-05",),
    purposes=TREATMENT,
    then=LABELLED,
)
def service_treatment(q: Question) -> Finding | None:
    """A provider under no federal health-privacy law tells a treating provider, as its memorandum says."""
    if q.recipient.organization == HUB:
        return permits(q.fields, "The exchange carries it under the memorandum.")
    return permits(q.fields, "The recipient treats the person.") if q.recipient_has_treating_role else None


# --- Veterans Affairs ------------------------------------------------------------------------------------------------


@rule(
    "veterans.consent",
    Regime.VETERANS,
    Effect.PERMIT,
    (usc(38, "7332(b)(1)"),),
    LONG_STANDING,
    rows=("R-VA-01",),
)
def veterans_consent(q: Question) -> Finding | None:
    """A veteran's written consent opens what it describes, to whom it names; veterans see their own."""
    if q.is_own_access:
        return permits(q.fields, "The veteran asks for their own record.")
    known = judged(q, veterans_lacks, ConsentKind.VETERANS_CONSENT)
    if known.valid:
        return permits(told_by(known.valid, q), "The veteran consented in writing.")
    return known.near_miss("No written consent of the veteran is in effect.", "A consent under 38 U.S.C. 7332.")


@rule(
    "veterans.emergency",
    Regime.VETERANS,
    Effect.PERMIT,
    (usc(38, "7332(b)(2)(A)"),),
    LONG_STANDING,
    rows=("R-VA-01",),
    purposes=frozenset({Purpose.TREAT, Purpose.ETREAT}),
    then=frozenset({Obligation.EMERGENCY_DOCUMENTATION}),
    given={Given.EMERGENCY},
)
def veterans_emergency(q: Question) -> Finding | None:
    """Medical personnel have what a medical emergency needs."""
    if not (q.cannot_consent and q.recipient_is_medical):
        return None
    return permits(q.necessary, "A medical emergency in which consent cannot be obtained.")


# --- sealed ----------------------------------------------------------------------------------------------------------


@rule(
    "sealed",
    None,
    Effect.BAR,
    (cite("state sealing law"),),
    LONG_STANDING,
    rows=("R-B-08", "R-JU-02"),
    given={Given.SEAL},
)
def sealed(q: Question) -> Finding | None:
    """For those who ask, what a court sealed or expunged does not exist; a court may open what it sealed."""
    opened = q.ordered(ProcessKind.COURT_ORDER) if q.piece.seal is Seal.SEALED else NO_FIELDS
    closed = q.fields - opened
    return bars(closed, "The record is sealed or expunged.") if closed else None
