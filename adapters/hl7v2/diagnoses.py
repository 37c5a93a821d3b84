"""DG1 to coded diagnoses. What they speak of is asked of the code sets, which an adapter does not know.

A code of a system whose name or form is not known here, or words without a code, go into a row that is kept and told
to no one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from adapters.hl7v2.message import Repetition, Segment
from schemas.canonical import Coded

ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_9 = "http://hl7.org/fhir/sid/icd-9-cm"
SNOMED_CT = "http://snomed.info/sct"

# Table 0396, and what senders write instead.
_SYSTEMS = (
    dict.fromkeys(("I10", "I10C", "ICD10", "ICD-10", "ICD10CM", "ICD-10-CM", "10"), ICD_10)
    | dict.fromkeys(("I9", "I9C", "ICD9", "ICD-9", "ICD9CM", "ICD-9-CM", "9"), ICD_9)
    | dict.fromkeys(("SCT", "SNOMED", "SNOMED-CT"), SNOMED_CT)
)
_FORMS = {
    ICD_10: re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?"),
    ICD_9: re.compile(r"(?:V\d{2}|E\d{3}|\d{3})(?:\.?\d{1,2})?"),
    SNOMED_CT: re.compile(r"[1-9]\d{5,17}"),
}
_DELETE = "D"


@dataclass
class Diagnoses:
    """A message's diagnoses that have a code, and the segments that have none which can be read."""

    coded: dict[Coded, None] = field(default_factory=dict)
    uncoded: list[Segment] = field(default_factory=list)


def diagnoses_of(segments: Iterable[Segment]) -> Diagnoses:
    """Every diagnosis that its sender does not delete (DG1-21)."""
    found = Diagnoses()
    for segment in segments:
        if segment.value(21) == _DELETE:
            continue
        codes = _codes(segment)
        if not codes:
            found.uncoded.append(segment)
        found.coded.update(dict.fromkeys(codes))
    return found


def _codes(segment: Segment) -> list[Coded]:
    """DG1-3's code and its alternate, as far as their systems are known; DG1-2 names the system in older versions."""
    written = segment.first(3)
    both = ((1, written.component(3) or segment.value(2)), (4, written.component(6)))
    return [code for start, system in both if (code := _coded(written, start, system, segment.first(4).text(1)))]


def _coded(written: Repetition, start: int, system_code: str | None, description: str | None) -> Coded | None:
    system = _SYSTEMS.get((system_code or "").upper())
    code = (written.component(start) or "").upper()
    if system is None or not _FORMS[system].fullmatch(code):
        return None
    return Coded(system=system, code=code, display=written.text(start + 1) or description)
