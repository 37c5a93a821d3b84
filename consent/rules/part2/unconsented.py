"""What Part 2 lets go without consent: within the program, to those who serve it, in emergencies, for reports."""

from datetime import date

from consent.given import HUB, Given
from consent.law import PART2_2017, PART2_2018, PART2_2020, PART2_2024, cfr42, usc
from consent.purposes import OPERATIONS, TPO
from consent.question import Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from consent.rules.exchange import lapsed, serving
from consent.validity import Lack, agreements, emergencies, time
from consent.validity.lack import cured, told
from consent.validity.research import lacks_under_part2
from schemas.disclosure import Received
from schemas.instruments import Consent
from schemas.vocab import (
    AgreementKind,
    Capacity,
    Category,
    Channel,
    EmergencyKind,
    Field,
    Obligation,
    ObtainedUnder,
    Place,
    Purpose,
    Regime,
    StateMandate,
    UnobtainableBecause,
)

NECESSARY = frozenset({Obligation.PART2_NECESSARY_ONLY, Obligation.CARRY_LABELS})
_EMERGENCY = NECESSARY | {Obligation.EMERGENCY_DOCUMENTATION, Obligation.NO_USE_IN_PROCEEDINGS}
_URGENT = frozenset({Purpose.TREAT, Purpose.ETREAT})

CRIME_REPORT = frozenset(
    {
        Field.INCIDENT_CIRCUMSTANCES,
        Field.PATIENT_STATUS,
        Field.NAME,
        Field.ADDRESS,
        Field.LAST_KNOWN_WHEREABOUTS,
    }
)
"""All that a program may tell of a crime on its premises (2.12(c)(5)(ii))."""


@rule(
    "part2.own-access",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.23"), cfr42("2.24"), cfr42("2.25")),
    PART2_2017,
    rows=("R-P2-27", "R-HB-06", "R-RT-05"),
    purposes=frozenset({Purpose.PATRQT}),
    given={Given.OWN_ACCESS},
)
def own_access(q: Question) -> Finding | None:
    """Patients may have their own records, and know to whom they were disclosed."""
    return permits(q.fields, "The patient asks for their own record.")


@rule(
    "part2.within-program",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.12(c)(3)"),),
    PART2_2017,
    rows=("R-P2-21", "R-P2-22", "R-P2-44"),
    purposes=TPO,
    then=NECESSARY,
)
def within_program(q: Question) -> Finding | None:
    """Those in the program, or in direct administrative control of it, have what they need for its care."""
    if not (q.source_is_program and q.recipient_is_source):
        return None
    return permits(q.necessary, "The recipient is the program, or has direct administrative control over it.")


@rule(
    "part2.qualified-service",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.12(c)(4)"), cfr42("2.11")),
    PART2_2017,
    rows=("R-P2-23", "R-P2-24", "R-P2-44", "R-HB-02"),
    purposes=TPO,
    then=NECESSARY,
)
def qualified_service(q: Question) -> Finding | None:
    """One who serves the program under a qualified service organization agreement has what the service needs."""
    organization = q.recipient.organization
    if organization is None or not q.source_is_program:
        return None
    if not serving(q, organization):
        return None
    needed = q.within_protocol(q.fields) if organization == HUB else q.necessary
    return permits(needed, "The recipient serves the program under a qualified service organization agreement.")


@rule(
    "part2.emergency",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.51(a)"), cfr42("2.51(c)"), cfr42("2.13(a)")),
    PART2_2017,
    rows=("R-EM-01", "R-EM-02", "R-P2-34", "R-JU-08", "R-JU-09"),
    purposes=_URGENT,
    then=_EMERGENCY,
    given={Given.EMERGENCY},
)
def emergency(q: Question) -> Finding | None:
    """Medical personnel have what a medical emergency needs, if prior written consent cannot be obtained."""
    said = q.facts.emergency
    if said is None or not q.recipient_is_medical or said.kind is not EmergencyKind.MEDICAL:
        return None
    if not q.cannot_consent:
        return _could_be_asked(emergencies.CAN_BE_ASKED)
    return permits(q.necessary, "A medical emergency in which consent cannot be obtained.")


def _could_be_asked(lack: Lack) -> Finding:
    return does_not_apply(told((lack,)), lack.cure)


