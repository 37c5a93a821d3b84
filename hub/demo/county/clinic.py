"""Lakeside Clinic's records as it sends them: FHIR R4 Bundles of Patient, Encounter, Condition, MedicationStatement."""

from collections.abc import Sequence
from pathlib import Path

from hub.demo.county.bundles import Bundles, Resource, condition, encounter, medication, patient
from hub.demo.county.days import Calendar
from hub.demo.county.dice import Dice
from hub.demo.county.lives import Care, Life
from hub.demo.county.mistakes import CLINIC, written_down
from schemas.vocab import Category, Statement

SOURCE = "lakeside-clinic"
_BASE = "https://fhir.lakeside-clinic.example"
_NUMBERS = "urn:lakeside-clinic:chart"
_VISIT_MINUTES = 40
_DAY = 24 * 60
_CONSENTED_FOR_DAYS = 180
_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
_LOINC = "http://loinc.org"
_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_PART = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_POLICY = "http://terminology.hl7.org/CodeSystem/consentpolicycodes"
_STATEMENTS = (Statement.RIGHT_TO_REVOKE, Statement.REDISCLOSURE_RISK, Statement.CONDITIONING)
_TOLD = (Category.MEDICATIONS, Category.GENERAL_HEALTH)


def chart(number: int) -> str:
    """The clinic's chart number of a person."""
    return f"LC-{20_000 + number}"


class ClinicFeed:
    """Writes the clinic's Bundles."""

    adapter = "fhir"
    source = SOURCE
    definition = None

    def __init__(self, folder: Path, calendar: Calendar, dice: Dice) -> None:
        self._calendar, self._dice = calendar, dice
        self._bundles = Bundles(folder, "clinic", _BASE, calendar)

    @property
    def paths(self) -> Sequence[Path]:
        return self._bundles.paths

    def close(self) -> None:
        self._bundles.close()

    def write(self, life: Life) -> Sequence[str]:
        """Tells of a patient; answers the chart number."""
        if life.care is None:
            return ()
        key = chart(life.person.number)
        known = patient(key, _NUMBERS, life.person, written_down(life, CLINIC, self._dice))
        self._bundles.add([known, *self._kept(key, life.care)])
        return (key,)

    def _kept(self, key: str, care: Care) -> list[Resource]:
        day = self._calendar.day(care.seen)
        kept = [self._visit(key, care)]
        kept += [
            condition(f"{key}-c{at}", key, f"{key}-e1", coding, day) for at, coding in enumerate(care.conditions, 1)
        ]
        kept += [medication(f"{key}-m{at}", key, words, day) for at, words in enumerate(care.medications, 1)]
        if care.shares_with:
            kept.append(self._consent(key, care.seen, care.shares_with))
        return kept

    def _visit(self, key: str, care: Care) -> Resource:
        began = care.seen * _DAY
        start, end = self._calendar.moment(began), self._calendar.moment(began - _VISIT_MINUTES)
        return encounter(f"{key}-e1", key, "finished", start, end)

    def _consent(self, key: str, signed: int, recipient: str) -> Resource:
        """A signed HIPAA authorization (45 CFR 164.508) for one recipient, as FHIR R4 writes one.

        The codes that FHIR has none for are the hub's own: who a participant is, what is told, what the paper states.
        """
        day, end = self._calendar.day(signed), self._calendar.day(signed - _CONSENTED_FOR_DAYS)
        return {
            "resourceType": "Consent",
            "id": f"{key}-p1",
            "extension": [{"url": "urn:hub:consent-statement", "valueCode": code} for code in _STATEMENTS],
            "status": "active",
            "scope": {"coding": [{"system": _SCOPE, "code": "patient-privacy"}]},
            "category": [{"coding": [{"system": _LOINC, "code": "59284-0", "display": "Consent Document"}]}],
            "patient": {"reference": f"Patient/{key}"},
            "dateTime": day,
            "performer": [{"reference": f"Patient/{key}"}],
            "organization": [_participant(SOURCE)],
            "sourceAttachment": {"contentType": "application/pdf", "title": "Signed authorization"},
            "policyRule": {"coding": [{"system": _POLICY, "code": "hipaa-auth"}]},
            "provision": {
                "type": "permit",
                "period": {"start": day, "end": end},
                "actor": [
                    {"role": {"coding": [{"system": _PART, "code": "IRCP"}]}, "reference": _participant(recipient)}
                ],
                "purpose": [{"system": _REASON, "code": "TREAT"}],
                "code": [{"coding": [{"system": "urn:hub:category", "code": code}]} for code in _TOLD],
            },
        }


def _participant(slug: str) -> dict[str, object]:
    return {"identifier": {"system": "urn:hub:participant", "value": slug}}
