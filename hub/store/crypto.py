"""Encryption in the application: envelope, blind tokens, key file.

A master key wraps one data key per person (so that a person's data can be shredded by destroying one key); a data key
seals that person's blobs. Every ciphertext is bound to its place by associated data: a blob moved to another row or
person does not open. Blind tokens are keyed digests with a key of their own per purpose.

Layout of a sealed value: one byte key version, 12 bytes nonce, AES-256-GCM ciphertext with tag.
"""

import hmac
import json
import os
import stat
from functools import lru_cache
from pathlib import Path
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.errors import Unavailable

TOKEN_BYTES = 16


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

    def open(self, sealed: bytes, context: str) -> bytes:
        """The plain value; raises `Broken`."""
        try:
            return self._cipher.decrypt(sealed[1:13], sealed[13:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise Broken(f"A sealed value of {context.split('|', maxsplit=1)[0]} does not open.") from error


class Keys:
    """The hub's keys, all derived from one master key that never leaves this object."""

    def __init__(self, master: bytes) -> None:
        self._master = master
        self.wrapping = Sealer(self.derive("wrap"))
        self.messages = Sealer(self.derive("messages"))
        self.audit = Sealer(self.derive("audit"))
        self.accounts = Sealer(self.derive("accounts"))
        self._person = lru_cache(maxsize=20_000)(self._unwrap)
        self._token_keys: dict[str, bytes] = {}

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose (HKDF-SHA-256)."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"handoff-hub/{purpose}".encode()).derive(
            self._master
        )

    def token(self, purpose: str, value: str) -> bytes:
        """A blind token: equal for equal values of one purpose, and without the key no way back."""
        return self.digest(purpose, value.encode())

    def digest(self, purpose: str, content: bytes) -> bytes:
        """The blind token of bytes."""
        key = self._token_keys.get(purpose)
        if key is None:
            key = self._token_keys[purpose] = self.derive(f"token/{purpose}")
        return hmac.digest(key, content, "sha256")[:TOKEN_BYTES]

    def new_person_key(self, person: str) -> bytes:
        """A fresh data key for a person, wrapped for keeping."""
        return self.wrapping.seal(token_bytes(32), f"person-key|{person}")

    def of_person(self, person: str, wrapped: bytes) -> Sealer:
        """The sealer of one person's data; raises `Broken`."""
        return self._person(person, wrapped)

    def _unwrap(self, person: str, wrapped: bytes) -> Sealer:
        return Sealer(self.wrapping.open(wrapped, f"person-key|{person}"))


def load(path: Path) -> Keys:
    """The keys in a file only its owner may read; makes one when there is none.

    Raises `Unavailable` when others may read it or it is not a key file.
    """
    if not path.exists():
        _create(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Unavailable(f"Others may read the key file {path}.", next_steps=f"chmod 600 {path}")
    try:
        return Keys(bytes.fromhex(json.loads(path.read_text())["master"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"{path} is not a key file.") from error


def _create(path: Path) -> None:
    """Written beside its place and linked into it, so that whoever finds the file finds all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{token_bytes(8).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"master": token_bytes(32).hex()}, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return  # another process was as quick
    finally:
        draft.unlink()
