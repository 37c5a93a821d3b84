"""Where people of a participant sign in at their own agency: its OpenID provider, and who there is whom here.

An account is found by issuer and subject alone, as a blind token: an e-mail address is the provider's to give to
somebody else tomorrow. Nobody is let in who has not been linked by an administrator.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey
from sqlmodel import Field, Session, SQLModel, col, delete, select

from adapters.jwks import NotFetched, is_acceptable
from adapters.oidc import Metadata, describe
from hub.errors import Conflict, Invalid, NotFound
from hub.store.accounts.journeys import JourneyRow
from hub.store.accounts.users import UserRow
from hub.store.columns import Json, Moment
from hub.store.crypto import Keys

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""What an ID token may be signed with; never with nothing, and never with a secret that both sides hold."""

USUAL = ("RS256", "ES256")
AT_MOST_EVERY = timedelta(seconds=30)
FRESH = timedelta(hours=1)
SERVES_FOR = timedelta(hours=24)
SHORTEST_RSA = 2048


class IdentityProviderRow(SQLModel, table=True):
    """A provider as it was registered, and what it said of itself when it was asked last."""

    __tablename__ = "identity_provider"

    slug: str = Field(primary_key=True)
    name: str
    participant: str = Field(foreign_key="participant.slug", index=True)
    issuer: str = Field(unique=True)
    client_id: str
    sealed_secret: bytes
    algorithms: list[str] = Json(default_factory=list)
    acr: list[str] = Json(default_factory=list)
    amr: list[str] = Json(default_factory=list)
    described: dict[str, Any] = Json(default_factory=dict)
    fetched_at: datetime | None = Moment(nullable=True)
    asked_at: datetime | None = Moment(nullable=True)


class IdentityRow(SQLModel, table=True):
    """Who someone at a provider is here."""

    __tablename__ = "identity"

    token: bytes = Field(primary_key=True)
    provider: str = Field(foreign_key="identity_provider.slug", index=True)
    user_id: UUID = Field(foreign_key="user_account.id", unique=True)


class Known(NamedTuple):
    """What a provider said of itself, and its keys that may sign here."""

    metadata: Metadata
    keys: KeySet


class Away(Exception):
    """The provider cannot be asked now, and what it said last is too old."""


