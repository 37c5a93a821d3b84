"""The custodian of the court: whoever holds the private key can give back what was sealed, and the hub cannot.

HPKE (RFC 9180), base mode: X25519, HKDF-SHA-256, AES-256-GCM. The hub knows the public half alone.
"""

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from hub.errors import Conflict, Invalid
from hub.store.crypto.sealing import Broken

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def make(path: Path) -> Path:
    """Makes a pair: the private half at this path, for its owner alone, the public one beside it as `.pub`.

    Raises `Conflict` where there is one: it may be the only thing that opens what was sealed.
    """
    public = path.with_name(f"{path.name}.pub")
    key = X25519PrivateKey.generate()
    private_text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(private_text)
    except FileExistsError:
        raise Conflict(f"There is a key in {path}.", next_steps="Choose another file.") from None
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public


def entrust(packed: bytes, public: Path, order: str) -> bytes:
    """What only the custodian opens, and only as this order's. Raises `Invalid` for what is no such key."""
    try:
        key = load_pem_public_key(public.read_bytes())
    except (OSError, ValueError):
        key = None
    if not isinstance(key, X25519PublicKey):
        raise Invalid(f"{public} is not a custodian's public key.", next_steps="See: hub orders custodian-key --help")
    return _SUITE.encrypt(packed, key, _info(order))


def open_with(private: Path, entrusted: bytes, order: str) -> bytes:
    """What was entrusted; raises `Invalid` for what is no such key, `Broken` where it is another's."""
    try:
        key = load_pem_private_key(private.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        key = None
    if not isinstance(key, X25519PrivateKey):
        raise Invalid(f"{private} is not a custodian's private key.")
    try:
        return _SUITE.decrypt(entrusted, key, _info(order))
    except (InvalidTag, ValueError) as error:
        raise Broken("What was given into custody does not open with this key.") from error


def _info(order: str) -> bytes:
    return f"handoff-hub/order/{order}".encode()
