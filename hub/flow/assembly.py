"""A contact answer put together from cleared records, one contact for each program that works with the person now.

Who is named, best first: a staff assignment, whoever last recorded a contact, the program's own line, the agency's.
Every contact says what it rests on and how old that is. Other members of a household are never told of.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Protocol

from consent.codes.words import places
from consent.leaving.security_labels import together
from hub.flow.place import Place
from hub.flow.reaching import Reaching
from hub.flow.release import Answer, Opened
from hub.flow.standing import standing
from hub.store.terms import OfferedProgram, Terms
from schemas.canonical import CoordinatedEntry, StaffMember
from schemas.contacts import Contact, RestsOn
from schemas.instruments import INACTIVE_AFTER_DAYS, Consent, OnDate
from schemas.messages import Cleared
from schemas.vocab import ConsentKind

Where = tuple[str, str, str | None]
"""Source, holder, the source's key of the program."""

_OF_A_PROGRAM = frozenset({"enrollment", "service", "living-situation", "staff-assignment"})


class Members(Protocol):
    """Who enters data at a source."""

    def member(self, source: str, key: str | None) -> StaffMember | None: ...


class Assembly:
    """Puts cleared records together into contacts, one for each program that works with the person now."""

    def __init__(self, terms: Terms, staff: Members, answer: Answer, *, at: datetime) -> None:
        self.terms = terms
        self.staff = staff
        self.answer = answer
        self.at = at
        self.share_until = min(_ends(answer.evidence.consents, at.date()), default=None)
        policy = terms.hmis_on(at.date())
        self.inactive_after = policy.inactive_after_days if policy else INACTIVE_AFTER_DAYS

    def contacts(self) -> tuple[Contact, ...]:
        """The contacts, those with an assigned worker first, then the latest."""
        made = []
        for (source, holder, key), pieces in self._by_place().items():
            program = self.terms.programs.get((source, key or ""))
            place = Place(pieces, None if program is None or _gives_away(program) else program, self.at)
            if place.is_live and not _has_closed(program, self.at.date()):
                made.append(self._contact(source, holder, place))
        return tuple(contact for _, contact in sorted(made, key=_best_first))

    def _by_place(self) -> Mapping[Where, list[Opened]]:
        """Records by their program; coordinated entry's go with the program of their enrollment, where that is told."""
        enrolled = {
            (one.row.source, one.record.key): one.cleared.values.get("program")
            for one in self.answer.opened
            if one.cleared.kind == "enrollment"
        }
        found: dict[Where, list[Opened]] = defaultdict(list)
        for one in self.answer.opened:
            if one.cleared.kind in _OF_A_PROGRAM:
                found[one.row.source, one.row.holder, one.cleared.values.get("program")].append(one)
            elif isinstance(one.record.body, CoordinatedEntry):
                program = enrolled.get((one.row.source, one.record.body.enrollment))
                if program is not None:
                    found[one.row.source, one.row.holder, program].append(one)
        return found

    def _contact(self, source: str, holder: str, place: Place) -> tuple[int, Contact]:
        agency = self.terms.participant(holder)
        reaching = Reaching(place, self._recorder(source, place), agency.reach, self.at)
        built_from = [*place.pieces, *self._events()]
        return reaching.rank(), Contact(
            organization=agency.name,
            program=place.program.name if place.program else None,
            program_type=place.program.type if place.program else None,
            worker=reaching.worker,
            reach=reaching.ways(),
            last_contact=place.last_contact(),
            last_seen=place.last_seen(),
            in_shelter_tonight=True if place.is_in_shelter_tonight() else None,
            inactivity=place.inactivity(self.inactive_after),
            enrolled_since=place.enrollment.values["entry_date"] if place.enrollment else None,
            coordinated_entry=standing(self._events(), self.at.date()),
            rests_on=(*_rests_on(agency.name, place), *reaching.rests_on(agency.name)),
            notices=tuple(dict.fromkeys(notice.text for piece in built_from for notice in piece.notices)),
            labels=together(label for piece in built_from for label in piece.labels),
            share_until=self.share_until,
        )

    def _recorder(self, source: str, place: Place) -> StaffMember | None:
        wrote = place.written
        return self.staff.member(source, wrote.piece.values["recorded_by"]) if wrote else None

    def _events(self) -> list[Cleared]:
        return [one.cleared for one in self.answer.opened if one.cleared.kind == "coordinated-entry"]


def _ends(consents: Iterable[Consent], today: date) -> Iterable[date]:
    for consent in consents:
        expiry = consent.expiration
        stands = consent.kind is ConsentKind.HMIS_RELEASE and consent.revocation is None
        if stands and isinstance(expiry, OnDate) and expiry.date >= today:
            yield expiry.date


def _gives_away(program: OfferedProgram) -> bool:
    """Whether the name tells what its people are there for: then the agency alone is named."""
    return bool(places().speak_of(program.name))


def _has_closed(program: OfferedProgram | None, today: date) -> bool:
    return program is not None and program.closed_on is not None and program.closed_on < today


def _rests_on(source: str, place: Place) -> Iterable[RestsOn]:
    """Each record once, of all that the contact says."""
    dated = {(piece.kind, on): None for piece, on in place.grounds()}
    for kind, on in dated:
        yield RestsOn(kind=kind, source=source, as_of=on, age_days=place.age(on))


def _best_first(made: tuple[int, Contact]) -> tuple[int, int, str]:
    rank, contact = made
    latest = contact.last_contact.on if contact.last_contact else date.min
    return (rank, -latest.toordinal(), contact.organization)
