"""DG1 to coded diagnoses, each under the attribute that says what it speaks of.

Only a code that can be sorted is told: substance use, mental health and HIV have their own attributes, so a code of a
system whose chapters are not known here, or words without a code, go into a row that is kept and told to no one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from adapters.hl7v2.message import Repetition, Segment
from schemas.canonical import Coded
from schemas.vocab import Sensitivity

ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_9 = "http://hl7.org/fhir/sid/icd-9-cm"

_SYSTEMS = dict.fromkeys(("I10", "I10C", "ICD10", "ICD-10", "ICD10CM", "ICD-10-CM", "10"), ICD_10) | dict.fromkeys(
    ("I9", "I9C", "ICD9", "ICD-9", "ICD9CM", "ICD-9-CM", "9"), ICD_9
)
_FORMS = {
    ICD_10: re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?"),
    ICD_9: re.compile(r"(?:V\d{2}|E\d{3}|\d{3})(?:\.?\d{1,2})?"),
}
_DELETE = "D"

# Prefixes without the point. Beside the chapters stand the codes elsewhere that say the same thing of a person.
_SPEAKS_OF = {
    (ICD_10, Sensitivity.HIV): ("B20", "B9735", "O987", "R75", "Z114", "Z206", "Z21", "Z717"),
    (ICD_10, Sensitivity.SUD): (
        *(f"F1{digit}" for digit in range(10)),
        *("E244", "G312", "G621", "G721", "I426", "K292", "K70", "K852", "K860", "O354", "O355", "O9931", "O9932"),
        *("P961", "Q860", "R780", "R781", "R782", "R783", "R784", "T40", "T510", "Z714", "Z715"),
    ),
    (ICD_10, Sensitivity.PSY): ("F", "R4585", "T1491", *(f"X{block}" for block in range(71, 84)), "Z915"),
    (ICD_9, Sensitivity.HIV): ("042", "07953", "79571", "V08", "V6544"),
    (ICD_9, Sensitivity.SUD): (
        *("291", "292", "303", "304", "305", "3575", "4255", "5353", "5710", "5711", "5712", "5713"),
        *("6483", "9650", "7903", "9800", "V6542"),
    ),
    (ICD_9, Sensitivity.PSY): (*(str(block) for block in range(290, 320)), "E95", "V6284"),
}
_STRICTEST_FIRST = (Sensitivity.HIV, Sensitivity.SUD, Sensitivity.PSY)


@dataclass
class Diagnoses:
    """A message's diagnoses by what they speak of (None: general health), and the segments that cannot be sorted."""

    sorted: dict[Sensitivity | None, list[Coded]] = field(default_factory=dict)
    unsorted: list[Segment] = field(default_factory=list)

    def of(self, topic: Sensitivity | None) -> tuple[Coded, ...]:
        return tuple(dict.fromkeys(self.sorted.get(topic, ())))

    @property
    def topics(self) -> frozenset[Sensitivity]:
        return frozenset(topic for topic in self.sorted if topic)


def diagnoses_of(segments: Iterable[Segment]) -> Diagnoses:
    """Every diagnosis that its sender does not delete (DG1-21)."""
    found = Diagnoses()
    for segment in segments:
        if segment.value(21) == _DELETE:
            continue
        codes = _codes(segment)
        if not codes:
            found.unsorted.append(segment)
        for topic in {_topic(code) for code in codes}:
            found.sorted.setdefault(topic, []).extend(code for code in codes if _topic(code) == topic)
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


def _topic(coded: Coded) -> Sensitivity | None:
    plain = coded.code.replace(".", "")
    return next((one for one in _STRICTEST_FIRST if plain.startswith(_SPEAKS_OF[coded.system, one])), None)
