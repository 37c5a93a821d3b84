"""The ID token by which an agency's provider says who has signed in there (OpenID Connect Core 3.1.3.7).

The library checks the signature, by an algorithm that was registered and a key that the provider gives out. Everything
that the token says is checked here, strictly: a claim of another type than expected is no claim.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from joserfc import jws, jwt
from joserfc.errors import JoseError
from pydantic import BaseModel, Field, StrictInt, StrictStr, StringConstraints, ValidationError

from hub.store.accounts.journeys import Journey
from hub.store.accounts.providers import Away, IdentityProviderRow, Known, Providers

SKEW = timedelta(seconds=60)
LARGEST = 16 * 1024


class Refused(Exception):
    """Nobody comes in by this; `reason` is a fixed word, for the audit log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_Seconds = Annotated[StrictInt, Field(ge=0, le=32_503_680_000)]
"""Since 1970, before the year 3000: what a clock can hold."""


class Identity(BaseModel):
    """What the provider says, as far as it counts here."""

    iss: StrictStr
    sub: Annotated[StrictStr, StringConstraints(min_length=1, max_length=255)]
    aud: StrictStr | list[StrictStr]
    exp: _Seconds
    iat: _Seconds
    nonce: StrictStr
    azp: StrictStr | None = None
    nbf: _Seconds | None = None
    auth_time: _Seconds | None = None
    acr: StrictStr | None = None
    amr: list[StrictStr] = []

    @property
    def shown_at(self) -> datetime:
        """When the person showed the provider who they are; as long ago as can be where it does not say."""
        return datetime.fromtimestamp(self.auth_time or 0, UTC)


def identity_of(
    token: str, providers: Providers, provider: IdentityProviderRow, journey: Journey, *, at: datetime
) -> Identity:
    """Who has signed in at the provider, on this journey. Raises `Refused`."""
    try:
        known = providers.known(provider, at=at, kid=_named_key(token))
    except Away:
        raise Refused("provider-away") from None
    identity = _verified(token, provider, known)
    checks = {
        "wrong-issuer": identity.iss == provider.issuer,
        "wrong-audience": identity.aud in (provider.client_id, [provider.client_id]),
        "wrong-party": identity.azp in {None, provider.client_id},
        "wrong-nonce": identity.nonce == journey.ticket.nonce,
        **_of_time(identity, at.timestamp()),
        "not-strong-enough": _is_strong_enough(identity, provider),
        "not-fresh": journey.session_digest is None or journey.begun_at - identity.shown_at <= SKEW,
    }
    if (failed := next((reason for reason, holds in checks.items() if not holds), None)) is not None:
        raise Refused(failed)
    return identity


def _named_key(token: str) -> str | None:
    """Which key it says it is signed with; anybody's word until the signature has been verified."""
    if len(token) > LARGEST:
        raise Refused("malformed-token")
    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, LookupError, TypeError, RecursionError):
        raise Refused("malformed-token") from None
    return kid if isinstance(kid, str) else None


def _verified(token: str, provider: IdentityProviderRow, known: Known) -> Identity:
    """What the token says. One that names no key is believed only where the provider has but one."""
    if _named_key(token) is None and len(known.keys.keys) != 1:
        raise Refused("bad-signature")
    try:
        return Identity.model_validate(jwt.decode(token, known.keys, algorithms=provider.algorithms).claims)
    except ValidationError:
        raise Refused("bad-claims") from None
    except (JoseError, ValueError, LookupError, TypeError, RecursionError):
        raise Refused("bad-signature") from None


def _of_time(identity: Identity, now: float) -> dict[str, bool]:
    skew = SKEW.total_seconds()
    return {
        "expired": now < identity.exp + skew,
        "not-yet": max(identity.iat, identity.nbf or 0, identity.auth_time or 0) <= now + skew,
    }


def _is_strong_enough(identity: Identity, provider: IdentityProviderRow) -> bool:
    """One of the registered `acr`, and all of the registered `amr`; any where none is registered."""
    return (not provider.acr or identity.acr in provider.acr) and set(provider.amr) <= set(identity.amr)
