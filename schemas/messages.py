"""What comes in, what is wrong with it, and what may go out."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, Any
from uuid import UUID

import pydantic

from schemas.content import Content, File
from schemas.frozen import Frozen, Moment, Slug
from schemas.vocab import Field, Obligation
from schemas.vocab.leaving import Axis, Room
from schemas.vocab.word import Word


class RawMessage(Frozen):
    """A message as its sender sent it.

    `definition` is the source's own feed definition, for the feeds that are described rather than coded (jail rosters).
    What may be too large to be held is taken by `open`, or file by file; anything else has it whole in `content`.
    """

    id: UUID
    feed: str
    source: Slug
    received_at: Moment
    name: str
    media_type: str = "application/octet-stream"
    held: bytes | pydantic.InstanceOf[Content] = pydantic.Field(alias="content", repr=False)
    definition: str | None = None

    @property
    def content(self) -> bytes:
        """All bytes at once."""
        if isinstance(self.held, bytes):
            return self.held
        with self.held.open() as stream:
            return stream.read()

    def open(self) -> IO[bytes]:
        """The bytes from their beginning; they can be opened as often as wanted."""
        return io.BytesIO(self.held) if isinstance(self.held, bytes) else self.held.open()

    def files(self) -> Sequence[File] | None:
        """The files of a folder that is not packed; None for a message that is one piece."""
        return None if isinstance(self.held, bytes) else self.held.files()


class Severity(Word):
    """How bad a problem is."""

    WARNING = "warning", "Read all the same; the sender may want to mend it."
    SET_ASIDE = "set-aside", "This part could not be read; it is kept, sealed, and can be replayed."
    REFUSED = "refused", "This was not taken, and is not kept."


class Problem(Frozen):
    """What is wrong with a message: where, and what was expected; never what stood there, which may be a name.

    `code` is a short stable word for machines; `line` counts from 1, the header included. `count` is how many rows it
    stands for, where like problems are told as one.
    """

    file: str | None = None
    line: int | None = None
    field: str | None = None
    code: str
    severity: Severity
    expected: str
    count: int = 1


class Notice(Frozen):
    """A text that the law wants to travel with a disclosure."""

    obligation: Obligation
    text: str


class SecurityLabel(Frozen):
    """One code of a security label (HL7 DS4P)."""

    axis: Axis
    system: str
    code: str


class WayOut(Frozen):
    """What a way out can do for what it carries: the obligations it attaches or sees to, and its room for texts.

    What owes anything else does not leave by it.
    """

    attaches: frozenset[Obligation] = frozenset(Obligation)
    room: Room = Room.AMPLE


class Cleared(Frozen):
    """What consent lets go of one record: made by `consent.leaving.clearance.clear` and nowhere else.

    `values` hold the attributes that may be told, by the canonical body's names; `fields` are what they show, and
    `labels` speak of these alone.
    """

    key: str
    kind: str
    source: Slug
    values: Mapping[str, Any]
    fields: tuple[Field, ...]
    obligations: tuple[Obligation, ...]
    notices: tuple[Notice, ...]
    labels: tuple[SecurityLabel, ...] = ()


class OutboundMessage(Frozen):
    """What an outlet made of cleared records: bytes for a wire."""

    media_type: str
    content: bytes
    headers: Mapping[str, str] = {}


class Receipt(Frozen):
    """A sender's proof that a message is kept: durable from `received_at` on."""

    id: UUID
    received_at: datetime
    duplicate: bool = False
