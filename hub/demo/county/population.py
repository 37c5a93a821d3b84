"""Who lives in the county: the people of the stories first, then as many more as are wanted, one at a time."""

from collections.abc import Iterator
from datetime import timedelta

from hub.demo.county.days import Calendar
from hub.demo.county.dice import Dice
from hub.demo.county.health import care, treatment, visits
from hub.demo.county.homelessness import release, stays
from hub.demo.county.justice import custody
from hub.demo.county.lives import Life, Part2Consent, Person
from hub.demo.county.names import FAMILIES, MEN, STREETS, WOMEN
from hub.demo.county.stories import lives

_IN_HMIS = 0.55
_RELATED = 0.012
_TWINS = 0.5
_YOUNGEST, _OLDEST = 18 * 366, 84 * 365
_SON_AFTER = 22 * 366


def population(people: int, dice: Dice, calendar: Calendar) -> Iterator[Life]:
    """As many lives as wanted, the same for the same dice; a larger county begins with the people of a smaller one.

    About one in a hundred is the twin of the person before, or the son who bears his father's name.
    """
    told = lives()
    yield from told
    person: Person | None = None
    for number in range(len(told) + 1, people + 1):
        related = person is not None and dice.chance(_RELATED)
        person = _relative(person, number, dice, calendar) if person and related else _person(number, dice, calendar)
        yield _life(person, dice, calendar)


def _person(number: int, dice: Dice, calendar: Calendar) -> Person:
    female = dice.chance(0.42)
    names = WOMEN if female else MEN
    return Person(
        number,
        dice.common_of(names),
        dice.one_of(names),
        dice.common_of(FAMILIES),
        "",
        calendar.today - timedelta(days=dice.between(_YOUNGEST, _OLDEST)),
        female,
        "" if dice.chance(0.4) else f"{dice.between(100, 989)} {dice.one_of(STREETS)}",
    )


def _relative(person: Person, number: int, dice: Dice, calendar: Calendar) -> Person:
    """A twin, or for a man old enough a son of the same name."""
    names = WOMEN if person.female else MEN
    son = person.born + timedelta(days=_SON_AFTER + dice.between(0, 3_000))
    grown = son < calendar.today - timedelta(days=_YOUNGEST)
    if not person.female and grown and not dice.chance(_TWINS):
        return person._replace(number=number, suffix="Jr", born=son)
    return person._replace(number=number, given=dice.one_of(names), middle=dice.one_of(names))


def _life(person: Person, dice: Dice, calendar: Calendar) -> Life:
    """Four sectors that overlap as they do: shelter users are met in the emergency room and in jail more often."""
    sheltered = dice.chance(_IN_HMIS)
    treated = dice.chance(0.06 if sheltered else 0.04)
    clinic = dice.chance(0.25 if sheltered else 0.40)
    jailed = dice.chance(0.10 if sheltered else 0.05)
    elsewhere = sheltered or treated or clinic or jailed
    hospital = dice.chance(0.45 if elsewhere else 1.0)
    years = (calendar.today - person.born).days // 365
    return Life(
        person,
        stays=stays(years, dice) if sheltered else (),
        visits=visits(dice) if hospital else (),
        care=care(dice) if clinic else None,
        treatment=treatment(dice) if treated else None,
        custody=custody(person.number, dice) if jailed else None,
        release=release(dice) if sheltered else None,
        part2_consent=Part2Consent(dice.between(5, 300)) if treated and dice.chance(0.4) else None,
    )
