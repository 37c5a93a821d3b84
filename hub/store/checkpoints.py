"""Signed tree heads in the C2SP forms `tlog-checkpoint` and `signed-note` (Ed25519, signature type 0x01). Pure.

A checkpoint is three lines (origin, size, root in base64), an empty line, and signature lines. The origin is the log's
name and the name of its key; it is made from the key, so that no two hubs share one.
"""

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import ClassVar, NamedTuple, Self

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


class NamedKey:
    """A name and a public key; written `name+key id+key`, as `golang.org/x/mod/sumdb/note` writes it."""

    kind: ClassVar[bytes]
    whose: ClassVar[str]

    def __init__(self, name: str, public: bytes) -> None:
        self.name = name
        self.key_id = sha256(name.encode() + b"\n" + self.kind + public).digest()[:4]
        self._public = public
        self._key = Ed25519PublicKey.from_public_bytes(public)

    @classmethod
    def parse(cls, written: str) -> Self:
        """The key as it is written; raises `Forged`."""
        name, _, rest = written.partition("+")
        try:
            key = cls(name, _decoded(rest.partition("+")[2]).removeprefix(cls.kind))
        except ValueError as error:
            kind = f"0x{cls.kind.hex()}"
            raise Forged(f"The key of a {cls.whose} should be name+key id+base64 of {kind} and 32 bytes.") from error
        if not name or name.split() != [name] or str(key) != written:
            raise Forged(f"The key of a {cls.whose} does not have the id that is written with it.")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self.kind + self._public).decode()}"

    def signatures(self, note: str) -> tuple[str, list[bytes]]:
        """The text of a note, and what this key's name and id stand before; others are left alone. Raises `Forged`."""
        text, _, lines = note.rpartition("\n\n")
        signatures = [_signature(line) for line in lines.removesuffix("\n").split("\n")]
        return text + "\n", [value[4:] for name, value in signatures if (name, value[:4]) == (self.name, self.key_id)]

    def check(self, signature: bytes, text: bytes) -> None:
        """Raises `Forged` for what this key did not sign."""
        try:
            self._key.verify(signature, text)
        except InvalidSignature as error:
            raise Forged(f"The signature of the {self.whose} does not verify.") from error


class Verifier(NamedKey):
    """A log's name and public key."""

    kind = ED25519
    whose = "log"

    def open(self, note: str) -> Head:
        """The head of a checkpoint that this key has signed. Raises `Forged`."""
        text, ours = self.signatures(note)
        if not ours:
            raise Forged("The checkpoint is not signed by this log.")
        for value in ours:
            self.check(value, text.encode())
        return self._head(text)

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
    """The log's own key, from a 32-byte secret.

    Each restore of an old backup that was accepted begins a new generation of the log, with a name of its own: under
    the old name there was more, and nobody may sign another history of it.
    """

    def __init__(self, secret: bytes, generation: int = 1) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        public = self._key.public_key().public_bytes_raw()
        name = f"{LOG}/{sha256(public).hexdigest()[:16]}"
        self.verifier = Verifier(name if generation == 1 else f"{name}/{generation}", public)

    def sign(self, head: Head) -> str:
        """The signed checkpoint."""
        text = f"{self.verifier.name}\n{head.size}\n{b64encode(head.root).decode()}\n"
        signature = b64encode(self.verifier.key_id + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.verifier.name} {signature}\n"


def origin_of(note: str) -> str:
    """The name that a checkpoint gives itself; nothing is checked."""
    return note.partition("\n")[0]


def generation_of(note: str) -> int:
    """The generation that a checkpoint of this hub gives itself; nothing is checked. Raises `Forged`."""
    rest = origin_of(note).removeprefix(LOG).split("/")[2:]
    if not rest:
        return 1
    if len(rest) > 1 or not rest[0].isdecimal() or str(int(rest[0])) != rest[0] or int(rest[0]) < 2:
        raise Forged("The name of a checkpoint's log should end with the number of its generation.")
    return int(rest[0])


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
