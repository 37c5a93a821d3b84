"""Accountings of disclosures: the person's own copy, whole, or an officer's, as far as the officer has standing.

That one was made is itself in the log: who asked, about whom, under which law, and how many disclosures it told of.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from hub.errors import Invalid, NotAllowed
from hub.store.accounts import Caller, HubRole
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.ledgers import UNMASKED, Disclosures, Row, Standing, Suspensions, standing
from hub.store.people import People
from hub.store.terms import terms
from schemas.accountings import Accounting, AccountingAsked, Disclosed
from schemas.contacts import PersonAsked, Reach
from schemas.listing import reach_on
from schemas.vocab import Obligation, Purpose
from schemas.vocab.ledgers import Ledger

NONE: Mapping[str, date] = {}
PERSONS_COPY, OFFICERS_COPY = "person", "officer"
LAW_HAS_SUMMARIES = frozenset({Ledger.HIPAA, Ledger.PART2})
NOBODY = (
    "Nobody, or more than one person, is known by what was given, so this is no accounting. "
    "Ask the person for an identifier of one of the organizations."
)
OWN_HOLDERS_ONLY = "This copy tells of records of organizations for whom its reader has standing, and of no other."
NOTES = {
    Ledger.HIPAA: (
        "Not listed, because the law leaves them out: disclosures for treatment, payment and health care operations, "
        "to the person, with an authorization, to correctional institutions about people in custody, and for national "
        "security (45 CFR 164.528(a)(1)).",
    ),
    Ledger.PART2: ("Every disclosure with consent through this hub is listed (42 CFR 2.25).",),
    Ledger.INTERMEDIARY: (
        "Each disclosure under a general designation: to whom, when, and what in brief (42 CFR 2.24).",
    ),
    Ledger.EMERGENCY: ("Disclosures to medical personnel in an emergency, without consent (42 CFR 2.51).",),
}


class Accountant:
    """Makes accountings for one caller."""

    def __init__(self, session: Session, keys: Keys, caller: Caller, *, at: datetime) -> None:
        self.session = session
        self.keys = keys
        self.terms = terms(session)
        self.people = People(session, keys)
        self.trail = AuditLog(session, keys)
        self.caller = caller
        self.at = at

    def account(self, asked: AccountingAsked, *, known: UUID | None = None) -> Accounting:
        """An accounting of what was disclosed about a person; `known` is their id where it is at hand.

        Raises `NotAllowed` and `Invalid` for what depends on the request alone.
        """
        own = asked.request is not None
        self._refuse(asked)
        person = self._person(asked.person, known)
        reader = UNMASKED if own else standing(self.terms, self.caller.participant, on=self.at.date())
        disclosures = Disclosures(self.session, self.keys, reader)
        since = self._since(asked)
        rows = self._rows(disclosures, asked, person, since)
        suspended = self._suspended(asked, person)
        told = [self._told(row, reader, suspended) for row in rows if not (own and row.to in suspended)]
        made = Accounting(
            id=uuid4(),
            law=asked.law,
            copy_for=PERSONS_COPY if own else OFFICERS_COPY,
            since=since.date(),
            until=self.at,
            answer_due=_due(asked),
            identified=(person is not None) if own else None,
            disclosures=tuple(summarised(told) if asked.summarised else told),
            notes=_notes(asked, known=person is not None),
            stands_under=disclosures.stands_under,
        )
        self._record(made, asked, person, kept_out=len(rows) - len(told))
        return made

    def newest(
        self, ledger: Ledger, *, since: datetime | None = None, after: int | None = None, limit: int = 50
    ) -> list[Disclosed]:
        """Rows of a ledger about anyone, newest first, as far as the caller has standing; the look is recorded."""
        reader = standing(self.terms, self.caller.participant, on=self.at.date())
        first = datetime.combine(years_before(self.at.date(), ledger.years), time(), UTC)
        disclosures = Disclosures(self.session, self.keys, reader)
        rows = disclosures.newest(ledger, since=max(first, since or first), after=after, limit=limit)
        self.trail.append(
            Act.AUDIT_READ,
            at=self.at,
            actor=self.caller.id,
            participant=self.caller.participant,
            details={"ledger": ledger.value, "rows": len(rows)},
        )
        return [self._told(row, reader) for row in rows]

    def _refuse(self, asked: AccountingAsked) -> None:
        if asked.summarised and asked.law not in LAW_HAS_SUMMARIES:
            raise Invalid("summarised: only a hipaa or part2 accounting may summarise (45 CFR 164.528(b)(3)).")
        if asked.request is None:
            return
        if HubRole.PRIVACY_OFFICER not in self.caller.roles:
            raise NotAllowed(
                "A person's own copy is made by a privacy officer.",
                next_steps="Leave the request out for a copy of your own standing, or ask a privacy officer.",
            )
        if not asked.request.identity_verified:
            raise Invalid("request.identity_verified: make sure that the request is the person's (45 CFR 164.514(h)).")
        if asked.request.received_on > self.at.date():
            raise Invalid("request.received_on: should not lie ahead.")

    def _person(self, asked: PersonAsked, known: UUID | None) -> UUID | None:
        if known is not None:
            self.people.sealer(known)
            return known
        if not (asked.identifiers or asked.family or asked.given):
            raise Invalid("person: a name or an identifier is needed.", next_steps="Give at least a name.")
        return self.people.find(asked).person_id

    def _since(self, asked: AccountingAsked) -> datetime:
        """Never farther back than the law reaches, counted from the request."""
        asked_on = self.at.date() if asked.request is None else asked.request.received_on
        first = years_before(asked_on, asked.law.years)
        return datetime.combine(max(first, asked.since or first), time(), UTC)

    def _rows(
        self, disclosures: Disclosures, asked: AccountingAsked, person: UUID | None, since: datetime
    ) -> list[Row]:
        if person is None:
            return []
        rows = disclosures.about(person, asked.law, since=since, until=self.at)
        return [row for row in rows if asked.holder is None or row.discloser == asked.holder]

    def _suspended(self, asked: AccountingAsked, person: UUID | None) -> Mapping[str, date]:
        """Agencies to which disclosures are kept out for now, and until when; 42 CFR 2.24 knows no such thing."""
        if person is None or asked.law not in LAW_HAS_SUMMARIES:
            return {}
        return Suspensions(self.session, self.keys).of(person, on=self.at.date())

    def _told(self, row: Row, reader: Standing, suspended: Mapping[str, date] = NONE) -> Disclosed:
        """Where a duty hides from a source who asked, an officer of that source is not told either."""
        hidden = not reader.everything and Obligation.HIDE_REQUESTER_FROM_SOURCE in row.obligations
        return Disclosed(
            entry=row.entry.seq,
            at=row.entry.at,
            person=str(row.entry.subject),
            discloser=self._name(row.discloser),
            recipient=None if hidden else row.told_to,
            reach=() if hidden else self._reach(row.to),
            purpose=None if hidden else _purpose(row.purpose),
            description=row.description,
            basis=row.basis,
            papers=row.papers,
            suspended_until=suspended.get(row.to or ""),
        )

    def _name(self, slug: str) -> str:
        known = self.terms.participants.get(slug)
        return slug if known is None else known.name

    def _reach(self, slug: str | None) -> tuple[Reach, ...]:
        known = self.terms.participants.get(slug or "")
        return () if known is None else reach_on(known.reach, self.at.date())

    def _record(self, made: Accounting, asked: AccountingAsked, person: UUID | None, *, kept_out: int) -> None:
        details: dict[str, Any] = {
            "accounting": str(made.id),
            "law": made.law.value,
            "copy_for": made.copy_for,
            "since": made.since.isoformat(),
            "holder": asked.holder,
            "told": len(made.disclosures),
            "kept_out": kept_out,
            "checkpoint": made.stands_under.number,
        }
        if asked.request is not None:
            details["requested_on"] = asked.request.received_on.isoformat()
        self.trail.append(
            Act.ACCOUNTING_GIVEN,
            at=self.at,
            actor=self.caller.id,
            participant=self.caller.participant,
            subject=person,
            details=details,
        )


def summarised(told: Iterable[Disclosed]) -> list[Disclosed]:
    """Of several to one recipient, for one purpose, of the same, the first with their number and the last's date."""
    first: dict[tuple[object, ...], Disclosed] = {}
    for one in told:
        alike = (one.discloser, one.recipient, one.purpose, one.description, one.basis, one.papers)
        before = first.get(alike)
        more = None if before is None else {"times": before.times + 1, "last": one.at}
        first[alike] = one if before is None else before.model_copy(update=more)
    return list(first.values())


def years_before(day: date, years: int) -> date:
    """The same day some years ago; for a leap day the first of March.

    >>> years_before(date(2028, 2, 29), 3)
    datetime.date(2025, 3, 1)
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


def _due(asked: AccountingAsked) -> date | None:
    if asked.request is None or asked.law.days is None:
        return None
    return asked.request.received_on + timedelta(days=asked.law.days)


def _notes(asked: AccountingAsked, *, known: bool) -> tuple[str, ...]:
    if asked.request is None:
        return (*NOTES[asked.law], OWN_HOLDERS_ONLY)
    return NOTES[asked.law] if known else (NOBODY,)


def _purpose(code: str) -> str:
    return {purpose.value: f"{purpose.meaning} ({purpose.value})" for purpose in Purpose}.get(code, code)
