"""The signed assertion by which a system shows who it is (RFC 7523; SMART Backend Services §5).

The library checks the signature and the claims' types. That there is one audience, that the time is short, that the
key is named and that the assertion is used once is checked here, because the library checks none of these.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, StrictInt, StrictStr, StringConstraints, TypeAdapter, ValidationError

from hub.edge.auth.certificates import fits
from hub.store.accounts import ClientRow, Clients
from hub.store.accounts.key_sets import Away, KeySets

ALGORITHMS = ("ES384", "RS384", "ES256")
LONGEST = timedelta(minutes=5)
SKEW = timedelta(seconds=30)
LARGEST = 8 * 1024


class Refused(Exception):
    """The assertion does not show who the client is; `reason` is a fixed word, for the audit log and the client."""

    def __init__(self, reason: str, client: ClientRow | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.client = client


_Visible = Annotated[StrictStr, StringConstraints(pattern=r"^[\x21-\x7e]{1,256}$")]


class _Claims(BaseModel):
    iss: _Visible
    sub: _Visible
    aud: StrictStr
    exp: StrictInt
    jti: _Visible
    iat: StrictInt | None = None
    nbf: StrictInt | None = None


_visible = TypeAdapter(_Visible)


def client_of(
    clients: Clients, assertion: str, *, audience: str, at: datetime, certificate: str | None = None
) -> ClientRow:
    """The client that signed this assertion, which is used up by it, and that has shown the certificate it is bound to.

    Raises `Refused`.
    """
    client = clients.active(_issuer(assertion))
    if client is None:
        raise Refused("unknown-client")
    reason = "no-certificate" if not fits(client.certificate, certificate) else None
    reason = reason or _why_not(clients, client, assertion, audience, at)
    if reason is not None:
        raise Refused(reason, client)
    return client


def _issuer(assertion: str) -> str:
    """Whose key to look up; believed only when that key has verified the signature."""
    try:
        claims = json.loads(jws.extract_compact(assertion.encode()[:LARGEST]).payload)
        return _visible.validate_python(claims["iss"])
    except (JoseError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise Refused("malformed") from error


def _named_key(assertion: str) -> str | None:
    """Which key it says it is signed with; anybody's word until the signature has been verified."""
    kid = jws.extract_compact(assertion.encode()[:LARGEST]).headers().get("kid")
    return kid if isinstance(kid, str) else None


def _why_not(clients: Clients, client: ClientRow, assertion: str, audience: str, at: datetime) -> str | None:
    try:
        found = KeySets(clients.session).of(client, _named_key(assertion), at=at)
        keys = KeySet.import_key_set({"keys": found["keys"]})
        token = jwt.decode(assertion, keys, algorithms=ALGORITHMS)
        claims = _Claims.model_validate(token.claims)
    except Away:
        return "keys-away"
    except ValidationError:
        return "bad-claims"
    except (JoseError, ValueError):
        return "bad-signature"
    if "kid" not in token.header:
        return "no-kid"
    if (failed := _does_not_hold_up(claims, client, audience, at.timestamp())) is not None:
        return failed
    fresh = clients.use_once(client, claims.jti, until=datetime.fromtimestamp(claims.exp, UTC))
    return None if fresh else "replayed"


def _does_not_hold_up(claims: _Claims, client: ClientRow, audience: str, now: float) -> str | None:
    """The first claim that does not hold up; times are seconds since 1970."""
    skew = SKEW.total_seconds()
    issued = now + skew if claims.iat is None else claims.iat
    checks = {
        "wrong-issuer": claims.iss == claims.sub == client.client_id,
        "wrong-audience": claims.aud == audience,
        "expired": now < claims.exp,
        "not-yet": max(claims.iat or 0, claims.nbf or 0) <= now + skew,
        "too-long": claims.exp - issued <= LONGEST.total_seconds(),
    }
    return next((reason for reason, holds in checks.items() if not holds), None)