class Providers:
    """Every provider, whoever asks: administration and sign-in only."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session = session
        self.keys = keys

    # --- registering

    def register(self, row: IdentityProviderRow, *, secret: str) -> None:
        """A new provider; raises `Conflict` when there is one of this slug or issuer, `Invalid` for what cannot be."""
        if not is_acceptable(row.issuer) or urlsplit(row.issuer).query:
            raise Invalid("issuer: an https address is expected, without user, query or fragment.")
        if not row.algorithms or not set(row.algorithms) <= set(ALGORITHMS):
            raise Invalid(f"algorithm: one of {', '.join(ALGORITHMS)} is expected.")
        if not row.client_id or not secret:
            raise Invalid("The provider's client id and client secret are expected.")
        same = (IdentityProviderRow.slug == row.slug) | (IdentityProviderRow.issuer == row.issuer)
        if self.session.exec(select(IdentityProviderRow).where(same)).first() is not None:
            raise Conflict("There is a provider of this name or issuer.", next_steps="See: hub provider list")
        row.sealed_secret = self.keys.accounts.seal(secret.encode(), place(row.slug))
        self.session.add(row)
        self.session.flush()

    def remove(self, slug: str) -> list[UUID]:
        """Nobody signs in there any more; gives who did. Raises `NotFound`."""
        row = self.get(slug)
        gone = delete(IdentityRow).where(col(IdentityRow.provider) == slug).returning(col(IdentityRow.user_id))
        people = list(self.session.execute(gone).scalars())
        self.session.exec(delete(JourneyRow).where(col(JourneyRow.provider) == slug))
        self.session.delete(row)
        return people

    def all(self) -> list[IdentityProviderRow]:
        return list(self.session.exec(select(IdentityProviderRow).order_by(col(IdentityProviderRow.name))).all())

    def get(self, slug: str) -> IdentityProviderRow:
        """The provider; raises `NotFound`."""
        row = self.session.get(IdentityProviderRow, slug)
        if row is None:
            raise NotFound("There is no such provider.", next_steps="See: hub provider list")
        return row

    def secret(self, row: IdentityProviderRow) -> str:
        return self.keys.accounts.open(row.sealed_secret, place(row.slug)).decode()

    # --- people

    def link(self, user: UserRow, slug: str, subject: str) -> None:
        """This account is who the provider calls by that subject, and no other. Raises `Invalid` and `Conflict`."""
        row = self.get(slug)
        if user.participant != row.participant:
            raise Invalid("The account and the provider should be of the same participant.")
        if not subject or len(subject) > 255:
            raise Invalid("subject: what the provider calls the person in `sub` is expected, at most 255 characters.")
        token = self._token(row, subject)
        taken = self.session.get(IdentityRow, token)
        if taken is not None and taken.user_id != user.id:
            raise Conflict("Another account is linked to this subject.", next_steps="See: hub user reset --help")
        self.unlink(user.id)
        self.session.add(IdentityRow(token=token, provider=slug, user_id=user.id))
        self.session.flush()

    def unlink(self, user_id: UUID) -> None:
        """Without effect for an account that is not linked."""
        self.session.exec(delete(IdentityRow).where(col(IdentityRow.user_id) == user_id))

    def user(self, row: IdentityProviderRow, subject: str) -> UserRow | None:
        """Whose account it is; None when nobody has been linked."""
        joined = select(UserRow).join(IdentityRow).where(IdentityRow.token == self._token(row, subject))
        return self.session.exec(joined.where(IdentityRow.provider == row.slug)).one_or_none()

    def of(self, user_id: UUID) -> IdentityProviderRow | None:
        """Where this person signs in; None for one with a password here."""
        joined = select(IdentityProviderRow).join(IdentityRow).where(IdentityRow.user_id == user_id)
        return self.session.exec(joined).one_or_none()

    def _token(self, row: IdentityProviderRow, subject: str) -> bytes:
        return self.keys.token("identity", f"{row.issuer}\n{subject}")

    # --- asking the provider

    def known(self, row: IdentityProviderRow, *, at: datetime, kid: str | None = None) -> Known:
        """What the provider says of itself, asked anew when it has aged or names a key that nobody knows here.

        At most twice a minute, so that nobody can make the hub hammer it by inventing keys; who finds another asking
        goes on with what there is. Raises `Away`.
        """
        if self._is_worth_asking(row, kid, at):
            self._ask(row.slug, kid, at)
        if row.fetched_at is None or at - row.fetched_at > SERVES_FOR:
            raise Away
        keys = KeySet.import_key_set({"keys": row.described["keys"]})
        return Known(Metadata.model_validate(row.described["metadata"]), keys)

    def _is_worth_asking(self, row: IdentityProviderRow, kid: str | None, at: datetime) -> bool:
        if row.asked_at is not None and at - row.asked_at < AT_MOST_EVERY:
            return False
        is_stale = row.fetched_at is None or at - row.fetched_at >= FRESH
        return is_stale or (kid is not None and kid not in {key.get("kid") for key in row.described["keys"]})

    def _ask(self, slug: str, kid: str | None, at: datetime) -> None:
        mine = select(IdentityProviderRow).where(IdentityProviderRow.slug == slug).with_for_update(skip_locked=True)
        row = self.session.exec(mine.execution_options(populate_existing=True)).one_or_none()
        if row is None or not self._is_worth_asking(row, kid, at):
            return
        row.asked_at = at
        try:
            metadata, keys = describe(row.issuer)
        except NotFetched:
            return
        if usable := _usable(keys):
            row.described, row.fetched_at = {"metadata": metadata.model_dump(), "keys": usable}, at


def place(slug: str) -> str:
    """What a provider's sealed secret is bound to."""
    return f"identity_provider|secret|{slug}"


def _usable(keys: dict[str, Any]) -> list[dict[str, Any]]:
    """The public keys that can sign; others do not spoil them."""
    return [public for key in keys["keys"] if (public := _public(key)) is not None]


def _public(key: Any) -> dict[str, Any] | None:
    kinds: dict[str, type[RSAKey | ECKey]] = {"RSA": RSAKey, "EC": ECKey}
    if not isinstance(key, dict) or key.get("use", "sig") != "sig" or not isinstance(key.get("kid", ""), str):
        return None
    try:
        read = kinds[key["kty"]].import_key(key)
        if isinstance(read, RSAKey) and read.public_key.key_size < SHORTEST_RSA:
            return None
        return dict(read.as_dict(private=False))
    except (JoseError, ValueError, TypeError, LookupError):
        return None


def usual(algorithms: Collection[str] | None) -> list[str]:
    """The algorithms that were named, or the two that providers use."""
    return sorted(algorithms or USUAL)
