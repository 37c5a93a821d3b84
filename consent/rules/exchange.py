"""What the exchange is to a source: without an arrangement with the holder nothing of that holder is released."""

from collections.abc import Iterable
from datetime import date

from consent.given import HUB
from consent.law import HMIS_STANDARDS, LONG_STANDING, OMNIBUS, PART2_2017, PART2_2024, cfr42, cfr45, cite
from consent.papers import names_exchange
from consent.question import Asked, Question
from consent.rule import Effect, Finding, bars, narrows, rule
from consent.validity import Lack, agreements
from consent.validity.lack import cured, told
from consent.validity.part2 import lacks, lacks_before_2024
from schemas.instruments import Agreement
from schemas.vocab import AgreementKind, Field, Regime


def serving(q: Question, organization: str) -> list[Agreement]:
    """The agreements by which an organization is the program's qualified service organization (42 CFR 2.11).

    A business associate of a program that is a covered entity is one too, since the changes of 2024.
    """
    own = q.in_force(AgreementKind.QUALIFIED_SERVICE_ORGANIZATION, organization, q.source)
    if q.source_is_covered and q.today >= PART2_2024:
        own += q.in_force(AgreementKind.BUSINESS_ASSOCIATE, organization, q.source)
    return own


def lapsed(asked: Asked, kind: AgreementKind, one: str, other: str | None) -> tuple[Lack, ...]:
    """What the latest agreement of this kind between these two lacks today; nothing where there is none on file."""
    filed = [paper for paper in asked.facts.agreements if paper.kind is kind and {one, other} <= set(paper.parties)]
    if not filed:
        return ()
    return agreements.lacks(max(filed, key=lambda paper: (paper.since, paper.until or date.max)), asked.today)


def is_intermediary(q: Question) -> bool:
    """Whether the exchange may serve this program only as an intermediary named in a consent (42 CFR 2.11)."""
    return q.source_is_program and not serving(q, HUB)


def _without(q: Question, kind: AgreementKind, words: str) -> Finding | None:
    """Closed without an agreement; open as far as the agreement's fields reach."""
    known = q.in_force(kind, HUB, q.source)
    if known:
        return _narrowed_to(known, q)
    lacking = lapsed(q, kind, HUB, q.source)
    because = f"There is no {words} with the holder in force."
    return bars(q.fields, f"{because} {told(lacking)}".strip(), cured(lacking) or f"A {words} with the holder.")


def _narrowed_to(known: list[Agreement], q: Question) -> Finding | None:
    beyond = q.fields - _through(known, q)
    return narrows(beyond, "The agreement with the holder does not let everything through.") if beyond else None


def _through(known: Iterable[Agreement], q: Question) -> frozenset[Field]:
    reached: frozenset[Field] = frozenset()
    for agreement in known:
        reached |= q.fields if agreement.fields is None else q.fields.intersection(agreement.fields)
    return reached


@rule(
    "exchange.business-associate",
    Regime.HIPAA,
    Effect.BAR,
    (cfr45("164.502(e)"), cfr45("164.504(e)")),
    OMNIBUS,
    rows=("R-G-03", "R-HB-01"),
)
def business_associate(q: Question) -> Finding | None:
    """For a covered entity the exchange acts as its business associate, and only as the entity itself could."""
    return _without(q, AgreementKind.BUSINESS_ASSOCIATE, "business associate agreement")


@rule(
    "exchange.program",
    Regime.PART2,
    Effect.BAR,
    (cfr42("2.11"), cfr42("2.12(c)(4)"), cfr42("2.31(a)(4)(ii)")),
    PART2_2017,
    rows=("R-G-04", "R-HB-02", "R-HB-05", "R-HB-08"),
)
def program(q: Question) -> Finding | None:
    """For a program the exchange is its qualified service organization, or named as intermediary in a consent."""
    if not q.source_is_program:
        return _held_elsewhere(q)
    if known := serving(q, HUB):
        return _narrowed_to(known, q)
    if _is_named(q):
        return None
    because = "The exchange is no qualified service organization of the program, and no consent in effect names it."
    return bars(
        q.fields,
        f"{because} {told(lapsed(q, AgreementKind.QUALIFIED_SERVICE_ORGANIZATION, HUB, q.source))}".strip(),
        "A qualified service organization agreement, or a consent that names the exchange.",
    )


def _is_named(q: Question) -> bool:
    """Whether a consent in effect, of the old form or the new, names the exchange as intermediary."""
    known = q.circumstances._replace(through_intermediary=True)
    return any(
        names_exchange(paper, q) and not (lacks(paper, known) and lacks_before_2024(paper, known))
        for paper in q.facts.consents
    )


def _held_elsewhere(q: Question) -> Finding | None:
    """A lawful holder under no other law shares under a memorandum on service data; the exchange, with itself, not."""
    if q.source_is_covered or q.piece.hmis is not None or q.source == HUB:
        return None
    return _without(q, AgreementKind.SERVICE_DATA, "memorandum on service data")


@rule("exchange.hmis", Regime.HMIS, Effect.BAR, (cite("HMIS participation policy"),), HMIS_STANDARDS, rows=("R-G-05",))
def hmis(q: Question) -> Finding | None:
    """For homeless services the exchange works under an HMIS data-sharing agreement."""
    return _without(q, AgreementKind.HMIS_DATA_SHARING, "HMIS data-sharing agreement")


@rule("exchange.booking", Regime.BOOKING, Effect.BAR, (cite("memorandum"),), LONG_STANDING, rows=("R-JU-01",))
def booking(q: Question) -> Finding | None:
    """Booking data comes under a memorandum with the jail, and only the fields it lists."""
    return _without(q, AgreementKind.BOOKING_DATA, "memorandum on booking data")


@rule("exchange.dispatch", Regime.DISPATCH, Effect.BAR, (cite("memorandum"),), LONG_STANDING, rows=("R-CR-04",))
def dispatch(q: Question) -> Finding | None:
    """Dispatch data comes under a memorandum, and only the fields it lists."""
    return _without(q, AgreementKind.SERVICE_DATA, "memorandum on service data")


@rule("exchange.promise", Regime.PROMISE, Effect.BAR, (cite("memorandum"),), LONG_STANDING, rows=("R-CR-07",))
def promise(q: Question) -> Finding | None:
    """What a peer service or call center was told comes under a memorandum, and only the fields it lists."""
    return _without(q, AgreementKind.SERVICE_DATA, "memorandum on service data")


@rule("exchange.service", Regime.SERVICE, Effect.BAR, (cite("memorandum"),), LONG_STANDING, rows=("R-JU-05",))
def service(q: Question) -> Finding | None:
    """A provider under no federal health-privacy law shares under a memorandum, and only the fields it lists."""
    return _without(q, AgreementKind.SERVICE_DATA, "memorandum on service data")


@rule("exchange.veterans", Regime.VETERANS, Effect.BAR, (cite("memorandum"),), LONG_STANDING, rows=("R-VA-01",))
def veterans(q: Question) -> Finding | None:
    """A facility of Veterans Affairs shares as a covered entity, and one that is none under a memorandum."""
    return None if q.source_is_covered else _without(q, AgreementKind.SERVICE_DATA, "memorandum on service data")
