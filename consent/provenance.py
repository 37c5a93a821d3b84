"""Which regimes protect a record: from whose hands it came and how, never from what it says."""

from collections.abc import Iterator

from consent.law import HMIS_LIMITS, cfr42, cfr45, cite, usc
from consent.question import ANONYMOUS, is_program
from schemas.disclosure import Citation, Created, Piece, Received
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


def regimes_of(piece: Piece) -> frozenset[Regime]:
    """Every regime that must permit; none for what identifies nobody."""
    return frozenset() if piece.form in ANONYMOUS else frozenset(_attached(piece))


def _attached(piece: Piece) -> Iterator[Regime]:
    held_as = piece.source.capacities
    covered = Capacity.COVERED_ENTITY in held_as
    if covered:
        yield Regime.HIPAA
    if is_veterans(piece):
        yield Regime.VETERANS
    elif is_part2(piece):
        yield Regime.PART2
    yield from _of_homeless_services(piece, covered=covered)
    if Capacity.VICTIM_SERVICE_PROVIDER in held_as:
        yield Regime.VAWA
    yield from _of_justice(piece)
    yield from _of_services(piece, covered=covered)


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


def _of_homeless_services(piece: Piece, *, covered: bool) -> Iterator[Regime]:
    """A covered entity follows HIPAA instead of the HMIS standard (69 FR 45888 4.1.2)."""
    if piece.hmis is None:
        return
    if not covered:
        yield Regime.HMIS
    if Funding.HOPWA in piece.hmis.funding:
        yield Regime.HOPWA
    if Funding.RHY in piece.hmis.funding:
        yield Regime.RHY


def _of_justice(piece: Piece) -> Iterator[Regime]:
    if piece.justice is Justice.BOOKING:
        yield Regime.BOOKING
    if piece.justice is Justice.NATIONAL_DATABASE:
        yield Regime.CRIMINAL_JUSTICE


def _of_services(piece: Piece, *, covered: bool) -> Iterator[Regime]:
    """Services under no federal health-privacy law: state law, a memorandum, or their own promise."""
    held_as = piece.source.capacities
    if Capacity.PUBLIC_SAFETY_ANSWERING_POINT in held_as:
        yield Regime.DISPATCH
    if covered or is_program(held_as):
        return
    if not held_as.isdisjoint(_PROMISING):
        yield Regime.PROMISE
    elif Capacity.HEALTH_CARE_PROVIDER in held_as:
        yield Regime.SERVICE
