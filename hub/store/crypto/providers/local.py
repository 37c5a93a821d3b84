"""Providers that ask nobody: the key file's owner, and the environment."""

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping

from hub.errors import Invalid, Unavailable
from hub.store.crypto.sealing import Broken, Sealer

KEY_BYTES = 32


class LocalFile:
    """The owner of the key file. Wraps nothing: that nobody else may read the file is all that protects the ring."""

    name = "file"

    def wrap(self, secret: bytes, context: Mapping[str, str]) -> bytes:  # noqa: ARG002  (nothing to bind it to)
        return secret

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:  # noqa: ARG002
        return wrapped


class Environment:
    """Whoever starts the hub hands it the secret that opens the key file; a copy of the disk alone opens nothing."""

    name = "environment"

    def __init__(self, written: str) -> None:
        self._sealer = Sealer(_key(written))

    def wrap(self, secret: bytes, context: Mapping[str, str]) -> bytes:
        return self._sealer.seal(secret, _place(context))

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        try:
            return self._sealer.open(wrapped, _place(context))
        except Broken:
            raise Unavailable(
                "HUB_KEY_SECRET does not open the key file.", next_steps="Look whether it is this hub's."
            ) from None


def _key(written: str) -> bytes:
    """32 bytes, written in base64 or hexadecimal; raises `Invalid` without showing them."""
    for read in (bytes.fromhex, lambda text: b64decode(text, validate=True)):
        try:
            key = read(written.strip())
        except (ValueError, binascii.Error):
            continue
        if len(key) == KEY_BYTES:
            return key
    raise Invalid(
        "HUB_KEY_SECRET: 32 bytes in base64 or hexadecimal are expected.",
        next_steps="Make one: head -c 32 /dev/urandom | base64",
    )


def _place(context: Mapping[str, str]) -> str:
    return "key-ring-secret|" + json.dumps(dict(context), sort_keys=True)
