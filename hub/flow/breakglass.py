"""Breaking the glass: a medical emergency is declared by medical personnel, holds for a while, and is reviewed.

Whatever happens here depends on the request and its asker alone: a declaration about a stranger is kept, recorded and
reviewed like any other. While it holds, whoever declared it may ask the same question again by referring to it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlmodel import Session

from consent.question import MEDICAL
from hub.errors import NotAllowed
from hub.settings import settings
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.declarations import Declarations
from schemas.contacts import ContactQuery
from schemas.emergencies import Stated
from schemas.instruments import Emergency


class BreakGlass:
    """One asker's way to declare an emergency."""

    def __init__(self, session: Session, keys: Keys, caller: Caller, *, at: datetime) -> None:
        self.declarations = Declarations(session, keys)
        self.trail = AuditLog(session, keys)
        self.caller = caller
        self.at = at

    def statement(self, query: ContactQuery) -> Emergency | None:
        """What a question states, or what the declaration states that it refers to while that holds."""
        said = query.emergency
        if said is None:
            return None
        if said.declaration is not None:
            return _as_evidence(self._in_force(query, said.declaration))
        return Emergency(
            kind=said.kind,
            medical_person=said.medical_person,
            affiliation=self.caller.participant,
            consent_unobtainable_because=said.consent_unobtainable_because,
            attested_at=self.at,
        )

    def refuse(self, query: ContactQuery, stated: Emergency | None) -> None:
        """Raises `NotAllowed` for who may not declare, and for a declaration that does not hold for this question."""
        if query.emergency is None:
            return
        if self.caller.role not in MEDICAL:
            raise NotAllowed(
                "A medical emergency is declared by medical personnel only (42 CFR 2.51(a)).",
                next_steps="Let the clinician on scene ask.",
            )
        if stated is None:
            raise NotAllowed(
                "No declaration of yours holds for this question.",
                next_steps="State it anew: its kind, the medical person, and why consent cannot be obtained.",
            )

    def declare(self, query_id: UUID, query: ContactQuery, stated: Emergency | None) -> None:
        """Keeps a new declaration and puts it in the queue; one that was referred to is there already."""
        if stated is None or query.emergency is None or query.emergency.declaration is not None:
            return
        said = Stated.model_validate(
            {
                **stated.model_dump(exclude={"attested_at"}),
                "declared_at": stated.attested_at,
                "role": self.caller.role,
                "purpose": query.purpose,
                "justification": query.justification,
            }
        )
        holds_for = timedelta(minutes=settings().emergency_minutes)
        row = self.declarations.keep(
            query_id, said, self.caller.id, self.caller.participant, _question(query), holds_for
        )
        self._record(query_id, {"holds_until": row.holds_until.isoformat(), "review_by": row.review_by.isoformat()})

    def _in_force(self, query: ContactQuery, declaration: UUID) -> Stated | None:
        return self.declarations.in_force(declaration, self.caller.id, _question(query), at=self.at)

    def _record(self, declaration: UUID, details: Mapping[str, Any]) -> None:
        self.trail.append(
            Act.EMERGENCY_DECLARED,
            at=self.at,
            actor=self.caller.id,
            participant=self.caller.participant,
            details={"declaration": str(declaration), "query": str(declaration), **details},
        )


def _as_evidence(stated: Stated | None) -> Emergency | None:
    if stated is None:
        return None
    return Emergency(
        kind=stated.kind,
        medical_person=stated.medical_person,
        affiliation=stated.affiliation,
        consent_unobtainable_because=stated.consent_unobtainable_because,
        attested_at=stated.declared_at,
    )


def _question(query: ContactQuery) -> str:
    """Whom a question is about, as it was put, and for what; blank and case apart."""
    person = {name: _plain(said) for name, said in query.person.model_dump(mode="json").items()}
    return orjson.dumps([query.purpose.value, person], option=orjson.OPT_SORT_KEYS).decode()


def _plain(said: object) -> object:
    return " ".join(said.casefold().split()) if isinstance(said, str) else said
