"""How the hub signs in to an HMIS that serves HUD's HMIS API; the draft leaves the way open, and vendors differ."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Self

import httpx
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from pydantic import Field, SecretStr, ValidationError, model_validator

from adapters.jwks import is_acceptable
from adapters.oauth import BackendClient, NoToken
from schemas.frozen import Frozen

SignIn = Callable[[], str]
"""Gives what stands in `Authorization`; asked again when the HMIS no longer takes what it gave."""

EXPECTED = 'TOML with token = "…", or user and password, or client_id, token_url, key (a JWK in a file) and scopes'
_ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


class BadCredentials(Exception):
    """The file is not what was expected, or the HMIS gives no token for it."""


class Credentials(Frozen):
    """One of three: a token, a user and a password (HUD's sandbox), or a key for SMART Backend Services."""

    token: SecretStr | None = None
    user: str | None = None
    password: SecretStr | None = None
    client_id: str | None = None
    token_url: str | None = None
    key: str | None = None
    scopes: tuple[str, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        basic, backend = (self.user, self.password), (self.client_id, self.token_url, self.key)
        ways = [way for way in ((self.token,), basic, backend) if any(part is not None for part in way)]
        if len(ways) != 1 or None in ways[0]:
            raise ValueError(EXPECTED)
        if self.token_url is not None and not is_acceptable(self.token_url):
            raise ValueError("token_url should be https")
        return self


def sign_in(path: Path) -> SignIn:
    """The way in that a file of credentials describes; a key's path counts from that file. Raises `BadCredentials`."""
    try:
        found = Credentials.model_validate(tomllib.loads(path.read_text("utf-8")))
        if found.token is not None:
            bearer = f"Bearer {found.token.get_secret_value()}".encode("ascii").decode()
            return lambda: bearer
        if found.key is not None:
            return _with_key(found, path.parent / found.key)
    except (OSError, ValidationError, ValueError, JoseError):
        raise BadCredentials(f"{path} should be {EXPECTED}.") from None
    return _basic(found)


def _basic(found: Credentials) -> SignIn:
    password = found.password.get_secret_value() if found.password else ""
    request = next(httpx.BasicAuth(found.user or "", password).auth_flow(httpx.Request("GET", "https://hmis.invalid")))
    said = request.headers["authorization"]
    return lambda: said


def _with_key(found: Credentials, path: Path) -> SignIn:
    key, algorithm = _key(path.read_bytes())
    client = BackendClient(found.client_id or "", key, algorithm=algorithm)

    def fresh() -> str:
        try:
            return f"Bearer {client.token(found.token_url or '', found.scopes)}"
        except (NoToken, httpx.HTTPError, httpx.InvalidURL, LookupError, TypeError, ValueError, AttributeError):
            raise BadCredentials("The HMIS gave no access token for these credentials.") from None

    return fresh


def _key(written: bytes) -> tuple[ECKey | RSAKey, str]:
    """A JWK and the algorithm that goes with it; raises `ValueError` or a `JoseError`."""
    jwk = orjson.loads(written)
    if not isinstance(jwk, dict) or not {"d", "kid"} <= jwk.keys():
        raise ValueError("a private key is needed, with the name by which the HMIS knows it")
    if jwk.get("kty") == "RSA":
        return RSAKey.import_key(jwk), "RS384"
    if jwk.get("crv") not in _ALGORITHMS:
        raise ValueError("a key on a NIST curve is needed")
    return ECKey.import_key(jwk), _ALGORITHMS[jwk["crv"]]
