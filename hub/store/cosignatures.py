"""What a witness says of a log's checkpoint, in the C2SP forms `tlog-cosignature` (v1, 0x04) and `tlog-witness`. Pure.

A cosignature says: at that time this was the largest tree of this log that I have seen, and it extends all before it.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import NamedTuple, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.store.checkpoints import Forged, NamedKey
from hub.store.merkle import HASH_BYTES

COSIGNATURE = b"\x04"
MOST_PROOF_LINES = 63
LATEST = 2**63 - 1


class WitnessKey(NamedKey):
    """A witness's name and public key."""

    kind = COSIGNATURE
    whose = "witness"

    def time_of(self, note: str) -> int | None:
        """When this witness cosigned the checkpoint, in seconds since 1970; None if it did not. Raises `Forged`."""
        text, ours = self.signatures(note)
        for value in ours:
            time = int.from_bytes(value[:8], "big")
            if time > LATEST:
                raise Forged("A cosignature's time is out of range.")
            self.check(value[8:], _said(text, time))
        return max((int.from_bytes(value[:8], "big") for value in ours), default=None)

    def line_of(self, note: str, answer: str) -> str:
        """This witness's one line in its answer about the checkpoint; raises `Forged`."""
        for line in answer.splitlines(keepends=True):
            if self.time_of(f"{note}{line}") is not None:
                return line
        raise Forged("The witness answered without its cosignature.")


class Cosigner:
    """A witness's own key, from a 32-byte secret."""

    def __init__(self, name: str, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self.key = WitnessKey(name, self._key.public_key().public_bytes_raw())

    def cosign(self, note: str, time: int) -> str:
        """The signature line that cosigns a checkpoint."""
        text = note.rpartition("\n\n")[0] + "\n"
        signature = time.to_bytes(8, "big") + self._key.sign(_said(text, time))
        return f"— {self.key.name} {b64encode(self.key.key_id + signature).decode()}\n"


class Submission(NamedTuple):
    """What a log sends a witness: a checkpoint, and the proof that it extends the one that the witness saw last."""

    old: int
    proof: Sequence[bytes]
    note: str

    def written(self) -> str:
        lines = [f"old {self.old}", *(b64encode(part).decode() for part in self.proof)]
        return "\n".join(lines) + "\n\n" + self.note

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Raises `ValueError` for what is no submission."""
        head, _, note = body.decode().partition("\n\n")
        first, *lines = head.split("\n")
        word, _, old = first.partition(" ")
        if word != "old" or not old.isascii() or not old.isdecimal() or str(int(old)) != old or not note:
            raise ValueError("A submission should begin with: old, a space, a size.")
        if len(lines) > MOST_PROOF_LINES:
            raise ValueError(f"A consistency proof should have at most {MOST_PROOF_LINES} lines.")
        proof = [b64decode(line, validate=True) for line in lines]
        if any(len(part) != HASH_BYTES for part in proof):
            raise ValueError(f"Each line of a proof should be {HASH_BYTES} bytes in base64.")
        return cls(int(old), proof, note)


def _said(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
