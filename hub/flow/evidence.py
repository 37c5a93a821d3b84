"""Filing and revoking the papers that disclosures rest on."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from consent.validity import Circumstances, Lack
from consent.validity.intake import lacks
from hub.errors import NotFound
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog
from hub.store.consents import Consents
from hub.store.crypto import Keys
from hub.store.people import People
from schemas.canonical import Identifier
from schemas.disclosure import Subject
from schemas.instruments import Consent
from schemas.vocab import Match, RevocationForm


class EvidenceDesk:
    """One organization's way to file what it holds."""

    def __init__(self, session: Session, keys: Keys, caller: Caller, *, at: datetime) -> None:
        self.people = People(session, keys)
        self.consents = Consents(session, keys)
        self.trail = AuditLog(session, keys)
        self.caller = caller
        self.at = at

    def file(self, person: Identifier, consent: Consent) -> tuple[UUID, tuple[str, ...]]:
        """Files a consent as it stands on the paper; gives its id and what it lacks. Raises `NotFound`."""
        source = self.caller.participant
        person_id = self.people.known(source, [person]).get(person)
        if person_id is None:
            raise NotFound("Your organization has no such person on record here.", next_steps="Send the person first.")
        filed = self.consents.file(person_id, source, consent, at=self.at)
        self._record(Act.CONSENT_FILED, person_id, consent=consent.id, kind=consent.kind.value, version=str(filed))
        return filed, tuple(_spoken(lack) for lack in lacks(consent, self._circumstances()))

    def _circumstances(self) -> Circumstances:
        return Circumstances(at=self.at, subject=Subject(match=Match.UNIQUE))

    def revoke(self, consent_id: str, form: RevocationForm) -> None:
        """Revokes a consent of the caller's organization, from this moment. Raises `NotFound`."""
        person_id = self.consents.revoke(self.caller.participant, consent_id, form, at=self.at)
        self._record(Act.CONSENT_REVOKED, person_id, consent=consent_id, form=form.value)

    def _record(self, act: Act, person_id: UUID, **details: str) -> None:
        self.trail.append(
            act,
            at=self.at,
            actor=self.caller.id,
            participant=self.caller.participant,
            subject=person_id,
            details=details,
        )


def _spoken(lack: Lack) -> str:
    return f"{lack.what} {lack.paragraph} {lack.cure}"
