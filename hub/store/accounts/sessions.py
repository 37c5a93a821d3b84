"""Sessions of people at a browser."""

import hashlib
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from hub.errors import NotSignedIn
from hub.settings import Settings
from hub.store.accounts.caller import Caller
from hub.store.accounts.users import UserRow, Users
from hub.store.columns import Moment
from hub.store.crypto import Keys

NOTICED_EVERY = timedelta(minutes=1)


class Limits(NamedTuple):
    """How long a session lasts without a request, and at most."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))


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
    """A person with a session, the token their forms must send back, and when they showed who they are."""

    caller: Caller
    csrf: str
    since: datetime


class WebSessions:
    """Sessions end by their limits, with the account, and whenever what the account may do is changed."""

    def __init__(self, session: Session, keys: Keys, limits: Limits = Limits()) -> None:  # noqa: B008  (it is frozen)
        self.session = session
        self.limits = limits
        self.users = Users(session, keys)

    def begin(self, user: UserRow, *, at: datetime) -> str:
        """A new session; gives the token for the cookie, which is kept nowhere."""
        return self._begin(user.id, token_urlsafe(32), at)

    def begin_anew(self, token: str, *, at: datetime) -> str:
        """A session begun now in place of the one that this cookie is of. Pages that stand open keep working.

        Raises `NotSignedIn` when that one has ended meanwhile.
        """
        this = col(WebSessionRow.token_digest) == _digest(token)
        ended = delete(WebSessionRow).where(this).returning(col(WebSessionRow.user_id), col(WebSessionRow.csrf))
        found = self.session.execute(ended).one_or_none()
        if found is None:
            raise NotSignedIn("The session has ended.", next_steps="Sign in.")
        return self._begin(found.user_id, found.csrf, at)

    def _begin(self, user_id: UUID, csrf: str, at: datetime) -> str:
        token = token_urlsafe(32)
        self.session.add(
            WebSessionRow(
                token_digest=_digest(token),
                user_id=user_id,
                csrf=csrf,
                created_at=at,
                seen_at=at,
                expires_at=at + self.limits.absolute,
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
        if not user.active or at >= row.expires_at or at - row.seen_at >= self.limits.idle:
            return None
        self._notice(row, at)
        return SignedIn(self.users.caller(user), row.csrf, row.created_at)

    def end(self, token: str) -> None:
        """Signs out; without effect when the session has ended."""
        row = self.session.get(WebSessionRow, _digest(token))
        if row is not None:
            self.session.delete(row)

    def end_all(self, user_id: UUID) -> None:
        """Signs a person out wherever they are signed in."""
        self.session.exec(delete(WebSessionRow).where(col(WebSessionRow.user_id) == user_id))

    def _notice(self, row: WebSessionRow, at: datetime) -> None:
        """Marks the session as used, at most once a minute: a page of many requests writes once."""
        if at - row.seen_at < NOTICED_EVERY:
            return
        this = col(WebSessionRow.token_digest) == row.token_digest
        self.session.exec(update(WebSessionRow).where(this).values(seen_at=at))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
