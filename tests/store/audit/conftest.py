"""One migrated database for the audit tests, emptied after each: a log must begin with leaf 0, and copies take time."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, text

from hub.store import db


@pytest.fixture(scope="session")
def shared_engine(server: str) -> Iterator[Engine]:
    """An engine on a migrated database that the tests of this folder share."""
    name = f"t_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    engine = db.connect(server.replace("/postgres?", f"/{name}?", 1))
    db.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(shared_engine: Engine) -> Iterator[Engine]:
    """An engine on an empty log."""
    yield shared_engine
    with shared_engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in ("audit_cosignature", "witness", "audit_pending", "audit_leaf", "audit_entry", "audit_checkpoint"):
            connection.execute(text(f"DELETE FROM {table}"))
