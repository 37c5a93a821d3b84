"""What a validator must know beside the paper: the day, the person, and who would receive for what."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from schemas.disclosure import Subject
from schemas.instruments import StatePack
from schemas.vocab import Purpose

ADULT = 18


class Alone(NamedTuple):
    """To which care state law lets a minor of this age consent alone."""

    substance_use: bool = False
    mental_health: bool = False
    victim_services: bool = False


NOT_ALONE = Alone()


class Circumstances(NamedTuple):
    """A paper is judged at a moment, for a person and, once a recipient asks, for that use.

    at          the moment of decision; days are read in its offset
    alone       the care to which a minor may consent alone, by the law of every state in play
    care_alone  whether this care was one that the minor lawfully consented to alone
    purpose     what it is to be used for; None while it is only filed
    to_covered  whether the recipient is a covered entity
    through_intermediary  whether the exchange may pass on only as an intermediary (42 CFR 2.31(a)(4)(ii))
    """

    at: datetime
    subject: Subject
    alone: Alone = NOT_ALONE
    care_alone: bool = False
    purpose: Purpose | None = None
    to_covered: bool = False
    through_intermediary: bool = False

    @property
    def today(self) -> date:
        return self.at.date()

    @property
    def is_minor(self) -> bool:
        return self.subject.age_years is not None and self.subject.age_years < ADULT


def may_consent_alone(subject: Subject, packs: Iterable[StatePack]) -> Alone:
    """What a person of this age may consent to alone in every one of these states; nothing where nobody knows."""
    ages = [pack.minor_consent_ages for pack in packs if pack.minor_consent_ages is not None]
    if not ages:
        return NOT_ALONE
    return Alone(
        substance_use=all(_reached(subject, known.substance_use) for known in ages),
        mental_health=all(_reached(subject, known.mental_health) for known in ages),
        victim_services=all(_reached(subject, known.victim_services) for known in ages),
    )


def _reached(subject: Subject, age: int | None) -> bool:
    return age is not None and subject.age_years is not None and subject.age_years >= age
