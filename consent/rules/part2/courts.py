"""Court orders under subpart E (42 CFR 2.61 to 2.65): an order authorizes, a mandate compels."""

from collections.abc import Callable

from consent.law import PART2_2017, cfr42
from consent.purposes import ADVERSE
from consent.question import NO_FIELDS, Question
from consent.rule import Effect, Finding, does_not_apply, permits, rule
from consent.validity import Lack, orders
from consent.validity.lack import cured, told
from schemas.instruments import LegalProcess
from schemas.vocab import Category, Field, Obligation, ProcessKind, Regime

OrderValidator = Callable[[LegalProcess, orders.Use], tuple[Lack, ...]]


def _use(q: Question) -> orders.Use:
    return orders.Use(q.purpose, q.request.proceeding, q.received.under if q.received else None)


def standing_orders(q: Question) -> tuple[LegalProcess, ...]:
    """Orders with every finding that their section asks for, fit for the proceeding and the holder."""
    use = _use(q)
    return tuple(order for order in q.process(ProcessKind.PART2_ORDER) if not orders.lacks(order, use))


def _authorized(order: LegalProcess, q: Question) -> frozenset[Field]:
    """What an order reaches: confidential communications only on one of the grounds of 2.63."""
    reached = q.described(order.information)
    return reached - _communications(q) if orders.lacks_for_communications(order, _use(q)) else reached


def _communications(q: Question) -> frozenset[Field]:
    return q.held_under(Category.CONFIDENTIAL_COMMUNICATIONS)


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
        return _near_miss(q)
    fields = NO_FIELDS.union(*(_authorized(paper, q) for paper in standing))
    voluntary = _once(standing, orders.lacks_to_compel, q)
    closed = _once(standing, orders.lacks_for_communications, q) if _communications(q) else ()
    owing = (Obligation.HUMAN_JUDGEMENT,) if voluntary else ()
    return permits(fields, f"A Part 2 court order authorizes this. {told(closed + voluntary)}".strip(), owing)


def _near_miss(q: Question) -> Finding:
    """What the orders directed to this holder lack, or what order would help."""
    filed = tuple(q.process(ProcessKind.PART2_ORDER))
    lacking = _once(filed, orders.lacks, q)
    if lacking:
        return does_not_apply(f"An order on file does not serve. {told(lacking)}", cured(lacking))
    return does_not_apply(
        "No order under subpart E with every finding reaches this holder and proceeding.",
        "An order under 42 CFR 2.64, or 2.65 for a criminal case.",
    )


def _once(papers: tuple[LegalProcess, ...], lacks: OrderValidator, q: Question) -> tuple[Lack, ...]:
    """What these orders lack, each thing once."""
    use = _use(q)
    return tuple(dict.fromkeys(lack for paper in papers for lack in lacks(paper, use)))
