"""How two records compare, trait by trait."""

from datetime import date

from hub.store.matching.digests import is_of_number, sounds_as
from hub.store.matching.names import alike, may_be_called, one_slip_apart, sound
from hub.store.matching.traits import NamePart, Traits, hashable
from schemas.vocab.word import Word


class Trait(Word):
    """What is compared."""

    GIVEN = "given name"
    MIDDLE = "middle name"
    FAMILY = "family name"
    GENERATION = "suffix"
    BIRTH_DATE = "birth date"
    SEX = "sex"
    SSN = "Social Security number"
    PHONE = "phone"
    ADDRESS = "address"
    IDENTIFIER = "identifier"


class Level(Word):
    """How two values compare."""

    UNKNOWN = "unknown", "One side does not say."
    SAME = "same", "Equal."
    LAST_FOUR = "same last four", "One side has only the last four digits, and they are equal."
    NICKNAME = "nickname", "One is a usual short form of the other."
    PART = "same in part", "One of two family names is equal, or a name the person is also known by."
    SWAPPED = "day and month exchanged", "Equal once day and month change places."
    SOUNDS = "same in sound", "The digest of how one sounds is that of the other: some hundred names sound so."
    ALIKE = "alike", "Close enough to be a slip of the pen."
    DIFFERENT = "different", "Not the same."


def compare(one: Traits, other: Traits) -> dict[Trait, Level]:
    """The level of each trait that both sides speak of; the same whichever side asks."""
    found = _hashed(one, other) if one.hashed or other.hashed else _clear(one, other)
    return {trait: level for trait, level in found.items() if level is not Level.UNKNOWN}


def _clear(one: Traits, other: Traits) -> dict[Trait, Level]:
    return {
        Trait.GIVEN: _given(one, other),
        Trait.MIDDLE: _middle(one.middle, other.middle),
        Trait.FAMILY: _family(one, other),
        Trait.GENERATION: _equal(one.generation, other.generation),
        Trait.BIRTH_DATE: _birth_date(one.birth_date, other.birth_date),
        Trait.SEX: _equal(one.sex, other.sex),
        Trait.SSN: _ssn(one.ssn, other.ssn),
        Trait.PHONE: _shared(one.phones, other.phones),
        Trait.ADDRESS: Level.SAME if one.address and one.address == other.address else Level.UNKNOWN,
        Trait.IDENTIFIER: _shared(one.identifiers, other.identifiers),
    }


def _hashed(one: Traits, other: Traits) -> dict[Trait, Level]:
    """Names and number by their digests; all else as in the clear."""
    return {
        **_clear(one, other),
        Trait.GIVEN: _sound(_said(one, "given"), _said(other, "given")),
        Trait.FAMILY: _sound(_said(one, "family"), _said(other, "family")),
        Trait.SSN: _hashed_ssn(one, other),
    }


def _said(traits: Traits, name: NamePart) -> tuple[frozenset[str], str]:
    """What may have been hashed, or the digest."""
    if traits.hashed:
        return frozenset(), getattr(traits.hashed, name)
    return hashable(traits, name), ""


def _sound(one: tuple[frozenset[str], str], other: tuple[frozenset[str], str]) -> Level:
    (names, mine), (other_names, theirs) = one, other
    if mine and theirs:
        if len(mine) != len(theirs):
            return Level.UNKNOWN
        return Level.SOUNDS if mine == theirs else Level.DIFFERENT
    clear, digest = names or other_names, mine or theirs
    if not clear or not digest:
        return Level.UNKNOWN
    return Level.SOUNDS if any(sounds_as(name, digest) for name in clear) else Level.DIFFERENT


def _hashed_ssn(one: Traits, other: Traits) -> Level:
    """By all nine digits where both sides have them, hashed or not; else by the last four."""
    mine, theirs = (traits.hashed.ssn if traits.hashed else "" for traits in (one, other))
    last = _ssn(one.ssn[-4:], other.ssn[-4:])
    if mine and theirs and len(mine) == len(theirs):
        return Level.SAME if mine == theirs else Level.DIFFERENT
    number = other.ssn if mine else one.ssn
    if (mine or theirs) and len(number) == 9:
        return Level.SAME if is_of_number(number, mine or theirs) else Level.DIFFERENT
    return last


def _equal(one: object, other: object) -> Level:
    if not one or not other:
        return Level.UNKNOWN
    return Level.SAME if one == other else Level.DIFFERENT


def _shared(one: frozenset[object], other: frozenset[object]) -> Level:
    """Phones and identifiers come and go: one in common says much, none in common says nothing."""
    return Level.UNKNOWN if one.isdisjoint(other) else Level.SAME


def _given(one: Traits, other: Traits) -> Level:
    if one.given == other.given:
        return Level.SAME if one.given else Level.UNKNOWN
    if not one.given or not other.given:
        return Level.UNKNOWN
    if len(one.given) == 1 or len(other.given) == 1:
        return Level.UNKNOWN if one.given[0] == other.given[0] else Level.DIFFERENT
    if may_be_called(one.given, other.given) or one.given in other.also or other.given in one.also:
        return Level.NICKNAME
    return Level.ALIKE if alike(one.given, other.given) else Level.DIFFERENT


def _middle(one: str, other: str) -> Level:
    """Many records hold an initial only, so the initial is what is compared."""
    return _equal(one[:1], other[:1])


def _family(one: Traits, other: Traits) -> Level:
    if one.family == other.family:
        return Level.SAME if one.family else Level.UNKNOWN
    if not one.family or not other.family:
        return Level.UNKNOWN
    mine, theirs = "".join(one.family), "".join(other.family)
    if mine == theirs:
        return Level.SAME
    shares_a_word = not {*one.family, *one.also}.isdisjoint(other.family) or not other.also.isdisjoint(one.family)
    if shares_a_word:
        return Level.PART
    return Level.ALIKE if alike(mine, theirs) or sound(mine) == sound(theirs) else Level.DIFFERENT


def _birth_date(one: date | None, other: date | None) -> Level:
    if one is None or other is None:
        return Level.UNKNOWN
    if one == other:
        return Level.SAME
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return Level.SWAPPED
    return Level.ALIKE if one_slip_apart(one.isoformat(), other.isoformat()) else Level.DIFFERENT


def _ssn(one: str, other: str) -> Level:
    if not one or not other:
        return Level.UNKNOWN
    if one == other:
        return Level.SAME if len(one) == 9 else Level.LAST_FOUR
    if len(one) != len(other) and one[-4:] == other[-4:]:
        return Level.LAST_FOUR
    return Level.DIFFERENT
