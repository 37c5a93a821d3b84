"""What 42 CFR 2.51(c) asks of an emergency disclosure: written at once, into the patient's record at the program.

The document is a record that the program holds, sealed under the patient's key in the transaction of the release. No
attribute of it is marked, so it never leaves the hub but to the program itself, which fetches it from here.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from consent.given import HUB
from hub.flow.release import Opened
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.people import People
from hub.store.records import Identified, Records
from schemas.canonical import CanonicalRecord, EmergencyDisclosure, Identifier
from schemas.frozen import Frozen
from schemas.instruments import Emergency
from schemas.vocab import Field, Obligation

KIND = "emergency-disclosure"


class Documented(Frozen):
    """One disclosure in an emergency, as its program fetches it; `patient` is the program's own name for the person."""

    id: UUID
    patient: Identifier | None
    disclosure: EmergencyDisclosure


class Emergencies:
    """Writes what was disclosed in emergencies, and gives it to the programs whose patients it was about."""

    def __init__(self, session: Session, keys: Keys, *, at: datetime) -> None:
        self.people = People(session, keys)
        self.records = Records(session, keys)
        self.trail = AuditLog(session, keys)
        self.at = at

    def document(self, opened: Iterable[Opened], said: Emergency, caller: Caller, *, query: UUID) -> None:
        """Writes a document for each record that owes one; nothing if none does."""
        for one in opened:
            if Obligation.EMERGENCY_DOCUMENTATION in one.cleared.obligations:
                self._write(one, said, caller, query)

    def _write(self, one: Opened, said: Emergency, caller: Caller, query: UUID) -> None:
        person_id, holder = one.row.person_id, one.row.holder
        record = CanonicalRecord(
            feed=KIND,
            key=f"EmergencyDisclosure/{query}/{one.record.key}",
            subject=one.record.subject,
            occurred_at=self.at,
            updated_at=self.at,
            body=_document(one.cleared.fields, said, caller, self.at),
        )
        self.records.keep(
            holder,
            [Identified(record, person_id, holder)],
            self.people.sealers({person_id}),
            message_id=None,
            at=self.at,
        )
        self.trail.append(
            Act.EMERGENCY_DOCUMENTED,
            at=self.at,
            actor=caller.id,
            participant=holder,
            subject=person_id,
            details={"query": str(query), "record": str(one.row.id)},
        )

    def of(self, program: str, caller: Caller, *, since: datetime | None = None) -> list[Documented]:
        """What was disclosed of a program's patients in emergencies, oldest first; that it was fetched is recorded."""
        found = list(self._kept_for(program, since))
        self.trail.append(
            Act.EMERGENCY_FETCHED,
            at=self.at,
            actor=caller.id,
            participant=program,
            details={"documents": [str(one.id) for one in found]},
        )
        return found

    def _kept_for(self, program: str, since: datetime | None) -> Iterator[Documented]:
        for row in self.records.held_by(program, KIND, since=since):
            record = self.records.open(row, self.people.sealer(row.person_id))
            if isinstance(record.body, EmergencyDisclosure):
                yield Documented(id=row.id, patient=record.subject, disclosure=record.body)


def _document(told: Sequence[Field], said: Emergency, caller: Caller, at: datetime) -> EmergencyDisclosure:
    """The four facts. A statement that lacks one was refused at the gate, so that nothing is left out here."""
    return EmergencyDisclosure.model_validate(
        {
            **said.model_dump(exclude={"kind", "attested_at"}),
            "nature": said.kind,
            "disclosed_by": f"{HUB}, asked by {caller.id}",
            "disclosed_at": at,
            "told": told,
        }
    )
