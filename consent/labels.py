"""Says what a record speaks of (HL7 DS4P sensitivity), from its codes and elements; never which law protects it."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from consent.codes import INGREDIENTS, speaks_of
from schemas.canonical import (
    Booking,
    CanonicalRecord,
    Coded,
    Encounter,
    Enrollment,
    LivingSituation,
    Medications,
    PersonFacts,
    TreatmentEnrollment,
)
from schemas.vocab import Funding, Sensitivity, SeparatedNotes
from schemas.vocab.records import LivingSetting

_SETTINGS = {
    LivingSetting.SUBSTANCE_USE_FACILITY: Sensitivity.SUD,
    LivingSetting.PSYCHIATRIC_FACILITY: Sensitivity.PSY,
}
_HOMELESS_SERVICES = frozenset({"enrollment", "service", "living-situation", "coordinated-entry", "staff-assignment"})
_NOTES = {SeparatedNotes.PSYCHOTHERAPY: Sensitivity.PSY, SeparatedNotes.SUD_COUNSELING: Sensitivity.SUD}
_SORTED_INTO = {
    Sensitivity.HIV: "hiv_diagnoses",
    Sensitivity.SUD: "substance_use_diagnoses",
    Sensitivity.PSY: "mental_health_diagnoses",
}
"""Where a diagnosis belongs: the first that fits, the narrowest door first."""


def label(record: CanonicalRecord) -> CanonicalRecord:
    """The record with its sensitivity, and an encounter's diagnoses under the category they speak of.

    Labels only ever add: what a sender has labelled stays labelled.
    """
    body = _sorted_diagnoses(record.body) if isinstance(record.body, Encounter) else record.body
    found = record.sensitivity.union(_of_provenance(record), _of_body(body))
    if body is record.body and found == record.sensitivity:
        return record
    return record.model_copy(update={"body": body, "sensitivity": found})


def _sorted_diagnoses(encounter: Encounter) -> Encounter:
    moved: dict[str, tuple[Coded, ...]] = {}
    for diagnosis in encounter.diagnoses:
        place = _place_of(diagnosis)
        moved[place] = (*moved.get(place, ()), diagnosis)
    general = moved.pop("diagnoses", ())
    return encounter.model_copy(
        update={"diagnoses": general} | {place: getattr(encounter, place) + codes for place, codes in moved.items()}
    )


def _place_of(diagnosis: Coded) -> str:
    spoken_of = speaks_of(diagnosis.system, diagnosis.code)
    return next((place for sensitivity, place in _SORTED_INTO.items() if sensitivity in spoken_of), "diagnoses")


def _of_provenance(record: CanonicalRecord) -> Iterator[Sensitivity]:
    """A guard for HMIS: the project's funding alone can give a condition away."""
    provenance = record.provenance
    if provenance.hmis is not None and Funding.HOPWA in provenance.hmis.funding:
        yield Sensitivity.HIV
    if provenance.separated_notes is not None:
        yield _NOTES[provenance.separated_notes]


def _of_body(body: Any) -> Iterator[Sensitivity]:
    if body.kind in _HOMELESS_SERVICES:
        yield Sensitivity.SOC
    for kind, of in _READERS.items():
        if isinstance(body, kind):
            yield from of(body)


def _of_person(_: PersonFacts) -> Iterable[Sensitivity]:
    return (Sensitivity.DEMO,)


def _of_enrollment(body: Enrollment) -> Iterator[Sensitivity]:
    if body.fleeing_violence:
        yield from (Sensitivity.SDV, Sensitivity.LOCIS)
    if body.prior_setting in _SETTINGS:
        yield _SETTINGS[body.prior_setting]


def _of_situation(body: LivingSituation) -> Iterator[Sensitivity]:
    yield Sensitivity.LOCIS
    if body.setting in _SETTINGS:
        yield _SETTINGS[body.setting]


def _of_encounter(body: Encounter) -> Iterator[Sensitivity]:
    coded = (
        *body.diagnoses,
        *body.hiv_diagnoses,
        *body.substance_use_diagnoses,
        *body.mental_health_diagnoses,
    )
    for diagnosis in coded:
        yield from speaks_of(diagnosis.system, diagnosis.code)
    for sensitivity, place in _SORTED_INTO.items():
        if getattr(body, place):
            yield sensitivity


def _of_medications(body: Medications) -> Iterator[Sensitivity]:
    words = set(re.findall(r"[a-z]+", " ".join((*body.current, body.last_dose or "")).lower()))
    for ingredients, sensitivity, _ in INGREDIENTS:
        if words & ingredients:
            yield sensitivity


def _of_treatment(_: TreatmentEnrollment) -> Iterable[Sensitivity]:
    return (Sensitivity.SUD,)


def _of_booking(_: Booking) -> Iterable[Sensitivity]:
    return (Sensitivity.LOCIS,)


_READERS: dict[type[Any], Callable[[Any], Iterable[Sensitivity]]] = {
    PersonFacts: _of_person,
    Enrollment: _of_enrollment,
    LivingSituation: _of_situation,
    Encounter: _of_encounter,
    Medications: _of_medications,
    TreatmentEnrollment: _of_treatment,
    Booking: _of_booking,
}
