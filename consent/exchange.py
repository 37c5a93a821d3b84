"""What the exchange is to a source: without an arrangement with the holder nothing of that holder is released."""

from collections.abc import Iterable

from consent.law import HMIS_STANDARDS, LONG_STANDING, OMNIBUS, PART2_2017, cfr42, cfr45, cite
from consent.papers import names_exchange
from consent.question import HUB, Question
from consent.rule import Effect, Finding, bars, narrows, rule
from schemas.instruments import Agreement
from schemas.vocab import AgreementKind, Field, Regime


def serving(q: Question, organization: str) -> list[Agreement]:
    """The agreements by which an organization is the program's qualified service organization (42 CFR 2.11).

    A business associate of a program that is a covered entity is one too.
    """
    own = q.in_force(AgreementKind.QUALIFIED_SERVICE_ORGANIZATION, organization, q.source)
    return own + (q.in_force(AgreementKind.BUSINESS_ASSOCIATE, organization, q.source) if q.source_is_covered else [])


def is_intermediary(q: Question) -> bool:
    """Whether the exchange may serve this program only as an intermediary named in a consent (42 CFR 2.11)."""
    return q.source_is_program and not serving(q, HUB)


def _without(q: Question, kind: AgreementKind, words: str) -> Finding | None:
    """Closed without an agreement; open as far as the agreement's fields reach."""
    known = q.in_force(kind, HUB, q.source)
    if not known:
        return bars(q.fields, f"There is no {words} with the holder in force.", f"A {words} with the holder.")
    return _narrowed_to(known, q)


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
    rows=("R-G-04", "R-HB-02", "R-HB-05"),
)
def program(q: Question) -> Finding | None:
    """For a program the exchange is its qualified service organization, or named as intermediary in a consent."""
    if not q.source_is_program:
        return _held_elsewhere(q)
    if known := serving(q, HUB):
        return _narrowed_to(known, q)
    if any(names_exchange(paper, q) for paper in q.facts.consents):
        return None
    return bars(
        q.fields,
        "The exchange is no qualified service organization of the program, and no consent names it as intermediary.",
        "A qualified service organization agreement, or a consent that names the exchange.",
    )


def _held_elsewhere(q: Question) -> Finding | None:
    """A lawful holder under no other law shares under a memorandum on service data."""
    if q.source_is_covered or q.piece.hmis is not None:
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
