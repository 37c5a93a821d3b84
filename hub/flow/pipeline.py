"""The journey of one message, in order: read, identify, label, keep; then decide, clear, deliver; all of it recorded.

One message is one transaction: either everything it says is in, with its audit entry, or nothing is.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from time import perf_counter
from typing import TypeGuard
from uuid import UUID

from sqlmodel import Session

from adapters.ahead import ahead
from adapters.base import Earlier, Feed, Read, Sound, Unreadable
from consent.codes import OWN, Codes
from consent.labels import label, unknown
from hub.flow import outbox
from hub.flow.kept import Kept, examine_after, read_after
from hub.flow.naming import Name, names_in, without
from hub.flow.report import Report, Tally, weight
from hub.flow.restraint import Held, Restraint
from hub.flow.sequel import Sequel
from hub.store.audit import Act, AuditLog
from hub.store.consents import Consents
from hub.store.crypto import Keys
from hub.store.descriptors import Descriptors
from hub.store.directory import Directory
from hub.store.people import People
from hub.store.records import Bound, Identified, Records, Stored
from hub.store.staff import Staff
from schemas.canonical import CanonicalRecord, ConsentOnFile, Identifier, PersonFacts, StaffMember
from schemas.instruments import Consent, NamedOrganization
from schemas.messages import RawMessage
from schemas.sheaves import Sheaf
from schemas.vocab import ConsentKind
from schemas.vocab.records import Change

BATCH = 4_000
LOOK = 100
MOST_PERSONS = 50_000
"""So many names are remembered with whom they mean; of those forgotten the index is asked again."""

_YOUNGEST = 0
"""The generation of what was made since the last collection."""

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
        restraint: Restraint | None = None,
    ) -> None:
        self.session = session
        self.at = at
        self.actor = actor
        self.codes = codes
        self.restraint = restraint
        self.directory = Directory(session)
        self.descriptors = Descriptors(session, keys)
        self.staff = Staff(session, keys)
        self.people = People(session, keys, auto_link=auto_link)
        self.records = Records(session, keys)
        self.consents = Consents(session, keys)
        self.trail = AuditLog(session, keys)
        self.keys = keys
        self.passed_by = False
        """Whether something of somebody sealed by order was met: what brought it is not kept either."""
        self._persons: dict[Name, UUID] = {}

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
            sequel = Sequel(self.session, message, self.records, self.people)
            earlier = Kept(self.session, self.keys, source=message.source, feed=message.feed)
            for batch in _ahead(_batches(read_after(message, feed, earlier)), earlier):
                self._take(message, batch, tally, sequel)
                gc.collect(_YOUNGEST)
                progress(tally.received)
            self._note_absences(message, tally, sequel)
            self.directory.close(message.source, tally.for_victims)
            self.descriptors.close(message.source, tally.for_victims)
            outbox.tell_those_waiting(self.session, self.keys, message.id, tally.papers_of, at=self.at)
            untouched.commit()
        except Unreadable as refusal:
            untouched.rollback()
            tally.refuse(refusal.problem)
        except Held as held:
            untouched.rollback()
            tally.hold(held.problems)

    def _take(self, message: RawMessage, batch: list[Read | Sound], tally: Tally, sequel: Sequel) -> None:
        told = self._without_the_sealed(message.source, tally.sort(self.wanted(message.source, batch)))
        if origin := tally.take_origin():
            tally.note(sequel.begin(origin))
        of_nobody = [one for one in told if isinstance(one, CanonicalRecord) and one.subject is None]
        for one in of_nobody:
            self.take_of_nobody(message.source, one)
        self.descriptors.take(message.source, of_nobody, at=self.at)
        identified = self.identify(message.source, [one for one in told if isinstance(one, Sheaf) or one.subject])
        labelled = [self._labelled(one) for one in identified]
        for known in labelled:
            if isinstance(known, Identified):
                tally.note_unknown(message, unknown(known.record))
        tally.papers_of.update(one.person_id for one in labelled if _is_paper(one))
        tally.add(self.keep(message, labelled))

    def wanted(self, _source: str, batch: list[Read | Sound]) -> list[Read | Sound]:
        """What of a batch is to be taken: all of it, when a message is read."""
        return batch

    def _labelled(self, one: Identified | Bound) -> Identified | Bound:
        """What it speaks of; of a sheaf this is asked once."""
        if isinstance(one, Bound):
            return replace(one, sheaf=replace(one.sheaf, like=label(one.sheaf.like, self.codes)))
        return replace(one, record=label(one.record, self.codes))

    def take_of_nobody(self, source: str, record: CanonicalRecord) -> None:
        """What is said of an organization, a program or a member of staff."""
        if isinstance(record.body, StaffMember):
            self.staff.take(source, record.key, record.body)
        else:
            self.directory.take(source, record)

    def _without_the_sealed(self, source: str, told: list[CanonicalRecord | Sheaf]) -> list[CanonicalRecord | Sheaf]:
        """What a source sends of somebody sealed by order passes by, and the source is told nothing else than ever."""
        new = {name for one in told for name in names_in(one) if name not in self._persons}
        subjects = {Identifier(system=system, value=value) for system, value in new}
        sealed = {(one.system, one.value) for one in self.people.sealed_among(source, subjects)} if subjects else set()
        self.passed_by = self.passed_by or bool(sealed)
        return list(without(told, sealed)) if sealed else told

    def identify(self, source: str, told: Sequence[CanonicalRecord | Sheaf]) -> list[Identified | Bound]:
        """Says of each record whose it is and which participant holds it."""
        if len(self._persons) > MOST_PERSONS:
            self._persons.clear()
        facts = _facts_by_subject(told)
        news = {name: said for name, said in facts.items() if said is not None or name not in self._persons}
        if news:
            subjects = [Identifier(system=system, value=value) for system, value in news]
            found = self.people.identify_many(source, list(zip(subjects, news.values(), strict=True)), at=self.at)
            self._persons.update({name: one.person_id for name, one in zip(news, found, strict=True)})
        return [self._identified(source, one) for one in told]

    def _identified(self, source: str, one: CanonicalRecord | Sheaf) -> Identified | Bound:
        person_ids = [self._persons[name] for name in names_in(one)]
        if isinstance(one, Sheaf):
            return Bound(one, person_ids, self.directory.holder(source, one.like.held_by))
        return Identified(one, person_ids[0], self.directory.holder(source, one.held_by))

    def keep(self, message: RawMessage, batch: list[Identified | Bound]) -> Stored:
        """Stores what was identified: consents among the evidence, everything else among the records."""
        evidence = [one for one in batch if _is_paper(one)]
        for one in evidence:
            self.file(message.source, one)
        others = [one for one in batch if not _is_paper(one)]
        sealers = self.people.sealers({person_id for one in others for person_id in one.person_ids})
        kept = self.records.keep(message.source, others, sealers, message_id=message.id, at=self.at)
        return kept + Stored(stored=len(evidence))

    def file(self, source: str, one: Identified) -> None:
        """Files a consent; one that the sender takes back, or that cannot be read as a permission any more, goes."""
        if not isinstance(one.record.body, ConsentOnFile):
            return
        if one.record.change is Change.DELETE:
            self.consents.withdraw(source, one.record.body.consent.id, at=self.at)
        else:
            self.consents.file(
                one.person_id, source, _paper(one.record, one.record.body.consent, one.holder), at=self.at
            )

    def _note_absences(self, message: RawMessage, tally: Tally, sequel: Sequel) -> None:
        """Marks or removes what a complete message does not name; raises `Held` where that, or the rest, is much."""
        for snapshot in tally.snapshots:
            seen = tally.keys_by_kind.get(snapshot.kind, [])
            self.records.mark_absent(message.source, snapshot.kind, message.id, seen, snapshot.taken_at)
        tally.add(sequel.end(tally.extents, self.at))
        if self.restraint is not None:
            self.restraint.insist(message.source, self.records)

    def _record(self, message: RawMessage, report: Report) -> None:
        refused = Act.FEED_HELD if report.held else Act.FEED_REFUSED
        self.trail.append(
            refused if report.refused else Act.FEED_IMPORTED,
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
    """Records hold no cycles, and looking for some took a fifth of the time of a large file.

    Statements hold some, with all their values: they are looked for between batches, when few records are there.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


