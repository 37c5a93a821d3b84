"""The contact query: who in homeless services works with this person, and how are they reached?

The answer has one shape for everybody, is made only of what was cleared, and is on record with its reasons.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session

from hub.errors import Invalid, NotAllowed, Refused
from hub.flow.assembly import Assembly
from hub.flow.breakglass import BreakGlass
from hub.flow.echo import Echo
from hub.flow.emergencies import Emergencies
from hub.flow.recording import ROOM, for_the_record
from hub.flow.release import Answer, Question, Release
from hub.flow.silence import Silence
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.nobody import NOBODY
from hub.store.people import Found
from schemas.contacts import (
    ContactAnswer,
    ContactQuery,
)
from schemas.disclosure import Decision
from schemas.vocab import Field, Purpose, Relationship

ASKED_FOR = frozenset({Purpose.TREAT, Purpose.COC, Purpose.ETREAT})

NEEDED = frozenset(
    {
        Field.ACTIVE_ENROLLMENT,
        Field.CASE_MANAGER,
        Field.LAST_CONTACT,
        Field.LIVING_SITUATION,
        Field.LAST_KNOWN_WHEREABOUTS,
        Field.REFERRAL_STATUS,
        Field.SERVICES_RECEIVED,
    }
)


def ask(session: Session, keys: Keys, caller: Caller, query: ContactQuery, *, at: datetime) -> ContactAnswer:
    """Answers a contact query, always in the same shape, and records it in the same transaction.

    Raises `NotAllowed` and `Invalid` for what depends on the request alone.
    """
    return _Asking(session, keys, caller, at).about(query)


class _Asking:
    def __init__(self, session: Session, keys: Keys, caller: Caller, at: datetime) -> None:
        self.session = session
        self.release = Release(session, keys)
        self.silence = Silence(self.release)
        self.emergencies = Emergencies(session, keys, at=at)
        self.glass = BreakGlass(session, keys, caller, at=at)
        self.trail = AuditLog(session, keys)
        self.caller = caller
        self.at = at

    def about(self, query: ContactQuery) -> ContactAnswer:
        query_id = uuid4()
        question = self._question(query)
        nothing = self._pass_the_gates(query_id, query, question)
        self.glass.declare(query_id, query, question.emergency)
        found = self.release.people.find(query.person)
        answer = self.silence.answer(question, found.person_id, nothing)
        answer = answer._replace(opened=self._echo(found.person_id).silenced(answer.opened))
        if question.emergency is not None:
            self.emergencies.document(answer.opened, question.emergency, self.caller, query=query_id)
        contacts = Assembly(self.release.terms, self.release.staff, answer, at=self.at).contacts()
        if not contacts:
            self.silence.make_up(question, answer)
        self._record(query_id, query, found, answer, told=len(contacts))
        return ContactAnswer(query_id=query_id, asked_at=self.at, contacts=contacts)

    def _echo(self, person_id: UUID | None) -> Echo:
        """Looked up for everybody, known or not."""
        return Echo(self.session, NOBODY if person_id is None else person_id)

    def _question(self, query: ContactQuery) -> Question:
        if not (query.person.identifiers or query.person.family or query.person.given):
            raise Invalid("person: a name or an identifier is needed.", next_steps="Give at least a name.")
        relationship = Relationship.TREATING if query.treating_relationship else Relationship.NONE
        asked = self.release.question_of(self.caller, NEEDED, query.purpose, relationship, at=self.at)
        return asked.model_copy(update={"emergency": self.glass.statement(query)})

    def _pass_the_gates(self, query_id: UUID, query: ContactQuery, question: Question) -> Decision:
        try:
            _is_open_for(query.purpose)
            self.glass.refuse(query, question.emergency)
            return self.release.refuse_at_the_gate(question)
        except NotAllowed as refusal:
            self._record_refusal(query_id, query, refusal)
            raise Refused(refusal.detail, next_steps=refusal.next_steps) from None

    def _record_refusal(self, query_id: UUID, query: ContactQuery, refusal: NotAllowed) -> None:
        self.trail.append(
            Act.CONTACT_REFUSED,
            at=self.at,
            actor=self.caller.id,
            participant=self.caller.participant,
            details={"query": str(query_id), "purpose": query.purpose.value, "because": refusal.detail},
        )

    def _record(self, query_id: UUID, query: ContactQuery, found: Found, answer: Answer, *, told: int) -> None:
        self.trail.append(
            Act.CONTACT_RELEASED if told else Act.CONTACT_WITHHELD,
            at=self.at,
            actor=self.caller.id,
            participant=self.caller.participant,
            subject=found.person_id,
            room=1 if told else ROOM,
            details={
                "query": str(query_id),
                "purpose": query.purpose.value,
                "role": self.caller.role.value,
                "treating_relationship": query.treating_relationship,
                "justification": query.justification,
                "match": found.match.value,
                "match_reasons": list(found.reasons),
                "emergency": query.emergency is not None,
                "declaration": _declaration(query_id, query),
                "contacts_told": told,
                **for_the_record(answer),
            },
        )


def _declaration(query_id: UUID, query: ContactQuery) -> str | None:
    """The declaration that a question was asked under: its own, or the one it refers to."""
    return None if query.emergency is None else str(query.emergency.declaration or query_id)


def _is_open_for(purpose: Purpose) -> None:
    if purpose not in ASKED_FOR:
        raise NotAllowed(
            "A contact is asked for to treat a person or to coordinate their care.",
            next_steps="Choose one of: " + ", ".join(sorted(ASKED_FOR)) + ".",
        )
