"""How a person comes to be written down: each sector's clerks have their own habits, and their own slips."""

import calendar
from datetime import date
from typing import NamedTuple

from hub.demo.county.dice import Dice
from hub.demo.county.lives import Life, Person
from hub.demo.county.names import FAMILIES, NICKNAMES


class Habits(NamedTuple):
    """The share of people whom a source writes down with each slip, 0.0 to 1.0; slips are independent of each other."""

    nickname: float
    typo: float
    other_family: float
    no_middle: float
    no_suffix: float
    no_birth: float
    swapped_birth: float
    wrong_birth: float
    no_last_four: float
    wrong_last_four: float


class Written(NamedTuple):
    """A person as one source has them; `last_four` is empty and `born` None where they did not say.

    No sender in the county passes on more of a social security number than its last four digits.
    """

    given: str
    middle: str
    family: str
    suffix: str
    born: date | None
    female: bool
    last_four: str


SHELTER = Habits(
    nickname=0.10,
    typo=0.025,
    other_family=0.02,
    no_middle=0.70,
    no_suffix=0.40,
    no_birth=0.03,
    swapped_birth=0.010,
    wrong_birth=0.015,
    no_last_four=0.30,
    wrong_last_four=0.015,
)
HOSPITAL = Habits(
    nickname=0.03,
    typo=0.015,
    other_family=0.02,
    no_middle=0.30,
    no_suffix=0.20,
    no_birth=0.01,
    swapped_birth=0.005,
    wrong_birth=0.005,
    no_last_four=0.25,
    wrong_last_four=0.005,
)
CLINIC = Habits(
    nickname=0.06,
    typo=0.010,
    other_family=0.02,
    no_middle=0.40,
    no_suffix=0.20,
    no_birth=0.00,
    swapped_birth=0.005,
    wrong_birth=0.005,
    no_last_four=0.60,
    wrong_last_four=0.005,
)
TREATMENT = Habits(
    nickname=0.02,
    typo=0.010,
    other_family=0.01,
    no_middle=0.30,
    no_suffix=0.20,
    no_birth=0.00,
    swapped_birth=0.002,
    wrong_birth=0.005,
    no_last_four=0.10,
    wrong_last_four=0.005,
)
JAIL = Habits(
    nickname=0.02,
    typo=0.030,
    other_family=0.03,
    no_middle=0.20,
    no_suffix=0.10,
    no_birth=0.01,
    swapped_birth=0.010,
    wrong_birth=0.020,
    no_last_four=0.35,
    wrong_last_four=0.020,
)


def written_down(life: Life, habits: Habits, dice: Dice) -> Written:
    """The person as a source with these habits has them."""
    person = life.person
    if life.plain:
        return as_they_are(person)
    return Written(
        _given(person, habits, dice),
        "" if dice.chance(habits.no_middle) else person.middle,
        _family(person, habits, dice),
        "" if dice.chance(habits.no_suffix) else person.suffix,
        _born(person.born, habits, dice),
        person.female,
        _last_four(person.last_four, habits, dice),
    )


def as_they_are(person: Person) -> Written:
    """The person without a slip."""
    return Written(
        person.given, person.middle, person.family, person.suffix, person.born, person.female, person.last_four
    )


def _given(person: Person, habits: Habits, dice: Dice) -> str:
    if dice.chance(habits.nickname):
        return dice.one_of(NICKNAMES.get(person.given, (person.given,)))
    return person.given


def _family(person: Person, habits: Habits, dice: Dice) -> str:
    if dice.chance(habits.typo):
        return slipped(person.family, dice)
    if person.female and dice.chance(habits.other_family):
        return f"{person.family}-{dice.common_of(FAMILIES)}"
    return person.family


def slipped(name: str, dice: Dice) -> str:
    """The name with one slip of the keys: two letters changed over, one left out, or one struck twice."""
    at = dice.between(1, len(name) - 2)
    before, first, second, after = name[:at], name[at], name[at + 1], name[at + 2 :]
    return dice.one_of(
        (before + second + first + after, before + second + after, before + first + first + second + after)
    )


def _born(born: date, habits: Habits, dice: Dice) -> date | None:
    throw = dice.between(1, 1_000) / 1_000
    if throw <= habits.no_birth:
        return None
    if throw <= habits.no_birth + habits.swapped_birth:
        return swapped(born)
    if throw <= habits.no_birth + habits.swapped_birth + habits.wrong_birth:
        year = born.year - 1 if born.year % 2 else born.year + 1
        return born.replace(year=year, day=min(born.day, calendar.monthrange(year, born.month)[1]))
    return born


def swapped(born: date) -> date:
    """Day and month changed over, where that makes a date."""
    return born.replace(month=born.day, day=born.month) if born.day <= 12 else born


def _last_four(digits: str, habits: Habits, dice: Dice) -> str:
    throw = dice.between(1, 1_000) / 1_000
    if throw <= habits.no_last_four:
        return ""
    return digits[:2] + digits[3] + digits[2] if throw <= habits.no_last_four + habits.wrong_last_four else digits
