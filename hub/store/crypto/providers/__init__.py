"""Who holds the ring. A provider wraps one small secret, under which the ring is sealed."""

from collections.abc import Mapping
from typing import Protocol


class Provider(Protocol):
    """Wraps a 32-byte secret so that nobody else can have it; the same context unwraps it, and no other."""

    name: str

    def wrap(self, secret: bytes, context: Mapping[str, str]) -> bytes:
        """The wrapped secret; raises `Unavailable` when it is refused or nobody answers."""
        ...

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        """The secret; raises `Unavailable` likewise, and where this was not wrapped here in this context."""
        ...


class LocalFile:
    """The owner of the key file. Wraps nothing: that nobody else may read the file is all that protects the ring."""

    name = "file"

    def wrap(self, secret: bytes, context: Mapping[str, str]) -> bytes:  # noqa: ARG002  (nothing to bind it to)
        return secret

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:  # noqa: ARG002
        return wrapped
