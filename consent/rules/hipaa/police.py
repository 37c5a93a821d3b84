"""Disclosures to police, prosecutors, courts and parties: requests, process, orders, subpoenas, crime reports."""

from consent.given import Given
from consent.law import OMNIBUS, cfr45
from consent.purposes import POLICE
from consent.question import Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from consent.rules.hipaa.official import ACCOUNTED
from consent.rules.part2.unconsented import CRIME_REPORT
from consent.validity import process
from consent.validity.lack import cured, told
from schemas.vocab import Capacity, Channel, Field, Obligation, Place, ProcessKind, Purpose, Regime

WITHIN_ORDER = ACCOUNTED | {Obligation.WITHIN_ORDER}

LOCATING = frozenset(
    {
        Field.NAME,
        Field.ADDRESS,
        Field.DATE_OF_BIRTH,
        Field.PLACE_OF_BIRTH,
        Field.SOCIAL_SECURITY_NUMBER,
        Field.TREATMENT_TIME,
        Field.PHYSICAL_DESCRIPTION,
    }
)
"""What may be told to find someone (164.512(f)(2)(i)), of the fields that records here can hold."""


@rule(
    "hipaa.locate",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(f)(2)(i)"),),
    OMNIBUS,
    rows=("R-HP-16",),
    purposes=frozenset({Purpose.LOCATE_PERSON}),
    then=ACCOUNTED,
    to={Capacity.LAW_ENFORCEMENT},
)
def locate(q: Question) -> Finding | None:
    """Police who ask where a suspect or missing person is have the listed items and no others."""
    if q.request.channel is not Channel.QUERY and not any(True for _ in q.process(ProcessKind.ORAL_REQUEST)):
        return does_not_apply("The items are told on request only.")
    return permits(q.fields & LOCATING, "Police ask to identify or find someone.")


@rule(
    "hipaa.police-process",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(f)(1)(ii)"),),
    OMNIBUS,
    rows=("R-HP-17", "R-HP-18"),
    purposes=POLICE | {Purpose.HLEGAL},
    then=WITHIN_ORDER,
    to={Capacity.LAW_ENFORCEMENT, Capacity.PROSECUTOR},
)
def police_process(q: Question) -> Finding | None:
    """A warrant signed by a judge or a grand-jury subpoena opens what it names, to police and prosecutors."""
    named = q.ordered(ProcessKind.SEARCH_WARRANT, ProcessKind.GRAND_JURY_SUBPOENA)
    if not named:
        return does_not_apply("No warrant or grand-jury subpoena reaches the holder.", "A warrant or an order.")
    return permits(named, "A warrant or grand-jury subpoena names this.")


@rule(
    "hipaa.court-order",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(e)(1)(i)"),),
    OMNIBUS,
    rows=("R-HP-19", "R-HP-14", "R-HP-30", "R-HP-18"),
    purposes=POLICE | {Purpose.HLEGAL, Purpose.SUPERVISION},
    then=WITHIN_ORDER,
    given={Given.PROCESS},
)
def court_order(q: Question) -> Finding | None:
    """A court order opens what it expressly authorizes."""
    named = q.ordered(ProcessKind.COURT_ORDER, ProcessKind.PART2_ORDER)
    return permits(named, "A court order expressly authorizes this.") if named else None


@rule(
    "hipaa.subpoena",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(e)(1)(ii)"), cfr45("164.512(e)(1)(iv)")),
    OMNIBUS,
    rows=("R-HP-20", "R-HP-21"),
    purposes=frozenset({Purpose.HLEGAL}),
    then=WITHIN_ORDER | {Obligation.MINIMUM_NECESSARY},
    given={Given.PROCESS},
)
def subpoena(q: Question) -> Finding | None:
    """A subpoena without an order needs assurance that the person was told or that protection was sought."""
    papers = list(q.process(ProcessKind.SUBPOENA))
    assured = [paper for paper in papers if not process.lacks(paper)]
    if not papers:
        return None
    if not assured:
        lacking = process.lacks(papers[0])
        return does_not_apply(f"A subpoena on file does not serve. {told(lacking)}", cured(lacking))
    named = frozenset(f for paper in assured for f in q.described(paper.information))
    return permits(named, "A subpoena with satisfactory assurance names this.")


@rule(
    "hipaa.crime-report",
    Regime.HIPAA,
    Effect.PERMIT,
    (cfr45("164.512(f)(5)"), cfr45("164.502(j)(2)")),
    OMNIBUS,
    rows=("R-LE-01",),
    purposes=frozenset({Purpose.CRIME_REPORT}),
    then=ACCOUNTED,
    to={Capacity.LAW_ENFORCEMENT},
)
def crime_report(q: Question) -> Finding | None:
    """A holder may report a crime on its premises or against its personnel to police."""
    incident = q.facts.incident
    if incident is None or not incident.reported_by_source:
        return None
    if not (incident.against_personnel or incident.place is Place.PROGRAM_PREMISES):
        return does_not_apply("The crime was neither on the premises nor against personnel.")
    return permits(q.fields & CRIME_REPORT, "The holder reports a crime.")
