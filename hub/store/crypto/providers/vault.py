"""HashiCorp Vault's transit engine. The context is the associated data of an AEAD key (aes256-gcm96, the default)."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

import httpx

from hub.errors import Invalid, Unavailable

TIMEOUT = httpx.Timeout(5.0, connect=3.0)
AGAIN = "Try again in a minute."


class Vault:
    """A key of a transit engine, used with a token or an AppRole."""

    name = "vault"

    def __init__(
        self,
        url: str,
        key: str,
        *,
        mount: str = "transit",
        token: str | None = None,
        role_id: str | None = None,
        secret_id: str | None = None,
    ) -> None:
        if token is None and not (role_id and secret_id):
            raise Invalid("HUB_VAULT_TOKEN, or HUB_VAULT_ROLE_ID and HUB_VAULT_SECRET_ID: needed by this key provider.")
        self._url = url.rstrip("/")
        self._key = key
        self._mount = mount
        self._token = token
        self._role = {"role_id": role_id, "secret_id": secret_id}

    def wrap(self, secret: bytes, context: Mapping[str, str]) -> bytes:
        said = self._asked("encrypt", {"plaintext": b64encode(secret).decode(), **_bound(context)})
        return _text(said, "ciphertext").encode()

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        said = self._asked("decrypt", {"ciphertext": wrapped.decode(errors="replace"), **_bound(context)})
        try:
            return b64decode(_text(said, "plaintext"), validate=True)
        except ValueError:
            raise _no_answer() from None

    def _asked(self, verb: str, body: Mapping[str, Any]) -> Any:
        with httpx.Client(timeout=TIMEOUT, trust_env=False) as http:
            token = self._token or self._signed_in(http)
            return self._post(http, f"{self._mount}/{verb}/{self._key}", body, token).get("data")

    def _signed_in(self, http: httpx.Client) -> str:
        return _text(self._post(http, "auth/approle/login", self._role).get("auth"), "client_token")

    def _post(self, http: httpx.Client, path: str, body: Mapping[str, Any], token: str | None = None) -> dict[str, Any]:
        headers = {"X-Vault-Request": "true"} | ({} if token is None else {"X-Vault-Token": token})
        try:
            answer = http.post(f"{self._url}/v1/{path}", json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(f"Vault does not answer ({type(error).__name__}).", next_steps=AGAIN) from None
        _insist_on_success(answer.status_code)
        try:
            said = answer.json()
        except ValueError:
            raise _no_answer() from None
        return said if isinstance(said, dict) else {}


def _insist_on_success(status: int) -> None:
    if status == httpx.codes.FORBIDDEN:
        raise Unavailable(
            "Vault does not let this hub use the key.",
            next_steps="Its policy needs update on …/encrypt/… and …/decrypt/… of HUB_VAULT_KEY.",
        )
    if status == httpx.codes.BAD_REQUEST:
        raise Unavailable(
            "Vault did not wrap this key file under HUB_VAULT_KEY, or the role is unknown to it.",
            next_steps="Name the key and the role it was made with.",
        )
    if status != httpx.codes.OK:
        raise Unavailable(f"Vault answers with status {status}.", next_steps=AGAIN)


def _bound(context: Mapping[str, str]) -> dict[str, str]:
    return {"associated_data": b64encode(json.dumps(dict(context), sort_keys=True).encode()).decode()}


def _text(said: Any, name: str) -> str:
    found = said.get(name) if isinstance(said, dict) else None
    if not isinstance(found, str) or not found:
        raise _no_answer()
    return found


def _no_answer() -> Unavailable:
    return Unavailable("Vault gives no usable answer.", next_steps=AGAIN)
