"""The pieces of FHIR R4 that the county's clinic and treatment program both send."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from hub.demo.county.days import Calendar
from hub.demo.county.lives import Coding, Person
from hub.demo.county.mistakes import Written
from hub.demo.county.series import Series

Resource = dict[str, object]

_PATIENTS_A_BUNDLE = 500
_ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"
_SSN = "http://hl7.org/fhir/sid/us-ssn"
_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"


class Bundles:
    """Writes collection Bundles of one sender, a few hundred patients to each."""

    def __init__(self, folder: Path, stem: str, base: str, calendar: Calendar) -> None:
        stamped = calendar.local_now.isoformat(timespec="seconds")
        opening = f'{{"resourceType":"Bundle","type":"collection","timestamp":"{stamped}","entry":['
        self._base = base
        self._series = Series(
            folder / stem, "json", at_most=_PATIENTS_A_BUNDLE, opening=opening.encode(), between=b",", closing=b"]}"
        )

    @property
    def paths(self) -> Sequence[Path]:
        return self._series.paths

    def add(self, resources: Sequence[Resource]) -> None:
        """One patient's resources, kept in one Bundle."""
        self._series.add(b",".join(orjson.dumps(self._entry(resource)) for resource in resources))

    def _entry(self, resource: Resource) -> Mapping[str, object]:
        return {"fullUrl": f"{self._base}/{resource['resourceType']}/{resource['id']}", "resource": resource}

    def close(self) -> None:
        self._series.close()


def patient(key: str, system: str, person: Person, written: Written) -> Resource:
    """A Patient with what the sender wrote down; an unknown date of birth is left out."""
    identifiers = [{"use": "usual", "system": system, "value": key}]
    if written.last_four:
        identifiers.append({"system": _SSN, "value": f"XXX-XX-{written.last_four}"})
    resource: Resource = {
        "resourceType": "Patient",
        "id": key,
        "identifier": identifiers,
        "active": True,
        "name": [_name(written)],
        "telecom": [{"system": "phone", "value": person.phone, "use": "mobile"}],
        "gender": "female" if written.female else "male",
    }
    if written.born:
        resource["birthDate"] = written.born.isoformat()
    if person.street:
        resource["address"] = [{"use": "home", "line": [person.street], "city": "Riverbend", "state": "XX"}]
    return resource


def _name(written: Written) -> dict[str, object]:
    name: dict[str, object] = {
        "use": "official",
        "family": written.family,
        "given": [given for given in (written.given, written.middle) if given],
    }
    return name | {"suffix": [written.suffix]} if written.suffix else name


def encounter(key: str, patient_key: str, status: str, start: str, end: str | None) -> Resource:
    """An ambulatory Encounter; `start` and `end` are instants as FHIR writes them."""
    period = {"start": start} if end is None else {"start": start, "end": end}
    return {
        "resourceType": "Encounter",
        "id": key,
        "status": status,
        "class": {"system": _ACT, "code": "AMB", "display": "ambulatory"},
        "subject": {"reference": f"Patient/{patient_key}"},
        "period": period,
    }


def condition(key: str, patient_key: str, encounter_key: str, coding: Coding, recorded: str) -> Resource:
    """An active Condition, recorded at an Encounter of the same Bundle."""
    return {
        "resourceType": "Condition",
        "id": key,
        "clinicalStatus": {"coding": [{"system": _STATUS, "code": "active"}]},
        "code": {
            "coding": [{"system": _ICD_10, "code": coding.code, "display": coding.words}],
            "text": coding.words,
        },
        "subject": {"reference": f"Patient/{patient_key}"},
        "encounter": {"reference": f"Encounter/{encounter_key}"},
        "recordedDate": recorded,
    }


def medication(key: str, patient_key: str, words: str, taken: str) -> Resource:
    """A MedicationStatement: taken now, by the sender's own list; `taken` is the day or instant it is known for."""
    return {
        "resourceType": "MedicationStatement",
        "id": key,
        "status": "active",
        "medicationCodeableConcept": {"text": words},
        "subject": {"reference": f"Patient/{patient_key}"},
        "effectiveDateTime": taken,
        "dateAsserted": taken,
    }
