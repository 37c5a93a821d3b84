"""MedicationRequest and MedicationStatement: what a person takes now."""

from fhir.resources.R4B.medication import Medication
from fhir.resources.R4B.medicationrequest import MedicationRequest
from fhir.resources.R4B.medicationstatement import MedicationStatement

from adapters.fhir.entries import Entry, SetAside
from adapters.fhir.references import Index
from adapters.fhir.values import coded, text, words
from schemas.canonical import Medications

_NOT_ORDERED = frozenset({"proposal", "option"})


def is_current(entry: Entry) -> bool:
    """Whether it is on the list: active, more than a proposal, and no order to leave something off."""
    stated = order(entry)
    if isinstance(stated, MedicationRequest) and (stated.doNotPerform or stated.intent in _NOT_ORDERED):
        return False
    return bool(stated.status == "active")


def medications(entry: Entry, index: Index) -> Medications:
    """The one medication an order or statement names; raises `SetAside` where it names none in words."""
    stated = order(entry)
    held = index.find(stated.medicationReference, entry)
    known = held.read(Medication).code if held and held.kind == "Medication" else None
    said = stated.medicationReference.display if stated.medicationReference else None
    named = text(words(stated.medicationCodeableConcept) or words(known) or said)
    if named is None:
        raise SetAside("no-medication", "medication", "a medication with its name, or a Medication in the same message")
    return Medications(current=(named,), codes=(*coded(stated.medicationCodeableConcept), *coded(known)))


def order(entry: Entry) -> MedicationRequest | MedicationStatement:
    """The order or statement as its stated."""
    if entry.kind == "MedicationRequest":
        return entry.read(MedicationRequest)
    return entry.read(MedicationStatement)
