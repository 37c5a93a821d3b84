"""Treatment, payment, operations, coordination, authorization, and the person's own access."""

from consent.given import HUB, Given
from consent.law import HOMELESS_TEAMS, OMNIBUS, cfr45, cite
from consent.papers import judged, told_by
from consent.purposes import OPERATIONS, TPO, TREATMENT
from consent.question import Question
from consent.rule import Effect, Finding, bars, does_not_apply, permits, rule
from consent.rules.hipaa.official import threatens
from consent.rules.preemption import no_state_permits
from consent.validity.hipaa import lacks, lacks_for_psychotherapy_notes
from schemas.vocab import (
    AgreementKind,
    Capacity,
    Obligation,
    Purpose,
    Regime,
    Relationship,
    SeparatedNotes,
    StateRule,
)

MINIMUM = frozenset({Obligation.MINIMUM_NECESSARY})
_KNOWN_TO_RECIPIENT = frozenset({Relationship.TREATING, Relationship.FORMERLY_TREATING, Relationship.HEALTH_PLAN})
_PAYERS = (
    Capacity.COVERED_ENTITY,
    Capacity.HEALTH_CARE_PROVIDER,
    Capacity.HEALTH_PLAN,
    Capacity.THIRD_PARTY_PAYER,
)
_THIRD_PARTIES = (
    Capacity.HOMELESS_SERVICES,
    Capacity.HOUSING_AUTHORITY,
    Capacity.SOCIAL_SERVICES_AGENCY,
    Capacity.PEER_SUPPORT,
    Capacity.CRISIS_CALL_CENTER,
)


@rule(
    "hipaa.psychotherapy-notes",
    Regime.HIPAA,
    Effect.BAR,
    (cfr45("164.508(a)(2)"), cfr45("164.524(a)(1)(i)")),
    OMNIBUS,
    rows=("R-B-05", "R-HP-23"),
    given={Given.NOTES},
)
def psychotherapy_notes(q: Question) -> Finding | None:
    """Psychotherapy notes need an authorization for them alone; a serious threat and oversight apart."""
    notes = q.notes_held(SeparatedNotes.PSYCHOTHERAPY)
    if not notes or _open_without_authorization(q):
        return None
    closed = notes - told_by(judged(q, lacks_for_psychotherapy_notes).valid, q)
    if not closed:
        return None
    return bars(
        closed,
        "Psychotherapy notes need an authorization for them alone.",
        "An authorization for the psychotherapy notes.",
    )


def _open_without_authorization(q: Question) -> bool:
    """The exceptions of 164.508(a)(2)(ii) that reach beyond the holder: 164.512(j)(1)(i) and 164.512(d)."""
    if q.purpose is Purpose.THREAT:
        return threatens(q)
    return q.purpose is Purpose.AUDIT_EVALUATION and q.recipient_is(Capacity.AUDITOR)


@rule(
    "hipaa.own-access",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.524(a)"),),
    OMNIBUS,
    rows=("R-HP-23",),
    purposes=frozenset({Purpose.PATRQT}),
    given={Given.OWN_ACCESS},
)
def own_access(q: Question) -> Finding | None:
    """People have access to their own records."""
    return permits(q.fields, "The person asks for their own record.")


@rule(
    "hipaa.treatment",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.506(c)(2)"), cfr45("164.502(b)(2)(i)")),
    OMNIBUS,
    rows=("R-HP-01", "R-EM-06", "R-HP-28", "R-JU-04", "R-CR-01", "R-P2-25", "R-P2-26", "R-LE-05"),
    purposes=TREATMENT,
    to={Capacity.HEALTH_CARE_PROVIDER},
)
def treatment(q: Question) -> Finding | None:
    """A health care provider that treats the person has what treatment needs, the whole chart if need be."""
    if not q.recipient_has_treating_role:
        return does_not_apply("The recipient does not treat the person.", "A treating relationship.")
    return permits(q.fields, "The recipient is a health care provider in a treating role.")


@rule(
    "hipaa.own-treatment-payment-operations",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.506(c)(1)"), cfr45("164.502(b)")),
    OMNIBUS,
    rows=("R-P2-21",),
    purposes=TPO,
)
def own_use(q: Question) -> Finding | None:
    """A covered entity uses its own records; under common control it is one entity."""
    if not q.recipient_is_source:
        return None
    if q.purpose in TREATMENT:
        return permits(q.fields, "The record is the recipient's own.")
    return permits(q.necessary, "The record is the recipient's own.", MINIMUM)


