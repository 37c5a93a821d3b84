"""Names made comparable: plain letters, nicknames by their roots, and how alike two spellings are."""

import unicodedata
from importlib.resources import files

import jellyfish
from rapidfuzz.distance import JaroWinkler

ALIKE = 0.92
_PLAIN = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})
_SAYS_NOTHING = frozenset({"unknown", "unk", "anonymous", "refused", "none", "noname", "null", "na", "xxx", "xx", "x"})


def _read_nicknames() -> dict[str, frozenset[str]]:
    roots: dict[str, set[str]] = {}
    for line in files(__package__).joinpath("nicknames.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            root, called = line.split(":")
            for nickname in called.split():
                roots.setdefault(nickname, set()).add(root)
    return {nickname: frozenset(names) for nickname, names in roots.items()}


_ROOTS = _read_nicknames()


def words(name: str | None) -> tuple[str, ...]:
    """The words of a name in plain small letters, without accents and marks; a word that only fills a field is none.

    >>> words("García-López")
    ('garcia', 'lopez')
    >>> words("O'Brien"), words("UNKNOWN")
    (('obrien',), ())
    """
    if not name:
        return ()
    if name.isascii() and name.isalpha():
        found: tuple[str, ...] = (name.lower(),)
    else:
        found = _split(name)
    return tuple(word for word in found if word not in _SAYS_NOTHING)


def _split(name: str) -> tuple[str, ...]:
    bare = unicodedata.normalize("NFKD", name.casefold()).translate(_PLAIN)
    spaced = "".join(" " if letter in "-/," else letter for letter in bare)
    return tuple(filter(None, ("".join(filter(str.isalpha, word)) for word in spaced.split())))


def roots(given: str) -> frozenset[str]:
    """The names a given name may be short for; itself when it is nobody's nickname."""
    return _ROOTS.get(given) or frozenset({given})


def may_be_called(one: str, other: str) -> bool:
    """Whether one is a usual nickname of the other, or both are nicknames of one name."""
    mine, theirs = roots(one), roots(other)
    return one in theirs or other in mine or not mine.isdisjoint(theirs)


def alike(one: str, other: str) -> bool:
    """Whether two spellings are so close that one may be a slip of the other."""
    return JaroWinkler.similarity(one, other) >= ALIKE


def sound(name: str) -> str:
    """How a name sounds (metaphone); itself where that has no letters."""
    return jellyfish.metaphone(name) or name


def one_slip_apart(one: str, other: str) -> bool:
    """Whether two equally long strings differ in one character, or in two neighbours that changed places."""
    differ = [index for index, (mine, theirs) in enumerate(zip(one, other, strict=True)) if mine != theirs]
    if len(differ) == 1:
        return True
    if len(differ) != 2:
        return False
    first, second = differ
    return second - first == 1 and one[first] == other[second] and one[second] == other[first]
