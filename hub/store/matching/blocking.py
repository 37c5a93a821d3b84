"""Which persons are worth comparing: keys that two records of one person very likely share.

Each key joins at least two facts, or is a number meant to be one person's own. A key of one name alone would let a
thief of the index read common names from how often a token occurs; these are nearly all unique.

A birth date enters with day and month in either order, and a given and a family name in one form, so that records with
either pair exchanged still meet.
"""

from collections.abc import Iterator
from datetime import date

from hub.store.matching.digests import sound_of, soundex
from hub.store.matching.names import roots, sound
from hub.store.matching.traits import Traits, hashable
from schemas.canonical import Identifier

EDITION = 2
"""Counted up when a person gets more keys: then whoever is told of again is filed under them."""


def blocking(traits: Traits) -> frozenset[str]:
    """The keys of a person; records that share none are not compared. What it gives is `EDITION` of it."""
    return frozenset(_keys(traits))


def identifier_key(identifier: Identifier) -> str:
    return f"identifier|{identifier.system}|{identifier.value}"


def _keys(traits: Traits) -> Iterator[str]:
    yield from map(identifier_key, traits.identifiers)
    called = roots(traits.given) if traits.given else frozenset()
    families = {sound(word) for word in traits.family}
    initials = {name[0] for name in called}
    if traits.birth_date:
        day = _either_order(traits.birth_date)
        spoken = families | {sound(name) for name in (*called, *traits.also)}
        yield from (f"born+name|{day}|{name}" for name in spoken)
        yield from _names_with(f"year+name|{traits.birth_date.year}", families, initials)
        yield from (f"born+soundex|{day}|{given}|{family}" for given, family in _as_hashed(traits))
        if traits.ssn:
            yield f"born+ssn4|{day}|{traits.ssn[-4:]}"
    if traits.ssn:
        yield from _names_with(f"ssn4+name|{traits.ssn[-4:]}", families, initials)
    if len(traits.ssn) == 9:
        yield f"ssn|{traits.ssn}"


def _as_hashed(traits: Traits) -> Iterator[tuple[str, str]]:
    """Given and family name as a hashed export has them, so that it meets what is known in the clear."""
    if traits.hashed:
        called, families = [sound_of(traits.hashed.given)], [sound_of(traits.hashed.family)]
    else:
        called, families = ([soundex(name) for name in hashable(traits, which)] for which in ("given", "family"))
    return ((given, family) for given in called for family in dict.fromkeys(families) if given and family)


def _names_with(first: str, families: set[str], initials: set[str]) -> Iterator[str]:
    return (f"{first}|{family}|{initial}" for family in families for initial in initials)


def _either_order(day: date) -> str:
    low, high = sorted((day.month, day.day))
    return f"{day.year}-{low}-{high}"
