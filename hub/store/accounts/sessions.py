"""Sessions of people at a browser."""

import hashlib
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Field, Session, SQLModel, col, select, update

from hub.store.accounts.caller import Caller
from hub.store.accounts.users import UserRow, Users
from hub.store.columns import Moment
from hub.store.crypto import Keys

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
NOTICED_EVERY = timedelta(minutes=1)


class WebSessionRow(SQLModel, table=True):
    """A session, found by the digest of its cookie."""

    __tablename__ = "web_session"

    token_digest: bytes = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    csrf: str
    created_at: datetime = Moment()
    seen_at: datetime = Moment()
    expires_at: datetime = Moment(index=True)


class SignedIn(NamedTuple):
    """A person with a session, and the token their forms must send back."""

    caller: Caller
    csrf: str


class WebSessions:
    """Sessions last twelve hours, and half an hour without a request."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session = session
        self.users = Users(session, keys)

    def begin(self, user: UserRow, *, at: datetime) -> str:
        """A new session; gives the token for the cookie, which is kept nowhere."""
        token = token_urlsafe(32)
        self.session.add(
            WebSessionRow(
                token_digest=_digest(token),
                user_id=user.id,
                csrf=token_urlsafe(32),
                created_at=at,
                seen_at=at,
                expires_at=at + ABSOLUTE,
            )
        )
        return token

    def resume(self, token: str, *, at: datetime) -> SignedIn | None:
        """Whose session it is; None when it has ended, or the account is closed."""
        joined = select(WebSessionRow, UserRow).join(UserRow).where(WebSessionRow.token_digest == _digest(token))
        found = self.session.exec(joined).one_or_none()
        if found is None:
            return None
        row, user = found
        if not user.active or at >= row.expires_at or at - row.seen_at >= IDLE:
            return None
        self._notice(row, at)
        return SignedIn(self.users.caller(user), row.csrf)

    def end(self, token: str) -> None:
        """Signs out; without effect when the session has ended."""
        row = self.session.get(WebSessionRow, _digest(token))
        if row is not None:
            self.session.delete(row)

    def _notice(self, row: WebSessionRow, at: datetime) -> None:
        """Marks the session as used, at most once a minute: a page of many requests writes once."""
        if at - row.seen_at < NOTICED_EVERY:
            return
        this = col(WebSessionRow.token_digest) == row.token_digest
        self.session.exec(update(WebSessionRow).where(this).values(seen_at=at))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
