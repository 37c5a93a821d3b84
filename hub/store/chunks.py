"""The content of messages, sealed in parts: put away part by part, and read from where it lies."""

import hashlib
import io
from collections.abc import Iterator
from typing import IO
from uuid import UUID

from sqlalchemy import Column, Connection, Engine, LargeBinary
from sqlmodel import Field, Session, SQLModel, select

from hub.errors import NotFound
from hub.store.crypto import Keys
from hub.store.parts import Shelf
from schemas.content import Content
from schemas.messages import RawMessage

CHUNK = 4 * 1024 * 1024


class ChunkRow(SQLModel, table=True):
    """Part of a message's content, sealed."""

    __tablename__ = "raw_chunk"

    message_id: UUID = Field(primary_key=True, foreign_key="raw_message.id")
    number: int = Field(primary_key=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


def chunk_place(message_id: UUID, number: int) -> str:
    """What a sealed part of a message is bound to."""
    return f"message|{message_id}|{number}"


class SealedContent(Content):
    """Content that stays sealed in the database but for the parts that are being read.

    It is read over a connection of its own, because the reader may be another thread than the session's.
    """

    def __init__(self, bind: Engine | Connection, keys: Keys, message_id: UUID, size: int) -> None:
        self._bind = bind
        self._keys = keys
        self._message_id = message_id
        self._size = size

    def open(self) -> IO[bytes]:
        return io.BufferedReader(Shelf(self._fetch, self._size, CHUNK))

    def _fetch(self, number: int) -> bytes:
        with Session(self._bind) as session:
            return opened(session, self._keys, self._message_id, number)


def opened(session: Session, keys: Keys, message_id: UUID, number: int) -> bytes:
    """One part in the clear; raises `NotFound` where it was destroyed."""
    found = select(ChunkRow.sealed).where(ChunkRow.message_id == message_id, ChunkRow.number == number)
    sealed = session.exec(found).one_or_none()
    if sealed is None:
        raise NotFound("This message's content was destroyed while it was read.")
    return keys.messages.open(sealed, chunk_place(message_id, number))


def parts(message: RawMessage) -> Iterator[bytes]:
    """The content in parts of one size, the last perhaps shorter."""
    with message.open() as stream:
        while part := stream.read(CHUNK):
            yield part


def measured(message: RawMessage) -> tuple[str, int]:
    """The content's digest and size."""
    digest, size = hashlib.sha256(), 0
    for part in parts(message):
        digest.update(part)
        size += len(part)
    return digest.hexdigest(), size
