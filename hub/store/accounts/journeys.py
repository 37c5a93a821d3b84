"""The way of a browser to its agency's provider and back: ten minutes, once, in the browser in which it was begun.

All that must not be guessed hangs on one random token, which only the browser's cookie holds. The row keeps its digest,
so that nobody who reads it can come back in another's place, and goes when somebody comes back.
"""

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import NamedTuple

from sqlmodel import Field, Session, SQLModel, col, delete

from hub.store.columns import Moment

LASTS = timedelta(minutes=10)


class JourneyRow(SQLModel, table=True):
    """A journey under way; `session_digest` is the session of someone who shows again who they are."""

    __tablename__ = "sign_in_journey"

    token_digest: bytes = Field(primary_key=True)
    provider: str = Field(foreign_key="identity_provider.slug", index=True)
    next: str
    session_digest: bytes | None = None
    begun_at: datetime = Moment()
    expires_at: datetime = Moment(index=True)


class Ticket(NamedTuple):
    """What the browser's cookie holds, and what follows from it and from nothing else."""

    token: str

    @property
    def state(self) -> str:
        return self._derived("state")

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        return self._derived("verifier")

    @property
    def digest(self) -> bytes:
        return sha256(self.token.encode()).digest()

    def _derived(self, purpose: str) -> str:
        digest = hmac.digest(self.token.encode(), purpose.encode(), "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


class Journey(NamedTuple):
    """A journey that has ended; `began_at` and `session_digest` say what it was for."""

    ticket: Ticket
    provider: str
    next: str
    session_digest: bytes | None
    begun_at: datetime


class Journeys:
    """Journeys under way."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def begin(self, provider: str, *, next_path: str, session_digest: bytes | None, at: datetime) -> Ticket:
        ticket = Ticket(token_urlsafe(32))
        self.session.add(
            JourneyRow(
                token_digest=ticket.digest,
                provider=provider,
                next=next_path,
                session_digest=session_digest,
                begun_at=at,
                expires_at=at + LASTS,
            )
        )
        return ticket

    def end(self, token: str, state: str, *, at: datetime) -> Journey | None:
        """The journey of this browser, once; None for any other state, and when it has taken too long."""
        ticket = Ticket(token)
        if not hmac.compare_digest(ticket.state.encode(), state.encode()):
            return None
        this = delete(JourneyRow).where(col(JourneyRow.token_digest) == ticket.digest)
        found = self.session.execute(
            this.returning(
                col(JourneyRow.provider),
                col(JourneyRow.next),
                col(JourneyRow.session_digest),
                col(JourneyRow.begun_at),
                col(JourneyRow.expires_at),
            )
        ).one_or_none()
        if found is None or at >= found.expires_at:
            return None
        return Journey(ticket, found.provider, found.next, found.session_digest, found.begun_at)
