"""What of a person's facts can be compared with another's, in one spelling."""

from datetime import date
from typing import Literal, NamedTuple

from hub.store.matching.digests import digest
from hub.store.matching.names import words
from schemas.canonical import Identifier, PersonFacts
from schemas.vocab.records import Sex

_GENERATIONS = {
    "sr": 1, "senior": 1, "i": 1,
    "jr": 2, "junior": 2, "ii": 2, "nd": 2,
    "iii": 3, "rd": 3,
    "iv": 4, "th": 4,
}  # fmt: skip
_FILLERS = frozenset({"123456789", "987654321", "012345678"})


class Hashed(NamedTuple):
    """Digests as `digests` has them; empty is unknown."""

    given: str = ""
    family: str = ""
    ssn: str = ""


class Traits(NamedTuple):
    """Comparable facts. Empty or None is unknown, and says nothing for or against.

    given       the first given name
    family      the words of the family name; several where it is double
    also        words of other names the person is known by
    generation  1 Sr, 2 Jr or II, 3 III, 4 IV; 0 unknown
    ssn         nine digits, or the last four
    hashed      digests of a hashed export in place of names and number; None for what is told in the clear
    """

    given: str = ""
    middle: str = ""
    family: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    generation: int = 0
    birth_date: date | None = None
    sex: Sex | None = None
    ssn: str = ""
    phones: frozenset[str] = frozenset()
    address: str = ""
    identifiers: frozenset[Identifier] = frozenset()
    hashed: Hashed | None = None


def normalise(facts: PersonFacts) -> Traits:
    """The comparable traits of a person; digests of names are no names, and compare only as digests."""
    return _with_digests(facts) if facts.hashed else _with_names(facts)


NamePart = Literal["given", "family"]


def hashable(traits: Traits, name: NamePart) -> frozenset[str]:
    """What may have been hashed of a name in the clear: of a double one some systems hash the first word, some all."""
    words = traits.family if name == "family" else (traits.given,)
    return frozenset(filter(None, ("".join(words), *words[:1])))


def _with_digests(facts: PersonFacts) -> Traits:
    hashed = Hashed(digest(facts.given), digest(facts.family), digest(facts.ssn_digest))
    return _without_names(facts)._replace(hashed=hashed)


def _without_names(facts: PersonFacts) -> Traits:
    return Traits(
        birth_date=facts.birth_date,
        sex=facts.sex,
        ssn=_real_ssn(facts.ssn),
        phones=_phones(facts.phones),
        address=_plain_address(facts.address),
        identifiers=frozenset(facts.identifiers),
    )


def _with_names(facts: PersonFacts) -> Traits:
    given, family = words(facts.given), words(facts.family)
    generation = _generation(facts.suffix)
    if len(family) > 1 and family[-1] in _GENERATIONS:
        generation = generation or _GENERATIONS[family[-1]]
        family = family[:-1]
    middle = words(facts.middle) or given[1:]
    return _without_names(facts)._replace(
        given=given[0] if given else "",
        middle=middle[0] if middle else "",
        family=family,
        also=frozenset(word for alias in facts.aliases for word in words(alias)),
        generation=generation,
    )


def _generation(suffix: str | None) -> int:
    found = words(suffix)
    return _GENERATIONS.get(found[0], 0) if found else 0


def _real_ssn(number: str | None) -> str:
    """Nine or four digits; nothing for a number typed only to fill the field."""
    if not number or not number.isdecimal() or len(number) not in {4, 9}:
        return ""
    filler = number in _FILLERS or len(set(number)) == 1 or number.endswith("0000")
    return "" if filler or (len(number) == 9 and (number.startswith("000") or number[3:5] == "00")) else number


def _phones(numbers: tuple[str, ...]) -> frozenset[str]:
    """The last ten digits of each; a shorter number could be anybody's extension."""
    digits = ("".join(filter(str.isdecimal, number)) for number in numbers)
    return frozenset(number[-10:] for number in digits if len(number) >= 10)


def _plain_address(address: str | None) -> str:
    return " ".join("".join(filter(str.isalnum, word)) for word in address.casefold().split()) if address else ""
