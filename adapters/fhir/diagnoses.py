"""Condition: a diagnosis, and under which of the kinds that the law keeps apart it is told.

A code that cannot be placed is left out: put under general health, it might tell of what the law keeps apart. It is
placed by the sender's own label, by ICD-10-CM chapter, by a short list of SNOMED CT concepts, or as general health
when the sender labels it ordinary.
"""

import re

from fhir.resources.R4B.condition import Condition

from adapters.fhir.labels import ORDINARY, sensitivity
from adapters.fhir.values import coded, codes
from schemas.canonical import Coded
from schemas.vocab import Sensitivity

GENERAL = "diagnoses"
_ATTRIBUTES = {
    Sensitivity.SUD: "substance_use_diagnoses",
    Sensitivity.HIV: "hiv_diagnoses",
    Sensitivity.PSY: "mental_health_diagnoses",
}
_ICD10 = re.compile(r"http://hl7\.org/fhir/sid/icd-10(-cm)?")
_SNOMED = "http://snomed.info/sct"
_NOT_SO = frozenset({"refuted", "entered-in-error"})

_ICD10_KINDS: tuple[tuple[re.Pattern[str], Sensitivity | None], ...] = (
    (re.compile(r"F1|K70|T40|T51\.?0|Z71\.?[45]|O99\.?3[12]|X4[25]|Y90|Y91|R78\.?0"), Sensitivity.SUD),
    (re.compile(r"B2[0-4]|Z21|R75|B97\.?35|O98\.?7|Z20\.?6|Z11\.?4|Z83\.?0"), Sensitivity.HIV),
    (re.compile(r"F|R45|R44|T14\.?91|X7[1-9]|X8[0-3]|Z91\.?5"), Sensitivity.PSY),
    (re.compile(r"T7[46]|Z69|O9A\.?[345]|Y07"), Sensitivity.SDV),
    (re.compile(r"Z72\.?5|Z30|Z31|Z32|Z33|O0[0-8]|A5[0-9]|A6[0-4]|Z70"), Sensitivity.SEX),
)
_SNOMED_KINDS: dict[str, Sensitivity | None] = {
    "191816009": Sensitivity.SUD,  # drug dependence
    "66214007": Sensitivity.SUD,  # substance abuse
    "26416006": Sensitivity.SUD,  # drug abuse
    "75544000": Sensitivity.SUD,  # opioid dependence
    "5602001": Sensitivity.SUD,  # opioid abuse
    "66590003": Sensitivity.SUD,  # alcohol dependence
    "15167005": Sensitivity.SUD,  # alcohol abuse
    "7200002": Sensitivity.SUD,  # alcoholism
    "55680006": Sensitivity.SUD,  # drug overdose
    "86406008": Sensitivity.HIV,  # HIV infection
    "62479008": Sensitivity.HIV,  # AIDS
    "74732009": Sensitivity.PSY,  # mental disorder
    "35489007": Sensitivity.PSY,  # depressive disorder
    "370143000": Sensitivity.PSY,  # major depressive disorder
    "13746004": Sensitivity.PSY,  # bipolar disorder
    "58214004": Sensitivity.PSY,  # schizophrenia
    "68890003": Sensitivity.PSY,  # schizoaffective disorder
    "69322001": Sensitivity.PSY,  # psychotic disorder
    "47505003": Sensitivity.PSY,  # posttraumatic stress disorder
    "197480006": Sensitivity.PSY,  # anxiety disorder
    "6471006": Sensitivity.PSY,  # suicidal thoughts
}


class Unplaced(Exception):
    """A diagnosis that no kind can be told for."""


def is_stated(condition: Condition) -> bool:
    """Whether the source holds that the person has the condition."""
    return not _NOT_SO.intersection(codes(condition.verificationStatus))


def placed(condition: Condition, labels: frozenset[str]) -> tuple[str, tuple[Coded, ...]]:
    """The attribute of an Encounter that a diagnosis belongs to, and its codes; raises `Unplaced`."""
    found = coded(condition.code)
    kinds = {kind for code in found for kind in _kinds(code)} | sensitivity(labels)
    if not found or not (kinds or ORDINARY & labels) or kinds - _ATTRIBUTES.keys() - {None}:
        raise Unplaced
    return next((name for kind, name in _ATTRIBUTES.items() if kind in kinds), GENERAL), found


def _kinds(code: Coded) -> list[Sensitivity | None]:
    """The kind of a code in a list of one; None in it is general health, an empty list that nobody knows."""
    if _ICD10.fullmatch(code.system):
        return [next((kind for pattern, kind in _ICD10_KINDS if pattern.match(code.code)), None)]
    return [_SNOMED_KINDS[code.code]] if code.system == _SNOMED and code.code in _SNOMED_KINDS else []
