"""What a body shows: which of its attributes may be told to whom depends on the field each is marked with.

**An attribute without a mark never leaves the hub.** An attribute whose value gives something away is held under what
it gives away, and told to those who may know that.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from schemas.frozen import Frozen
from schemas.vocab import Category, Field, Sensitivity

Reveals = Mapping[str, Sensitivity]
"""The attributes of a body whose value gives something away, and what."""

Body = TypeVar("Body", bound=Frozen)

_NOTHING: Reveals = MappingProxyType({})


@dataclass(frozen=True)
class Shows:
    """Marks an attribute: who may see it depends on this field, under this category."""

    category: Category
    field: Field


def shows(category: Category, field: Field) -> Shows:
    return Shows(category, field)


REVEALED: Mapping[Sensitivity, Shows] = {
    Sensitivity.HIV: shows(Category.HIV, Field.HIV_STATUS),
    Sensitivity.SUD: shows(Category.SUBSTANCE_USE, Field.SUBSTANCE_USE_TREATMENT),
    Sensitivity.PSY: shows(Category.MENTAL_HEALTH, Field.MENTAL_HEALTH_DIAGNOSIS),
    Sensitivity.SDV: shows(Category.DOMESTIC_VIOLENCE, Field.DOMESTIC_VIOLENCE_STATUS),
    Sensitivity.LOCIS: shows(Category.LOCATION, Field.LAST_KNOWN_WHEREABOUTS),
}
"""What an attribute shows when its value gives something away: a stay in a treatment facility is no mere address."""


def shown(body: Frozen, reveals: Reveals = _NOTHING) -> Mapping[Category, tuple[Field, ...]]:
    """The fields a body holds, by category; what is empty is not held, and each field occurs once."""
    return _by_category(tuple(mark for _, mark in _held(body, reveals)))


def keeping(body: Frozen, fields: Collection[Field], reveals: Reveals = _NOTHING) -> dict[str, object]:
    """The attributes of a body that these fields may show, by name; everything else is left out."""
    return {name: getattr(body, name) for name, mark in _held(body, reveals) if mark.field in fields}


@cache
def _marks(kind: type[Frozen]) -> Mapping[str, Shows]:
    return {
        name: mark
        for name, attribute in kind.model_fields.items()
        for mark in attribute.metadata
        if isinstance(mark, Shows)
    }


def _held(body: Frozen, reveals: Reveals) -> Iterator[tuple[str, Shows]]:
    for name, mark in _marks(type(body)).items():
        if getattr(body, name) not in (None, ()):
            yield name, _showing(mark, reveals[name]) if name in reveals else mark


def _showing(mark: Shows, gives_away: Sensitivity) -> Shows:
    """What an attribute shows that gives something away. A medication stays one, of the category it is used for."""
    revealed = REVEALED.get(gives_away, mark)
    if revealed.category is mark.category:
        return mark
    if mark.category is Category.MEDICATIONS:
        return shows(revealed.category, mark.field)
    return revealed


@cache
def _by_category(marks: tuple[Shows, ...]) -> Mapping[Category, tuple[Field, ...]]:
    held: dict[Category, dict[Field, None]] = {}
    for mark in marks:
        held.setdefault(mark.category, {})[mark.field] = None
    return {category: tuple(fields) for category, fields in held.items()}