@rule(
    "part2.disaster",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.51(a)(2)"), cfr42("2.51(c)")),
    PART2_2020,
    rows=("R-EM-04",),
    purposes=_URGENT,
    then=_EMERGENCY,
    given={Given.EMERGENCY},
)
def disaster(q: Question) -> Finding | None:
    """While a declared disaster keeps the program closed, medical personnel have what treatment needs."""
    return _unless_refused(q, EmergencyKind.DECLARED_DISASTER, "The program is closed by a declared disaster.")


def _unless_refused(q: Question, kind: EmergencyKind, because: str) -> Finding | None:
    """What medical personnel need in an emergency of this kind, unless the person was asked and said no."""
    said = q.facts.emergency
    if said is None or said.kind is not kind or not q.recipient_is_medical:
        return None
    if said.consent_unobtainable_because is UnobtainableBecause.REFUSED:
        return _could_be_asked(emergencies.REFUSED)
    return permits(q.necessary, because)


@rule(
    "part2.psychiatric-emergency",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.51(a)(1)"), cfr42("2.51(c)")),
    PART2_2017,
    rows=("R-EM-05",),
    purposes=_URGENT,
    then=_EMERGENCY | {Obligation.HUMAN_JUDGEMENT},
    given={Given.EMERGENCY},
)
def psychiatric_emergency(q: Question) -> Finding | None:
    """A psychiatric crisis is a medical emergency if a clinician so judges; whether it is, is argued."""
    because = "A psychiatric emergency in which consent cannot be obtained."
    return _unless_refused(q, EmergencyKind.PSYCHIATRIC, because)


@rule(
    "part2.crime-report",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.12(c)(5)"),),
    PART2_2017,
    rows=("R-LE-01", "R-LE-02"),
    purposes=frozenset({Purpose.CRIME_REPORT}),
    then=frozenset({Obligation.CARRY_LABELS}),
)
def crime_report(q: Question) -> Finding | None:
    """A program may tell police of a crime on its premises or against its personnel: five things and no more."""
    incident = q.facts.incident
    by_program = q.is_push and q.source_is_program
    if incident is None or not by_program or not q.recipient_is(Capacity.LAW_ENFORCEMENT):
        return does_not_apply("Only the program itself reports such a crime, to police.")
    if not incident.reported_by_source or not (incident.against_personnel or incident.place is Place.PROGRAM_PREMISES):
        return does_not_apply("The crime was neither on the premises nor against personnel.")
    return permits(q.fields & CRIME_REPORT, "The program reports a crime on its premises or against its personnel.")


@rule(
    "part2.child-abuse-report",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.12(c)(6)"),),
    PART2_2017,
    rows=("R-LE-03", "R-LE-04", "R-P2-46"),
    purposes=frozenset({Purpose.CHILD_PROTECTION}),
    then=frozenset({Obligation.CARRY_LABELS}),
)
def child_abuse_report(q: Question) -> Finding | None:
    """The report of child abuse that the state demands may be made; the record behind it stays closed."""
    if not (q.is_push and q.recipient_is(Capacity.CHILD_PROTECTION_AGENCY)):
        return does_not_apply("Part 2 opens the report that the program makes, not the record behind it.")
    if not q.state_demands(StateMandate.CHILD_ABUSE):
        return does_not_apply("No state in play is known to demand the report.")
    return permits(q.held_under(Category.MANDATED_REPORT), "State law demands a report of child abuse.")


@rule(
    "part2.audit",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.53"),),
    PART2_2017,
    rows=("R-P2-43", "R-P2-44"),
    purposes=frozenset({Purpose.AUDIT_EVALUATION}),
    then=frozenset({Obligation.AUDIT_TERMS, Obligation.CARRY_LABELS}),
    to={Capacity.AUDITOR},
)
def audit(q: Question) -> Finding | None:
    """An auditor with a written agreement may look; to take copies the agreement must see to their destruction."""
    known = q.in_force(AgreementKind.PART2_AUDIT, q.source, q.recipient.organization)
    if not known:
        return _without(q, AgreementKind.PART2_AUDIT, "No audit agreement is in force.", "42 CFR 2.53")
    copies = q.request.channel is not Channel.QUERY
    lacking = [agreements.lacks_for_copies(agreement, q.today) for agreement in known] if copies else [()]
    if all(lacking):
        return does_not_apply(f"The agreement does not serve. {told(lacking[0])}", cured(lacking[0]))
    return permits(q.necessary, "An auditor under a written agreement.")


