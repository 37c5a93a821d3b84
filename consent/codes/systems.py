"""Code systems, and the names under which senders write them: URI, OID, and the mnemonics of HL7 table 0396."""

from typing import NamedTuple

ICD_10_CM = "ICD-10-CM"
ICD_9_CM = "ICD-9-CM"
RXNORM = "RxNorm"
HCPCS = "HCPCS"
SNOMED_CT = "SNOMED CT"
LOINC = "LOINC"
CPT = "CPT"

NAMES = {
    ICD_10_CM: (
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10",
        "urn:oid:2.16.840.1.113883.6.90",
        "urn:oid:2.16.840.1.113883.6.3",
        "I10C",
        "I10",
    ),
    ICD_9_CM: (
        "http://hl7.org/fhir/sid/icd-9-cm",
        "http://terminology.hl7.org/CodeSystem/icd9cm",
        "urn:oid:2.16.840.1.113883.6.103",
        "I9C",
        "I9",
    ),
    RXNORM: ("http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88", "RXNORM"),
    HCPCS: (
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "http://terminology.hl7.org/CodeSystem/HCPCS-all-codes",
        "urn:oid:2.16.840.1.113883.6.285",
        "HCPCS",
    ),
    SNOMED_CT: ("http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96", "SCT"),
    LOINC: ("http://loinc.org", "urn:oid:2.16.840.1.113883.6.1", "LN"),
    CPT: ("http://www.ama-assn.org/go/cpt", "urn:oid:2.16.840.1.113883.6.12", "C4"),
}
"""ICD-10, whose categories ICD-10-CM shares, is read as ICD-10-CM."""

_HIERARCHICAL = frozenset({ICD_10_CM, ICD_9_CM})
_KNOWN = {name.lower(): system for system, names in NAMES.items() for name in (system, *names)}
_LAST = "\U0010ffff"


class Span(NamedTuple):
    """Keys from `start` up to, and without, `end`."""

    start: str
    end: str


def called(name: str) -> str:
    """The system that a sender's name means; a name not known here stands for itself."""
    return _KNOWN.get(name.lower(), name)


def key(system: str, code: str) -> str:
    """A code so written that what belongs together stands together when sorted.

    ICD codes lose their dot: everything more specific follows its category. Elsewhere a code says nothing about
    another, so codes of one length are compared with each other alone.
    """
    plain = code.strip().upper()
    return plain.replace(".", "") if system in _HIERARCHICAL else f"{len(plain):03}{plain}"


def span(system: str, first: str, last: str) -> Span:
    """The keys from a first code to a last one; of ICD with all that is more specific than the last."""
    return Span(key(system, first), key(system, last) + (_LAST if system in _HIERARCHICAL else "\0"))
