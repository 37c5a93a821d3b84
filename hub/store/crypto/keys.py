"""The ring at work: sealers that know every version, blind tokens, and news of a turned ring.

Another process may turn the ring at any time. A new version lies in the ring before anything is sealed under it, so
whoever meets a version they do not know looks at the ring again and has it; whoever seals looks once a second. While
the ring's provider is away, what is in memory goes on serving.
"""

from functools import lru_cache
from secrets import token_bytes
from threading import Lock
from time import monotonic
from typing import Protocol

import structlog
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from hub.errors import Unavailable
from hub.store.crypto.ring import AUDIT, SECRET_BYTES, Ring, UnknownVersion
from hub.store.crypto.sealing import Sealer, broken

log = structlog.get_logger()

TOKEN_BYTES = 16
LOOK_EVERY = 1.0
"""Seconds after which a process that seals has noticed that the ring was turned."""

LET_REST = 15.0
"""Seconds for which a provider that failed is not asked again."""


class Source(Protocol):
    """Where a ring comes from and may be turned by others."""

    def news(self, known: Ring) -> Ring | None:
        """The ring, if it is another than the one known; raises `Unavailable`."""
        ...


class Keys:
    """The hub's keys; no secret of the ring leaves this object."""

    def __init__(self, ring: Ring | bytes, source: Source | None = None) -> None:
        self._ring = Ring.of_one(ring) if isinstance(ring, bytes) else ring
        self._source = source
        self._look_at = monotonic() + LOOK_EVERY
        self._rest_until = 0.0
        self._lock = Lock()
        self._tokens: dict[str, HMAC] = {}
        self._person = lru_cache(maxsize=5_000)(self._unwrap)
        self.wrapping: Sealer = RingSealer("wrap", self)
        self.messages: Sealer = RingSealer("messages", self)
        self.audit: Sealer = RingSealer(AUDIT, self)
        self.accounts: Sealer = RingSealer("accounts", self)

    # --- what stays the same whatever turns

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose (HKDF-SHA-256)."""
        return self._ring.derive(purpose)

    def token(self, purpose: str, value: str) -> bytes:
        """A blind token: equal for equal values of one purpose, and without the key no way back."""
        return self.digest(purpose, value.encode())

    def digest(self, purpose: str, content: bytes) -> bytes:
        """The blind token of bytes."""
        keyed = self._tokens.get(purpose)
        if keyed is None:
            keyed = self._tokens[purpose] = HMAC(self.derive(f"token/{purpose}"), SHA256())
        token = keyed.copy()
        token.update(content)
        return token.finalize()[:TOKEN_BYTES]

    # --- people

    def new_person_key(self, person: str) -> bytes:
        """A fresh data key for a person, wrapped for keeping."""
        return self.wrapping.seal(token_bytes(SECRET_BYTES), person_key_place(person))

    def of_person(self, person: str, wrapped: bytes) -> Sealer:
        """The sealer of one person's data; raises `Broken`."""
        return self._person(person, wrapped)

    def _unwrap(self, person: str, wrapped: bytes) -> Sealer:
        return Sealer(self.wrapping.open(wrapped, person_key_place(person)))

    # --- versions

    def sealing_version(self) -> int:
        """The version to seal under, at most a second old."""
        if self._source is not None and monotonic() >= self._look_at:
            try:
                self.look()
            except Unavailable:
                log.warning("keys.provider-away")
        return self._ring.sealing

    def key(self, purpose: str, version: int) -> bytes:
        """The key of a purpose and version; raises `UnknownVersion`, or `Unavailable` while nobody can say."""
        try:
            return self._ring.key(purpose, version)
        except UnknownVersion:
            self.look()
            return self._ring.key(purpose, version)

    def look(self) -> None:
        """Takes over a ring that was turned; raises `Unavailable` when its provider is away."""
        if self._source is None:
            return
        with self._lock:
            self._look_at = monotonic() + LOOK_EVERY
            if monotonic() < self._rest_until:
                raise Unavailable("The keys' provider does not answer.", next_steps="Try again in a minute.")
            try:
                turned = self._source.news(self._ring)
            except Unavailable:
                self._rest_until = self._look_at = monotonic() + LET_REST
                raise
            if turned is not None:
                self._take(turned)

    def _take(self, ring: Ring) -> None:
        self._ring = ring
        for sealer in (self.wrapping, self.messages, self.audit, self.accounts):
            if isinstance(sealer, RingSealer):
                sealer.forget()
        log.info("keys.turned", sealing=ring.sealing, versions=sorted(ring.masters))


class RingSealer(Sealer):
    """Seals under the newest key of a purpose, and opens under whichever the value names."""

    def __init__(self, purpose: str, keys: Keys) -> None:
        self._purpose = purpose
        self._keys = keys
        self._sealers: dict[int, Sealer] = {}

    def seal(self, plain: bytes, context: str) -> bytes:
        """The sealed value; it opens only with the same context."""
        return self._under(self._keys.sealing_version()).seal(plain, context)

    def open(self, sealed: bytes, context: str, *once: str) -> bytes:
        """The plain value; raises `Broken`, or `Unavailable` while its key cannot be fetched."""
        try:
            sealer = self._under(sealed[0])
        except (IndexError, UnknownVersion):
            raise broken(context) from None
        return sealer.open(sealed, context, *once)

    def forget(self) -> None:
        """Lets go of the keys in use; those that still are are derived again."""
        self._sealers = {}

    def _under(self, version: int) -> Sealer:
        found = self._sealers.get(version)
        if found is None:
            found = self._sealers[version] = Sealer(self._keys.key(self._purpose, version), version)
        return found


def person_key_place(person: str) -> str:
    """What a person's wrapped key is bound to."""
    return f"person-key|{person}"
