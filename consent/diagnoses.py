"""Puts an encounter's diagnoses where they belong: under what they speak of, or nowhere while nobody knows."""

from collections.abc import Iterator
from datetime import date

from consent.codes import Codes
from schemas.canonical import Coded, Encounter
from schemas.vocab import Sensitivity

PLACES = {
    Sensitivity.HIV: "hiv_diagnoses",
    Sensitivity.SUD: "substance_use_diagnoses",
    Sensitivity.PSY: "mental_health_diagnoses",
    Sensitivity.SDV: "violence_diagnoses",
}
"""Where a diagnosis belongs: the first that fits, the narrowest door first."""

_GENERAL, _UNSORTED = "diagnoses", "unsorted_diagnoses"
_PLACED_FOR = {place: sensitivity for sensitivity, place in PLACES.items()}
_EVERYWHERE = (*_PLACED_FOR, _GENERAL, _UNSORTED)


def sorted_by_code(encounter: Encounter, codes: Codes, on: date | None) -> Encounter:
    """The encounter with each diagnosis under what it speaks of, by its code or by its sender's word for it.

    One whose code nobody knows stays unsorted, and is told to no one; under `diagnoses` it stays on its sender's word.
    """
    found: dict[str, dict[Coded, None]] = {place: {} for place in _EVERYWHERE}
    for came_as in _EVERYWHERE:
        for diagnosis in getattr(encounter, came_as):
            found[_place(diagnosis, came_as, codes, on)][diagnosis] = None
    return encounter.model_copy(update={place: tuple(diagnoses) for place, diagnoses in found.items()})


def _place(diagnosis: Coded, came_as: str, codes: Codes, on: date | None) -> str:
    spoken_of = codes.speaks_of(diagnosis.system, diagnosis.code, on)
    for sensitivity, place in PLACES.items():
        if sensitivity in spoken_of or came_as == place:
            return place
    if came_as == _UNSORTED and codes.knows(diagnosis.system, diagnosis.code, on):
        return _GENERAL
    return came_as


def spoken_of(encounter: Encounter, codes: Codes, on: date | None) -> Iterator[Sensitivity]:
    """What the diagnoses speak of: by the place they stand in, and by their codes."""
    for place in _EVERYWHERE:
        for diagnosis in getattr(encounter, place):
            if place in _PLACED_FOR:
                yield _PLACED_FOR[place]
            yield from codes.speaks_of(diagnosis.system, diagnosis.code, on)