def _without(q: Question, kind: AgreementKind, because: str, law: str) -> Finding:
    """Why no agreement with this recipient serves: what the latest lacks, or that one is needed under that law."""
    lacking = lapsed(q, kind, q.source, q.recipient.organization)
    return does_not_apply(f"{because} {told(lacking)}".strip(), cured(lacking) or f"A written agreement under {law}.")


@rule(
    "part2.research",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.52"),),
    PART2_2017,
    rows=("R-P2-42",),
    purposes=frozenset({Purpose.HRESCH}),
    then=frozenset({Obligation.RESEARCH_TERMS, Obligation.CARRY_LABELS}),
    to={Capacity.RESEARCHER},
)
def research(q: Question) -> Finding | None:
    """A researcher has what the approved study needs, once human-subjects rules are shown to be met."""
    if lacking := lacks_under_part2(q.facts.research):
        return does_not_apply(told(lacking), cured(lacking))
    return permits(q.necessary, "Research under 42 CFR 2.52.")


@rule(
    "part2.held-by-covered-entity",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.33(b)(1)"), usc(42, "290dd-2(b)(1)(B)")),
    PART2_2024,
    rows=("R-P2-13", "R-P2-14", "R-P2-15", "R-P2-17"),
    then=frozenset({Obligation.PART2_NOTICE, Obligation.NO_USE_IN_PROCEEDINGS, Obligation.CARRY_LABELS}),
    given={Given.RECEIVED},
)
def held_by_covered_entity(q: Question) -> Finding | None:
    """What a covered entity received under consent for treatment, payment and operations it may pass on under HIPAA.

    Also after the consent was revoked, if the record came before. HIPAA itself is asked apart, and proceedings
    against the patient stay barred.
    """
    received = q.received
    if received is None or received.under is not ObtainedUnder.TPO_CONSENT or not q.source_is_covered:
        return None
    if not _came_in_time(received, q):
        return does_not_apply("The consent had ended before the record came.")
    owing = set()
    if q.recipient_is(Capacity.COVERED_ENTITY):
        owing.add(Obligation.REDISCLOSURE_UNDER_HIPAA)
    if q.recipient_is(Capacity.CORRECTIONAL_INSTITUTION, Capacity.LAW_ENFORCEMENT):
        owing.add(Obligation.HUMAN_JUDGEMENT)
    return permits(q.within_protocol(q.fields), "A covered entity may pass it on as HIPAA lets it.", owing)


def _came_in_time(received: Received, q: Question) -> bool:
    """Whether the record came before a revocation of its consent was learned.

    One that is named and is not on file helps nobody: it may have been revoked. Nor does a record of the same day:
    the order of the two is not known.
    """
    if received.consent is None:
        return True
    papers = [paper for paper in q.facts.consents if paper.id == received.consent]
    return bool(papers) and all(_stood(paper, received.on, q) for paper in papers)


def _stood(paper: Consent, day: date, q: Question) -> bool:
    """Whether a consent ran on that day, and no revocation was learned by its end."""
    revocation = paper.revocation
    learned = None if revocation is None else revocation.learned_at.astimezone(q.at.tzinfo).date()
    return time.runs_on(day, paper) and (learned is None or day < learned)


@rule(
    "part2.contractor",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.33(b)(3)"), cfr42("2.33(c)")),
    PART2_2018,
    rows=("R-P2-19", "R-P2-20"),
    purposes=OPERATIONS | {Purpose.HPAYMT},
    then=NECESSARY | {Obligation.PART2_NOTICE, Obligation.NO_USE_IN_PROCEEDINGS},
    given={Given.RECEIVED},
)
def contractor(q: Question) -> Finding | None:
    """A lawful holder passes on to a contractor that is bound to Part 2, for payment and operations only."""
    received = q.received
    if received is None or received.under is not ObtainedUnder.PAYMENT_CONSENT:
        return None
    if not q.agreed(AgreementKind.PART2_CONTRACTOR, q.source, q.recipient.organization):
        return _without(
            q, AgreementKind.PART2_CONTRACTOR, "No contract binds the recipient to Part 2.", "42 CFR 2.33(c)"
        )
    return permits(q.necessary, "A contractor bound to Part 2.")
