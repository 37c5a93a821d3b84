"""A new version, sealing anew, and dropping the old one; each can be broken off at any moment and run again.

A version is in the ring, where every process finds it, before it seals; whoever still seals under the old one for a
moment is caught up with, because sealing anew ends only when nothing is left. Before a version
is dropped the database is told to refuse whatever is sealed under it, and only then it is looked for what is left: a
process that slept through it all gets an error, and nothing is ever kept that could not be opened.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from time import sleep
from typing import Any, NamedTuple

from psycopg.errors import LockNotAvailable
from sqlalchemy import Engine, Row, bindparam, delete, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from hub.errors import Conflict
from hub.store.crypto import Broken, KeyFile, Keys, Ring
from hub.store.crypto.keys import LOOK_EVERY
from hub.store.rotation.kept import KEPT, Kept
from hub.store.rotation.standing import counted, left
from hub.store.rotation.tables import dropped

SETTLE = 1.5 * LOOK_EVERY
"""Seconds after which every process at work has seen the ring as it is."""

ROUNDS = 60
BETWEEN_ROUNDS = 0.5
"""How often, and how many seconds apart, what others hold is tried again."""


class Moved(NamedTuple):
    """What came of sealing anew: values moved, and those that do not open under the keys they name."""

    moved: int
    unopened: int
    left: int


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Nobody else turns keys as long as the block lasts; raises `Conflict` when somebody does."""
    with engine.connect() as connection:
        got = connection.scalar(text("SELECT pg_try_advisory_lock(hashtext('hub.keys'))"))
        connection.commit()
        if not got:
            raise Conflict("Someone else is turning the keys.", next_steps="Wait until they are done: hub keys status")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(hashtext('hub.keys'))"))
            connection.commit()


def turn(file: KeyFile, at: datetime) -> Ring:
    """A ring with a new version that seals from now on; one that was begun is taken up again."""
    ring = file.read()
    if ring.coming is None:
        ring = ring.with_next(at)
        file.write(ring)
        sleep(SETTLE)
    ring = ring.turned()
    file.write(ring)
    sleep(SETTLE)
    return ring


def seal_anew(engine: Engine, keys: Keys, progress: Callable[[int], None] = lambda _: None) -> Moved:
    """Seals everything under the newest version, a few rows a transaction; waits for nobody, and holds nobody up."""
    keys.look()
    version = keys.sealing_version()
    moved, unopened = 0, 0
    for again in range(ROUNDS):
        if again:
            sleep(BETWEEN_ROUNDS)
        unopened = 0
        for kept in KEPT:
            for count, broken in _through(engine, keys, kept, version):
                moved, unopened = moved + count, unopened + broken
                progress(count)
        remaining = _remaining(engine, version)
        if remaining <= unopened:
            break
    return Moved(moved, unopened, remaining)


def drop(engine: Engine, ring: Ring, version: int, at: datetime) -> None:
    """Makes the database refuse a version from now on; raises `Conflict` when anything is left under it.

    Nobody waits while it is looked for. Afterwards the version can go from the ring (`Ring.without`).
    """
    if version == ring.sealing:
        raise Conflict(f"Version {version} is the one in use.", next_steps="Turn the keys first: hub keys rotate")
    _insist_on_nothing_left(engine, version)
    with engine.begin() as connection:
        connection.execute(insert(dropped).values(version=version, at=at).on_conflict_do_nothing())
    try:
        _let_writers_end(engine)
        _insist_on_nothing_left(engine, version)
    except Conflict:
        with engine.begin() as connection:
            connection.execute(delete(dropped).where(dropped.c.version == version))
        raise


def _insist_on_nothing_left(engine: Engine, version: int) -> None:
    with engine.connect() as connection:
        count = left(connection, [version])
    if count:
        raise Conflict(
            f"Sealed under version {version} are still {count:,} values.",
            next_steps="Seal them anew: hub keys rotate",
        )


def _let_writers_end(engine: Engine) -> None:
    """Returns once every transaction is over that wrote before the version was refused.

    Gives up sooner than the server would call a deadlock and send a writer away, and tries again.
    """
    tables = ", ".join(sorted({kept.table for kept in KEPT}))
    for _ in range(ROUNDS):
        try:
            with engine.begin() as connection:
                connection.execute(text("SET LOCAL lock_timeout = '500ms'"))
                connection.execute(text(f"LOCK TABLE {tables} IN SHARE MODE"))
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            sleep(BETWEEN_ROUNDS)
        else:
            return
    raise Conflict("Others write without a pause.", next_steps="Try again when less is going on.")


def _remaining(engine: Engine, version: int) -> int:
    with engine.connect() as connection:
        found = counted(connection)
    return sum(under.total() for number, under in found.items() if number != version)


def _through(engine: Engine, keys: Keys, kept: Kept, version: int) -> Iterator[tuple[int, int]]:
    """One pass over a column: for each batch, how many were moved and how many do not open."""
    after: Row[Any] | None = None
    while True:
        with engine.begin() as connection:
            rows = connection.execute(_others(kept, version, after)).all()
            anew = [values for row in rows if (values := _sealed_anew(keys, kept, row)) is not None]
            if anew:
                connection.execute(_put(kept), anew)
        if not rows:
            return
        yield len(anew), len(rows) - len(anew)
        after = rows[-1]


def _others(kept: Kept, version: int, after: Row[Any] | None) -> Any:
    """The next rows under another version; those that somebody holds are left for the next pass."""
    key = [kept.rows.c[name] for name in kept.found_by]
    query = (
        select(*key, *(kept.rows.c[name] for name in kept.beside), kept.value)
        .where(kept.value.is_not(None), kept.version != bytes([version]), kept.value != b"")
        .order_by(*key)
        .limit(kept.at_once)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return query if after is None else query.where(tuple_(*key) > tuple_(*(getattr(after, c.name) for c in key)))


def _sealed_anew(keys: Keys, kept: Kept, row: Row[Any]) -> dict[str, Any] | None:
    sealer, places = kept.sealer(keys), kept.places(row)
    try:
        plain = sealer.open(getattr(row, kept.column), *places)
    except Broken:
        return None
    return {f"of_{name}": getattr(row, name) for name in kept.found_by} | {"anew": sealer.seal(plain, places[0])}


def _put(kept: Kept) -> Any:
    here = [kept.rows.c[name] == bindparam(f"of_{name}") for name in kept.found_by]
    return update(kept.rows).where(*here).values({kept.value: bindparam("anew")})
