"""The journey of one message, in order: read, identify, label, keep; then decide, clear, deliver; all of it recorded.

One message is one transaction: either everything it says is in, with its audit entry, or nothing is.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from time import perf_counter
from uuid import UUID

from sqlmodel import Session

from adapters.base import Examiner, Feed, Read, Sound, Unreadable
from consent.codes import OWN, Codes
from consent.labels import label, unknown
from hub.flow import outbox
from hub.flow.report import Report, Tally
from hub.store.audit import Act, AuditLog
from hub.store.consents import Consents
from hub.store.crypto import Keys
from hub.store.directory import Directory
from hub.store.people import People
from hub.store.records import Identified, Records, Stored
from hub.store.staff import Staff
from schemas.canonical import CanonicalRecord, ConsentOnFile, Identifier, PersonFacts, StaffMember
from schemas.messages import RawMessage
from schemas.vocab.records import Change

BATCH = 2_000
LOOK = 100

Progress = Callable[[int], None]


class Pipeline:
    """Carries messages from a feed to those who are waiting for them."""

    def __init__(
        self,
        session: Session,
        keys: Keys,
        *,
        at: datetime,
        actor: str,
        auto_link: float = 8.0,
        codes: Codes = OWN,
    ) -> None:
        self.session = session
        self.at = at
        self.actor = actor
        self.codes = codes
        self.directory = Directory(session)
        self.staff = Staff(session, keys)
        self.people = People(session, keys, auto_link=auto_link)
        self.records = Records(session, keys)
        self.consents = Consents(session, keys)
        self.trail = AuditLog(session, keys)
        self.keys = keys
        self.passed_by = False
        """Whether something of somebody sealed by order was met: what brought it is not kept either."""
        self._persons: dict[tuple[str, str], UUID] = {}

    def carry(self, message: RawMessage, feed: Feed, progress: Progress = lambda _: None) -> Report:
        """Takes a message all the way; one that is refused changes nothing but the record of it."""
        started = perf_counter()
        tally = Tally()
        with _collecting_nothing():
            self._carry(message, feed, tally, progress)
        report = tally.report(message, seconds=perf_counter() - started)
        self._record(message, report)
        return report

    def _carry(self, message: RawMessage, feed: Feed, tally: Tally, progress: Progress) -> None:
        untouched = self.session.begin_nested()
        try:
            for batch in _batches(feed.read(message)):
                self._take(message, batch, tally)
                progress(tally.received)
            self._note_absences(message, tally)
            outbox.tell_those_waiting(self.session, self.keys, tally.touched, at=self.at)
            untouched.commit()
        except Unreadable as refusal:
            untouched.rollback()
            tally.refuse(refusal.problem)

    def _take(self, message: RawMessage, batch: list[Read | Sound], tally: "Tally") -> None:
        records = self._without_the_sealed(message.source, tally.sort(batch))
        for record in records:
            if record.subject is None:
                self._take_of_nobody(message.source, record)
        identified = self.identify(message.source, [record for record in records if record.subject is not None])
        labelled = [Identified(label(one.record, self.codes), one.person_id, one.holder) for one in identified]
        for one in labelled:
            tally.note_unknown(message, unknown(one.record))
        tally.touched.update(one.person_id for one in labelled)
        tally.add(self.keep(message, labelled))

    def _take_of_nobody(self, source: str, record: CanonicalRecord) -> None:
        """What is said of an organization, a program or a member of staff."""
        if isinstance(record.body, StaffMember):
            self.staff.take(source, record.key, record.body)
        else:
            self.directory.take(source, record)

    def _without_the_sealed(self, source: str, records: list[CanonicalRecord]) -> list[CanonicalRecord]:
        """What a source sends of somebody sealed by order passes by, and the source is told nothing else than ever."""
        subjects = {record.subject for record in records if record.subject is not None}
        sealed = self.people.sealed_among(source, subjects)
        self.passed_by = self.passed_by or bool(sealed)
        return [record for record in records if record.subject not in sealed] if sealed else records

    def identify(self, source: str, records: list[CanonicalRecord]) -> list[Identified]:
        """Says of each record whose it is and which participant holds it."""
        facts = _facts_by_subject(records)
        news = {name: said for name, said in facts.items() if said is not None or name not in self._persons}
        if news:
            subjects = [Identifier(system=system, value=value) for system, value in news]
            found = self.people.identify_many(source, list(zip(subjects, news.values(), strict=True)), at=self.at)
            self._persons.update({name: one.person_id for name, one in zip(news, found, strict=True)})
        return [
            Identified(record, self._persons[_named(record)], self.directory.holder(source, record.held_by))
            for record in records
        ]

    def keep(self, message: RawMessage, batch: list[Identified]) -> Stored:
        """Stores what was identified: consents among the evidence, everything else among the records."""
        evidence = [one for one in batch if isinstance(one.record.body, ConsentOnFile)]
        for one in evidence:
            self._file(message.source, one)
        others = [one for one in batch if not isinstance(one.record.body, ConsentOnFile)]
        sealers = self.people.sealers({one.person_id for one in others})
        kept = self.records.keep(message.source, others, sealers, message_id=message.id, at=self.at)
        return kept + Stored(stored=len(evidence))

    def _file(self, source: str, one: Identified) -> None:
        """Files a consent; one that the sender takes back, or that cannot be read as a permission any more, goes."""
        if not isinstance(one.record.body, ConsentOnFile):
            return
        if one.record.change is Change.DELETE:
            self.consents.withdraw(source, one.record.body.consent.id, at=self.at)
        else:
            self.consents.file(one.person_id, source, one.record.body.consent, at=self.at)

    def _note_absences(self, message: RawMessage, tally: "Tally") -> None:
        for snapshot in tally.snapshots:
            seen = tally.keys_by_kind.get(snapshot.kind, [])
            self.records.mark_absent(message.source, snapshot.kind, message.id, seen, snapshot.taken_at)

    def _record(self, message: RawMessage, report: Report) -> None:
        self.trail.append(
            Act.FEED_REFUSED if report.refused else Act.FEED_IMPORTED,
            at=self.at,
            actor=self.actor,
            participant=message.source,
            details={
                "message": str(message.id),
                **report.model_dump(include={"feed", "received", "stored", "unchanged", "removed", "set_aside"}),
            },
        )


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Records hold no cycles, and looking for some took a fifth of the time of a large file."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


def _named(record: CanonicalRecord) -> tuple[str, str]:
    """How the source names the person of a record."""
    return ("", "") if record.subject is None else (record.subject.system, record.subject.value)


def _facts_by_subject(records: Iterable[CanonicalRecord]) -> dict[tuple[str, str], PersonFacts | None]:
    """What the records say of each person they are about; the last word counts."""
    facts: dict[tuple[str, str], PersonFacts | None] = {}
    for record in records:
        name = _named(record)
        facts[name] = record.body if isinstance(record.body, PersonFacts) else facts.get(name)
    return facts


def _batches(items: Iterable[Read | Sound], size: int = BATCH) -> Iterator[list[Read | Sound]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def check(message: RawMessage, feed: Feed, progress: Progress = lambda _: None) -> Report:
    """Reads a message and says what is wrong with it; nothing is kept, and no record made where the feed needs none."""
    started = perf_counter()
    tally = Tally()
    try:
        examined = feed.examine(message) if isinstance(feed, Examiner) else feed.read(message)
        for batch in _batches(examined, LOOK):
            tally.sort(batch)
            progress(tally.received)
    except Unreadable as refusal:
        tally.refuse(refusal.problem)
    return tally.report(message, seconds=perf_counter() - started)
