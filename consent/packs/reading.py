"""Reads packs from TOML, and says of one that cannot be read which keys are wrong and what each should be."""

from importlib.resources import files

from consent.packs.pack import Pack
from schemas.documents import UnreadableDocument, read_document

UnreadablePack = UnreadableDocument
"""A text is no pack. Says in which file and where, and what was expected; never what stood there."""


def read_pack(text: str, name: str) -> Pack:
    """A pack from its TOML; `name` is that of the file, for errors. Raises `UnreadablePack`."""
    return read_document(Pack, text, name)


def examples() -> tuple[str, ...]:
    """The names of the examples that come with the hub."""
    return tuple(sorted(entry.name for entry in files("consent.packs").iterdir() if entry.name.endswith(".toml")))


def example(name: str) -> str:
    """The text of an example."""
    return (files("consent.packs") / name).read_text(encoding="utf-8")
