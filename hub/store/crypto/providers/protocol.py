"""What a provider is."""

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
