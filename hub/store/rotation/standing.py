"""How much is sealed under which version."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from hub.store.audit.subjects import OWN
from hub.store.audit.tables import entries
from hub.store.crypto import Ring
from hub.store.rotation.kept import KEPT, version_of


class Standing(NamedTuple):
    """One version: since when there is one, and what is under it.

    Of audit entries about nobody there may be some for ever; those about people are under keys of their own.
    """

    version: int
    since: datetime | None
    seals: bool
    dropped: bool
    under: Counter[str]
    audit_entries: int

    @property
    def rows(self) -> int:
        """How many values would have to be sealed anew before it could be dropped."""
        return self.under.total()


def standing(connection: Connection, ring: Ring) -> list[Standing]:
    """Every version that the ring or a sealed value knows of, the oldest first. Reads every sealed column's first byte.

    A version that is in neither `ring.masters` nor `ring.dropped` and has rows belongs to other keys.
    """
    under = counted(connection)
    written = _audit_entries(connection)
    versions = sorted({*ring.masters, *ring.dropped, *under, *written})
    return [
        Standing(
            version=version,
            since=ring.masters[version].since if version in ring.masters else None,
            seals=version == ring.sealing,
            dropped=version in ring.dropped,
            under=under.get(version, Counter()),
            audit_entries=written.get(version, 0),
        )
        for version in versions
    ]


def counted(connection: Connection) -> dict[int, Counter[str]]:
    """How many values of each column are under each version."""
    found: dict[int, Counter[str]] = {}
    for kept in KEPT:
        query = select(kept.version, func.count()).where(func.length(kept.value) > 0).group_by(kept.version)
        for version, count in connection.execute(query):
            found.setdefault(version[0], Counter())[kept.name] += count
    return found


def left(connection: Connection, versions: Iterable[int]) -> int:
    """How many values are under these versions."""
    found = counted(connection)
    return sum(found[version].total() for version in versions if version in found)


def _audit_entries(connection: Connection) -> dict[int, int]:
    version = version_of(entries.c.sealed)
    query = select(version, func.count()).where(func.length(entries.c.sealed) > 0).group_by(version)
    return {version[0]: count for version, count in connection.execute(query) if version[0] != OWN}
