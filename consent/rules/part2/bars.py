"""What Part 2 withholds whatever else permits."""

from consent.given import Given
from consent.law import ANTIDISCRIMINATION, PART2_2017, PART2_2024, cfr42, usc
from consent.purposes import ADVERSE
from consent.question import Question
from consent.rule import Effect, Finding, bars, rule
from consent.rules.part2.consented import NOTES, consents, proceedings_consents
from consent.rules.part2.courts import standing_orders
from schemas.vocab import Capacity, OrderSection, Purpose, Regime, SeparatedNotes

_DECIDING = frozenset({Purpose.TENANT_SCREENING, Purpose.EMPLOYMENT})


@rule(
    "part2.no-use-against-the-patient",
    Regime.PART2,
    Effect.BAR,
    (usc(42, "290dd-2(c)"), cfr42("2.12(d)(1)"), cfr42("2.13(a)"), cfr42("2.61(b)(1)")),
    PART2_2017,
    rows=("R-B-03", "R-P2-16", "R-P2-31", "R-CT-01", "R-CT-05", "R-CT-07", "R-CJ-06", "R-HP-30"),
    purposes=ADVERSE,
)
def no_use_against_the_patient(q: Question) -> Finding | None:
    """No record goes into a proceeding, an investigation or a warrant without a Part 2 order or a separate consent.

    A subpoena, an ordinary warrant or an ordinary court order is neither.
    """
    if standing_orders(q) or proceedings_consents(q):
        return None
    return bars(
        q.fields,
        "Neither an order under subpart E nor a separate consent for the proceeding covers this.",
        "An order under 42 CFR 2.64 or 2.65, or a separate consent of the patient under 2.31(d).",
    )


@rule(
    "part2.counseling-notes",
    Regime.PART2,
    Effect.BAR,
    (cfr42("2.31(b)"), cfr42("2.11")),
    PART2_2024,
    rows=("R-B-04", "R-P2-33"),
    given={Given.NOTES},
)
def counseling_notes(q: Question) -> Finding | None:
    """Separated counseling notes need a consent of their own, also in an emergency.

    Open without it (2.31(b)(1)): to an auditor, oversight of their author (2.53); and to those for whom it was made,
    an order under 2.64 or on a ground of 2.63(a).
    """
    notes = q.notes_held(SeparatedNotes.SUD_COUNSELING)
    if not notes or _is_oversight(q) or _are_ordered(q) or consents(q, NOTES).valid:
        return None
    return bars(
        notes, "Counseling notes need a consent for them alone.", "A separate consent for the counseling notes."
    )


def _is_oversight(q: Question) -> bool:
    return q.purpose is Purpose.AUDIT_EVALUATION and q.recipient_is(Capacity.AUDITOR)


def _are_ordered(q: Question) -> bool:
    return q.purpose in ADVERSE and any(
        order.section is OrderSection.SECTION_2_64 or order.communications_ground for order in standing_orders(q)
    )


@rule(
    "part2.no-discrimination",
    Regime.PART2,
    Effect.BAR,
    (usc(42, "290dd-2(i)"),),
    ANTIDISCRIMINATION,
    rows=("R-B-09",),
    purposes=_DECIDING | {Purpose.HOUSING_ELIGIBILITY},
)
def no_discrimination(q: Question) -> Finding | None:
    """No record goes to one who would decide by it on renting or hiring, whatever the landlord calls the purpose."""
    if q.purpose not in _DECIDING and not q.recipient_is(Capacity.LANDLORD):
        return None
    return bars(q.fields, "A substance use record is no ground for renting or hiring decisions.")
