"""What others hold of a person in an HMIS, asked for on the one question path: decided, cleared, and on record.

A caller's own records are no disclosure to it and are not in the answer; that they exist still counts in the decision,
for a birth date among them may make the person a minor.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from adapters.hmis.refusal import FEED
from hub.errors import NotAllowed, Refused
from hub.flow.hmis.own import client, stay
from hub.flow.hmis.standing import Standing
from hub.flow.recording import ROOM, for_the_record
from hub.flow.release import Answer, Opened, Question, Release
from hub.flow.silence import Silence
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from schemas.disclosure import Decision
from schemas.vocab import Field, Match, Purpose, Relationship

NEEDED = frozenset({Field.NAME, Field.DATE_OF_BIRTH, Field.ACTIVE_ENROLLMENT, Field.MOVE_IN_DATE})
"""What an HMIS asks of another: who the person is, and in which programs (HUD HMIS API, client and enrollments)."""


class Shared(NamedTuple):
    """What others let go of one person, in HUD's columns, and the texts that must travel with it."""

    client: dict[str, str]
    stays: tuple[dict[str, str], ...] = ()
    notices: tuple[str, ...] = ()


NOTHING = Shared({})


class Sharing:
    """Asks for one caller, for the coordination of care (HL7 purpose COC), what others hold."""

    def __init__(self, session: Session, keys: Keys, caller: Caller, standing: Standing, *, at: datetime) -> None:
        self.release = Release(session, keys)
        self._silence = Silence(self.release)
        self._trail = AuditLog(session, keys)
        self._caller = caller
        self._standing = standing
        self._at = at

    @cached_property
    def _question(self) -> Question:
        return self.release.question_of(self._caller, NEEDED, Purpose.COC, Relationship.NONE, at=self._at)

    @cached_property
    def gate(self) -> Decision | None:
        """Whether one like this caller may ask at all: None where it may not and comes for its own records alone.

        Raises `Refused`, which depends on the request alone, where it has none.
        """
        try:
            return self.release.refuse_at_the_gate(self._question)
        except NotAllowed as refusal:
            if self._standing.takes_part:
                return None
            self._record_refusal(refusal)
            raise Refused(refusal.detail, next_steps=refusal.next_steps) from None

    def about(self, person_id: UUID | None, *, match: Match, own: Collection[UUID]) -> Shared:
        """What others let go of a person, or of nobody at the same cost; `own` are the caller's own records."""
        if self.gate is None:
            return NOTHING
        answer = _of_others(self._silence.answer(self._question, person_id, self.gate), own)
        if not answer.opened and not own:
            self._silence.make_up(self._question, answer)
        self._record(person_id, answer, match)
        return self._shared(person_id, answer)

    def _shared(self, person_id: UUID | None, answer: Answer) -> Shared:
        if person_id is None or not answer.opened:
            return NOTHING
        who: dict[str, str] = {}
        for one in answer.opened:
            if one.cleared.kind == "person":
                who |= client(one.cleared.values)
        stays = tuple(self._stay(one) for one in answer.opened if one.cleared.kind == "enrollment")
        texts = (notice.text for one in answer.opened for notice in one.cleared.notices)
        return Shared(who, stays, tuple(dict.fromkeys(texts)))

    def _stay(self, one: Opened) -> dict[str, str]:
        """An enrollment, with its keys as the caller's own HMIS would have them."""
        said, source = stay(one.cleared.values), one.row.source
        key = one.cleared.key.partition("/")[2]
        if project := said.get("ProjectID"):
            program = self._standing.programs.get((source, f"Project/{project}"))
            said |= {"ProjectID": self._standing.project_id(source, project)}
            said |= {"ProjectName": program.name} if program else {}
        return {"EnrollmentID": key if source == self._standing.source else f"{source}:{key}", **said}

    def _record_refusal(self, refusal: NotAllowed) -> None:
        self._trail.append(
            Act.RECORDS_REFUSED,
            at=self._at,
            actor=self._caller.id,
            participant=self._caller.participant,
            details={"purpose": Purpose.COC.value, "because": refusal.detail},
        )

    def _record(self, person_id: UUID | None, answer: Answer, match: Match) -> None:
        told = bool(answer.opened)
        self._trail.append(
            Act.RECORDS_RELEASED if told else Act.RECORDS_WITHHELD,
            at=self._at,
            actor=self._caller.id,
            participant=self._caller.participant,
            subject=person_id,
            room=1 if told else ROOM,
            details={
                "purpose": Purpose.COC.value,
                "role": self._caller.role.value,
                "match": match.value,
                **for_the_record(answer),
            },
        )


def _of_others(answer: Answer, own: Collection[UUID]) -> Answer:
    """The answer without the caller's own records, and without what lies in no HMIS."""
    others = {str(row.id) for row in answer.rows if row.feed == FEED and row.id not in own}
    decided = tuple(piece for piece in answer.decision.records if piece.id in others)
    opened = tuple(one for one in answer.opened if str(one.row.id) in others and one.cleared.kind in _TOLD)
    return answer._replace(decision=answer.decision.model_copy(update={"records": decided}), opened=opened)


_TOLD = frozenset({"person", "enrollment"})
