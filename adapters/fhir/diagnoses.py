"""Condition: a diagnosis, placed as far as its sender's own label says what it speaks of.

What a code speaks of is asked of the code sets, which an adapter does not know: a diagnosis without a label is handed
on unsorted. One that its sender calls ordinary is general health, unless its code says otherwise.
"""

from fhir.resources.R4B.condition import Condition

from adapters.fhir.labels import ORDINARY, sensitivity
from adapters.fhir.values import coded, codes
from schemas.canonical import Coded
from schemas.vocab import Sensitivity

GENERAL, UNSORTED = "diagnoses", "unsorted_diagnoses"
_LABELLED = {
    Sensitivity.HIV: "hiv_diagnoses",
    Sensitivity.SUD: "substance_use_diagnoses",
    Sensitivity.PSY: "mental_health_diagnoses",
    Sensitivity.SDV: "violence_diagnoses",
}
"""Where a label puts a diagnosis: the first that fits, the narrowest door first."""

_NOT_SO = frozenset({"refuted", "entered-in-error"})


def is_stated(condition: Condition) -> bool:
    """Whether the source holds that the person has the condition."""
    return not _NOT_SO.intersection(codes(condition.verificationStatus))


def placed(condition: Condition, labels: frozenset[str]) -> tuple[str, tuple[Coded, ...]]:
    """The attribute of an Encounter under which a diagnosis is handed on, and its codes, which may be none."""
    spoken_of = sensitivity(labels)
    unlabelled = GENERAL if ORDINARY & labels and not spoken_of else UNSORTED
    attribute = next((name for kind, name in _LABELLED.items() if kind in spoken_of), unlabelled)
    return attribute, coded(condition.code)
