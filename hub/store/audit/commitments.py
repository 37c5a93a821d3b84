"""What an entry says, committed field by field, so that some fields can be shown and the others stay closed.

A leaf is one byte version and twelve digests, one a field. A digest is SHA-256 over a tag, 32 bytes salt, the length of
the field's name (two bytes, big-endian), the name, and the value as JSON with sorted keys and no spaces. The salts are
the output of SHAKE-256 over a 32-byte secret, 32 bytes a field: whoever is shown one learns nothing about the others,
and whoever destroys the secret destroys them all. Secret and details are sealed, bound to the entry's id.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256, shake_256
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import orjson

from hub.store.crypto import Sealer

JSON: TypeAlias = "str | int | float | bool | Sequence[JSON] | Mapping[str, JSON] | None"

SHOWN_ALONE = ("purpose", "recipient", "decision", "rules", "facts")
"""Keys of the details that are committed on their own; the rest is committed together, as `details`."""

FIELDS = ("id", "at", "act", "actor", "participant", "subject", *SHOWN_ALONE, "details")
VERSION = b"\x01"
SECRET_BYTES = SALT_BYTES = 32
TAG = b"handoff-hub/audit-field/v1"
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


class Content(NamedTuple):
    """What one entry says; `subject` is the token in hexadecimal, `at` is aware."""

    id: UUID
    at: datetime
    act: str
    actor: str
    participant: str | None
    subject: str | None
    details: Mapping[str, Any]

    def fields(self) -> list[bytes]:
        """The value of each of the twelve fields as JSON, in order."""
        alone = [self.details.get(name) for name in SHOWN_ALONE]
        rest = {name: value for name, value in self.details.items() if name not in SHOWN_ALONE}
        at = self.at.astimezone(UTC)
        values = (self.id, at, self.act, self.actor, self.participant, self.subject, *alone, rest)
        return [orjson.dumps(value, option=_CANONICAL) for value in values]


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, times in UTC."""
    return orjson.dumps(value, option=_CANONICAL)


def salts(secret: bytes) -> list[bytes]:
    """One salt a field."""
    drawn = shake_256(secret).digest(SALT_BYTES * len(FIELDS))
    return [drawn[start : start + SALT_BYTES] for start in range(0, len(drawn), SALT_BYTES)]


def commitment(name: str, salt: bytes, value: bytes) -> bytes:
    """The digest that commits to a field; `value` is its JSON."""
    return sha256(TAG + salt + _headed(name) + value).digest()


def leaf(content: Content, secret: bytes) -> bytes:
    """The bytes of the entry's leaf."""
    parts = zip(_HEADS, salts(secret), content.fields(), strict=True)
    return VERSION + b"".join([sha256(TAG + salt + head + value).digest() for head, salt, value in parts])


def digests(leaf: bytes) -> list[bytes]:
    """The commitments of a leaf; raises `ValueError` for anything but a version 1 leaf."""
    if leaf[:1] != VERSION or len(leaf) != 1 + 32 * len(FIELDS):
        raise ValueError("not a leaf of version 1")
    return [leaf[start : start + 32] for start in range(1, len(leaf), 32)]


def seal(sealer: Sealer, content: Content, secret: bytes, *, room: int = 1) -> bytes:
    """Secret and details, filled with blanks to a multiple of `room`, sealed for this entry alone."""
    plain = secret + canonical(content.details)
    return sealer.seal(plain.ljust(-(-len(plain) // room) * room), _context(content.id))


def unseal(sealer: Sealer, entry: UUID, sealed: bytes) -> tuple[bytes, dict[str, Any]]:
    """Secret and details of an entry; raises `Broken`."""
    plain = sealer.open(sealed, _context(entry))
    return plain[:SECRET_BYTES], orjson.loads(plain[SECRET_BYTES:])


def _context(entry: UUID) -> str:
    return f"audit|{entry}"


def _headed(name: str) -> bytes:
    written = name.encode()
    return len(written).to_bytes(2, "big") + written


_HEADS = [_headed(name) for name in FIELDS]
