"""The key that signs the log, under the name of the log's generation."""

from hub.store.checkpoints import Signer, generation_of
from hub.store.crypto import Keys


def signer(keys: Keys, generation: int = 1) -> Signer:
    """Signs heads of that generation."""
    return Signer(keys.derive("audit-signing"), generation)


def signer_after(keys: Keys, note: str | None) -> Signer:
    """Signs what follows a checkpoint; raises `Forged` where its name is none of a hub's."""
    return signer(keys, 1 if note is None else generation_of(note))
