"""A contact answer put together from cleared records, one contact for each program that works with the person now.

Who is named, best first: a staff assignment, whoever last recorded a contact, the program's own line, the agency's.
Every contact says what it rests on and how old that is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from consent.codes.words import places
from consent.leaving.security_labels import together
from hub.flow.release import Answer, Release
from hub.store.terms import OfferedProgram
from schemas.contacts import Contact, CoordinatedEntryState, LastContact, LastSeen, Reach, RestsOn, Worker
from schemas.instruments import Consent, OnDate
from schemas.messages import Cleared
from schemas.vocab import ConsentKind
from schemas.vocab.records import ReferralState


def _ends(consents: Iterable[Consent], today: date) -> Iterable[date]:
    for consent in consents:
        expiry = consent.expiration
        stands = consent.kind is ConsentKind.HMIS_RELEASE and consent.revocation is None
        if stands and isinstance(expiry, OnDate) and expiry.date >= today:
            yield expiry.date


Place = tuple[str, str, str | None]  # source, holder, the source's key of the program


class Assembly:
    """Puts cleared records together into contacts, one for each program that works with the person now."""

    def __init__(self, release: Release, answer: Answer, *, on: date) -> None:
        self.staff = release.staff
        self.terms = release.terms
        self.answer = answer
        self.today = on
        self.share_until = min(_ends(answer.evidence.consents, on), default=None)

    def contacts(self) -> tuple[Contact, ...]:
        """The contacts, those with an assigned worker first, then the latest."""
        live = {place: pieces for place, pieces in self._by_place().items() if self._is_live(pieces)}
        made = [
            self._contact((source, holder), pieces, self._program(source, key))
            for (source, holder, key), pieces in live.items()
        ]
        return tuple(sorted(made, key=_rank))

    def _program(self, source: str, key: str | None) -> OfferedProgram | None:
        """The program, unless its name tells what its people are there for: then the agency alone is named."""
        program = self.terms.programs.get((source, key or ""))
        return None if program is None or places().speak_of(program.name) else program

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

    def _contact(self, place: tuple[str, str], pieces: Sequence[Cleared], program: OfferedProgram | None) -> Contact:
        source, holder = place
        agency = self.terms.participant(holder)
        enrollment = _latest([piece for piece in pieces if self._is_open(piece)], "entry_date")
        assignment = _latest([piece for piece in pieces if self._is_assigned(piece)], "since")
        contact = _latest([piece for piece in pieces if "contacted_on" in piece.values], "contacted_on")
        seen = _latest([piece for piece in pieces if "seen_on" in piece.values], "seen_on")
        built_from = [*pieces, *self._events()]
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
            notices=tuple(dict.fromkeys(notice.text for piece in built_from for notice in piece.notices)),
            labels=together(label for piece in built_from for label in piece.labels),
            share_until=self.share_until,
        )

    def _worker(self, source: str, assignment: Cleared | None, contact: Cleared | None) -> Worker | None:
        if assignment is not None and "worker" in assignment.values:
            return Worker(name=str(assignment.values["worker"]), role=str(assignment.values.get("role", "staff")))
        staff = self.staff.member(source, contact.values.get("recorded_by")) if contact else None
        return Worker(name=staff.name, role="last recorded by") if staff and staff.name else None

    def _reach(
        self,
        source: str,
        assignment: Cleared | None,
        contact: Cleared | None,
        program: OfferedProgram | None,
        agency: Sequence[Reach],
    ) -> tuple[Reach, ...]:
        ways: list[Reach] = []
        if assignment is not None and assignment.values.get("phone"):
            ways.append(Reach(kind="phone", value=str(assignment.values["phone"])))
        elif staff := self.staff.member(source, contact.values.get("recorded_by")) if contact else None:
            ways += [Reach(kind="phone", value=staff.phone)] if staff.phone else []
        ways += program.reach if program else ()
        return _each_once(ways or agency)

    def _events(self) -> list[Cleared]:
        return [one.cleared for one in self.answer.opened if one.cleared.kind == "coordinated-entry"]

    def _coordinated_entry(self) -> CoordinatedEntryState | None:
        events = self._events()
        if not events:
            return None
        prioritized = _latest([event for event in events if "prioritized" in event.values], "on")
        waiting = [event for event in events if event.values.get("state") is ReferralState.OPEN]
        referral = _latest(waiting, "on")
        return CoordinatedEntryState(
            prioritized=bool(prioritized.values["prioritized"]) if prioritized else None,
            open_referral=str(referral.values["referral"]) if referral else None,
        )


def _each_once(ways: Iterable[Reach]) -> tuple[Reach, ...]:
    """A number that two say is told once, with its hours if either says them."""
    told: dict[tuple[str, str], Reach] = {}
    for way in ways:
        known = told.get((way.kind, way.value))
        told[way.kind, way.value] = way if known is None or known.hours is None else known
    return tuple(told.values())


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
