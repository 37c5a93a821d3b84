"""Whom the pairs are about: somebody of whom nothing may be told, beside a stranger whose question costs the same.

A name's length, its sounds and its usual short forms cost time too, and they are the asker's own; so every known
person has a stranger whose name is built alike.
"""

import json
import random
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from hub.demo.county import Story, story
from hub.demo.county.names import MEN, NICKNAMES, WOMEN
from hub.store.matching import blocking, normalise
from hub.store.matching.names import roots
from schemas.canonical import PersonFacts

VOWELS, CONSONANTS = "aeiou", "bdfgklmnprstv"
GIVEN = sorted({*WOMEN, *MEN, *NICKNAMES, *(short for names in NICKNAMES.values() for short in names)})


@dataclass(frozen=True)
class Person:
    """As an asker names them."""

    given: str
    family: str
    born: date

    def asked(self) -> dict[str, Any]:
        return {"given": self.given, "family": self.family, "birth_date": self.born.isoformat()}

    def keys(self) -> frozenset[str]:
        return blocking(normalise(PersonFacts(given=self.given, family=self.family, birth_date=self.born)))


@dataclass(frozen=True)
class Pair:
    """Two questions that differ in nothing but whom the hub knows."""

    kind: str
    known: Person
    stranger: Person


def pair(key: str) -> Pair:
    """A story's person and a stranger like them."""
    known = _of(story(key))
    return Pair(key, known, stranger_like(known))


def nobody() -> Pair:
    """Two strangers: what the measurement itself says of no difference at all."""
    one = _of(story("stranger"))
    return Pair("nobody", stranger_like(one), one)


def _of(one: Story) -> Person:
    return Person(one.given, one.family, one.born)


def stranger_like(known: Person) -> Person:
    """Somebody who shares no key with the known one and has as many, and whose names are as long."""
    for seed in count():
        drawn = random.Random(f"{known}{seed}")
        person = Person(_given(known.given, drawn), _respelt(known.family, drawn), _another_day(known.born, drawn))
        if len(person.keys()) == len(known.keys()) and person.keys().isdisjoint(known.keys()):
            return person
    raise AssertionError("unreachable")


def _given(name: str, drawn: random.Random) -> str:
    """A name that is short for as many others."""
    several = len(roots(name.lower()))
    if several == 1 and name.lower() in roots(name.lower()):
        return _respelt(name, drawn)
    return drawn.choice([one for one in GIVEN if len(one) == len(name) and len(roots(one.lower())) == several])


def _respelt(name: str, drawn: random.Random) -> str:
    return "".join(_another_letter(letter, drawn) for letter in name)


def _another_letter(letter: str, drawn: random.Random) -> str:
    if not letter.isalpha():
        return letter
    found = drawn.choice(VOWELS if letter.lower() in VOWELS else CONSONANTS)
    return found.upper() if letter.isupper() else found


def _another_day(born: date, drawn: random.Random) -> date:
    return born.replace(year=born.year + drawn.choice((-3, -2, 2, 3)), day=min(28, born.day))


def question(person: Person | dict[str, Any], **changes: Any) -> bytes:
    """The question of a crisis team, as bytes."""
    who = person.asked() if isinstance(person, Person) else person
    asked = {"purpose": "COC", "treating_relationship": True, "justification": "on scene", "person": who}
    return json.dumps({**asked, **changes}).encode()
