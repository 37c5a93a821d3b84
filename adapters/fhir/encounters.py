"""Encounter, with the diagnoses that the same message links to it."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from fhir.resources.R4B.condition import Condition
from fhir.resources.R4B.encounter import Encounter as FhirEncounter
from fhir.resources.R4B.organization import Organization

from adapters.fhir.diagnoses import is_stated, placed
from adapters.fhir.entries import Entry, SetAside, is_modified
from adapters.fhir.labels import PART2, labels, sensitivity
from adapters.fhir.references import Index
from adapters.fhir.values import moment, text, words
from schemas.canonical import Coded, Encounter, Identifier
from schemas.messages import Problem
from schemas.vocab import Sensitivity
from schemas.vocab.records import EncounterClass

NEVER_WAS = frozenset({"cancelled", "entered-in-error"})

_CLASSES = {
    "EMER": EncounterClass.EMERGENCY,
    "IMP": EncounterClass.INPATIENT,
    "ACUTE": EncounterClass.INPATIENT,
    "NONAC": EncounterClass.INPATIENT,
    "AMB": EncounterClass.OUTPATIENT,
    "OBSENC": EncounterClass.OBSERVATION,
    "SS": EncounterClass.OBSERVATION,
    "HH": EncounterClass.HOME,
    "FLD": EncounterClass.HOME,
    "VR": EncounterClass.VIRTUAL,
    "PRENC": EncounterClass.PREADMISSION,
}


@dataclass
class Diagnosed:
    """What linked Conditions add to one person's Encounter: codes by attribute, what they speak of, what went wrong."""

    subject: Identifier
    index: Index
    codes: dict[str, list[Coded]] = field(default_factory=lambda: defaultdict(list))
    sensitivity: frozenset[Sensitivity] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def add(self, condition: Entry) -> None:
        """Takes one Condition. One that is wrong or has no code is set aside, and the rest goes on.

        One under a Part 2 label, or with a changed meaning, adds nothing; it is reported where it stands.
        """
        reaching = labels(condition)
        try:
            if not PART2 & reaching and not is_modified(condition):
                self._add(condition, reaching)
        except SetAside as aside:
            self.problems.append(condition.aside(aside.code, aside.expected, aside.path))

    def _add(self, condition: Entry, reaching: frozenset[str]) -> None:
        model = condition.read(Condition)
        if self.index.subject(model.subject, condition, "subject") != self.subject:
            raise SetAside("another-person", "subject", "the subject of the Encounter it is linked to")
        if is_stated(model):
            attribute, found = placed(model, reaching)
            if not found:
                raise SetAside("diagnosis-uncoded", "code", "a code with its system")
            self.codes[attribute] += [code for code in found if code not in self.codes[attribute]]
            self.sensitivity |= sensitivity(reaching)


def linked(entries: list[Entry], index: Index) -> dict[Entry, list[Entry]]:
    """The Conditions of each Encounter, linked from either side, each once."""
    found: dict[Entry, list[Entry]] = defaultdict(list)
    for encounter, condition in _links(entries, index):
        if condition not in found[encounter]:
            found[encounter].append(condition)
    return found


def _links(entries: list[Entry], index: Index) -> Iterator[tuple[Entry, Entry]]:
    for entry in entries:
        with suppress(SetAside):  # an entry that is wrong links nothing; it is reported when its turn comes
            if entry.kind == "Condition":
                yield from _from_condition(entry, index)
            elif entry.kind == "Encounter":
                yield from _from_encounter(entry, index)


def _from_condition(condition: Entry, index: Index) -> Iterator[tuple[Entry, Entry]]:
    encounter = index.find(condition.read(Condition).encounter, condition)
    if encounter and encounter.kind == "Encounter":
        yield encounter, condition


def _from_encounter(encounter: Entry, index: Index) -> Iterator[tuple[Entry, Entry]]:
    for diagnosis in encounter.read(FhirEncounter).diagnosis or ():
        condition = index.find(diagnosis.condition, encounter)
        if condition and condition.kind == "Condition":
            yield encounter, condition


def encounter(entry: Entry, index: Index, diagnosed: Diagnosed) -> Encounter:
    """The canonical Encounter. One that is only planned says neither when nor where: nothing has happened yet."""
    model = entry.read(FhirEncounter)
    planned = model.status == "planned"
    period = None if planned else model.period
    return Encounter(
        care=EncounterClass.PREADMISSION
        if planned
        else _CLASSES.get(model.class_fhir.code or "", EncounterClass.OTHER),
        started_at=moment(period.start) if period else None,
        ended_at=moment(period.end) if period else None,
        facility=None if planned else _facility(model, entry, index),
        disposition=words(model.hospitalization.dischargeDisposition) if model.hospitalization else None,
        **{name: tuple(codes) for name, codes in diagnosed.codes.items()},
    )


def has_partial_time(entry: Entry) -> bool:
    """Whether the period names a day, month or year, which is no moment."""
    period = entry.read(FhirEncounter).period
    return any(value and moment(value) is None for value in ((period.start, period.end) if period else ()))


def _facility(model: FhirEncounter, entry: Entry, index: Index) -> str | None:
    provider = index.find(model.serviceProvider, entry)
    named = provider.read(Organization).name if provider and provider.kind == "Organization" else None
    said = model.serviceProvider.display if model.serviceProvider else None
    places = (place.location.display for place in model.location or ())
    return text(next((name for name in (named, said, *places) if name), None))
