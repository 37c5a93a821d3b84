"""Records made ready to be kept: whose each is, of what sort, and what it says in bytes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from hub.store.records.copying import Sort
from hub.store.records.rows import BESIDE, BODY_SAYS_ALL, provenance_of, sensitivity_of
from schemas.canonical import CanonicalRecord
from schemas.sheaves import Leaf, Sheaf
from schemas.showing import shown
from schemas.vocab.records import Change
from schemas.written import written


@dataclass(frozen=True)
class Identified:
    """A record whose person and holder are known."""

    record: CanonicalRecord
    person_id: UUID
    holder: str

    @property
    def person_ids(self) -> Sequence[UUID]:
        return (self.person_id,)


@dataclass(frozen=True)
class Bound:
    """A sheaf whose persons, one for each leaf, and holder are known."""

    sheaf: Sheaf
    person_ids: Sequence[UUID]
    holder: str


class Filing(NamedTuple):
    """A record ready to be kept."""

    person_id: UUID
    sort: Sort
    key: str
    occurred_at: datetime | None
    updated_at: datetime | None
    content: bytes


def filings(source: str, batch: Iterable[Identified | Bound]) -> Iterator[Filing]:
    """The records of a batch, those of sheaves among them, each made ready."""
    for one in batch:
        if isinstance(one, Bound):
            yield from _of_sheaf(source, one)
        else:
            yield _of_record(source, one)


def _of_record(source: str, one: Identified) -> Filing:
    record = one.record
    left_out = BESIDE if record.as_sent else BODY_SAYS_ALL
    content = record.model_dump_json(exclude=left_out, exclude_none=True).encode()
    return Filing(
        one.person_id, _sort(source, one.holder, record), record.key, record.occurred_at, record.updated_at, content
    )


def _sort(source: str, holder: str, record: CanonicalRecord) -> Sort:
    return Sort(
        source=source,
        holder=holder,
        feed=record.feed,
        kind=record.body.kind,
        removed=record.change is Change.DELETE,
        provenance=provenance_of(record.provenance),
        contents=written(shown(record.body, record.reveals), option=orjson.OPT_NON_STR_KEYS),
        sensitivity=sensitivity_of(record.sensitivity),
    )


def _of_sheaf(source: str, bound: Bound) -> Iterator[Filing]:
    like = bound.sheaf.like
    sort, written = _sort(source, bound.holder, like), _Written(like)
    for person_id, leaf in zip(bound.person_ids, bound.sheaf.leaves, strict=True):
        yield Filing(person_id, sort, leaf.key, leaf.occurred_at, leaf.updated_at, written.as_record(leaf))


class _Written:
    """Writes leaves as records are written, so that it makes no difference whether a record came in a sheaf."""

    def __init__(self, like: CanonicalRecord) -> None:
        system = like.subject.system if like.subject else ""
        self._start = b'{"feed":%b,"key":' % orjson.dumps(like.feed)
        self._subject = b',"subject":{"system":%b,"value":' % orjson.dumps(system)
        self._holder = b"}" if like.held_by is None else b'},"held_by":%b' % orjson.dumps(like.held_by)
        reveals = orjson.dumps(dict(like.reveals))
        self._change = b',"change":%b,"reveals":%b' % (orjson.dumps(like.change), reveals)

    def as_record(self, leaf: Leaf) -> bytes:
        return b"".join((
            self._start, orjson.dumps(leaf.key), self._subject, orjson.dumps(leaf.subject), self._holder,
            _time(b',"occurred_at":', leaf.occurred_at), _time(b',"updated_at":', leaf.updated_at),
            self._change, b',"as_sent":' + leaf.as_sent if leaf.as_sent else b"", b',"body":', leaf.body, b"}",
        ))  # fmt: skip


def _time(name: bytes, at: datetime | None) -> bytes:
    return b"" if at is None else name + orjson.dumps(at, option=orjson.OPT_UTC_Z)
