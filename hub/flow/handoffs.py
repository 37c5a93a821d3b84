"""The warm handoff: offered without identity, accepted by a named person, attested by both sides, received.

**The holder is never empty and changes only at `received`.** What the receiver sees is asked of the consent engine at
each look, and limited to what its stage needs: nothing while offered, who and how to meet once accepted, everything
that may be told once received.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlmodel import Session

from consent.leaving.security_labels import together
from hub.errors import Conflict, Invalid, NotAllowed
from hub.flow import outbox, rows_back
from hub.flow.echo import Echo
from hub.flow.offered import FEED, told
from hub.flow.packets import look_of, piece
from hub.flow.recording import for_the_record
from hub.flow.release import Question, Release, way_to
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.handoffs import HandoffRow, Handoffs, PresenceRow, agreement_place, names_place, told_place
from hub.store.people import People
from hub.store.records import Identified, Records
from schemas.canonical import CanonicalRecord, Identifier, PersonFacts
from schemas.contacts import STANDING_NOTICE
from schemas.handoffs import Acceptance, Handoff, Offer, Packet, Presence, Refusal, Told
from schemas.vocab import Match, Relationship, Role
from schemas.vocab.handoffs import HandoffState, Mode, Side, Urgency

SUBJECT = "urn:hub:handoff:person"


class HandoffDesk:
    """One caller's way to hand a person over or to take one over."""

    def __init__(self, session: Session, keys: Keys, caller: Caller, *, at: datetime) -> None:
        self.session = session
        self.keys = keys
        self.caller = caller
        self.at = at
        self.handoffs = Handoffs(session, caller.participant)
        self.release = Release(session, keys)
        self.trail = AuditLog(session, keys)

    # --- the steps ---------------------------------------------------------------------------------------------------

    def offer(self, offer: Offer) -> Handoff:
        """Offers a person to a receiver, who sees need, place and urgency and no identity."""
        if not offer.agreement.agreed:
            raise Invalid(
                "agreement.agreed: a warm handoff needs the person's agreement.",
                next_steps="Ask the person. Without agreement, call it a transport and use another way.",
            )
        self.release.terms.participant(offer.to)
        if offer.to == self.caller.participant:
            raise Invalid("to: a handoff goes to another organization.")
        handoff = self._open(offer)
        self._took(handoff, "offered", Act.HANDOFF_OFFERED, {"to": offer.to, "urgency": offer.urgency.value})
        return self.view(handoff)

    def accept(self, handoff_id: UUID, acceptance: Acceptance) -> Handoff:
        """The receiver names who will meet the person."""
        handoff = self._mine(handoff_id, Side.RECEIVER, HandoffState.OFFERED)
        handoff.state = HandoffState.ACCEPTED
        handoff.sealed_names = self._seal(handoff, acceptance.model_dump())
        self._took(handoff, "accepted", Act.HANDOFF_ACCEPTED)
        return self.view(handoff)

    def decline(self, handoff_id: UUID, refusal: Refusal) -> Handoff:
        """The receiver says no; the sender still holds."""
        handoff = self._mine(handoff_id, Side.RECEIVER, HandoffState.OFFERED, HandoffState.ACCEPTED)
        handoff.state = HandoffState.DECLINED
        self._took(handoff, "declined", Act.HANDOFF_DECLINED, {"reason": refusal.reason.value})
        return self.view(handoff)

    def withdraw(self, handoff_id: UUID) -> Handoff:
        """The sender calls it off, for itself or because the person no longer wants it; no reason is asked."""
        handoff = self._mine(handoff_id, Side.SENDER, HandoffState.OFFERED, HandoffState.ACCEPTED)
        handoff.state = HandoffState.WITHDRAWN
        self._took(handoff, "withdrawn", Act.HANDOFF_WITHDRAWN)
        return self.view(handoff)

    def attest(self, handoff_id: UUID, presence: Presence) -> Handoff:
        """This side says that it was there, from when to when."""
        if presence.until > self.at:
            raise Invalid("until: presence is attested afterwards, not ahead.")
        handoff = self._in_state(self.handoffs.get(handoff_id), HandoffState.ACCEPTED)
        side = self.handoffs.side(handoff)
        row = PresenceRow(
            handoff_id=handoff.id,
            side=side.value,
            since=presence.since,
            until=presence.until,
            attested_by=self.caller.id,
            attested_at=self.at,
        )
        self.handoffs.attest(row)
        self._took(handoff, "attested", Act.HANDOFF_ATTESTED, {"side": side.value})
        return self.view(handoff)

    def receive(self, handoff_id: UUID) -> Handoff:
        """The receiver has the person: here, and only here, the holder changes."""
        handoff = self._mine(handoff_id, Side.RECEIVER, HandoffState.ACCEPTED)
        if Side.RECEIVER not in self.handoffs.presences(handoff):
            raise Conflict("Attest your presence first.", next_steps="POST …/presence, then …/receive.")
        handoff.state = HandoffState.RECEIVED
        handoff.holder = handoff.receiver
        handoff.warm = self._was_warm(handoff)
        self._took(handoff, "received", Act.HANDOFF_RECEIVED, {"warm": handoff.warm})
        return self.view(handoff)

    # --- what is seen ------------------------------------------------------------------------------------------------

    def packet(self, handoff_id: UUID) -> Packet:
        """What the receiver may see now, decided anew; while offered that is nothing."""
        handoff = self._side_of(self.handoffs.get(handoff_id), Side.RECEIVER)
        question = self._question(handoff)
        answer = self.release.answer(question, Match.UNIQUE, handoff.person_id)
        answer = answer._replace(opened=Echo(self.session, handoff.person_id).silenced(answer.opened))
        pieces = tuple(piece(one.cleared) for one in answer.opened)
        self._record(
            handoff,
            Act.HANDOFF_REVEALED,
            {
                "stage": handoff.state,
                "purpose": handoff.purpose,
                "treating_relationship": question.recipient.relationship is Relationship.TREATING,
                "role": self.caller.role.value,
                "told": len(pieces),
                **for_the_record(answer),
            },
        )
        return Packet(
            handoff_id=handoff.id,
            stage=_state(handoff),
            revealed_at=self.at,
            pieces=pieces,
            labels=together(label for piece in pieces for label in piece.labels),
            standing_notice=STANDING_NOTICE,
        )

    def view(self, handoff: HandoffRow) -> Handoff:
        """A handoff as this side sees it; to the sender with what the receiver may see of the sender's own records."""
        outline = self._outline(handoff)
        return outline.model_copy(update={"explanation": self._explanation(handoff)})

    def _explanation(self, handoff: HandoffRow) -> tuple[str, ...]:
        if self.handoffs.side(handoff) is not Side.SENDER:
            return ()
        question = look_of(self.release, handoff, handoff.receiver, Role.INTERFACE, at=self.at)
        return tuple(self.release.for_source(question, handoff.person_id, handoff.sender))

    def _outline(self, handoff: HandoffRow) -> Handoff:
        return Handoff(
            id=handoff.id,
            side=self.handoffs.side(handoff),
            sender=handoff.sender,
            receiver=handoff.receiver,
            holder=handoff.holder,
            state=_state(handoff),
            mode=Mode(handoff.mode),
            urgency=Urgency(handoff.urgency),
            **told(handoff, self.release.people).model_dump(include={"need", "area"}),
            offered_at=handoff.offered_at,
            accepted_by=self._accepted_by(handoff),
            present=tuple(sorted(self.handoffs.presences(handoff))),
            warm=handoff.warm,
        )

    def all(self) -> list[Handoff]:
        """The handoffs that this side has a part in, newest first, without explanations."""
        handoffs = self.handoffs.all()
        self.release.people.sealers({handoff.person_id for handoff in handoffs})  # all at once, and remembered
        return [self._outline(handoff) for handoff in handoffs]

    # --- how it is done --------------------------------------------------------------------------------------------

    def _open(self, offer: Offer) -> HandoffRow:
        handoff_id = uuid4()
        person_id = self._identify(handoff_id, offer)
        handoff = HandoffRow(
            id=handoff_id,
            person_id=person_id,
            sender=self.caller.participant,
            receiver=offer.to,
            holder=self.caller.participant,
            mode=offer.mode.value,
            purpose=offer.purpose.value,
            urgency=offer.urgency.value,
            sealed_told=self.release.people.sealer(person_id).seal(
                offer.model_dump_json(include=set(Told.model_fields), exclude_none=True).encode(),
                told_place(handoff_id, person_id),
            ),
            sealed_agreement=self.release.people.sealer(person_id).seal(
                offer.agreement.model_dump_json().encode(), agreement_place(handoff_id, person_id)
            ),
            offered_at=self.at,
        )
        self.handoffs.add(handoff)
        return handoff

    def _identify(self, handoff_id: UUID, offer: Offer) -> UUID:
        """The sender says who stands beside it; that is a record of the sender's like any other."""
        subject = Identifier(system=SUBJECT, value=str(handoff_id))
        facts = PersonFacts(given=offer.given, family=offer.family, birth_date=offer.birth_date)
        people = People(self.session, self.keys)
        person_id = people.identify(self.caller.participant, subject, facts, at=self.at).person_id
        record = CanonicalRecord(
            feed=FEED, key=f"Handoff/{handoff_id}", subject=subject, updated_at=self.at, body=facts
        )
        Records(self.session, self.keys).keep(
            self.caller.participant,
            [Identified(record, person_id, self.caller.participant)],
            people.sealers({person_id}),
            message_id=None,
            at=self.at,
        )
        return person_id

    def _question(self, handoff: HandoffRow) -> Question:
        asked = look_of(self.release, handoff, self.caller.participant, self.caller.role, at=self.at)
        return asked.model_copy(update={"way": way_to(self.caller)})

    def _mine(self, handoff_id: UUID, side: Side, *states: HandoffState) -> HandoffRow:
        return self._in_state(self._side_of(self.handoffs.get(handoff_id), side), *states)

    def _side_of(self, handoff: HandoffRow, side: Side) -> HandoffRow:
        if self.handoffs.side(handoff) is not side:
            raise NotAllowed(f"Only the {side.value} can do this.")
        return handoff

    def _in_state(self, handoff: HandoffRow, *states: HandoffState) -> HandoffRow:
        if handoff.state not in states:
            raise Conflict(f"The handoff is {handoff.state}.", next_steps="Look at it again before going on.")
        return handoff

    def _was_warm(self, handoff: HandoffRow) -> bool:
        """In person, and both sides attest that they were there at the same time."""
        there = self.handoffs.presences(handoff)
        if handoff.mode != Mode.IN_PERSON or set(there) != set(Side):
            return False
        sender, receiver = there[Side.SENDER], there[Side.RECEIVER]
        return sender.since <= receiver.until and receiver.since <= sender.until

    def _seal(self, handoff: HandoffRow, names: dict[str, Any]) -> bytes:
        return self.keys.accounts.seal(orjson.dumps(names), names_place(handoff.id, handoff.person_id)[0])

    def _accepted_by(self, handoff: HandoffRow) -> Acceptance | None:
        if handoff.sealed_names is None:
            return None
        return Acceptance.model_validate_json(
            self.keys.accounts.open(handoff.sealed_names, *names_place(handoff.id, handoff.person_id))
        )

    def _took(self, handoff: HandoffRow, step: str, act: Act, details: dict[str, Any] | None = None) -> None:
        """A step was taken: noted, on record, and the other side is told."""
        self.session.add(handoff)
        self.handoffs.note(handoff, step, self.caller.id, self.at, details)
        self._record(handoff, act, details or {})
        other = handoff.receiver if self.handoffs.side(handoff) is Side.SENDER else handoff.sender
        outbox.tell(self.session, self.keys, handoff, other, f"handoff.{step}", at=self.at)
        rows_back.queue(self.session, self.keys, handoff, at=self.at)

    def _record(self, handoff: HandoffRow, act: Act, details: dict[str, Any]) -> None:
        self.trail.append(
            act,
            at=self.at,
            actor=self.caller.id,
            participant=self.caller.participant,
            subject=handoff.person_id,
            details={"handoff": str(handoff.id), **details},
        )


def _state(handoff: HandoffRow) -> HandoffState:
    return HandoffState(handoff.state)
