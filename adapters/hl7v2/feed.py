"""The feed: ADT messages in, people and encounters out."""

from collections.abc import Iterator

from adapters.base import Read, Unreadable
from adapters.hl7v2.diagnoses import Diagnoses, diagnoses_of
from adapters.hl7v2.encoding import BadDelimiters
from adapters.hl7v2.message import Message, Segment
from adapters.hl7v2.patient import facts_of, identifiers_of
from adapters.hl7v2.reading import FEED, Agreed, Reading, key_of
from adapters.hl7v2.stream import BatchCount, Stretch, preamble, stretches
from adapters.hl7v2.structure import report_departures
from adapters.hl7v2.visit import CANCEL_ADMISSION, encounter_of, key_of_visit, warn_of_protection
from schemas.canonical import Body, CanonicalRecord, Identifier, PersonFacts, SourceRow
from schemas.messages import Problem, RawMessage, Severity
from schemas.vocab import Sensitivity
from schemas.vocab.records import Change

ABOUT_A_VISIT = ("ADT^A01", "ADT^A02", "ADT^A03", "ADT^A04", "ADT^A08", CANCEL_ADMISSION, "ADT^A13")
ABOUT_A_PERSON = ("ADT^A28", "ADT^A31")
UNDERSTOOD = ABOUT_A_VISIT + ABOUT_A_PERSON

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_LARGEST = 16 * 2**20
_FOR_TRIAL = ("T", "D")
_OF_A_PERSON = frozenset({Sensitivity.DEMO})


class Hl7v2:
    """HL7 v2.1 to v2.9 ADT, one message or a file of them: admissions, transfers, discharges, updates, cancellations.

    The hot path is a lazy split of the package's own, some fifty times as fast as hl7apy's parser and without
    its losses; hl7apy's tables of the standard tell what a message that had to be set aside lacks (`structure`).
    """

    name = FEED

    def read(self, message: RawMessage) -> Iterator[Read]:
        agreed = Agreed.of(message.definition)
        if message.content.startswith(_UTF_16):
            raise Unreadable(self.name, message.name, "ASCII, UTF-8 or another byte-wise charset", code="charset")
        strays = preamble(message.content)
        found, batch = False, BatchCount()
        for stretch in stretches(message.content):
            if not found and strays:
                yield _problem(message, strays[0].number, "MSH", "stray", "a message, which begins with MSH")
            found = True
            yield from _read_one(stretch, message, agreed)
            if trailer := batch.contradicted(stretch):
                yield _problem(message, trailer.number, "BTS-1", "batch-count", "the number of messages in the batch")
        if not found:
            raise Unreadable(self.name, message.name, "HL7 v2: a line that begins with MSH and its delimiters")


def _read_one(stretch: Stretch, raw: RawMessage, agreed: Agreed) -> Iterator[Read]:
    line = stretch.lines[0].number
    if len(stretch.content) > _LARGEST:
        yield _problem(raw, line, "MSH", "too-large", f"a message of at most {_LARGEST} bytes")
        return
    try:
        reading = Reading(Message(stretch, unsaid_charset=agreed.charset), raw, agreed)
    except BadDelimiters:
        yield _problem(raw, line, "MSH-2", "delimiters", "four or five different marks, usually ^~\\&")
        return
    records = tuple(_records(reading))
    _note_transmission(reading, stretch)
    yield from reading.problems
    yield from records


def _records(reading: Reading) -> Iterator[CanonicalRecord]:
    """What the message says; a message that says nothing of anyone is set aside with the reason."""
    message, line = reading.message, reading.message.header.line
    if message.kind not in UNDERSTOOD:
        reading.set_aside(line, "MSH-9", "message-type", f"one of {', '.join(UNDERSTOOD)}")
        return
    patient = message.segment("PID")
    identifiers = identifiers_of(reading, patient) if patient else ()
    if patient is None or not identifiers:
        reading.set_aside(patient.line if patient else line, "PID-3", "no-patient", "a patient with an identifier")
        report_departures(reading)
        return
    warn_of_protection(reading)
    yield from _about_the_person(reading, patient, identifiers)
    if message.kind in ABOUT_A_VISIT:
        yield from _about_the_visit(reading, patient, identifiers[0])


def _about_the_person(
    reading: Reading, patient: Segment, identifiers: tuple[Identifier, ...]
) -> Iterator[CanonicalRecord]:
    # A cancelled admission carries as much of PID as names the person: it would blank what is known.
    if reading.message.kind != CANCEL_ADMISSION:
        facts = facts_of(reading, patient, identifiers)
        yield _record(reading, key_of("Patient", identifiers[0]), identifiers[0], patient, facts)


def _about_the_visit(reading: Reading, patient: Segment, subject: Identifier) -> Iterator[CanonicalRecord]:
    visit = reading.message.segment("PV1")
    if visit is None:
        reading.set_aside(reading.message.header.line, "PV1", "no-visit", "a visit, segment PV1")
        report_departures(reading)
        return
    diagnoses = diagnoses_of(reading.message.segments("DG1"))
    key = key_of_visit(reading, patient, visit, subject)
    change = Change.DELETE if reading.message.kind == CANCEL_ADMISSION else Change.UPSERT
    encounter = encounter_of(reading, visit, diagnoses)
    yield _record(reading, key, subject, visit, encounter, change=change)
    if diagnoses.uncoded:
        row = SourceRow(table="DG1", values=_as_sent(reading, diagnoses))
        yield _record(reading, f"{key}/DG1", subject, diagnoses.uncoded[0], row, change=change)


def _record(
    reading: Reading,
    key: str,
    subject: Identifier,
    segment: Segment,
    body: Body,
    *,
    change: Change = Change.UPSERT,
) -> CanonicalRecord:
    return CanonicalRecord(
        feed=FEED,
        key=key,
        subject=subject,
        occurred_at=reading.happened_at or reading.recorded_at,
        updated_at=reading.recorded_at,
        change=change,
        sensitivity=_OF_A_PERSON if isinstance(body, PersonFacts) else frozenset(),
        place=f"line {segment.line} {segment.name}",
        body=body,
    )


def _as_sent(reading: Reading, diagnoses: Diagnoses) -> dict[str, str]:
    """The diagnoses without a code that can be read, by line and field, with a warning for each."""
    values: dict[str, str] = {}
    for segment in diagnoses.uncoded:
        reading.warn(segment, 3, "diagnosis-uncoded", "a code of ICD-10-CM (I10), ICD-9-CM (I9) or SNOMED CT (SCT)")
        as_sent = {f"line {segment.line} DG1-{position}": segment.raw(position) for position in (2, 3, 4, 6)}
        values |= {place: text for place, text in as_sent.items() if text}
    return values


def _note_transmission(reading: Reading, stretch: Stretch) -> None:
    """What is odd about how the message was sent rather than what it says."""
    message, header = reading.message, reading.message.header
    for line in message.broken_lines():
        reading.set_aside(line, "segment", "segment", "a segment: three capitals or digits, then the field separator")
    if not message.decoded.as_declared:
        expected = f"the character set in which the text is written; it was read as {message.decoded.codec}"
        reading.warn(header, 18, "charset", expected)
    if (header.value(11) or "").upper() in _FOR_TRIAL:
        reading.warn(header, 11, "processing-id", "P, production: this message calls itself a test")
    if not stretch.ended:
        reading.warn(header, 1, "unterminated", "a carriage return after the last segment: it may have been cut off")


def _problem(raw: RawMessage, line: int, field: str, code: str, expected: str) -> Problem:
    return Problem(file=raw.name, line=line, field=field, code=code, severity=Severity.SET_ASIDE, expected=expected)
