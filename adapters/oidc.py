"""An agency's own sign-in provider, over HTTP (OpenID Connect Discovery 1.0; RFC 6749 section 4.1.3 with RFC 7636).

Everything is bounded in size and in time as a whole, is never redirected, and says what was expected, not what came.
"""

import time
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from pydantic import BaseModel, ValidationError

from adapters.jwks import LARGEST, TIMEOUT, NotFetched, is_acceptable

LONGEST: Final = 8.0
"""Seconds that one answer may take, however it drips."""


class Metadata(BaseModel):
    """What a provider says of itself, as far as it is used here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False

    def where_to(self, *, client_id: str, redirect_uri: str, state: str, verifier: str, **more: str) -> str:
        """The address at the provider to which a person's browser is sent."""
        address: str = prepare_grant_uri(
            self.authorization_endpoint,
            client_id,
            "code",
            redirect_uri=redirect_uri,
            scope="openid",
            state=state,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            **more,
        )
        return address


def describe(issuer: str) -> tuple[Metadata, dict[str, Any]]:
    """The provider's own description, of this issuer and no other, and its key set. Raises `NotFetched`."""
    said = _json("GET", issuer.rstrip("/") + "/.well-known/openid-configuration")
    try:
        found = Metadata.model_validate(said)
    except ValidationError:
        raise NotFetched("A description of an OpenID provider is expected.") from None
    if found.issuer != issuer:
        raise NotFetched("A description of the issuer that was asked is expected.")
    if not all(_as_safe(issuer, url) for url in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)):
        raise NotFetched("Addresses over https are expected.")
    keys = _json("GET", found.jwks_uri)
    if not isinstance(keys.get("keys"), list):
        raise NotFetched("A JSON Web Key Set is expected.")
    return found, keys


def exchange(metadata: Metadata, *, client_id: str, secret: str, code: str, verifier: str, redirect_uri: str) -> str:
    """The ID token for which this code stands. Raises `NotFetched`."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    by_post = "client_secret_basic" not in metadata.token_endpoint_auth_methods_supported
    if by_post:
        form |= {"client_id": client_id, "client_secret": secret}
    basic = None if by_post else httpx.BasicAuth(quote(client_id, safe=""), quote(secret, safe=""))
    said = _json("POST", metadata.token_endpoint, data=form, auth=basic)
    token = said.get("id_token")
    if not isinstance(token, str):
        raise NotFetched("An ID token is expected.")
    return token


def _as_safe(issuer: str, url: str) -> bool:
    """Over TLS; where the issuer is on this machine without, so may its addresses be."""
    return is_acceptable(url) and urlsplit(url).scheme in {"https", urlsplit(issuer).scheme}


def _json(
    method: str, url: str, *, data: dict[str, str] | None = None, auth: httpx.Auth | None = None
) -> dict[str, Any]:
    until = time.monotonic() + LONGEST
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, data=data, auth=auth, headers={"accept": "application/json"}) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise NotFetched(f"200 is expected, and {response.status_code} came.")
            content = _read(response, until)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotFetched("No answer came.") from error
    return _object(content)


def _read(response: httpx.Response, until: float) -> bytes:
    content = b""
    for part in response.iter_bytes():
        content += part
        if len(content) > LARGEST or time.monotonic() > until:
            raise NotFetched(f"At most {LARGEST} bytes within {LONGEST:.0f} seconds are expected.")
    return content


def _object(content: bytes) -> dict[str, Any]:
    try:
        said = httpx.Response(200, content=content).json()
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise NotFetched("A JSON object is expected.")
    return said
