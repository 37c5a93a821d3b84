"""How a source names the people of whom its records speak, in sheaves and alone."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from schemas.canonical import CanonicalRecord
from schemas.sheaves import Sheaf

Name = tuple[str, str]
"""A system of names, and the name in it."""


def names_in(one: CanonicalRecord | Sheaf) -> list[Name]:
    """Of whom it speaks: one name for each record, in order; none for what is about nobody."""
    if isinstance(one, Sheaf):
        system = one.like.subject.system if one.like.subject else ""
        return [(system, leaf.subject) for leaf in one.leaves]
    return [] if one.subject is None else [(one.subject.system, one.subject.value)]


def without(told: Iterable[CanonicalRecord | Sheaf], names: Collection[Name]) -> Iterator[CanonicalRecord | Sheaf]:
    """All but what speaks of these people."""
    for one in told:
        if isinstance(one, Sheaf):
            kept = [leaf for leaf, name in zip(one.leaves, names_in(one), strict=True) if name not in names]
            yield replace(one, leaves=kept)
        elif not any(name in names for name in names_in(one)):
            yield one
