"""How much two records speak for one person: Fellegi and Sunter's weights, in bits, with a reason for each trait."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import log2
from typing import NamedTuple

from hub.store.matching.comparing import Level, Trait, compare
from hub.store.matching.traits import Traits

# How often a level occurs where two records are one person's, and where they are two persons': set by hand from what
# is generally known of United States names and of data entry, to be trained on local data.
_OCCURS: Mapping[tuple[Trait, Level], tuple[float, float]] = {
    (Trait.GIVEN, Level.SAME): (0.84, 0.010),
    (Trait.GIVEN, Level.NICKNAME): (0.06, 0.003),
    (Trait.GIVEN, Level.ALIKE): (0.07, 0.030),
    (Trait.GIVEN, Level.SOUNDS): (0.90, 0.020),
    (Trait.GIVEN, Level.DIFFERENT): (0.03, 0.957),
    (Trait.MIDDLE, Level.SAME): (0.90, 0.080),
    (Trait.MIDDLE, Level.DIFFERENT): (0.10, 0.920),
    (Trait.FAMILY, Level.SAME): (0.86, 0.0015),
    (Trait.FAMILY, Level.PART): (0.04, 0.0020),
    (Trait.FAMILY, Level.ALIKE): (0.06, 0.0030),
    (Trait.FAMILY, Level.SOUNDS): (0.92, 0.0050),
    (Trait.FAMILY, Level.DIFFERENT): (0.04, 0.9935),
    (Trait.GENERATION, Level.SAME): (0.97, 0.300),
    (Trait.GENERATION, Level.DIFFERENT): (0.03, 0.700),
    (Trait.BIRTH_DATE, Level.SAME): (0.93, 0.00005),
    (Trait.BIRTH_DATE, Level.SWAPPED): (0.005, 0.00003),
    (Trait.BIRTH_DATE, Level.ALIKE): (0.04, 0.0030),
    (Trait.BIRTH_DATE, Level.DIFFERENT): (0.025, 0.99692),
    (Trait.SEX, Level.SAME): (0.97, 0.500),
    (Trait.SEX, Level.DIFFERENT): (0.03, 0.500),
    (Trait.SSN, Level.SAME): (0.95, 0.0000001),
    (Trait.SSN, Level.LAST_FOUR): (0.95, 0.0001),
    (Trait.SSN, Level.DIFFERENT): (0.05, 0.9999),
    (Trait.PHONE, Level.SAME): (0.50, 0.005),
    (Trait.ADDRESS, Level.SAME): (0.40, 0.020),
    (Trait.IDENTIFIER, Level.SAME): (0.99, 0.000001),
}

# Without bounds one field that hardly ever occurs would outvote all others together.
LOWEST, HIGHEST = -13.0, 16.0
WEIGHTS: Mapping[tuple[Trait, Level], float] = {
    level: round(min(HIGHEST, max(LOWEST, log2(same / other))), 1) for level, (same, other) in _OCCURS.items()
}


class Score(NamedTuple):
    """How much speaks for one person, in bits, and why.

    conflict is what forbids to join the two whatever their weight; the levels are those of the closest record, and
    `estimated` that its birth date is one often given by people who do not know theirs.
    """

    weight: float
    conflict: str | None
    levels: Mapping[Trait, Level]
    estimated: bool

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence for each trait that was compared, without anybody's data: "birth date: same (+13.0)"."""
        return tuple(f"{trait}: {level} ({WEIGHTS[trait, level]:+})" for trait, level in self.levels.items())

    def says(self, trait: Trait) -> Level:
        return self.levels.get(trait, Level.UNKNOWN)


def score(asked: Traits, known: Sequence[Traits]) -> Score:
    """Compares a record with all that is known of one person: the closest record counts, a contradiction with any bars.

    What one side does not say counts nothing. With nothing known the weight is 0.
    """
    compared = [compare(asked, record) for record in known] or [{}]
    weights = [sum(WEIGHTS[level] for level in levels.items()) for levels in compared]
    best = max(range(len(compared)), key=weights.__getitem__)
    levels = compared[best]
    return Score(
        weight=round(weights[best], 1),
        conflict=_conflict(levels, compared),
        levels=levels,
        estimated=_estimated(asked.birth_date),
    )


def _conflict(closest: Mapping[Trait, Level], compared: Sequence[Mapping[Trait, Level]]) -> str | None:
    for trait, sentence in _CONTRADICTIONS.items():
        said = {levels[trait] for levels in compared if trait in levels}
        if said == {Level.DIFFERENT}:
            return sentence
    return "First names differ." if closest.get(Trait.GIVEN) is Level.DIFFERENT else None


_CONTRADICTIONS = {Trait.SSN: "Social Security numbers differ.", Trait.GENERATION: "Suffixes differ."}


def _estimated(day: date | None) -> bool:
    return day is not None and (day.month, day.day) == (1, 1)
