"""Which regimes protect a record: from whose hands it came and how, never from what it says."""

from collections.abc import Collection, Hashable, Iterator
from functools import cache

from consent.law import HMIS_LIMITS, cfr42, cfr45, cite, usc
from consent.question import ANONYMOUS, is_program
from schemas.disclosure import Citation, Created, InHmis, Piece, Received
from schemas.vocab import Capacity, Category, Funding, Justice, Regime

CLOSED_BY: dict[Regime | None, Citation] = {
    None: cite("no regime is known to permit it"),
    Regime.HIPAA: cfr45("164.502(a)"),
    Regime.PART2: cfr42("2.13(a)"),
    Regime.HMIS: HMIS_LIMITS,
    Regime.HOPWA: usc(42, "12905(e)"),
    Regime.RHY: cite("45 CFR part 1351"),
    Regime.VAWA: usc(34, "12291(b)(2)(B)"),
    Regime.VETERANS: usc(38, "7332"),
    Regime.BOOKING: cite("state public-records law"),
    Regime.CRIMINAL_JUSTICE: cite("28 CFR 20.33"),
    Regime.DISPATCH: cite("state 911 confidentiality law"),
    Regime.PROMISE: cite("confidentiality promise of the service"),
    Regime.SERVICE: cite("state law"),
}
"""What keeps a record closed under each regime as long as nothing permits."""

_OPENLY_SPOKEN = (Category.SUBSTANCE_USE, Category.HIV, Category.SUD_COUNSELING_NOTES)
_PROMISING = frozenset({Capacity.PEER_SUPPORT, Capacity.CRISIS_CALL_CENTER})
_SERVING = _PROMISING | {Capacity.PUBLIC_SAFETY_ANSWERING_POINT, Capacity.HEALTH_CARE_PROVIDER}
_OF_FUNDING = {Funding.HOPWA: Regime.HOPWA, Funding.RHY: Regime.RHY}
_OF_JUSTICE = {Justice.BOOKING: Regime.BOOKING, Justice.NATIONAL_DATABASE: Regime.CRIMINAL_JUSTICE}


def regimes_of(piece: Piece) -> tuple[Regime, ...]:
    """Every regime that must permit, in the order of `Regime`; none for what identifies nobody."""
    if piece.form in ANONYMOUS:
        return ()
    held_as = piece.source.capacities
    attached = {Regime.HIPAA} if Capacity.COVERED_ENTITY in held_as else set()
    if is_veterans(piece):
        attached.add(Regime.VETERANS)
    elif is_part2(piece):
        attached.add(Regime.PART2)
    if Capacity.VICTIM_SERVICE_PROVIDER in held_as:
        attached.add(Regime.VAWA)
    if piece.hmis is not None:
        attached.update(_of_homeless_services(piece.hmis, attached))
    if piece.justice is not None:
        attached.add(_OF_JUSTICE[piece.justice])
    if not held_as.isdisjoint(_SERVING):
        attached.update(_of_services(held_as, attached))
    return _in_order(frozenset(attached))


@cache
def _in_order(attached: frozenset[Regime]) -> tuple[Regime, ...]:
    return tuple(regime for regime in Regime if regime in attached)


def is_veterans(piece: Piece) -> bool:
    """Held by Veterans Affairs, and of a kind that 38 U.S.C. 7332 protects."""
    return Capacity.VETERANS_AFFAIRS in piece.source.capacities and not piece.contents.keys().isdisjoint(_OPENLY_SPOKEN)


def is_part2(piece: Piece) -> bool:
    """Held by a program, or received from one as a record, whoever holds it now (42 CFR 2.11, 2.12).

    Not: what was made solely as evidence (2.12(e)(4)(i)), and what a provider that is no program wrote down after
    being told (2.11 "Records").
    """
    if piece.made_solely_as_evidence:
        return False
    if is_program(piece.source.capacities):
        return not (Capacity.VETERANS_AFFAIRS in piece.source.capacities and isinstance(piece.obtained, Created))
    return isinstance(piece.obtained, Received) and is_program(piece.obtained.origin.capacities)


def _of_homeless_services(held: InHmis, attached: Collection[Regime]) -> Iterator[Regime]:
    """A covered entity follows HIPAA instead of the HMIS standard (69 FR 45888 4.1.2)."""
    if Regime.HIPAA not in attached:
        yield Regime.HMIS
    if held.for_victims:
        yield Regime.VAWA
    for funding in held.funding & _OF_FUNDING.keys():
        yield _OF_FUNDING[funding]


def _of_services(held_as: frozenset[Capacity], attached: Collection[Regime]) -> Iterator[Regime]:
    """Services under no federal health-privacy law: state law, a memorandum, or their own promise."""
    if Capacity.PUBLIC_SAFETY_ANSWERING_POINT in held_as:
        yield Regime.DISPATCH
    if Regime.HIPAA in attached or is_program(held_as):
        return
    if not held_as.isdisjoint(_PROMISING):
        yield Regime.PROMISE
    elif Capacity.HEALTH_CARE_PROVIDER in held_as:
        yield Regime.SERVICE


def seen_by_law(piece: Piece) -> Hashable:
    """All of a piece that a rule can look at: everything but its id. Two pieces alike in it are decided alike."""
    obtained, hmis = piece.obtained, piece.hmis
    return (
        piece.source.organization,
        piece.source.capacities,
        None if isinstance(obtained, Created) else obtained,
        piece.form,
        None if hmis is None else (hmis.funding, hmis.private, hmis.for_victims, hmis.known_since),
        piece.justice,
        piece.separated_notes,
        piece.seal,
        piece.made_solely_as_evidence,
        piece.minor_consented_alone,
        tuple(piece.contents.items()),
    )
