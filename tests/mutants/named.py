"""The mutants that nothing can notice, each named with the reason: `equivalent.toml`."""

import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from tests.mutants.mutant import Mutant

FILE = Path(__file__).with_name("equivalent.toml")


class Named(NamedTuple):
    """What names a mutant wherever it stands today: see `Mutant`."""

    place: str
    operator: str
    was: str
    becomes: str
    nth: int

    @classmethod
    def of(cls, mutant: Mutant) -> "Named":
        return cls(mutant.place, mutant.operator, mutant.was, mutant.becomes, mutant.nth)


def named(text: str) -> dict[Named, str]:
    """Every named mutant with its reason. Raises `ValueError` where one is named twice or without a reason."""
    found: dict[Named, str] = {}
    for number, entry in enumerate(tomllib.loads(text).get("equivalent", ()), start=1):
        name = Named(entry["place"], entry["operator"], entry["was"], entry["becomes"], entry.get("nth", 1))
        if name in found or not entry["because"].strip():
            raise ValueError(f"entry {number} of {FILE.name} is named before, or gives no reason")
        found[name] = entry["because"]
    return found


def unnamed(survivors: Iterable[Mutant], names: Collection[Named]) -> list[Mutant]:
    """The survivors that nobody has given a reason for."""
    return [mutant for mutant in survivors if Named.of(mutant) not in names]


def stale(tried: Iterable[Mutant], survivors: Iterable[Mutant], names: Collection[Named]) -> list[Named]:
    """Names in the modules that were tried, under which no mutant survives any more."""
    modules = {mutant.module for mutant in tried}
    alive = {Named.of(mutant) for mutant in survivors}
    return [name for name in names if name not in alive and _is_in(name, modules)]


def _is_in(name: Named, modules: Collection[str]) -> bool:
    parts = name.place.split(".")
    return any(".".join(parts[:length]) in modules for length in range(1, len(parts) + 1))
