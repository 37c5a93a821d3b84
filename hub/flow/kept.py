"""What the hub keeps of what a source sent before, for a feed whose next message refers to it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cached_property
from uuid import UUID

from sqlmodel import Session

from adapters.base import Continuing, Earlier, Examiner, Feed, Read, Sound
from hub.store.crypto import Keys, Sealer
from hub.store.directory import Directory
from hub.store.people import People
from hub.store.records import RecordRow, Records
from hub.store.staff import Staff
from schemas.canonical import (
    CanonicalRecord,
    Enrollment,
    ForVictims,
    Identifier,
    Organization,
    PersonFacts,
    Program,
    StaffMember,
)
from schemas.disclosure import Provenance
from schemas.messages import RawMessage
from schemas.vocab import Capacity
from schemas.vocab.records import Change, ProgramType

_LONG_AGO = date(1900, 1, 1)


class Kept(Earlier):
    """What is kept of one source by one feed, as it stands in one transaction, and is asked in its thread alone."""

    def __init__(self, session: Session, keys: Keys, *, source: str, feed: str) -> None:
        self._source = source
        self._feed = feed
        self._directory = Directory(session)
        self._people = People(session, keys)
        self._records = Records(session, keys)
        self._staff = Staff(session, keys)
        self.asked = False
        """Whether the feed has asked; one that does begins before its first record."""

    def directory(self) -> Iterator[CanonicalRecord | ForVictims]:
        self.asked = True
        yield from self._organizations()
        yield from self._programs()
        for key in self._staff.keys_of(self._source):
            yield CanonicalRecord(feed=self._feed, key=key, body=StaffMember())
        yield ForVictims(programs=tuple(self._closed))

    @cached_property
    def _closed(self) -> list[str]:
        return self._directory.closed(self._source)

    def _organizations(self) -> Iterator[CanonicalRecord]:
        for key, slug in self._directory.known_keys(self._source).items():
            participant = self._directory.participant(slug)
            guards = Capacity.VICTIM_SERVICE_PROVIDER in participant.capacities
            body = Organization(name=participant.name, victim_service_provider=guards)
            yield CanonicalRecord(feed=self._feed, key=key, body=body)

    def _programs(self) -> Iterator[CanonicalRecord]:
        """The open ones; without an organization that the source names nobody could say whose they are."""
        for row in self._directory.programs_of(self._source):
            organization = self._directory.key_of(self._source, row.participant)
            if organization is not None and row.key not in self._closed:
                body = Program(
                    organization=organization,
                    name=row.name,
                    type=ProgramType(row.type),
                    opened_on=row.opened_on,
                    closed_on=row.closed_on,
                )
                yield CanonicalRecord(
                    feed=self._feed,
                    key=row.key,
                    held_by=organization,
                    provenance=Provenance.model_validate(row.provenance, strict=False),
                    body=body,
                )

    def about(self, named: Mapping[Identifier, Collection[str]], kinds: Collection[str]) -> Iterator[CanonicalRecord]:
        sealed = self._people.sealed_among(self._source, named) if named else set()
        known = self._people.known(self._source, named.keys() - sealed) if named else {}
        rows = self._records.of_people(self._source, self._feed, set(known.values()), kinds)
        sealers = self._people.sealers({row.person_id for row in rows})
        for row in rows:
            record = self._opened(row, sealers)
            if record.subject in known:
                yield record
        for subject in sealed:
            yield from self._as_if_they_stood(subject, named[subject], kinds)

    def _opened(self, row: RecordRow, sealers: Mapping[UUID, Sealer]) -> CanonicalRecord:
        record = self._records.open(row, sealers[row.person_id])
        return record if row.removed_at is None else record.model_copy(update={"change": Change.DELETE})

    def _as_if_they_stood(
        self, subject: Identifier, stays: Collection[str], kinds: Collection[str]
    ) -> Iterator[CanonicalRecord]:
        """Of somebody sealed by order: what is made of this passes by, and the source sees no difference."""
        if "person" in kinds:
            yield CanonicalRecord(feed=self._feed, key=subject.value, subject=subject, body=PersonFacts())
        program = next(self._programs(), None)
        if "enrollment" in kinds and program is not None:
            body = Enrollment(program=program.key, entry_date=_LONG_AGO)
            for key in stays:
                yield CanonicalRecord(feed=self._feed, key=key, subject=subject, body=body)


def read_after(message: RawMessage, feed: Feed, earlier: Earlier) -> Iterator[Read]:
    """Reads a message; of what it refers to the hub is asked where the feed wants that."""
    return feed.read_on(message, earlier) if isinstance(feed, Continuing) else feed.read(message)


def examine_after(message: RawMessage, feed: Feed, earlier: Earlier | None) -> Iterator[Read | Sound]:
    """Examines a message; without what is `earlier`, as far as it can be told by the message alone."""
    if isinstance(feed, Continuing) and earlier is not None:
        return feed.examine_on(message, earlier)
    return feed.examine(message) if isinstance(feed, Examiner) else feed.read(message)
