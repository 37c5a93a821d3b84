"""PV1, PV2 and DG1 to an encounter (HL7 v2 chapter 3.3.3; events of chapter 3.2)."""

from datetime import datetime

from adapters.hl7v2.diagnoses import Diagnoses
from adapters.hl7v2.message import Segment
from adapters.hl7v2.reading import Reading, key_of
from schemas.canonical import Encounter, Identifier
from schemas.vocab.records import EncounterClass

DISCHARGE, CANCEL_ADMISSION, CANCEL_DISCHARGE = "ADT^A03", "ADT^A11", "ADT^A13"

_CLASSES = {
    "E": EncounterClass.EMERGENCY,
    "EMER": EncounterClass.EMERGENCY,
    "I": EncounterClass.INPATIENT,
    "IMP": EncounterClass.INPATIENT,
    "ACUTE": EncounterClass.INPATIENT,
    "NONAC": EncounterClass.INPATIENT,
    "O": EncounterClass.OUTPATIENT,
    "AMB": EncounterClass.OUTPATIENT,
    "OBSENC": EncounterClass.OBSERVATION,
    "SS": EncounterClass.OBSERVATION,
    "HH": EncounterClass.HOME,
    "FLD": EncounterClass.HOME,
    "VR": EncounterClass.VIRTUAL,
    "P": EncounterClass.PREADMISSION,
    "PRENC": EncounterClass.PREADMISSION,
} | dict.fromkeys(("R", "B", "C", "N", "U"), EncounterClass.OTHER)

# User-defined table 0112; hospitals of the United States use the patient status codes of the UB-04 claim (FL 17).
_DISPOSITIONS = {
    "01": "home",
    "02": "another short-term hospital",
    "03": "skilled nursing facility",
    "04": "custodial or supportive care facility",
    "05": "cancer center or children's hospital",
    "06": "home with home health care",
    "07": "left against medical advice",
    "09": "admitted as inpatient",
    "20": "died",
    "21": "court or law enforcement",
    "30": "still a patient",
    "43": "federal hospital",
    "50": "hospice at home",
    "51": "hospice facility",
    "61": "swing bed",
    "62": "rehabilitation facility",
    "63": "long-term care hospital",
    "65": "psychiatric hospital or unit",
    "66": "critical access hospital",
    "70": "another kind of facility",
}


def encounter_of(reading: Reading, visit: Segment, diagnoses: Diagnoses) -> Encounter:
    """The visit as the message leaves it; a cancelled discharge (A13) goes on."""
    ended_at, disposition = _ended_at(reading, visit), _disposition(visit)
    if reading.message.kind == CANCEL_DISCHARGE:
        ended_at = disposition = None
    return Encounter(
        care=_care(reading, visit),
        started_at=reading.moment(visit, 44) or _event_that_began_it(reading),
        ended_at=ended_at,
        facility=visit.first(3).subcomponent(4, 1) or visit.first(3).subcomponent(4, 2) or reading.facility,
        disposition=disposition,
        unsorted_diagnoses=tuple(diagnoses.coded),
    )


def key_of_visit(reading: Reading, patient: Segment, visit: Segment, subject: Identifier) -> str:
    """By visit number (PV1-19), else account (PID-18), else by the person and when the visit began."""
    number = reading.identifier(visit.first(19)) or reading.identifier(patient.first(18))
    if number is not None:
        return key_of("Encounter", number)
    reading.warn(visit, 19, "visit-number", "a visit number here or an account number in PID-18")
    return f"{key_of('Encounter', subject)}/{visit.value(44) or 'unnumbered'}"


def warn_of_protection(reading: Reading) -> None:
    """Notes where the sender asks that the person or visit be protected: a restriction is filed, never inferred."""
    expected = "a restriction on file with the hub: the sender asks for protection, and messages cannot set one"
    for name, position in (("PD1", 12), ("PV2", 22)):
        segment = reading.message.segment(name)
        if segment and (segment.value(position) or "").upper() == "Y":
            reading.warn(segment, position, "protection-asked", expected)
    for name in ("CON", "ARV"):
        if segment := reading.message.segment(name):
            reading.warn(segment, 1, "protection-asked", expected)


def _care(reading: Reading, visit: Segment) -> EncounterClass:
    care = _CLASSES.get((visit.value(2) or "").upper())
    if care is None:
        reading.warn(visit, 2, "code", "E, I, O, P, R, B, C, N or U (table 0004)")
    return care or EncounterClass.OTHER


def _event_that_began_it(reading: Reading) -> datetime | None:
    return reading.happened_at if reading.message.kind in ("ADT^A01", "ADT^A04") else None


def _ended_at(reading: Reading, visit: Segment) -> datetime | None:
    """PV1-45; for a discharge that lacks it, when the event happened or was recorded, for the visit has ended."""
    ended_at = reading.moment(visit, 45)
    if ended_at is None and reading.message.kind == DISCHARGE:
        reading.warn(visit, 45, "discharge-time", "the time of discharge; the time of the event is taken instead")
        return reading.happened_at or reading.recorded_at
    return ended_at


def _disposition(visit: Segment) -> str | None:
    """PV1-36 in words: the sender's own, else those of table 0112, else the code as sent."""
    code = visit.value(36)
    if code is None:
        return None
    return visit.first(36).text(2) or _DISPOSITIONS.get(code.zfill(2), code)
