"""Filing and revoking the papers that disclosures rest on."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from consent.validity import Circumstances, Lack
from consent.validity.intake import instruments, lacks_of
from hub.errors import Invalid, NotFound
from hub.store.accounts import Caller
from hub.store.audit import Act, AuditLog
from hub.store.consents import Consents
from hub.store.crypto import Keys
from hub.store.directory import Directory
from hub.store.people import People
from schemas.canonical import Identifier
from schemas.disclosure import Subject
from schemas.instruments import Consent, Facts, Restriction
from schemas.vocab import Match, RevocationForm


class EvidenceDesk:
    """One organization's way to file what it holds."""

    def __init__(self, session: Session, keys: Keys, caller: Caller, *, at: datetime) -> None:
        self.people = People(session, keys)
        self.consents = Consents(session, keys)
        self.directory = Directory(session)
        self.trail = AuditLog(session, keys)
        self.caller = caller
        self.at = at

    def file(self, person: Identifier, paper: Consent | Restriction) -> tuple[UUID, tuple[Lack, ...]]:
        """Files a paper as it stands; gives the id of this version and all that it lacks. Raises `NotFound`.

        Raises `Invalid` for a restriction of a holder whose records are not the caller's to bring.
        """
        source = self.caller.participant
        if isinstance(paper, Restriction) and not self._speaks_for(paper.source):
            raise Invalid("restriction.source: should be your organization, or one that it administers.")
        person_id = self.people.known(source, [person]).get(person)
        if person_id is None:
            raise NotFound("Your organization has no such person on record here.", next_steps="Send the person first.")
        filed = self.consents.file(person_id, source, paper, at=self.at)
        kind = paper.kind.value if isinstance(paper, Consent) else "restriction"
        self._record(Act.CONSENT_FILED, person_id, consent=paper.id, kind=kind, version=str(filed))
        return filed, lacks_of(paper, self._circumstances())

    def _speaks_for(self, holder: str) -> bool:
        """A lead agency files for the agencies it administers, whose records it brings."""
        own = self.caller.participant
        return holder == own or any(
            row.slug == holder and row.administered_by == own for row in self.directory.participants()
        )

    def check(self, papers: Facts) -> tuple[tuple[str, tuple[Lack, ...]], ...]:
        """What each paper lacks, of whatever kind, by its place among them; keeps none."""
        known = self._circumstances()
        return tuple((place, lacks_of(paper, known)) for place, paper in instruments(papers))

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
