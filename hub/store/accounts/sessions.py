"""Sessions of people at a browser."""

import hashlib
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from hub.errors import NotSignedIn
from hub.settings import Settings
from hub.store.accounts.caller import Caller
from hub.store.accounts.providers import IdentityProviderRow, IdentityRow
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
    """A session, found by the digest of its cookie; `created_at` is when the person showed who they are."""

    __tablename__ = "web_session"

    token_digest: bytes = Field(primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    csrf: str
    created_at: datetime = Moment()
    seen_at: datetime = Moment()
    expires_at: datetime = Moment(index=True)


class Elsewhere(NamedTuple):
    """The provider at which a person shows who they are, who has no password here."""

    slug: str
    name: str


class SignedIn(NamedTuple):
    """A person with a session, the token their forms must send back, and when and where they showed who they are."""

    caller: Caller
    csrf: str
    since: datetime
    elsewhere: Elsewhere | None = None


class WebSessions:
    """Sessions end by their limits, with the account, and whenever what the account may do is changed."""

    def __init__(self, session: Session, keys: Keys, limits: Limits = Limits()) -> None:  # noqa: B008  (it is frozen)
        self.session = session
        self.limits = limits
        self.users = Users(session, keys)

    def begin(self, user: UserRow, *, at: datetime, shown_at: datetime | None = None) -> str:
        """A new session; gives the token for the cookie, which is kept nowhere.

        Someone who comes from elsewhere may have shown who they are a while ago: then `shown_at` says when.
        """
        return self._begin(user.id, token_urlsafe(32), at, shown_at)

    def begin_anew(self, token: str, *, at: datetime) -> str:
        """A session begun now in place of the one that this cookie is of. Pages that stand open keep working.

        Raises `NotSignedIn` when that one has ended meanwhile.
        """
        renewed = self._renewed(col(WebSessionRow.token_digest) == digest_of(token), at)
        if renewed is None:
            raise NotSignedIn("The session has ended.", next_steps="Sign in.")
        return renewed

    def begin_anew_after(self, token_digest: bytes, user: UserRow, *, at: datetime) -> str | None:
        """The same where the cookie did not come along; None when that session has ended, or is someone else's."""
        theirs = col(WebSessionRow.user_id) == user.id
        return self._renewed((col(WebSessionRow.token_digest) == token_digest) & theirs, at)

    def _renewed(self, this: ColumnElement[bool], at: datetime) -> str | None:
        ended = delete(WebSessionRow).where(this).returning(col(WebSessionRow.user_id), col(WebSessionRow.csrf))
        found = self.session.execute(ended).one_or_none()
        return None if found is None else self._begin(found.user_id, found.csrf, at)

    def _begin(self, user_id: UUID, csrf: str, at: datetime, shown_at: datetime | None = None) -> str:
        token = token_urlsafe(32)
        self.session.add(
            WebSessionRow(
                token_digest=digest_of(token),
                user_id=user_id,
                csrf=csrf,
                created_at=shown_at or at,
                seen_at=at,
                expires_at=at + self.limits.absolute,
            )
        )
        return token

    def resume(self, token: str, *, at: datetime) -> SignedIn | None:
        """Whose session it is; None when it has ended, or the account is closed."""
        joined = select(WebSessionRow, UserRow, IdentityProviderRow).join(UserRow)
        with_provider = joined.outerjoin(IdentityRow, col(IdentityRow.user_id) == col(UserRow.id)).outerjoin(
            IdentityProviderRow, col(IdentityProviderRow.slug) == col(IdentityRow.provider)
        )
        this = col(WebSessionRow.token_digest) == digest_of(token)
        found = self.session.exec(with_provider.where(this)).one_or_none()
        if found is None:
            return None
        row, user, provider = cast(tuple[WebSessionRow, UserRow, IdentityProviderRow | None], found)
        if not user.active or at >= row.expires_at or at - row.seen_at >= self.limits.idle:
            return None
        self._notice(row, at)
        elsewhere = Elsewhere(provider.slug, provider.name) if provider else None
        return SignedIn(self.users.caller(user), row.csrf, row.created_at, elsewhere)

    def end(self, token: str) -> None:
        """Signs out; without effect when the session has ended."""
        row = self.session.get(WebSessionRow, digest_of(token))
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


def digest_of(token: str) -> bytes:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).digest()
