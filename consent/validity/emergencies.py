"""The statement of a medical emergency (42 CFR 2.51): who, of which facility, when, of what nature, why no consent."""

from datetime import datetime

from consent.law import cfr42
from consent.validity.lack import Check, Lack, missing
from schemas.instruments import Emergency
from schemas.vocab import UnobtainableBecause

Checks = tuple[Check[Emergency, datetime], ...]


def _was_made(said: Emergency, at: datetime) -> bool:
    """Moments are compared, whatever zone each was written in; a moment without a zone is no `Emergency`."""
    return said.attested_at <= at


_STATED: Checks = (
    (
        lambda said, _: bool(said.medical_person and said.medical_person.strip()),
        Lack("It does not name the medical person.", cfr42("2.51(c)(1)"), "Name the one who receives."),
    ),
    (
        lambda said, _: said.affiliation is not None,
        Lack("It does not name the medical person's facility.", cfr42("2.51(c)(1)"), "Name the health care facility."),
    ),
    (
        _was_made,
        Lack("It is dated after this moment.", cfr42("2.51(c)(3)"), "State date and time as they are, with the zone."),
    ),
    (
        lambda said, _: said.kind is not None,
        Lack("It does not state the nature of the emergency.", cfr42("2.51(c)(4)"), "State what the emergency is."),
    ),
    (
        lambda said, _: said.consent_unobtainable_because is not None,
        Lack(
            "It does not say why consent cannot be had.", cfr42("2.51(a)(1)"), "State why the person cannot be asked."
        ),
    ),
)
CAN_BE_ASKED = Lack(
    "The person can be asked, and was not or refused.", cfr42("2.51(a)(1)"), "The person's written consent."
)
REFUSED = Lack("The person refused.", cfr42("2.51(a)"), "The person's written consent.")
_NOT_REFUSED: Checks = (
    (lambda said, _: said.consent_unobtainable_because is not UnobtainableBecause.REFUSED, REFUSED),
)


def lacks(said: Emergency, at: datetime) -> tuple[Lack, ...]:
    """What the statement itself lacks at this moment; it depends on nobody's record."""
    return missing(_STATED, said, at)


def lacks_to_rely_on(said: Emergency, at: datetime) -> tuple[Lack, ...]:
    """The same, and whether the reason it gives is one: someone who was asked and refused could be asked."""
    return lacks(said, at) + missing(_NOT_REFUSED, said, at)
