"""Says what a record speaks of (HL7 DS4P sensitivity), from its codes and elements; never which law protects it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from consent.codes import OWN, Codes
from consent.diagnoses import sorted_by_code, spoken_of
from consent.guards import SETTINGS, funded_for, in_words, of_medications, revealing, tells_where_a_survivor_is
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
from schemas.vocab import Sensitivity, SeparatedNotes

_HOMELESS_SERVICES = frozenset({"enrollment", "service", "living-situation", "coordinated-entry", "staff-assignment"})
_NOTES = {SeparatedNotes.PSYCHOTHERAPY: Sensitivity.PSY, SeparatedNotes.SUD_COUNSELING: Sensitivity.SUD}


def label(record: CanonicalRecord, codes: Codes = OWN) -> CanonicalRecord:
    """The record with its sensitivity, its diagnoses under what they speak of, and what its values give away.

    Labels only ever add: what a sender has labelled stays labelled.
    """
    if isinstance(record.body, Encounter):
        record = record.model_copy(update={"body": sorted_by_code(record.body, codes, _day(record))})
    record = _speaking_of(record, record.sensitivity.union(_found(record, codes)))
    if tells_where_a_survivor_is(record):
        record = _speaking_of(record, record.sensitivity | {Sensitivity.LOCIS})
    reveals = {**record.reveals, **dict(revealing(record, codes))}
    return record if reveals == record.reveals else record.model_copy(update={"reveals": reveals})


def unknown(record: CanonicalRecord) -> tuple[Coded, ...]:
    """The diagnoses of a labelled record that no code set knows: they are kept, and told to no one."""
    return record.body.unsorted_diagnoses if isinstance(record.body, Encounter) else ()


def _speaking_of(record: CanonicalRecord, sensitivity: frozenset[Sensitivity]) -> CanonicalRecord:
    return record if sensitivity == record.sensitivity else record.model_copy(update={"sensitivity": sensitivity})


def _found(record: CanonicalRecord, codes: Codes) -> Iterator[Sensitivity]:
    yield from funded_for(record)
    yield from (sensitivity for _, sensitivity in in_words(record))
    if record.provenance.separated_notes is not None:
        yield _NOTES[record.provenance.separated_notes]
    if record.body.kind in _HOMELESS_SERVICES:
        yield Sensitivity.SOC
    if isinstance(record.body, Encounter):
        yield from spoken_of(record.body, codes, _day(record))
    elif isinstance(record.body, Medications):
        yield from of_medications(record.body, codes)
    else:
        yield from _READERS.get(type(record.body), _nothing)(record.body)


def _day(record: CanonicalRecord) -> date | None:
    """The day whose edition of a code set is meant, by the sender's own clock."""
    return record.occurred_at.date() if record.occurred_at else None


def _nothing(_: Any) -> Iterable[Sensitivity]:
    return ()


def _of_person(_: PersonFacts) -> Iterable[Sensitivity]:
    return (Sensitivity.DEMO,)


def _of_enrollment(body: Enrollment) -> Iterator[Sensitivity]:
    if body.fleeing_violence:
        yield Sensitivity.SDV
    if body.prior_setting in SETTINGS:
        yield SETTINGS[body.prior_setting]


def _of_situation(body: LivingSituation) -> Iterator[Sensitivity]:
    yield Sensitivity.LOCIS
    if body.setting in SETTINGS:
        yield SETTINGS[body.setting]


def _of_treatment(_: TreatmentEnrollment) -> Iterable[Sensitivity]:
    return (Sensitivity.SUD,)


def _of_booking(_: Booking) -> Iterable[Sensitivity]:
    return (Sensitivity.LOCIS,)


_READERS: dict[type[Any], Callable[[Any], Iterable[Sensitivity]]] = {
    PersonFacts: _of_person,
    Enrollment: _of_enrollment,
    LivingSituation: _of_situation,
    TreatmentEnrollment: _of_treatment,
    Booking: _of_booking,
}
