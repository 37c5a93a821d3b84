"""The FHIR R4 feed: one resource, a Bundle, or NDJSON in; canonical records out."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from fhir.resources.R4B.condition import Condition
from fhir.resources.R4B.consent import Consent as FhirConsent
from fhir.resources.R4B.encounter import Encounter as FhirEncounter
from fhir.resources.R4B.patient import Patient

from adapters.base import Read, Unreadable
from adapters.fhir import consents, encounters, medications, people
from adapters.fhir.entries import Entry, SetAside, contained, entries_of, instant, is_modified
from adapters.fhir.guards import FEED, Document, documents
from adapters.fhir.labels import PART2, labels, sensitivity, separated_notes
from adapters.fhir.references import Index, key_of, self_named
from adapters.fhir.resources import READ
from schemas.canonical import Body, CanonicalRecord, ConsentOnFile, Encounter, Identifier, Medications, PersonFacts
from schemas.disclosure import Provenance
from schemas.instruments import taken_back
from schemas.messages import Problem, RawMessage, Severity
from schemas.vocab import ConsentKind
from schemas.vocab.records import Change, EncounterClass

_SUPPORT = frozenset({"Medication", "Organization", "RelatedPerson"})
"""Types that are read for what they add to another, and make no record of their own."""


class Fhir:
    """Reads FHIR R4 (4.0.1) JSON: Patient, Encounter with its Conditions, medications, Consent.

    Everything else is set aside as `not-interpreted`. A person is named by their id at the sender's server; every
    identifier the Patient carries is kept beside it. One medication order or statement makes one record, so that
    stopping it takes back that one and no other.
    """

    name = FEED

    def read(self, message: RawMessage) -> Iterator[Read]:
        """The records of a message; raises `Unreadable`, before the first, where it is no FHIR JSON."""
        for document in documents(message):
            if isinstance(document, Problem):
                yield document
            elif document.line is None:
                yield from _read(message, document)
            else:
                yield from _read_line(message, document)


def _read_line(message: RawMessage, document: Document) -> Iterator[Read]:
    """One line of NDJSON, which fails alone."""
    try:
        yield from _read(message, document)
    except Unreadable as failure:
        place = {"file": message.name, "line": document.line, "severity": Severity.SET_ASIDE}
        yield failure.problem.model_copy(update=place)


def _read(message: RawMessage, document: Document) -> Iterator[Read]:
    found = entries_of(message, document)
    reading = _Reading(found)
    for entry in found:
        yield from reading.of(entry)


class _Reading:
    """One document being read: what its references mean, and which Conditions belong to which Encounter."""

    def __init__(self, found: list[Entry]) -> None:
        self._index = Index(found)
        self._linked = encounters.linked(found, self._index)
        self._diagnoses = {condition for conditions in self._linked.values() for condition in conditions}

    def of(self, entry: Entry) -> Iterator[Read]:
        """The records of one entry; what is wrong with it is a problem that ends with it."""
        try:
            yield from self._of(entry)
        except SetAside as aside:
            yield entry.aside(aside.code, aside.expected, aside.path)
            yield from self._withdrawal(entry)

    def _of(self, entry: Entry) -> Iterator[Read]:
        if entry.method == "DELETE":
            yield self._taken_back(entry)
            return
        if PART2 & labels(entry) and entry.kind != "Consent":
            raise SetAside("part2-label", "meta.security", "an agreed way to tell which Part 2 program it came from")
        if entry.kind in READ and is_modified(entry):
            raise SetAside("modified", "modifierExtension", "none, because it changes what the resource means")
        readers = {
            "Patient": self._person,
            "Encounter": self._encounter,
            "Condition": self._condition,
            "MedicationRequest": self._medication,
            "MedicationStatement": self._medication,
            "Consent": self._consent,
        }
        if reader := readers.get(entry.kind):
            yield from self._people_within(entry)
            yield from reader(entry)
        elif entry.kind not in _SUPPORT:
            raise SetAside("not-interpreted", "", "a resource the hub reads; this one is kept and not filed")

    def _people_within(self, entry: Entry) -> Iterator[Read]:
        """Contained Patients: they have no name of their own, and are known by their container's."""
        for inner in contained(entry):
            if inner.kind == "Patient":
                yield from self._person(inner)

    def _person(self, entry: Entry) -> Iterator[Read]:
        patient, subject = entry.read(Patient), self_named(entry)
        if subject is None:
            raise SetAside("no-key", "id", "an id, an identifier or a fullUrl")
        for code, path, expected in people.oddities(patient):
            yield entry.warning(code, expected, path)
        yield _record(entry, key_of(entry), subject, people.person(patient, subject))

    def _encounter(self, entry: Entry) -> Iterator[Read]:
        model = entry.read(FhirEncounter)
        subject = self._index.subject(model.subject, entry, "subject")
        diagnosed = encounters.Diagnosed(subject, self._index)
        for condition in self._linked.get(entry, ()):
            diagnosed.add(condition)
        yield from diagnosed.problems
        if encounters.has_partial_time(entry):
            yield entry.warning("partial-date", "a time with its zone", "period")
        body = encounters.encounter(entry, self._index, diagnosed)
        record = _record(entry, key_of(entry), subject, body)
        speaks_of = record.sensitivity | diagnosed.sensitivity
        change = Change.DELETE if model.status in encounters.NEVER_WAS else Change.UPSERT
        told = {"occurred_at": body.started_at, "sensitivity": speaks_of, "change": change}
        yield record.model_copy(update=told)

    def _condition(self, entry: Entry) -> Iterator[Read]:
        """Told with its Encounter; one without an Encounter in the message has no record to stand in."""
        entry.read(Condition)
        if entry not in self._diagnoses:
            raise SetAside("not-interpreted", "encounter", "an Encounter in the same message")
        yield from ()

    def _medication(self, entry: Entry) -> Iterator[Read]:
        current = medications.is_current(entry)
        body = medications.medications(entry, self._index) if current else Medications()
        subject = self._index.subject(medications.order(entry).subject, entry, "subject")
        record = _record(entry, key_of(entry), subject, body)
        yield record if current else record.model_copy(update={"change": Change.DELETE})

    def _consent(self, entry: Entry) -> Iterator[Read]:
        if not consents.is_active(entry):
            yield entry.warning("consent-not-active", "active; it is taken back where it was filed", "status")
            yield from self._withdrawal(entry)
            return
        subject = self._index.subject(entry.read(FhirConsent).patient, entry, "patient")
        paper = consents.consent(entry, self._index, key_of(entry))
        yield _record(entry, key_of(entry), subject, ConsentOnFile(consent=paper))

    def _withdrawal(self, entry: Entry) -> Iterator[Read]:
        """Takes back what was filed under a Consent's key, lest an unreadable paper leave an older one in force."""
        if entry.kind == "Consent":
            with suppress(SetAside):
                yield self._taken_back(entry)

    def _taken_back(self, entry: Entry) -> CanonicalRecord:
        key = key_of(entry)
        bodies: dict[str, Body] = {
            "Patient": PersonFacts(),
            "Encounter": Encounter(care=EncounterClass.OTHER),
            "MedicationRequest": Medications(),
            "MedicationStatement": Medications(),
            "Consent": ConsentOnFile(consent=taken_back(key, ConsentKind.HIPAA_AUTHORIZATION)),
        }
        if entry.kind not in bodies:
            raise SetAside("not-interpreted", "", "a resource the hub reads; this one is kept and not filed")
        subject = self_named(entry) if entry.kind == "Patient" else None
        return _record(entry, key, subject, bodies[entry.kind]).model_copy(update={"change": Change.DELETE})


def _record(entry: Entry, key: str, subject: Identifier | None, body: Body) -> CanonicalRecord:
    codes = labels(entry)
    return CanonicalRecord(
        feed=FEED,
        key=key,
        subject=subject,
        updated_at=_updated_at(entry),
        provenance=Provenance(separated_notes=separated_notes(codes)),
        sensitivity=sensitivity(codes),
        place=entry.named(),
        body=body,
    )


def _updated_at(entry: Entry) -> datetime | None:
    meta = entry.raw.get("meta")
    stated = meta.get("lastUpdated") if isinstance(meta, dict) else None
    return instant(stated) or entry.modified_at
