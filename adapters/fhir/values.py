"""FHIR's data types as plain values: text, moments, codes, identifiers."""

from collections.abc import Iterable
from datetime import date, datetime

from fhir.resources.R4B.codeableconcept import CodeableConcept
from fhir.resources.R4B.coding import Coding
from fhir.resources.R4B.identifier import Identifier as FhirIdentifier

from schemas.canonical import Coded, Identifier


def text(*parts: object) -> str | None:
    """The parts that are there, with single spaces between them; None when there are none."""
    return " ".join(" ".join(str(part) for part in parts if part).split()) or None


def moment(value: object) -> datetime | None:
    """An aware time. FHIR also has days, months and years, which name no moment and no time zone: those are None."""
    return value if isinstance(value, datetime) and value.tzinfo else None


def day(value: object) -> date | None:
    """A whole day: of a date, or of a time in its own zone. A month or a year is None."""
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def codings(*concepts: CodeableConcept | None) -> list[Coding]:
    return [coding for concept in concepts if concept for coding in concept.coding or ()]


def codes(*concepts: CodeableConcept | None) -> list[str]:
    """The codes of some concepts, whatever their systems; an absent code is the empty string."""
    return [coding.code or "" for coding in codings(*concepts)]


def coded(concept: CodeableConcept | None) -> tuple[Coded, ...]:
    """The codes that say which system they are of. The text of a concept is about all of its codes at once."""
    found = codings(concept)
    said = concept.text if concept and len(found) == 1 else None
    return tuple(
        Coded(system=coding.system, code=coding.code, display=coding.display or said)
        for coding in found
        if coding.system and coding.code
    )


def words(concept: CodeableConcept | None) -> str | None:
    """A concept as a person would read it: its text, or the first display, or the first code."""
    if concept is None:
        return None
    spoken = [concept.text, *(c.display for c in codings(concept)), *codes(concept)]
    return next((word for word in spoken if word), None)


def identifiers(given: Iterable[FhirIdentifier] | None) -> tuple[Identifier, ...]:
    """The identifiers that name their system and are not withdrawn; a bare value identifies nobody."""
    return tuple(
        Identifier(system=one.system, value=one.value)
        for one in given or ()
        if one.system and one.value and one.use != "old"
    )
