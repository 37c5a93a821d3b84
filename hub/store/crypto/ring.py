"""The hub's secrets. A ring never changes; turning it gives another.

Masters have a version and turn: data sealed under an old one is sealed anew, and the old one is dropped. Two secrets do
not turn: `index`, under every blind token, and `signing`, under the audit log's identity. A ring of the first kind was
one master from which all was derived; when it turns for the first time, what hung on that master and must not change is
derived once more and kept, so that the master itself can go. So is the key of audit entries when a master is dropped:
the log is only ever added to, and nothing in it can be sealed anew.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
NEWEST_VERSION = 255
"""A version is one byte of every sealed value."""

SIGNING = frozenset({"audit-signing"})
AUDIT = "audit"

TOKENS = (
    "address",
    "audit-subject",
    "emergency-question",
    "hmis-client",
    "hmis-person",
    "identity",
    "instrument",
    "login",
    "message-about",
    "message-content",
    "message-idempotency",
    "person-block",
    "person-facts",
    "person-subject",
    "record-content",
    "record-key",
)
"""Every purpose of a blind token. A ring of the first kind keeps these as they are when it turns."""

DERIVED = (*SIGNING,)
"""Every purpose for which `Keys.derive` is asked, likewise."""


class Master(NamedTuple):
    """A secret to seal under, and since when there is one; nobody knows when the first ring was made."""

    secret: bytes
    since: datetime | None = None


class UnknownVersion(KeyError):
    """The ring has no such version: it is newer than the ring, or dropped."""


@dataclass(frozen=True)
class Ring:
    """The secrets; `sealing` is the version under which new data is sealed."""

    masters: Mapping[int, Master] = field(repr=False)
    sealing: int
    index: bytes = field(repr=False)
    signing: bytes = field(repr=False)
    kept: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    # --- making and turning

    @classmethod
    def of_one(cls, master: bytes) -> "Ring":
        """A ring of the first kind: all of it hangs on one master."""
        return cls({1: Master(master)}, 1, master, master)

    @classmethod
    def fresh(cls, at: datetime) -> "Ring":
        return cls({1: Master(token_bytes(SECRET_BYTES), at)}, 1, token_bytes(SECRET_BYTES), token_bytes(SECRET_BYTES))

    def with_next(self, at: datetime) -> "Ring":
        """With one more master, under which nothing is sealed yet. Raises `OverflowError` after the last version."""
        ring, version = self._apart(), max((*self.masters, *self.dropped)) + 1
        if version > NEWEST_VERSION:
            raise OverflowError("There is no version left.")
        return replace(ring, masters={**ring.masters, version: Master(token_bytes(SECRET_BYTES), at)})

    def turned(self) -> "Ring":
        """Seals under the newest master from now on."""
        return replace(self, sealing=max(self.masters))

    def without(self, version: int) -> "Ring":
        """With a master dropped; the key of the audit entries under it stays. Never the one that seals."""
        if version == self.sealing:
            raise ValueError("the version in use")
        kept = {**self.kept, f"{AUDIT}/{version}": self.key(AUDIT, version)}
        masters = {number: master for number, master in self.masters.items() if number != version}
        return replace(self, masters=masters, kept=kept)

    def _apart(self) -> "Ring":
        """With nothing but sealed data hanging on the masters."""
        if self.index not in {master.secret for master in self.masters.values()}:
            return self
        purposes = [f"token/{purpose}" for purpose in TOKENS] + list(DERIVED)
        kept = {**self.kept, **{purpose: self.derive(purpose) for purpose in purposes}}
        return replace(self, kept=kept, index=token_bytes(SECRET_BYTES), signing=token_bytes(SECRET_BYTES))

    @property
    def coming(self) -> int | None:
        """A version that is there and does not seal yet: a turn was begun."""
        newest = max(self.masters)
        return newest if newest != self.sealing else None

    @property
    def dropped(self) -> tuple[int, ...]:
        """The versions whose master is gone; the audit entries under them still open."""
        numbers = (int(name.partition("/")[2]) for name in self.kept if name.startswith(f"{AUDIT}/"))
        return tuple(sorted(numbers))

    # --- using

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key that stays the same whatever turns."""
        return self.kept.get(purpose) or _derived(self.signing if purpose in SIGNING else self.index, purpose)

    def key(self, purpose: str, version: int) -> bytes:
        """The 32-byte key under which data of a purpose is sealed; raises `UnknownVersion`."""
        if kept := self.kept.get(f"{purpose}/{version}"):
            return kept
        if version not in self.masters:
            raise UnknownVersion(version)
        return _derived(self.masters[version].secret, purpose)

    # --- writing down

    def written(self) -> bytes:
        """As JSON, secrets in hexadecimal: for a provider's hands only."""
        masters = {
            str(version): {"secret": one.secret.hex(), "since": one.since and one.since.isoformat()}
            for version, one in self.masters.items()
        }
        kept = {name: secret.hex() for name, secret in self.kept.items()}
        said = {"masters": masters, "sealing": self.sealing, "kept": kept}
        return json.dumps({**said, "index": self.index.hex(), "signing": self.signing.hex()}).encode()

    @classmethod
    def read(cls, written: bytes) -> "Ring":
        """The ring that was written down; raises `ValueError` for anything else, without showing it."""
        try:
            said = json.loads(written)
            masters = {int(version): Master(_secret(one["secret"]), _since(one)) for version, one in _items(said)}
            kept = {name: _secret(one) for name, one in said["kept"].items()}
            ring = cls(masters, int(said["sealing"]), _secret(said["index"]), _secret(said["signing"]), kept)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ValueError("not a key ring") from None
        if ring.sealing not in masters:
            raise ValueError("not a key ring")
        return ring


def _items(said: Any) -> Any:
    return said["masters"].items()


def _since(one: Any) -> datetime | None:
    return None if one["since"] is None else datetime.fromisoformat(one["since"]).astimezone(UTC)


def _secret(written: str) -> bytes:
    secret = bytes.fromhex(written)
    if len(secret) != SECRET_BYTES:
        raise ValueError("not a secret")
    return secret


def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=None, info=f"handoff-hub/{purpose}".encode()).derive(
        secret
    )
