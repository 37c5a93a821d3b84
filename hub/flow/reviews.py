"""The review of declared emergencies: by an officer with standing, the day after, and never by whoever declared."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from hub.errors import NotAllowed
from hub.store.accounts import Caller, CallerKind
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.declarations import DeclarationRow, Declarations
from hub.store.ledgers import LogReader, Standing, standing
from hub.store.terms import terms
from schemas.emergencies import Declared, Queue, Review, Reviewed
from schemas.vocab.ledgers import Verdict


class Reviews:
    """The queue as one officer's organization may see it; whoever runs the hub sees all of it."""

    def __init__(
        self, session: Session, keys: Keys, caller: Caller, *, at: datetime, reader: Standing | None = None
    ) -> None:
        self.reader = reader or standing(terms(session), caller.participant, on=at.date())
        self.declarations = Declarations(session, keys)
        self.log = LogReader(session, keys, self.reader)
        self.trail = AuditLog(session, keys)
        self.caller = caller
        self.at = at

    def queue(self, queue: Queue, *, after: UUID | None = None, limit: int = 50) -> list[Declared]:
        """The declared emergencies, the oldest first; that they were read is recorded."""
        rows = self.declarations.queue(self.reader, queue, at=self.at, after=after, limit=limit)
        self._record(Act.AUDIT_READ, {"emergencies": queue.value, "entries": len(rows)})
        return [self._declared(row) for row in rows]

    def get(self, declaration: UUID) -> Declared:
        """One of them, with its place in the log; raises `NotFound`."""
        row = self.declarations.get(declaration, self.reader)
        self._record(Act.AUDIT_READ, {"declaration": str(declaration)})
        return self._declared(row).model_copy(update={"entry": self._entry(row)})

    def review(self, declaration: UUID, review: Review) -> Declared:
        """Writes what the caller finds, once. Raises `NotFound`, `NotAllowed` and `Conflict`."""
        row = self.declarations.get(declaration, self.reader)
        self._refuse(row)
        self.declarations.review(row, review.verdict, review.note, self.caller.id, at=self.at)
        self._record(Act.EMERGENCY_REVIEWED, {"declaration": str(declaration), "verdict": review.verdict.value})
        return self._declared(row)

    def _refuse(self, row: DeclarationRow) -> None:
        """Neither who declared nor who is named as the medical person judges whether it was one; nor does a system."""
        named = self.declarations.stated(row).medical_person
        itself = self.caller.id == row.actor or _alike(self.caller.name, named)
        if itself or self.caller.kind is not CallerKind.USER:
            raise NotAllowed(
                "Whoever declared an emergency does not review it, nor does a system.",
                next_steps="Ask another officer.",
            )

    def _declared(self, row: DeclarationRow) -> Declared:
        return Declared(
            id=row.id,
            actor=row.actor,
            participant=row.participant,
            stated=self.declarations.stated(row),
            holds_until=row.holds_until,
            review_by=row.review_by,
            overdue=row.reviewed_at is None and row.review_by <= self.at,
            review=self._review(row),
        )

    def _review(self, row: DeclarationRow) -> Reviewed | None:
        if row.reviewed_at is None or row.reviewed_by is None or row.verdict is None:
            return None
        note = self.declarations.note(row) or ""
        return Reviewed(at=row.reviewed_at, by=row.reviewed_by, verdict=Verdict(row.verdict), note=note)

    def _entry(self, row: DeclarationRow) -> int | None:
        """The number of the answer that the declaration opened, where this reader may see it."""
        moment = {"since": row.declared_at, "until": row.declared_at + timedelta(microseconds=1)}
        found = self.log.entries(actor=row.actor, limit=5, since=moment["since"], until=moment["until"])
        answers = (one.seq for one in found if one.act in {Act.CONTACT_RELEASED, Act.CONTACT_WITHHELD})
        return next(answers, None)

    def _record(self, act: Act, details: dict[str, str | int]) -> None:
        self.trail.append(act, at=self.at, actor=self.caller.id, participant=self.caller.participant, details=details)


def _alike(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()