def _facts_by_subject(told: Iterable[CanonicalRecord | Sheaf]) -> dict[Name, PersonFacts | None]:
    """What the records say of each person they are about; the last word counts."""
    facts: dict[Name, PersonFacts | None] = {}
    for one in told:
        if isinstance(one, Sheaf):
            facts.update((name, None) for name in names_in(one) if name not in facts)
        else:
            (name,) = names_in(one)
            facts[name] = one.body if isinstance(one.body, PersonFacts) else facts.get(name)
    return facts


def _is_paper(one: Identified | Bound) -> TypeGuard[Identified]:
    """Whether it is filed among the evidence and not stored as a record."""
    return isinstance(one, Identified) and isinstance(one.record.body, ConsentOnFile)


def _paper(record: CanonicalRecord, consent: Consent, holder: str) -> Consent:
    """A release of one agency names that agency as the one that may tell; its feed knows it by a key of its own."""
    if record.held_by is None or consent.kind is not ConsentKind.HMIS_RELEASE:
        return consent
    return consent.model_copy(update={"disclosers": (NamedOrganization(organization=holder),)})


def _batches(items: Iterable[Read | Sound], size: int = BATCH) -> Iterator[list[Read | Sound]]:
    """Some thousand records at a time."""
    batch, heavy = list[Read | Sound](), 0
    for item in items:
        batch.append(item)
        heavy += weight(item)
        if heavy >= size:
            yield batch
            batch, heavy = [], 0
    if batch:
        yield batch


def _ahead(batches: Iterator[list[Read | Sound]], earlier: Kept) -> Iterator[list[Read | Sound]]:
    """The same; what follows a batch is read while the database takes that one in. Most messages are one batch.

    A feed that asks what came earlier asks this session, so it is read in this thread.
    """
    for first in batches:
        yield first
        if sum(map(weight, first)) >= BATCH and not earlier.asked:
            yield from ahead(batches)


def check(
    message: RawMessage, feed: Feed, progress: Progress = lambda _: None, *, earlier: Earlier | None = None
) -> Report:
    """Reads a message and says what is wrong with it; nothing is kept, and no record made where the feed needs none.

    Without what came `earlier`, a message that refers to it is looked at as if it stood alone.
    """
    started = perf_counter()
    tally = Tally()
    try:
        for batch in _batches(examine_after(message, feed, earlier), LOOK):
            tally.sort(batch)
            progress(tally.received)
    except Unreadable as refusal:
        tally.refuse(refusal.problem)
    return tally.report(message, seconds=perf_counter() - started)
