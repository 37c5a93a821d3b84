"""Names and numbers of a hashed HMIS export, and the same digests of what is known in the clear.

HUD hashes a name as the digest of its SOUNDEX, and a Social Security number as its last four digits in the clear and
the digest of all nine characters, with `x` for a digit that is missing (HMIS CSV Format Specifications, Hash Status:
2 is SHA-1, 4 is SHA-256). Birth date and PersonalID stay clear. SOUNDEX is the American one of the National Archives,
in which H and W do not part two letters of one code; every database that HMIS runs on has it so.

Such an export is not de-identified: there are some 7,000 SOUNDEX codes and 10⁹ numbers, and whoever has a list of them
has the names. So it is kept and shared as what it is, and matched.
"""

import hashlib
import re
from functools import cache, lru_cache
from itertools import product
from string import ascii_uppercase

import jellyfish

SHAPES = {40: "sha1", 64: "sha256"}
"""The digests that are compared, by their length in hexadecimal digits; MD5 is none of HUD's."""

_HEXADECIMAL = re.compile(r"[0-9a-f]+")


def digest(said: str | None) -> str:
    """A digest as it is compared; nothing for what is none of HUD's."""
    found = (said or "").strip().lower()
    return found if len(found) in SHAPES and _HEXADECIMAL.fullmatch(found) else ""


def soundex(name: str) -> str:
    """What HUD hashes of a name in plain letters."""
    return jellyfish.soundex(name).upper()


@lru_cache(maxsize=1 << 14)
def sounds_as(name: str, other: str) -> bool:
    """Whether a digest may be that of a name."""
    return _hashed(soundex(name), other) == other


def sound_of(other: str) -> str:
    """What was hashed into the digest of a name; nothing where no name sounds so."""
    return _sounds(SHAPES[len(other)]).get(other, "") if other else ""


@cache
def _sounds(algorithm: str) -> dict[str, str]:
    """Every SOUNDEX code by its digest."""
    codes = (f"{letter}{''.join(rest)}" for letter in ascii_uppercase for rest in product("0123456", repeat=3))
    return {hashlib.new(algorithm, code.encode()).hexdigest(): code for code in codes}


def is_of_number(number: str, other: str) -> bool:
    """Whether a digest is that of a Social Security number of nine digits."""
    return _hashed(number, other) == other


def _hashed(text: str, like: str) -> str:
    return hashlib.new(SHAPES[len(like)], text.encode()).hexdigest()
