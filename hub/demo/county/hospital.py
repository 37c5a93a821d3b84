"""Mercy Hospital's admission messages: HL7 v2.5.1 ADT, carriage returns between segments, one message after another."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hub.demo.county.days import Calendar
from hub.demo.county.dice import Dice
from hub.demo.county.lives import Life, Person, Visit
from hub.demo.county.mistakes import HOSPITAL, Written, written_down
from hub.demo.county.series import Series

SOURCE = "mercy-hospital"
_VISITS_A_FILE = 5_000
_FIRST_VISIT = 700_000_000
_CORRECTED_AFTER = 30


def _segment(name: str, fields: Mapping[int, str]) -> str:
    """A segment's pattern: its fields by their HL7 position, empty ones between."""
    return "|".join([name, *(fields.get(at, "") for at in range(1, max(fields) + 1))]) + "\r"


# MSH-1 is the bar itself, so that MSH's fields stand one further left than their number.
_HEAD = _segment(
    "MSH",
    {
        1: "^~\\&",
        2: "MERCYADT",
        3: "MERCY",
        4: "HUB",
        5: "RIVERBEND",
        6: "{at}",
        8: "ADT^{event}^ADT_{structure}",
        9: "MERCY{control:09}",
        10: "P",
        11: "2.5.1",
        17: "UNICODE UTF-8",
    },
) + _segment("EVN", {1: "{event}", 2: "{at}", 6: "{at}"})
_PATIENT = _segment(
    "PID",
    {
        1: "1",
        3: "{mrn}^^^MERCY^MR",
        5: "{name}^^^L",
        7: "{born}",
        8: "{sex}",
        11: "{address}",
        13: "{phone}^PRN^PH",
        19: "{last_four}",
    },
)
_VISIT = _segment(
    "PV1",
    {
        1: "1",
        2: "{patient_class}",
        3: "{unit}^^^MERCY",
        19: "{visit}^^^MERCY^VN",
        36: "{disposition}",
        44: "{arrived}",
        45: "{left}",
    },
) + _segment("DG1", {1: "1", 3: "{code}^{words}^I10", 6: "A"})
_STRUCTURES = {"A03": "A03"}
_UNITS = {"E": "ED", "I": "MED"}
_HOMELESS_ADDRESS = "NO FIXED ADDRESS^^RIVERBEND^XX"


def mrn(number: int) -> str:
    """The hospital's medical record number of a person."""
    return f"MH{4_000_000 + number}"


class HospitalFeed:
    """Writes a message for each arrival (A01 inpatient, A04 emergency), correction (A08) and departure (A03)."""

    adapter = "hl7v2"
    source = SOURCE
    definition = None

    def __init__(self, folder: Path, calendar: Calendar, dice: Dice) -> None:
        self._calendar, self._dice = calendar, dice
        self._series = Series(folder / "adt", "hl7", at_most=_VISITS_A_FILE)
        self._messages = 0
        self._visits = 0

    @property
    def paths(self) -> Sequence[Path]:
        return self._series.paths

    def close(self) -> None:
        self._series.close()

    def write(self, life: Life) -> Sequence[str]:
        """Tells of a person's visits, the earlier first; answers the record number."""
        if not life.visits:
            return ()
        patient = _patient(life.person, written_down(life, HOSPITAL, self._dice))
        for visit in life.visits:
            self._series.add("".join(self._messages_of(visit, patient)).encode())
        return (mrn(life.person.number),)

    def _messages_of(self, visit: Visit, patient: str) -> Iterator[str]:
        self._visits += 1
        arrived = _moment(self._calendar.moment(visit.arrived))
        here = _visit(visit, self._visits, arrived)
        yield self._head("A01" if visit.patient_class == "I" else "A04", arrived) + patient + here
        if visit.corrected:
            corrected = _moment(self._calendar.moment(visit.arrived - _CORRECTED_AFTER))
            yield self._head("A08", corrected) + patient + here
        if visit.left is not None:
            left = _moment(self._calendar.moment(visit.left))
            gone = _visit(visit, self._visits, arrived, visit.disposition, left)
            yield self._head("A03", left) + patient + gone

    def _head(self, event: str, at: str) -> str:
        self._messages += 1
        return _HEAD.format(at=at, event=event, structure=_STRUCTURES.get(event, "A01"), control=self._messages)


def _patient(person: Person, written: Written) -> str:
    name = "^".join((written.family, written.given, written.middle, written.suffix))
    return _PATIENT.format(
        mrn=mrn(person.number),
        last_four=written.last_four,
        name=name.upper(),
        born=written.born.isoformat().replace("-", "") if written.born else "",
        sex="F" if written.female else "M",
        address=f"{person.street.upper()}^^RIVERBEND^XX^00000" if person.street else _HOMELESS_ADDRESS,
        phone=person.phone,
    )


def _visit(visit: Visit, number: int, arrived: str, disposition: str = "", left: str = "") -> str:
    return _VISIT.format(
        patient_class=visit.patient_class,
        unit=_UNITS[visit.patient_class],
        visit=f"V{_FIRST_VISIT + number}",
        disposition=disposition,
        arrived=arrived,
        left=left,
        code=visit.diagnosis.code,
        words=visit.diagnosis.words,
    )


def _moment(written: str) -> str:
    """YYYYMMDDHHMMSS and the offset: a moment of ISO 8601 as HL7 writes it."""
    day, time = written.split("T")
    return day.replace("-", "") + time.replace(":", "")
