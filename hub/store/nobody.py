"""Nobody: whom the hub looks up when there is no one to look up, and rows of theirs that make up the number.

An answer that says nothing must cost the same whether it is about a stranger or about somebody known. So what is read
of a person is read in company: the rows there are, made up by rows of nobody to a number that few people exceed, and
beyond that to a multiple of it. Nobody's rows are made by the database as it reads, and kept nowhere.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from secrets import token_bytes
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text

from hub.store.crypto import Keys, Sealer
from hub.store.crypto.keys import person_key_place
from hub.store.crypto.ring import SECRET_BYTES

NOBODY = UUID(int=0)
LAST = "timestamptz '9999-01-01 00:00+00'"
"""Where rows go by time, nobody's are the last."""

_FEW = 1 << 16


class Nobody(NamedTuple):
    """One who stands in where there is none, with a data key that is kept nowhere, and the same one wrapped."""

    id: UUID
    sealer: Sealer
    wrapped_key: bytes


def is_nobody(person_id: UUID) -> bool:
    """No number of a real person is drawn so low."""
    return person_id.int < _FEW


def nobody(keys: Keys) -> Nobody:
    """The first of them."""
    return nobodies(keys, 1)[0]


def nobodies(keys: Keys, number: int) -> tuple[Nobody, ...]:
    """So many, made once a process; their keys are wrapped as anybody's, under the version that seals now."""
    return _wrapped(keys, number, keys.sealing_version())


@lru_cache(maxsize=8)
def _wrapped(keys: Keys, number: int, _version: int) -> tuple[Nobody, ...]:
    return tuple(_made(keys, UUID(int=place)) for place in range(number))


def _made(keys: Keys, person_id: UUID) -> Nobody:
    secret = _secret(keys, person_id)
    return Nobody(person_id, Sealer(secret), keys.wrapping.seal(secret, person_key_place(str(person_id))))


@lru_cache(maxsize=1000)
def _secret(_keys: Keys, _person_id: UUID) -> bytes:
    return token_bytes(SECRET_BYTES)


def of_nobody(columns: Iterable[str], **values: str) -> dict[str, str]:
    """A row of nobody's in SQL: the columns in order, NULL where nothing is said."""
    return dict.fromkeys(columns, "NULL") | {"person_id": f"uuid '{NOBODY}'"} | values


def in_company(there: str, standing_in: Mapping[str, str], number: int, order: str = "") -> TextClause:
    """A query whose rows are made up to a multiple of `number`, and to one at the least, by rows of these values.

    The values may name a row's `place`, which counts from 1. Written out, because to put it together with each question
    would take longer than to ask it.
    """
    counted = "(SELECT count(*) FROM there)"
    return text(
        f"WITH there AS MATERIALIZED ({there}) SELECT {', '.join(standing_in)} FROM there "  # noqa: S608  (constants)
        f"UNION ALL SELECT {', '.join(standing_in.values())} "
        f"FROM generate_series({counted} + 1, greatest(({counted} + {number - 1}) / {number}, 1) * {number}) AS place "
        f"{order}"
    )