@rule(
    "hipaa.authorization",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.508"), cfr45("164.508(c)")),
    OMNIBUS,
    rows=("R-HP-03", "R-HP-04", "R-HP-05", "R-HP-08", "R-HP-14", "R-P2-11", "R-CJ-04"),
)
def authorization(q: Question) -> Finding | None:
    """A signed authorization with every element permits what it describes; any paper that has them serves."""
    known = judged(q, lacks)
    if known.valid:
        return permits(told_by(known.valid, q), "An authorization in effect names this recipient and purpose.")
    return known.near_miss("No authorization names this source, recipient and purpose.", "An authorization.")


@rule(
    "hipaa.business-associate",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.502(e)"), cfr45("164.504(e)")),
    OMNIBUS,
    rows=("R-HB-01", "R-P2-23"),
    purposes=TPO,
)
def business_associate(q: Question) -> Finding | None:
    """A business associate has what its work for the covered entity needs."""
    organization = q.recipient.organization
    if organization is None or not q.agreed(AgreementKind.BUSINESS_ASSOCIATE, organization, q.source):
        return None
    if organization == HUB:
        return permits(q.fields, "The exchange carries the record as the holder's business associate.")
    return permits(q.necessary, "The recipient is the holder's business associate.", MINIMUM)


@rule(
    "hipaa.payment",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.506(c)(3)"), cfr45("164.502(b)")),
    OMNIBUS,
    rows=("R-P2-05", "R-P2-38"),
    purposes=frozenset({Purpose.HPAYMT}),
    then=MINIMUM,
    to=_PAYERS,
)
def payment(q: Question) -> Finding | None:
    """A provider, plan or payer has what payment needs."""
    return permits(q.necessary, "The record is asked for payment.")


@rule(
    "hipaa.operations",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.506(c)(4)"), cfr45("164.502(b)")),
    OMNIBUS,
    rows=("R-HP-07", "R-P2-05", "R-P2-06"),
    purposes=OPERATIONS,
    then=MINIMUM,
    to={Capacity.COVERED_ENTITY},
)
def operations(q: Question) -> Finding | None:
    """Another covered entity has what its operations need about a person both have or had to do with."""
    if q.recipient.relationship not in _KNOWN_TO_RECIPIENT:
        return does_not_apply("The recipient has had nothing to do with the person.")
    return permits(q.necessary, "Both covered entities have or had to do with the person.")


@rule(
    "hipaa.coordination",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.501"), cite("HHS FAQ 3008"), cfr45("164.502(b)")),
    OMNIBUS,
    rows=("R-HP-02", "R-CR-05", "R-HM-17"),
    purposes=frozenset({Purpose.COC}),
    then=MINIMUM,
    to=_THIRD_PARTIES,
)
def coordination(q: Question) -> Finding | None:
    """A provider tells a shelter, housing or peer service the least that furthers the person's care."""
    if not q.source_is(Capacity.HEALTH_CARE_PROVIDER):
        return None
    if q.recipient_is(Capacity.HMIS_LEAD):
        return does_not_apply("A field that all participants see is wider than care needs.", "An authorization.")
    if q.protocol is None:
        return does_not_apply("The source has not said what is necessary.", "A field protocol of the source.")
    return permits(q.necessary, "The source believes that this furthers the person's care.")


@rule(
    "hipaa.homeless-team",
    Regime.HIPAA,
    Effect.PERMIT,
    (cite("Cal. Welf. & Inst. Code 18999.8"), cfr45("164.512(a)")),
    HOMELESS_TEAMS,
    rows=("R-ST-02",),
    purposes=frozenset({Purpose.COC}),
    then=MINIMUM,
    given={Given.TEAM, Given.STATE},
)
def homeless_team(q: Question) -> Finding | None:
    """Where state law has set up homeless teams, members share under their protocol."""
    if not (q.recipient.teams and q.state_has(StateRule.US_CA_HOMELESS_TEAM)) or no_state_permits(q):
        return None
    return permits(q.necessary, "The recipient is a member of a statutory homeless team.")
