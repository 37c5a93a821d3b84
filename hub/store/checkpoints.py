"""Signed tree heads in the C2SP forms `tlog-checkpoint` and `signed-note` (Ed25519, signature type 0x01). Pure.

A checkpoint is three lines (origin, size, root in base64), an empty line, and signature lines. The origin is the log's
name and the name of its key; it is made from the key, so that no two hubs share one.
"""

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.store.merkle import HASH_BYTES

ED25519 = b"\x01"
LOG = "handoff-hub/audit"


class Forged(Exception):
    """A note is malformed, or not signed by the key that was expected."""


class Head(NamedTuple):
    """What a checkpoint says: so many leaves have this root."""

    size: int
    root: bytes


class Verifier:
    """A log's name and public key; written `name+key id+key`, as `golang.org/x/mod/sumdb/note` writes it."""

    def __init__(self, name: str, public: bytes) -> None:
        self.name = name
        self.key_id = sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]
        self._public = public
        self._key = Ed25519PublicKey.from_public_bytes(public)

    @classmethod
    def parse(cls, written: str) -> Self:
        """The verifier of a written key; raises `Forged`."""
        name, _, rest = written.partition("+")
        try:
            verifier = cls(name, _decoded(rest.partition("+")[2]).removeprefix(ED25519))
        except ValueError as error:
            raise Forged("A log's key should be written name+key id+base64 of 0x01 and 32 bytes.") from error
        if not name or str(verifier) != written:
            raise Forged("A log's key does not have the id that is written with it.")
        return verifier

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self._public).decode()}"

    def open(self, note: str) -> Head:
        """The head of a checkpoint that this key has signed; signatures of others are left alone. Raises `Forged`."""
        text, _, lines = note.rpartition("\n\n")
        text += "\n"
        signatures = [_signature(line) for line in lines.removesuffix("\n").split("\n")]
        ours = [value[4:] for name, value in signatures if (name, value[:4]) == (self.name, self.key_id)]
        if not ours:
            raise Forged("The checkpoint is not signed by this log.")
        for value in ours:
            self._check(value, text)
        return self._head(text)

    def _check(self, signature: bytes, text: str) -> None:
        try:
            self._key.verify(signature, text.encode())
        except InvalidSignature as error:
            raise Forged("The checkpoint's signature does not verify.") from error

    def _head(self, text: str) -> Head:
        origin, _, rest = text.partition("\n")
        size, _, root = rest.removesuffix("\n").partition("\n")
        if origin != self.name or not size.isdecimal() or str(int(size)) != size:
            raise Forged("A checkpoint should begin with the log's name and the number of its leaves.")
        try:
            head = Head(int(size), _decoded(root))
        except ValueError as error:
            raise Forged("A checkpoint's third and last line should be a root in base64.") from error
        if len(head.root) != HASH_BYTES:
            raise Forged(f"A checkpoint's root should have {HASH_BYTES} bytes.")
        return head


class Signer:
    """The log's own key, from a 32-byte secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        public = self._key.public_key().public_bytes_raw()
        self.verifier = Verifier(f"{LOG}/{sha256(public).hexdigest()[:16]}", public)

    def sign(self, head: Head) -> str:
        """The signed checkpoint."""
        text = f"{self.verifier.name}\n{head.size}\n{b64encode(head.root).decode()}\n"
        signature = b64encode(self.verifier.key_id + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.verifier.name} {signature}\n"


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, value = rest.partition(" ")
    try:
        decoded = _decoded(value)
    except ValueError as error:
        raise Forged("A signature should be written in base64.") from error
    if dash != "—" or not name or len(decoded) <= len(ED25519) + 4:
        raise Forged("A signature line should be: em dash, key name, signature.")
    return name, decoded


def _decoded(text: str) -> bytes:
    """Bytes from base64, in its one canonical spelling; raises `ValueError`."""
    decoded = b64decode(text, validate=True)
    if b64encode(decoded).decode() != text:
        raise ValueError("not canonical base64")
    return decoded
