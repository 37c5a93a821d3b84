"""The papers on file about a person, and what keeps disclosures out of their accounting for a time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from hub.errors import Invalid, NotFound
from hub.flow.accounting import years_before
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.ledgers import Papers, Standing, Suspensions, standing
from hub.store.ledgers.papers import YEARS
from hub.store.people import People
from hub.store.terms import terms
from schemas.contacts import PersonAsked
from schemas.registry import PaperVersion, Suspended, SuspensionAsked
from schemas.vocab import Capacity
from schemas.vocab.ledgers import StatementForm

MAY_SUSPEND = frozenset(
    {
        *(Capacity.LAW_ENFORCEMENT, Capacity.CORRECTIONAL_INSTITUTION, Capacity.PROSECUTOR),
        *(Capacity.AUDITOR, Capacity.PUBLIC_HEALTH_AUTHORITY),
    }
)
BY_WORD_OF_MOUTH = timedelta(days=30)


class Registry:
    """What one caller may look up and file."""

    def __init__(self, session: Session, keys: Keys, caller: Caller, *, at: datetime) -> None:
        self.terms = terms(session)
        self.people = People(session, keys)
        self.suspensions = Suspensions(session, keys)
        self.trail = AuditLog(session, keys)
        self.session, self.keys, self.caller, self.at = session, keys, caller, at

    def about(
        self, asked: PersonAsked, *, known: UUID | None = None, reader: Standing | None = None
    ) -> list[PaperVersion]:
        """The papers about a person, as far as the caller has standing; none of a stranger. Raises `Invalid`."""
        person = known or self._found(asked)
        today = self.at.date()
        papers = Papers(self.session, self.keys, reader or standing(self.terms, self.caller.participant, on=today))
        found = [] if person is None else papers.about(person, since=years_before(today, YEARS))
        self._record(Act.AUDIT_READ, person, {"ledger": "papers", "rows": len(found)})
        return found

    def suspend(self, asked: SuspensionAsked) -> Suspended:
        """Files an agency's statement. Raises `Invalid` for what the law does not let it say, and `NotFound`."""
        self._refuse(asked)
        person = self._found(asked.person)
        if person is None:
            raise NotFound("Nobody, or more than one person, is known by this.", next_steps="Give an identifier.")
        filed = self.suspensions.file(person, asked, self.caller.id, at=self.at)
        self._record(
            Act.ACCOUNTING_SUSPENDED,
            person,
            {"suspension": str(filed.id), "agency": filed.agency, "until": filed.until.isoformat()},
        )
        return filed

    def _refuse(self, asked: SuspensionAsked) -> None:
        if self.terms.participant(asked.agency).capacities.isdisjoint(MAY_SUSPEND):
            raise Invalid("agency: should be a law-enforcement or health oversight agency (45 CFR 164.528(a)(2)(i)).")
        if not asked.stated_on <= self.at.date():
            raise Invalid("stated_on: should not lie ahead.")
        if asked.until < asked.stated_on:
            raise Invalid("until: should not lie before the statement.")
        if asked.form is StatementForm.ORAL and asked.until > asked.stated_on + BY_WORD_OF_MOUTH:
            raise Invalid(
                "until: a statement by word of mouth holds for thirty days at most (45 CFR 164.528(a)(2)(ii)(C)).",
                next_steps="Ask the agency for a written statement.",
            )

    def _found(self, asked: PersonAsked) -> UUID | None:
        if not (asked.identifiers or asked.family or asked.given):
            raise Invalid("person: a name or an identifier is needed.", next_steps="Give at least a name.")
        return self.people.find(asked).person_id

    def _record(self, act: Act, person: UUID | None, details: Mapping[str, Any]) -> None:
        self.trail.append(
            act,
            at=self.at,
            actor=self.caller.id,
            participant=self.caller.participant,
            subject=person,
            details=details,
        )
