"""The contact answer: who in homeless services works with a person, made only of what was cleared.

Who is named, best first: a staff assignment, whoever last recorded a contact, the program's own line, the agency's.
Every contact says what it rests on and how old that is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from hub.errors import Invalid, NotAllowed, Refused
from hub.flow.release import Answer, Question, Release, for_the_record, recipient
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.directory import Directory, ProgramRow, reach_of
from hub.store.people import Found
from schemas.contacts import (
    Contact,
    ContactAnswer,
    ContactQuery,
    CoordinatedEntryState,
    LastContact,
    LastSeen,
    Reach,
    RestsOn,
    Worker,
)
from schemas.instruments import Consent, Emergency, OnDate
from schemas.messages import Cleared
from schemas.vocab import Channel, ConsentKind, Field, Purpose, Relationship
from schemas.vocab.records import ReferralState

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
        self.release = Release(session, keys)
        self.directory = self.release.directory
        self.trail = AuditLog(session, keys)
        self.caller = caller
        self.at = at

    def about(self, query: ContactQuery) -> ContactAnswer:
        query_id = uuid4()
        question = self._question(query)
        self._pass_the_gates(query_id, query, question)
        found = self.release.people.find(query.person)
        answer = self.release.answer(question, found.match, found.person_id)
        contacts = Assembly(self.directory, answer, on=self.at.date()).contacts()
        self._record(query_id, query, found, answer, told=len(contacts))
        return ContactAnswer(query_id=query_id, asked_at=self.at, contacts=contacts)

    def _question(self, query: ContactQuery) -> Question:
        if not (query.person.identifiers or query.person.family or query.person.given):
            raise Invalid("person: a name or an identifier is needed.", next_steps="Give at least a name.")
        relationship = Relationship.TREATING if query.treating_relationship else Relationship.NONE
        return Question(
            at=self.at,
            channel=Channel.QUERY,
            purpose=query.purpose,
            needs=NEEDED,
            recipient=recipient(
                self.directory,
                self.caller.participant,
                role=self.caller.role,
                identity_verified=True,
                relationship=relationship,
            ),
            emergency=self._emergency(query),
        )

    def _emergency(self, query: ContactQuery) -> Emergency | None:
        said = query.emergency
        if said is None:
            return None
        return Emergency(
            kind=said.kind,
            medical_person=said.medical_person,
            affiliation=self.caller.participant,
            consent_unobtainable_because=said.consent_unobtainable_because,
            attested_at=self.at,
        )

    def _pass_the_gates(self, query_id: UUID, query: ContactQuery, question: Question) -> None:
        try:
            _is_open_for(query.purpose)
            self.release.refuse_at_the_gate(question)
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
            details={
                "query": str(query_id),
                "purpose": query.purpose.value,
                "role": self.caller.role.value,
                "treating_relationship": query.treating_relationship,
                "justification": query.justification,
                "match": found.match.value,
                "match_reasons": list(found.reasons),
                "emergency": query.emergency is not None,
                "contacts_told": told,
                **for_the_record(answer.decision, answer.rows),
            },
        )


def _is_open_for(purpose: Purpose) -> None:
    if purpose not in ASKED_FOR:
        raise NotAllowed(
            "A contact is asked for to treat a person or to coordinate their care.",
            next_steps="Choose one of: " + ", ".join(sorted(ASKED_FOR)) + ".",
        )


def _ends(consents: Iterable[Consent], today: date) -> Iterable[date]:
    for consent in consents:
        expiry = consent.expiration
        stands = consent.kind is ConsentKind.HMIS_RELEASE and consent.revocation is None
        if stands and isinstance(expiry, OnDate) and expiry.date >= today:
            yield expiry.date


Place = tuple[str, str, str | None]  # source, holder, the source's key of the program


class Assembly:
    """Puts cleared records together into contacts, one for each program that works with the person now."""

    def __init__(self, directory: Directory, answer: Answer, *, on: date) -> None:
        self.directory = directory
        self.answer = answer
        self.today = on
        self.share_until = min(_ends(answer.evidence.consents, on), default=None)

    def contacts(self) -> tuple[Contact, ...]:
        """The contacts, those with an assigned worker first, then the latest."""
        live = {place: pieces for place, pieces in self._by_place().items() if self._is_live(pieces)}
        programs = self.directory.programs_of([(source, key) for source, _, key in live if key is not None])
        made = [
            self._contact((source, holder), pieces, programs.get((source, key or "")))
            for (source, holder, key), pieces in live.items()
        ]
        return tuple(sorted(made, key=_rank))

    def _by_place(self) -> Mapping[Place, list[Cleared]]:
        places: dict[Place, list[Cleared]] = defaultdict(list)
        for one in self.answer.opened:
            if one.cleared.kind in {"enrollment", "service", "living-situation", "staff-assignment"}:
                places[one.row.source, one.row.holder, one.cleared.values.get("program")].append(one.cleared)
        return places

    def _is_live(self, pieces: Sequence[Cleared]) -> bool:
        return any(self._is_open(piece) or self._is_assigned(piece) for piece in pieces)

    def _is_open(self, piece: Cleared) -> bool:
        until = piece.values.get("exit_date")
        return piece.kind == "enrollment" and "entry_date" in piece.values and (until is None or until >= self.today)

    def _is_assigned(self, piece: Cleared) -> bool:
        until = piece.values.get("until")
        return piece.kind == "staff-assignment" and (until is None or until >= self.today)

    def _contact(self, place: tuple[str, str], pieces: Sequence[Cleared], program: ProgramRow | None) -> Contact:
        source, holder = place
        agency = self.directory.participant(holder)
        enrollment = _latest([piece for piece in pieces if self._is_open(piece)], "entry_date")
        assignment = _latest([piece for piece in pieces if self._is_assigned(piece)], "since")
        contact = _latest([piece for piece in pieces if "contacted_on" in piece.values], "contacted_on")
        seen = _latest([piece for piece in pieces if "seen_on" in piece.values], "seen_on")
        return Contact(
            organization=agency.name,
            program=program.name if program else None,
            program_type=program.type if program else None,
            worker=self._worker(source, assignment, contact),
            reach=self._reach(source, assignment, contact, program, agency.reach),
            last_contact=_last_contact(contact),
            last_seen=_last_seen(seen),
            enrolled_since=enrollment.values["entry_date"] if enrollment else None,
            coordinated_entry=self._coordinated_entry(),
            rests_on=tuple(_rests_on(agency.name, assignment, enrollment, contact)),
            notices=tuple(dict.fromkeys(notice.text for piece in pieces for notice in piece.notices)),
            share_until=self.share_until,
        )

    def _worker(self, source: str, assignment: Cleared | None, contact: Cleared | None) -> Worker | None:
        if assignment is not None and "worker" in assignment.values:
            return Worker(name=str(assignment.values["worker"]), role=str(assignment.values["role"]))
        staff = self.directory.staff(source, contact.values.get("recorded_by")) if contact else None
        return Worker(name=staff.name, role="last recorded by") if staff and staff.name else None

    def _reach(
        self,
        source: str,
        assignment: Cleared | None,
        contact: Cleared | None,
        program: ProgramRow | None,
        agency: Sequence[Mapping[str, Any]],
    ) -> tuple[Reach, ...]:
        ways: list[Reach] = []
        if assignment is not None and assignment.values.get("phone"):
            ways.append(Reach(kind="phone", value=str(assignment.values["phone"])))
        elif staff := self.directory.staff(source, contact.values.get("recorded_by")) if contact else None:
            ways += [Reach(kind="phone", value=staff.phone)] if staff.phone else []
        ways += reach_of(program.reach) if program else ()
        return tuple(dict.fromkeys(ways or reach_of(agency)))

    def _coordinated_entry(self) -> CoordinatedEntryState | None:
        events = [one.cleared for one in self.answer.opened if one.cleared.kind == "coordinated-entry"]
        if not events:
            return None
        prioritized = _latest([event for event in events if "prioritized" in event.values], "on")
        waiting = [event for event in events if event.values.get("state") is ReferralState.OPEN]
        referral = _latest(waiting, "on")
        return CoordinatedEntryState(
            prioritized=bool(prioritized.values["prioritized"]) if prioritized else None,
            open_referral=str(referral.values["referral"]) if referral else None,
        )


def _latest(pieces: Iterable[Cleared], by: str) -> Cleared | None:
    return max((piece for piece in pieces if by in piece.values), key=lambda piece: str(piece.values[by]), default=None)


def _last_contact(contact: Cleared | None) -> LastContact | None:
    if contact is None:
        return None
    kind = contact.values.get("contact", contact.kind)
    return LastContact(on=contact.values["contacted_on"], kind=str(kind))


def _last_seen(seen: Cleared | None) -> LastSeen | None:
    if seen is None:
        return None
    place = seen.values.get("place")
    return LastSeen(
        setting=str(seen.values["setting"]),
        area=str(place) if place else None,
        on=seen.values["seen_on"],
    )


def _rests_on(source: str, *pieces: Cleared | None) -> Iterable[RestsOn]:
    for piece in pieces:
        if piece is not None:
            dated = next(piece.values[name] for name in ("since", "entry_date", "contacted_on") if name in piece.values)
            yield RestsOn(kind=piece.kind, source=source, as_of=dated)


def _rank(contact: Contact) -> tuple[bool, int, str]:
    latest = contact.last_contact.on if contact.last_contact else date.min
    return (contact.worker is None, -latest.toordinal(), contact.organization)
