"""Sealing: AES-256-GCM, bound to a place.

Layout of a sealed value: one byte key version, 12 bytes nonce, ciphertext with tag.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Broken(Exception):
    """A sealed value does not open here: altered, moved, or sealed under a key that is gone."""


class Sealer:
    """Seals and opens bytes under one 32-byte key."""

    def __init__(self, key: bytes, version: int = 1) -> None:
        self._cipher = AESGCM(key)
        self._version = bytes([version])

    def seal(self, plain: bytes, context: str) -> bytes:
        """The sealed value; it opens only with the same context."""
        nonce = os.urandom(12)
        return self._version + nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str, *once: str) -> bytes:
        """The plain value; `once` are contexts under which such values used to be sealed. Raises `Broken`."""
        if sealed[:1] == self._version:
            for place in (context, *once):
                try:
                    return self._cipher.decrypt(sealed[1:13], sealed[13:], place.encode())
                except (InvalidTag, ValueError):
                    continue
        raise broken(context)


def broken(context: str) -> Broken:
    """Says of which table the value is, and nothing of it."""
    return Broken(f"A sealed value of {context.split('|', maxsplit=1)[0]} does not open.")
