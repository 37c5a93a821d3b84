"""Rows of the table of records in PostgreSQL's binary COPY format.

Most rows of a batch are alike in all but a few columns, and those are written out once for all of them: what remains
for each row is to put six values in a line.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from os import urandom
from struct import Struct
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

_COLUMNS = (
    "id, person_id, source, holder, feed, kind, key_token, content_token, occurred_at, updated_at, learned_at, "
    "removed_at, message_id, provenance, contents, sensitivity, sealed"
)
_COPY = f"COPY record ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_ROW = Struct("!h").pack(17)
_NULL = b"\xff\xff\xff\xff"
_JSONB = b"\x01"
"""What a jsonb value begins with in this format: the version of it."""

_size = Struct("!i").pack
_count = Struct("!iq").pack
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ID, _TOKEN = _size(16), _size(16)
_TOGETHER = 64 * 1024


class Sort(NamedTuple):
    """What rows have in common that are of one sort."""

    source: str
    holder: str
    feed: str
    kind: str
    removed: bool
    provenance: bytes
    contents: bytes
    sensitivity: bytes


class Line(NamedTuple):
    """What one row has of its own; the tokens and ids are of 16 bytes."""

    row_id: bytes
    person_id: bytes
    key_token: bytes
    content_token: bytes
    occurred_at: datetime | None
    updated_at: datetime | None
    sealed: bytes


class Copier:
    """Writes rows of one message, learned at one time."""

    def __init__(self, session: Session, message_id: UUID | None, at: datetime) -> None:
        self._session = session
        self._message = _NULL if message_id is None else _ID + message_id.bytes
        self._at = at
        self._common = lru_cache(maxsize=4096)(self._of_sort)

    def copy(self, rows: Iterable[tuple[Sort, Line]]) -> None:
        """Writes rows as they come, so that the server takes them in while the next are being made."""
        with self._stream() as write:
            together, size = [_BEGIN], 0
            for sort, line in rows:
                row = self._row(sort, line)
                together.append(row)
                size += len(row)
                if size > _TOGETHER:
                    write(b"".join(together))
                    together, size = [], 0
            write(b"".join((*together, _END)))

    @contextmanager
    def _stream(self) -> Iterator[Any]:
        connection: Any = self._session.connection().connection.driver_connection
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            yield copy.write

    def _row(self, sort: Sort, line: Line) -> bytes:
        named, times, described = self._common(sort)
        return b"".join((
            _ROW + _ID, line.row_id, _ID, line.person_id, named,
            _TOKEN, line.key_token, _TOKEN, line.content_token,
            moment(line.occurred_at), moment(line.updated_at), times,
            described, _size(len(line.sealed)), line.sealed,
        ))  # fmt: skip

    def _of_sort(self, sort: Sort) -> tuple[bytes, bytes, bytes]:
        named = b"".join(_text(text) for text in (sort.source, sort.holder, sort.feed, sort.kind))
        times = moment(self._at) + (moment(self._at) if sort.removed else _NULL)
        described = b"".join(_jsonb(value) for value in (sort.provenance, sort.contents, sort.sensitivity))
        return named, times, self._message + described


def row_ids(number: int) -> Iterator[bytes]:
    """Random UUIDs (version 4) as their bytes."""
    drawn = bytearray(urandom(16 * number))
    drawn[6::16] = bytes(one & 0x0F | 0x40 for one in drawn[6::16])
    drawn[8::16] = bytes(one & 0x3F | 0x80 for one in drawn[8::16])
    ids = bytes(drawn)
    return (ids[start : start + 16] for start in range(0, 16 * number, 16))


@lru_cache(maxsize=20_000)
def moment(at: datetime | None) -> bytes:
    """A moment as PostgreSQL has it: microseconds since 2000."""
    return _NULL if at is None else _count(8, (at - _EPOCH) // _MICROSECOND)


def _text(text: str) -> bytes:
    written = text.encode()
    return _size(len(written)) + written


def _jsonb(value: bytes) -> bytes:
    return _size(len(value) + 1) + _JSONB + value
