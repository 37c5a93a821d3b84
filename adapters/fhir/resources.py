"""The resource types that are read, and their models.

Models are of `fhir.resources.R4B`: for every type here its elements are those of R4 (4.0.1), while the models at the
top of `fhir.resources` are R5 and refuse R4 data. A type is looked up here before any model is asked for, because an
unknown one makes the library fail with a bare `KeyError`.
"""

from functools import cache

from fhir.resources.R4B import fhirtypes
from fhir.resources.R4B.condition import Condition
from fhir.resources.R4B.consent import Consent
from fhir.resources.R4B.encounter import Encounter
from fhir.resources.R4B.medication import Medication
from fhir.resources.R4B.medicationrequest import MedicationRequest
from fhir.resources.R4B.medicationstatement import MedicationStatement
from fhir.resources.R4B.organization import Organization
from fhir.resources.R4B.patient import Patient
from fhir.resources.R4B.relatedperson import RelatedPerson
from fhir_core.fhirabstractmodel import FHIRAbstractModel

READ: dict[str, type[FHIRAbstractModel]] = {
    "Condition": Condition,
    "Consent": Consent,
    "Encounter": Encounter,
    "Medication": Medication,
    "MedicationRequest": MedicationRequest,
    "MedicationStatement": MedicationStatement,
    "Organization": Organization,
    "Patient": Patient,
    "RelatedPerson": RelatedPerson,
}


def is_known(kind: str) -> bool:
    """Whether FHIR has a type of that name, read or not; only then may the name be repeated to a reader."""
    return kind in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(name.removesuffix("Type") for name in vars(fhirtypes) if name.endswith("Type"))
