"""Systems with a key: their registration, the assertions they have used, and their tokens."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, NamedTuple

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel, col, delete, select

from adapters.jwks import is_acceptable
from hub.errors import Conflict, Invalid, NotFound
from hub.store.accounts.caller import Caller, CallerKind
from hub.store.accounts.scopes import is_scope
from hub.store.columns import Json, Moment
from schemas.vocab import Role

LIFETIME = timedelta(minutes=5)
SMALLEST_RSA_BITS = 2048
CURVES = frozenset({"P-256", "P-384"})


class ClientRow(SQLModel, table=True):
    """A system's registration. Its public keys are in `keys`, a JSON Web Key Set, or at `jwks_url`.

    `certificate` is the SHA-256 of the one TLS certificate with which it must come, hexadecimal, where there is one.
    """

    __tablename__ = "client"

    client_id: str = Field(primary_key=True)
    name: str
    participant: str = Field(foreign_key="participant.slug", index=True)
    scopes: list[str] = Json()
    keys: dict[str, Any] = Json()
    role: str = Role.INTERFACE
    active: bool = True
    jwks_url: str | None = None
    certificate: str | None = None


class AccessTokenRow(SQLModel, table=True):
    """An access token, found by its digest."""

    __tablename__ = "access_token"

    token_digest: bytes = Field(primary_key=True)
    client_id: str = Field(foreign_key="client.client_id", index=True)
    scopes: list[str] = Json()
    expires_at: datetime = Moment(index=True)


class UsedAssertionRow(SQLModel, table=True):
    """That a client has used an assertion; kept until the assertion would have run out by itself."""

    __tablename__ = "used_jti"

    client_id: str = Field(primary_key=True, foreign_key="client.client_id")
    jti: str = Field(primary_key=True)
    expires_at: datetime = Moment(index=True)


class Holder(NamedTuple):
    """Who holds a token, and the certificate with which alone it may be used, where there is one."""

    caller: Caller
    certificate: str | None


class Grant(NamedTuple):
    """A token as it is handed out, once."""

    token: str
    scopes: Sequence[str]
    seconds: int


class Clients:
    """Every registered system: administration and sign-in only."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def register(
        self,
        *,
        client_id: str,
        name: str,
        participant: str,
        scopes: Collection[str],
        keys: Mapping[str, Any] | None = None,
        jwks_url: str | None = None,
        certificate: str | None = None,
        role: Role = Role.INTERFACE,
    ) -> None:
        """A new client, with its keys or with the address where it gives them out.

        Raises `Conflict` when there is one, `Invalid` for scopes, keys or an address that cannot be taken.
        """
        if self.session.get(ClientRow, client_id) is not None:
            raise Conflict("There is a client with this id.", next_steps="Choose another id.")
        if not all(is_scope(scope) for scope in scopes):
            raise Invalid("scopes: a scope of the hub (hub/…) or of SMART v2 (system/Resource.cruds) is expected.")
        row = ClientRow(
            client_id=client_id,
            name=name,
            participant=participant,
            scopes=sorted(scopes),
            keys=_keys_or_none(keys, jwks_url),
            jwks_url=jwks_url,
            certificate=certificate,
            role=role,
        )
        self.session.add(row)
        self.session.flush()

    def registered(self) -> Sequence[ClientRow]:
        """Every client, shut out or not."""
        return self.session.exec(select(ClientRow).order_by(col(ClientRow.client_id))).all()

    def active(self, client_id: str) -> ClientRow | None:
        """The client, if it is registered and not shut out."""
        client = self.session.get(ClientRow, client_id)
        return client if client is not None and client.active else None

    def shut_out(self, client_id: str) -> None:
        """From now on this client and every token it holds are refused; raises `NotFound`."""
        self._registered(client_id).active = False
        self._take_tokens(client_id)

    def change_keys(self, client_id: str, keys: Mapping[str, Any]) -> None:
        """These keys and no others, and none from an address; tokens got with the others are refused from now on.

        Raises `NotFound`, and `Invalid` for keys that cannot be taken.
        """
        client = self._registered(client_id)
        client.keys, client.jwks_url = public_half(keys), None
        self._take_tokens(client_id)

    def _registered(self, client_id: str) -> ClientRow:
        client = self.session.get(ClientRow, client_id)
        if client is None:
            raise NotFound("There is no such client.", next_steps="See: hub client list")
        return client

    def _take_tokens(self, client_id: str) -> None:
        self.session.exec(delete(AccessTokenRow).where(col(AccessTokenRow.client_id) == client_id))

    def bind(self, client_id: str, certificate: str | None) -> None:
        """From now on it must come with this certificate, or with any; its tokens are given up. Raises `NotFound`."""
        self._registered(client_id).certificate = certificate
        self._take_tokens(client_id)

    def use_once(self, client: ClientRow, jti: str, *, until: datetime) -> bool:
        """Uses up an assertion; False when it was used before. Holds across processes and restarts."""
        values = {"client_id": client.client_id, "jti": jti, "expires_at": until}
        statement = insert(UsedAssertionRow).values(values).on_conflict_do_nothing()
        return self.session.execute(statement.returning(col(UsedAssertionRow.jti))).first() is not None

    def grant(self, client: ClientRow, scopes: Sequence[str], *, at: datetime) -> Grant:
        """A fresh token of five minutes; only its digest is kept."""
        token = token_urlsafe(32)
        self.session.add(
            AccessTokenRow(
                token_digest=_digest(token),
                client_id=client.client_id,
                scopes=list(scopes),
                expires_at=at + LIFETIME,
            )
        )
        return Grant(token, scopes, int(LIFETIME.total_seconds()))

    def bearer(self, token: str, *, at: datetime) -> Holder | None:
        """Who holds this token; None when it has run out or its client is shut out."""
        joined = select(AccessTokenRow, ClientRow).join(ClientRow).where(AccessTokenRow.token_digest == _digest(token))
        found = self.session.exec(joined).one_or_none()
        if found is None:
            return None
        row, client = found
        is_good = client.active and at < row.expires_at
        return Holder(_caller(client, row.scopes), client.certificate) if is_good else None


def _caller(client: ClientRow, scopes: Collection[str]) -> Caller:
    return Caller(
        kind=CallerKind.CLIENT,
        id=f"client:{client.client_id}",
        name=client.name,
        participant=client.participant,
        role=Role(client.role),
        scopes=frozenset(scopes),
    )


def _keys_or_none(keys: Mapping[str, Any] | None, jwks_url: str | None) -> dict[str, Any]:
    """The keys to keep; none where the client gives them out itself."""
    if (keys is None) is (jwks_url is None):
        raise Invalid("keys: either a key set or the address of one is expected.")
    if jwks_url is not None and not is_acceptable(jwks_url):
        raise Invalid("jwks_url: an https address is expected.")
    return {} if keys is None else public_half(keys)


def public_half(keys: Mapping[str, Any]) -> dict[str, Any]:
    """The public half of a key set, every key with an id; raises `Invalid` for what the hub would not trust."""
    try:
        parsed = KeySet.import_key_set({"keys": list(keys["keys"])})
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise Invalid("keys: a JSON Web Key Set is expected.") from error
    for key in parsed:
        strong = isinstance(key, RSAKey) and key.public_key.key_size >= SMALLEST_RSA_BITS
        if not (strong or (isinstance(key, ECKey) and key.curve_name in CURVES)):
            raise Invalid(f"keys: RSA of {SMALLEST_RSA_BITS} bits or more, or EC on P-256 or P-384, is expected.")
    return dict(parsed.as_dict(private=False))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
