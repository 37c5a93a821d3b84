"""A system's way to an access token: OAuth 2 client credentials with a signed assertion (SMART Backend Services)."""

import time
from collections.abc import Sequence
from secrets import token_urlsafe
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME = 240  # seconds; SMART App Launch 2.2 allows five minutes


class NoToken(Exception):
    """The server gave no token; says which error it named (RFC 6749 section 5.2)."""


class BackendClient:
    """A registered system that signs in with its private key.

    `audience` is what the server calls its token endpoint, where that is not the URL it is reached by.
    """

    def __init__(
        self, client_id: str, key: ECKey | RSAKey, *, algorithm: str = "ES384", audience: str | None = None
    ) -> None:
        self._audience = audience
        self._client_id = client_id
        self._key = key
        self._algorithm = algorithm

    def token(self, url: str, scopes: Sequence[str]) -> str:
        """A fresh access token from a token endpoint; raises `NoToken`."""
        with httpx.Client(trust_env=False, timeout=10) as client:
            response = client.post(url, data=self.form(self._audience or url, scopes))
        answer: dict[str, Any] = response.json() if response.content else {}
        if not response.is_success:
            raise NoToken(f"{response.status_code} {answer.get('error', '')}".strip())
        return str(answer["access_token"])

    def form(self, audience: str, scopes: Sequence[str]) -> dict[str, str]:
        """The form that asks for a token; its assertion can be used once."""
        return {
            "grant_type": "client_credentials",
            "scope": " ".join(scopes),
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(audience),
        }

    def _assertion(self, audience: str) -> str:
        now = int(time.time())
        header = {"alg": self._algorithm, "kid": self._key.kid, "typ": "JWT"}
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": audience,
            "iat": now,
            "exp": now + LIFETIME,
            "jti": token_urlsafe(16),
        }
        return jwt.encode(header, claims, self._key, algorithms=[self._algorithm])
