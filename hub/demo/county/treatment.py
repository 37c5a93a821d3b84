"""Cedar Opioid Treatment's records in FHIR R4 Bundles, labelled as speaking of substance use.

That 42 CFR Part 2 protects them follows from who sends them, not from the label.
"""

from collections.abc import Sequence
from pathlib import Path

from hub.demo.county.bundles import Bundles, Resource, condition, encounter, medication, patient
from hub.demo.county.days import Calendar
from hub.demo.county.dice import Dice
from hub.demo.county.lives import Coding, Life
from hub.demo.county.mistakes import TREATMENT, written_down

SOURCE = "cedar-opioid-treatment"
_BASE = "https://fhir.cedar-opioid-treatment.example"
_NUMBERS = "urn:cedar-opioid-treatment:patient"
_DAY = 24 * 60
_LABEL = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "ETHUD"}
_DIAGNOSIS = Coding("F11.20", "Opioid dependence, uncomplicated")


def patient_number(number: int) -> str:
    """The program's own number of a person."""
    return f"CO-{5_000 + number}"


class TreatmentFeed:
    """Writes the program's Bundles: an Encounter that goes on since admission, and the medication as last dosed."""

    adapter = "fhir"
    source = SOURCE
    definition = None

    def __init__(self, folder: Path, calendar: Calendar, dice: Dice) -> None:
        self._calendar, self._dice = calendar, dice
        self._bundles = Bundles(folder, "treatment", _BASE, calendar)

    @property
    def paths(self) -> Sequence[Path]:
        return self._bundles.paths

    def close(self) -> None:
        self._bundles.close()

    def write(self, life: Life) -> Sequence[str]:
        """Tells of a patient; answers the program's number."""
        if life.treatment is None:
            return ()
        key, treated = patient_number(life.person.number), life.treatment
        admitted = self._calendar.moment(treated.admitted * _DAY)
        known = patient(key, _NUMBERS, life.person, written_down(life, TREATMENT, self._dice))
        stay = encounter(f"{key}-e1", key, "in-progress", admitted, None)
        dosed = medication(f"{key}-m1", key, treated.medication, self._calendar.day(treated.dosed))
        diagnosed = condition(f"{key}-c1", key, f"{key}-e1", _DIAGNOSIS, admitted)
        self._bundles.add([_labelled(resource) for resource in (known, stay, diagnosed, dosed)])
        return (key,)


def _labelled(resource: Resource) -> Resource:
    return resource | {"meta": {"security": [_LABEL]}}
