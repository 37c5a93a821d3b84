"""Words in free text that give a condition away: medications by ingredient and brand, places and units by name."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from schemas.vocab import Sensitivity

_FILE = "words.toml"


class Spoken(NamedTuple):
    """A word that was found, what it speaks of and why."""

    word: str
    speaks_of: Sensitivity
    because: str


class Words:
    """Words and phrases, each found as a whole, in capitals or not."""

    def __init__(self, spoken: tuple[Spoken, ...]) -> None:
        self._meaning = {one.word: one for one in spoken}
        longest_first = sorted(self._meaning, key=len, reverse=True)
        self._any = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, longest_first))})(?![^\W_])")

    def found_in(self, text: str) -> tuple[Spoken, ...]:
        """The words that a text holds, each once."""
        plain = " ".join(text.lower().replace("-", " ").split())
        return tuple(self._meaning[word] for word in dict.fromkeys(self._any.findall(plain)))

    def speak_of(self, *texts: str | None) -> frozenset[Sensitivity]:
        return frozenset(one.speaks_of for text in texts if text for one in self.found_in(text))


@cache
def medications() -> Words:
    """Ingredients and brand names of medications that are hardly used but for one condition."""
    return _read("medications")


@cache
def places() -> Words:
    """Names of units, facilities and services that tell what people are there for."""
    return _read("places")


def _read(kind: str) -> Words:
    said = tomllib.loads(files("consent.codes").joinpath(_FILE).read_text(encoding="utf-8"))
    return Words(
        tuple(
            Spoken(word, Sensitivity(group["speaks_of"]), group["because"])
            for group in said[kind]
            for word in group["words"]
        )
    )
