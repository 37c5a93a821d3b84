"""One moment of the database, read row by row in bounded memory, by as many processes as help."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, cast

import psycopg
from sqlalchemy import Connection, Engine, text

from hub.store import db

ROWS_AT_ONCE = 1000

_ROW_BY_ROW = text("""
    SELECT set_config('transaction_read_only', 'on', true), set_config('enable_hashjoin', 'off', true),
           set_config('enable_mergejoin', 'off', true), set_config('enable_sort', 'off', true)
""")
"""Plans that follow the indexes need no memory for the whole table, on the server either."""


class Snapshot:
    """What was committed at one moment; writers go on meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @classmethod
    @contextmanager
    def of(cls, engine: Engine, name: str | None = None) -> Iterator[Self]:
        """This moment, or the one that another process has named and still holds."""
        with engine.connect() as opened:
            connection = opened.execution_options(isolation_level="REPEATABLE READ")
            if name is not None:
                driver_of(connection).execute(f"SET TRANSACTION SNAPSHOT '{name}'".encode())
            connection.execute(_ROW_BY_ROW)
            yield cls(connection)

    def name(self) -> str:
        """Names the moment for other processes, which may join it as long as this one holds it."""
        return cast("str", self.connection.scalar(text("SELECT pg_export_snapshot()")))

    def stream(self, query: str, values: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a few thousand in memory; nothing else is asked over this connection meanwhile.

        The database works ahead while the rows are looked at.
        """
        with driver_of(self.connection).cursor() as cursor:
            yield from cursor.stream(query.encode(), values, binary=True, size=ROWS_AT_ONCE)


@contextmanager
def joined(url: str, name: str) -> Iterator[Snapshot]:
    """The snapshot of that name, over a connection of this process's own."""
    engine = db.connect(url)
    try:
        with Snapshot.of(engine, name) as snapshot:
            yield snapshot
    finally:
        engine.dispose()


def driver_of(connection: Connection) -> psycopg.Connection:
    """The connection beneath, for what is read or written in bulk."""
    return cast("psycopg.Connection", connection.connection.driver_connection)
