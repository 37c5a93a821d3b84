"""The embedded PostgreSQL starts, is joined, and comes back with its data, whoever was killed."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import psutil
import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.errors import Unavailable
from hub.store import db, embedded
from tests.conftest import quickest

ROOT = Path(__file__).parents[1]
NOBODY = 65534
WRITES = """
import os, sys, time
from pathlib import Path
import psycopg
from hub.store import embedded

with psycopg.connect(embedded.start(Path(sys.argv[1])), autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS kept (line text)")
    connection.execute("INSERT INTO kept VALUES ('committed')")
    print(connection.execute("SELECT count(*) FROM kept").fetchone()[0], flush=True)
    if sys.argv[2:] == ["stays"]:
        time.sleep(60)
"""
"""Commits a row in a process of its own and says how many there are."""


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of the test's own; a server that is left running in it is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="hub-home-", dir=quickest()))
    yield folder
    if server := _server(folder):
        server.send_signal(signal.SIGQUIT)
        server.wait(10)
    rmtree(folder, ignore_errors=True)


def _server(home: Path) -> psutil.Process | None:
    """The server's first process."""
    try:
        return psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().split()[0]))
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None


def writing(home: Path, *words: str, user: int | None = None) -> "subprocess.Popen[str]":
    line = [sys.executable, "-c", WRITES, str(home), *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(line, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, user=user, group=user)


def rows(home: Path) -> int:
    """How many rows there are once another has been committed."""
    out, err = writing(home).communicate(timeout=60)
    assert out, err
    return int(out)


class TestStart:
    def test_comes_back_with_everything_after_whoever_was_killed(self, home: Path) -> None:
        """A hub, then the server itself, die by `kill -9`; what was committed is there each time, and on the disk."""
        killed = writing(home, "stays")
        assert killed.stdout is not None
        assert killed.stdout.readline() == "1\n"
        first = _server(home)
        assert first is not None
        with psycopg.connect(host=str(home / "postgres"), user="postgres", dbname=embedded.DATABASE) as connection:
            found = [connection.execute(f"SHOW {one}").fetchone() for one in ("fsync", "full_page_writes")]
            assert found == [("on",), ("on",)]
        killed.kill()
        killed.communicate()

        joined = writing(home, "stays")
        assert joined.stdout is not None
        assert joined.stdout.readline() == "2\n"
        assert _server(home) == first, "the server that runs is joined"
        first.kill()
        joined.kill()
        joined.communicate()

        assert rows(home) == 3
        assert _server(home) is None, "the last to use it stops it, though two were killed"

    def test_takes_no_other_process_for_its_server(self, home: Path) -> None:
        """After a restart of the machine the old server's number may belong to anyone."""
        assert rows(home) == 1
        mark = home / "postgres" / "postmaster.pid"
        lines = [str(os.getpid()), str(home / "postgres"), "1", "5432", str(home / "postgres"), "", "1 1", "ready"]
        mark.write_text("\n".join(lines))
        (home / "postgres" / ".handle_pids.json").write_text("[1")

        assert rows(home) == 2

    @pytest.mark.parametrize("below", ["", "home"])
    def test_says_which_directory_cannot_be_had(self, tmp_path: Path, below: str) -> None:
        file = tmp_path / "file"
        file.write_text("a file")

        with pytest.raises(Unavailable, match="cannot be used") as refusal:
            embedded.start(file / below)

        assert str(file) in refusal.value.detail

    def test_says_so_where_its_own_directory_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "postgres").write_text("a file")

        with pytest.raises(Unavailable, match="cannot be used"):
            embedded.start(tmp_path)

    def test_works_for_an_ordinary_user(self, home: Path) -> None:
        """Also where root, or anyone else, has run one before."""
        if os.geteuid() != 0:
            pytest.skip("only root can become an ordinary user; every other test here has run as one")
        if not _lets_in(Path(sys.executable)):
            pytest.skip("an ordinary user cannot reach this Python")
        home.chmod(0o700)
        os.chown(home, NOBODY, NOBODY)

        out, err = writing(home, user=NOBODY).communicate(timeout=60)

        assert out == "1\n", err


def _lets_in(path: Path) -> bool:
    """Whether anyone may pass every folder on the way to what the path means."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


class TestServe:
    """`hub serve` says which port it cannot have, and exits 2."""

    @pytest.mark.parametrize("setting", ["HUB_PORT", "HUB_MLLP_PORT"])
    def test_with_a_port_that_is_taken_names_it(self, database_url: str, tmp_path: Path, setting: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = str(other.getsockname()[1])
            ports = {"HUB_PORT": "0", "HUB_MLLP_PORT": "0", setting: port}
            environment = {**os.environ, "HUB_DATABASE_URL": database_url, "HUB_HOME": str(tmp_path), **ports}
            line = [sys.executable, "-m", "hub.cli", "serve", "--all"]
            ran = subprocess.run(
                line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
            )

        assert (ran.returncode, ran.stdout) == (2, "")
        assert port in ran.stderr
        assert "Traceback" not in ran.stderr


class TestCommit:
    @pytest.mark.parametrize("wish", ["", "&options=-c%20synchronous_commit%3Doff"])
    def test_is_durable_in_every_session(self, database_url: str, wish: str) -> None:
        """What is acknowledged survives a power cut, whatever the address asks for."""
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {connection.info.dbname} SET synchronous_commit = off")
        engine = db.connect(database_url + wish)
        try:
            with Session(engine) as session, db.transaction(engine) as other:
                found = [one.connection().scalar(text("SHOW synchronous_commit")) for one in (session, other)]
        finally:
            engine.dispose()

        assert found == ["on", "on"]
