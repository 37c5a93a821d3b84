"""Who works with whom: dated assignments, because no feed carries them (`UserID` is who typed the record)."""

from datetime import date, datetime

from sqlmodel import Session

from consent.labels import label
from hub.errors import NotFound
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.directory import Directory
from hub.store.people import People
from hub.store.records import Identified, Records
from schemas.canonical import CanonicalRecord, Identifier, StaffAssignment
from schemas.contacts import Text
from schemas.disclosure import Provenance
from schemas.frozen import Frozen

FEED = "staff-assignments"


class Assignment(Frozen):
    """That someone works with a person, from when on; `program` is the source's key of it ("Project/31")."""

    person: Identifier
    program: Text
    worker: Text
    role: Text
    phone: Text | None = None
    email: Text | None = None
    since: date
    until: date | None = None


def assign(session: Session, keys: Keys, source: str, assignment: Assignment, *, at: datetime, actor: str) -> None:
    """Notes an assignment; said again for the same program it replaces the one before. Raises `NotFound`.

    That someone of a program works with a person says that the person is in it, so the program's own provenance counts.
    """
    people = People(session, keys)
    person_id = people.known(source, [assignment.person]).get(assignment.person)
    program = Directory(session).program(source, assignment.program)
    if person_id is None or program is None:
        raise NotFound("The source has no such person or no such program here.", next_steps="Import its records first.")
    record = CanonicalRecord(
        feed=FEED,
        key=f"StaffAssignment/{assignment.person.value}/{assignment.program}",
        subject=assignment.person,
        updated_at=at,
        provenance=Provenance.model_validate(program.provenance),
        body=StaffAssignment(**assignment.model_dump(exclude={"person"})),
    )
    identified = [Identified(label(record), person_id, program.participant)]
    Records(session, keys).keep(source, identified, people.sealers({person_id}), message_id=None, at=at)
    AuditLog(session, keys).append(
        Act.DIRECTORY_CHANGED,
        at=at,
        actor=actor,
        participant=source,
        subject=person_id,
        details={"staff_assignment": assignment.program},
    )
