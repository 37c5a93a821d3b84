"""Packs: the law of a state as its counsel signed it off, written as TOML.

`us_ny.toml` and `us_tx.toml` are worked examples, one strict and one permissive. Nobody signed them off, so neither
counts until an operator's counsel signs a copy.
"""

from consent.packs.pack import Edition, Pack, SignOff, State
from consent.packs.reading import UnreadablePack, example, examples, read_pack
from schemas.documents import Fault

__all__ = ["Edition", "Fault", "Pack", "SignOff", "State", "UnreadablePack", "example", "examples", "read_pack"]
