"""Jails, dispatch, promises of confidentiality, Veterans Affairs, and providers under no federal health-privacy law."""

from consent.law import LONG_STANDING, cite, usc
from consent.papers import speaking
from consent.purposes import TREATMENT
from consent.question import HUB, Question
from consent.rule import Effect, Finding, bars, does_not_apply, permits, rule
from consent.validity.releases import caller_lacks, veterans_lacks
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
    Capacity.COVERED_ENTITY,
    Capacity.HOMELESS_SERVICES,
    Capacity.HMIS_PARTICIPANT,
    Capacity.PEER_SUPPORT,
    Capacity.HUB,
)


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
    if not q.recipient_is(*_CARE):
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
    if not q.recipient_is(Capacity.CRISIS_PROVIDER, Capacity.HEALTH_CARE_PROVIDER, Capacity.HUB):
        return None
    listed = any(known.fields is not None for known in q.in_force(AgreementKind.SERVICE_DATA, HUB, q.source))
    told = q.fields if listed else q.held_under(Category.LOCATION) | (q.fields & {Field.CALL_TYPE})
    return permits(told, "The memorandum lets dispatch tell those who are sent.")


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
    known = q.circumstances
    papers = [paper for paper in speaking(q) if not caller_lacks(paper, known)]
    if not papers:
        return does_not_apply("The caller has permitted nothing to this recipient.", "The caller's permission.")
    permitted = frozenset(field for paper in papers for field in q.described(paper.information))
    return permits(permitted, "The caller permitted this.")


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
    if q.recipient_is(Capacity.HUB):
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
    known = q.circumstances
    papers = [paper for paper in speaking(q) if paper.kind is ConsentKind.VETERANS_CONSENT]
    valid = [paper for paper in papers if not veterans_lacks(paper, known)]
    if not valid:
        return does_not_apply("No written consent of the veteran is in effect.", "A consent under 38 U.S.C. 7332.")
    return permits(
        frozenset(field for paper in valid for field in q.described(paper.information)),
        "The veteran consented in writing.",
    )


@rule(
    "veterans.emergency",
    Regime.VETERANS,
    Effect.PERMIT,
    (usc(38, "7332(b)(2)(A)"),),
    LONG_STANDING,
    rows=("R-VA-01",),
    purposes=frozenset({Purpose.TREAT, Purpose.ETREAT}),
    then=frozenset({Obligation.EMERGENCY_DOCUMENTATION}),
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
)
def sealed(q: Question) -> Finding | None:
    """For those who ask, what a court sealed or expunged does not exist."""
    if q.piece.seal is None:
        return None
    ordered = q.piece.seal is Seal.SEALED and q.ordered(ProcessKind.COURT_ORDER)
    return None if ordered else bars(q.fields, "The record is sealed or expunged.")
