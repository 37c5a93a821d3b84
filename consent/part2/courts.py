"""Court orders under subpart E (42 CFR 2.61 to 2.65): an order authorizes, a mandate compels."""

from consent.law import PART2_2017, cfr42
from consent.purposes import ADVERSE
from consent.question import NO_FIELDS, Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from schemas.instruments import LegalProcess
from schemas.vocab import (
    Category,
    Field,
    Obligation,
    ObtainedUnder,
    OrderFinding,
    OrderSection,
    ProceedingKind,
    ProcessKind,
    Purpose,
    Regime,
)

_NEEDED = {
    OrderSection.SECTION_2_64: frozenset(
        {
            OrderFinding.NO_OTHER_EFFECTIVE_WAY,
            OrderFinding.PUBLIC_INTEREST_OUTWEIGHS,
            OrderFinding.NOTICE_AND_HEARING,
        }
    ),
    OrderSection.SECTION_2_65: frozenset(OrderFinding) - {OrderFinding.NOTICE_AND_HEARING},
}


def standing_orders(q: Question) -> tuple[LegalProcess, ...]:
    """Orders with every finding that their section asks for, fit for the proceeding.

    None reaches what a researcher or an auditor holds (2.62).
    """
    received = q.received
    if received is not None and received.under in (ObtainedUnder.RESEARCH, ObtainedUnder.AUDIT):
        return ()
    return tuple(order for order in q.process(ProcessKind.PART2_ORDER) if _stands(order, q))


def _stands(order: LegalProcess, q: Question) -> bool:
    if order.section is None or not _NEEDED[order.section] <= set(order.findings):
        return False
    proceeding = q.request.proceeding
    criminal = proceeding.kind is ProceedingKind.CRIMINAL if proceeding else q.purpose is not Purpose.HLEGAL
    return criminal is (order.section is OrderSection.SECTION_2_65)


def _authorized(order: LegalProcess, q: Question) -> frozenset[Field]:
    """What an order reaches: confidential communications only on one of the grounds of 2.63."""
    reached = q.described(order.information)
    return reached if order.communications_ground else reached - q.held_under(Category.CONFIDENTIAL_COMMUNICATIONS)


@rule(
    "part2.order",
    Regime.PART2,
    Effect.PERMIT,
    (cfr42("2.61"), cfr42("2.64"), cfr42("2.65"), cfr42("2.63(a)")),
    PART2_2017,
    rows=("R-CT-02", "R-CT-03", "R-CT-04", "R-CT-06", "R-CT-07"),
    purposes=ADVERSE,
    then=frozenset({Obligation.WITHIN_ORDER, Obligation.CARRY_LABELS}),
)
def order(q: Question) -> Finding | None:
    """An order under 2.64 or 2.65 with its findings permits what it names.

    Without a mandate the holder may refuse, so that a human decides.
    """
    standing = standing_orders(q)
    if not standing:
        return does_not_apply("No order under subpart E with every finding reaches this holder and proceeding.")
    fields = NO_FIELDS.union(*(_authorized(paper, q) for paper in standing))
    owing = () if all(paper.mandate for paper in standing) else (Obligation.HUMAN_JUDGEMENT,)
    return permits(fields, "A Part 2 court order authorizes this.", owing)
