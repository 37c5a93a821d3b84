"""The keys of those whom entries are about: with a person's key all that the log says of the person can be closed.

An entry about a person is sealed under a key of that person's alone. It lies wrapped beside the log, found by the
pseudonym that the entry bears: taken into custody it closes the person's entries, destroyed it ends them, and every
leaf stays as it was. Entries about nobody, and those of earlier hubs, are under the hub's own key.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from secrets import token_bytes
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from hub.store.audit.tables import keys as table
from hub.store.crypto import Keys, Sealer
from hub.store.crypto.keys import person_key_place
from hub.store.crypto.ring import SECRET_BYTES
from hub.store.nobody import NOBODY

OWN = 0
"""In place of a master's version, with which sealed values begin: under the subject's own key. Masters count from 1."""


class Closed(Exception):
    """The entry is under its subject's key, and the key is not here: in custody, or destroyed."""


def pseudonym(keys: Keys, person: UUID) -> str:
    """What entries about a person bear in the person's place, in hexadecimal."""
    return keys.token("audit-subject", str(person)).hex()


def new_key(keys: Keys, subject: str) -> bytes:
    """A fresh key for a subject's entries, wrapped for keeping."""
    return wrap(keys, subject, token_bytes(SECRET_BYTES))


def wrap(keys: Keys, subject: str, secret: bytes) -> bytes:
    return keys.wrapping.seal(secret, place(subject))


def unwrap(keys: Keys, subject: str, wrapped: bytes) -> bytes:
    """The key itself, to be given into custody; raises `Broken`."""
    return keys.wrapping.open(wrapped, place(subject))


def place(subject: str) -> str:
    """What a wrapped key is bound to."""
    return person_key_place(f"audit/{subject}")


class SubjectKeys:
    """The sealers of subjects, as far as one reader or writer has met them."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._met: dict[tuple[str, bytes], Sealer] = {}

    def opener(self, sealed: bytes, subject: str | None, wrapped: bytes | None) -> Sealer:
        """What opens an entry; raises `Closed` where its subject's key is not here, and `Broken`."""
        if sealed[:1] != bytes([OWN]) or subject is None:
            return self._keys.audit
        if wrapped is None:
            raise Closed
        return self._own(subject, wrapped)

    def sealers(
        self, connection: Connection, subjects: Collection[str], *, or_nobody: bool = False
    ) -> Mapping[str, Sealer]:
        """What seals new entries about these subjects; whoever has no key yet gets one.

        Where an entry must cost the same whether or not it is about somebody, nobody's key is looked for in vain.
        """
        if not subjects:
            return self._look_for_nobody(connection) if or_nobody else {}
        found = self._kept(connection, subjects)
        if missing := [subject for subject in subjects if subject not in found]:
            rows = [{"subject": subject, "wrapped": new_key(self._keys, subject)} for subject in missing]
            connection.execute(insert(table).on_conflict_do_nothing(), rows)
            found = self._kept(connection, subjects)
        return {subject: self._own(subject, wrapped) for subject, wrapped in found.items()}

    def _look_for_nobody(self, connection: Connection) -> Mapping[str, Sealer]:
        subject, wrapped = _nobodys(self._keys, self._keys.sealing_version())
        self._kept(connection, [subject])
        self._own(subject, wrapped)
        return {}

    def _kept(self, connection: Connection, subjects: Collection[str]) -> dict[str, bytes]:
        rows = connection.execute(select(table).where(table.c.subject.in_(subjects)))
        return {row.subject: row.wrapped for row in rows}

    def _own(self, subject: str, wrapped: bytes) -> Sealer:
        found = self._met.get((subject, wrapped))
        if found is None:
            found = self._met[subject, wrapped] = Sealer(unwrap(self._keys, subject, wrapped), OWN)
        return found


@lru_cache(maxsize=4)
def _nobodys(keys: Keys, _version: int) -> tuple[str, bytes]:
    """Made once a version of the keys: it must open as anybody's does, also after an older version was dropped."""
    subject = pseudonym(keys, NOBODY)
    return subject, new_key(keys, subject)
