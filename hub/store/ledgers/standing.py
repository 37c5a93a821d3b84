"""On whose behalf someone reads the log, and so whose records and patients they may be told of.

A person in the records of a program is told of to the program, to whoever administers it directly, and to those that
serve or audit it under an agreement (42 CFR 2.12(c)(3) and (4), 2.53). Everybody else is told as little of a clinic's
patients as of a program's, so that what they are not told says nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from consent.question import is_program
from hub.store.directory import HUB
from hub.store.terms import Terms
from schemas.instruments import Agreement
from schemas.vocab import AgreementKind, Capacity

SERVING = frozenset({AgreementKind.QUALIFIED_SERVICE_ORGANIZATION, AgreementKind.PART2_AUDIT})
"""Agreements under which one side may know the other's patients, whoever the two are."""

WITH_THE_HUB = frozenset(
    {
        AgreementKind.HMIS_DATA_SHARING,
        AgreementKind.BOOKING_DATA,
        AgreementKind.SERVICE_DATA,
        AgreementKind.NETWORK_PARTICIPATION,
    }
)
"""Agreements that let the hub handle the records of a party that is no program."""

SPEAKS_OF_CARE = frozenset(
    {
        *(Capacity.COVERED_ENTITY, Capacity.HEALTH_CARE_PROVIDER, Capacity.PART2_PROGRAM, Capacity.HEALTH_PLAN),
        *(Capacity.HOLDS_OUT_SUD_SERVICES, Capacity.SUD_ONLY_FACILITY, Capacity.THIRD_PARTY_PAYER),
        *(Capacity.CRISIS_PROVIDER, Capacity.CRISIS_CALL_CENTER, Capacity.PEER_SUPPORT, Capacity.SERVICE_ORGANIZATION),
        *(Capacity.VICTIM_SERVICE_PROVIDER, Capacity.VETERANS_AFFAIRS, Capacity.CORRECTIONAL_HEALTH),
        Capacity.CALIFORNIA_LPS_FACILITY,
    }
)
"""Whoever is one of these says something of a person's care when named beside them."""


@dataclass(frozen=True)
class Standing:
    """What a reader may be told. Whatever is not known to be open stays closed."""

    acts_for: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    everything: bool = False

    def may_read(self, holder: object) -> bool:
        """Whether what an organization holds about a person may be told."""
        return self.everything or holder in self.acts_for

    def may_name(self, participant: object) -> bool:
        """Whether an organization may be named beside a person."""
        return participant is None or self.may_read(participant) or participant in self.named


UNMASKED = Standing(everything=True)
"""For the person's own copy, and for what the hub works out before it is told to anyone."""


def standing(terms: Terms, participant: str, *, on: date) -> Standing:
    """The standing of a participant's officers on a day; `HUB` is whoever runs the hub."""
    own = frozenset({participant, *_administered(terms, participant), *_served(terms, participant, on)})
    named = (slug for slug, one in terms.participants.items() if one.capacities.isdisjoint(SPEAKS_OF_CARE))
    return Standing(acts_for=own, named=frozenset({HUB, *named}))


def _administered(terms: Terms, participant: str) -> Iterator[str]:
    """Those under its direct administrative control (42 CFR 2.12(c)(3)(ii))."""
    return (slug for slug, one in terms.participants.items() if one.administered_by == participant)


def _served(terms: Terms, participant: str, on: date) -> Iterator[str]:
    """Those whose patients it may know under an agreement in force."""
    for agreement in terms.agreements:
        if participant in agreement.parties and _in_force(agreement, on):
            yield from (slug for slug in agreement.parties if _opens(agreement, terms, participant, slug))


def _in_force(agreement: Agreement, on: date) -> bool:
    return agreement.since <= on and (agreement.until is None or on <= agreement.until)


def _opens(agreement: Agreement, terms: Terms, reader: str, holder: str) -> bool:
    """Whether an agreement lets the reader know the holder's patients.

    An agreement does not say who serves whom, so that between two of a kind it opens nothing. A business associate
    serves covered entities, programs among them (42 CFR 2.11 "Qualified service organization").
    """
    held_as, read_as = _capacities(terms, holder), _capacities(terms, reader)
    if agreement.kind in SERVING:
        return is_program(held_as) and not is_program(read_as)
    if agreement.kind is AgreementKind.BUSINESS_ASSOCIATE:
        return Capacity.COVERED_ENTITY in held_as - read_as
    return agreement.kind in WITH_THE_HUB and reader == HUB and bool(held_as) and not is_program(held_as)


def _capacities(terms: Terms, slug: str) -> frozenset[Capacity]:
    return terms.participants[slug].capacities if slug in terms.participants else frozenset()
