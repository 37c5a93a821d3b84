"""`kill -9` while a worker reads a large HMIS export: nothing of it is half in, and another worker takes it in once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import polars as pl
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from hub.flow import files, intake
from hub.store import audit, db
from hub.store.audit import Act, AuditLog
from hub.store.crypto import KeyFile, Keys
from hub.store.directory import Directory, ParticipantRow
from tests.bench import exports

ROOT = Path(__file__).parents[2]
SOURCE = "riverbend-hmis"
PATIENCE = 300.0
SOME, MUCH = 1 << 20, 50 << 20
"""Bytes of records: of a thousand rows or so, and of fifty thousand."""

HALF_IN = """
    SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM person) + (SELECT count(*) FROM person_subject)
         + (SELECT count(*) FROM program) + (SELECT count(*) FROM set_aside) + (SELECT count(*) FROM export_origin)
"""


@dataclass
class Site:
    """A database, the keys to it, and the workers on it."""

    engine: Engine
    keys: Keys
    environment: dict[str, str]
    log: Path

    def receive(self, folder: Path) -> None:
        message = files.from_path(folder, feed="hmis-csv", source=SOURCE, limit=1 << 40)
        with db.transaction(self.engine) as session:
            Directory(session).add(ParticipantRow(slug=SOURCE, name="Riverbend", capacities=["hmis-lead"]))
            intake.receive(session, self.keys, message, actor="test")

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """`hub work` as an operator runs it, until it is killed or the block ends."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        line = [sys.executable, "-m", "hub.cli", "work"]
        with self.log.open("ab") as log:
            running = subprocess.Popen(line, env={**bare, **self.environment}, stdout=log, stderr=log)
        try:
            yield running
        finally:
            running.terminate()
            running.wait(PATIENCE)

    def number(self, query: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.scalar(text(query)) or 0)

    def state(self) -> str:
        with self.engine.connect() as connection:
            return str(connection.scalar(text("SELECT state FROM raw_message")))

    def size(self) -> int:
        """How much room the records take, also those that nobody sees yet."""
        return self.number("SELECT pg_total_relation_size('record')")

    def until(self, come: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not come():
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")[-2000:]
            time.sleep(0.002)

    def is_left_alone(self) -> bool:
        """Whether nobody works on it any more: the server has noticed that its client is gone."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return self.number(query) == 0


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    environment = {"HUB_HOME": str(tmp_path), "HUB_DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    engine = db.connect(database_url)
    key_file = KeyFile(tmp_path / "keys.json")
    yield Site(engine, Keys(key_file.read(), key_file), environment, tmp_path / "work.log")
    engine.dispose()


def rows_about_people(folder: Path) -> int:
    """How many rows of an export speak of a person: each becomes one record."""
    headers = {path: path.open(encoding="utf-8").readline() for path in folder.glob("*.csv")}
    about = [path for path, header in headers.items() if "PersonalID" in header]
    return sum(pl.scan_csv(path, infer_schema=False).select(pl.len()).collect().item() for path in about)


def kill_while_reading(site: Site, *, grown_by: int) -> None:
    """Starts a worker, and kills it as soon as so many bytes of the export are written, and not yet to be seen."""
    before = site.size()
    with site.worker() as worker:
        site.until(lambda: site.size() > before + grown_by)
        os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(PATIENCE) == -signal.SIGKILL
    site.until(site.is_left_alone)


def check(site: Site, folder: Path, resume: Callable[[], object], *, rows: int, kills: Sequence[int]) -> None:
    """Kills one worker after the other, each when so many bytes are written; has it read again, and counts."""
    exports.write(folder, rows, period=exports.until(datetime.now(UTC).date()))
    site.receive(folder)
    for number, grown_by in enumerate(kills, start=1):
        kill_while_reading(site, grown_by=grown_by)
        assert site.number(HALF_IN) == 0
        assert (site.state(), site.number("SELECT begun FROM raw_message")) == ("received", number)

    resume()

    assert site.state() == "read"
    once = ("SELECT count(*) FROM record", "SELECT count(DISTINCT key_token) FROM record WHERE superseded_at IS NULL")
    assert [site.number(query) for query in once] == [rows_about_people(folder)] * 2
    audit.sequence(site.engine)
    with Session(site.engine) as session:
        (entry,) = AuditLog(session, site.keys).entries(act=Act.FEED_IMPORTED, limit=10)
    assert (entry.details["set_aside"], entry.details["unchanged"]) == (0, 0)
    assert audit.verify(site.engine, site.keys).intact


def test_in_the_middle_of_reading_leaves_nothing_half_in(site: Site, tmp_path: Path) -> None:
    """Whoever comes next reads it: here without the second that a process needs to start."""
    reader = intake.Reader(site.engine, site.keys, auto_link=8.0)
    check(site, tmp_path / "export", lambda: reader.round(datetime.now(UTC)), rows=6_000, kills=[SOME])


@pytest.mark.soak
def test_again_and_again_while_a_large_export_is_read(site: Site, tmp_path: Path) -> None:
    """Early and late, up to most of it; the last worker is let be."""
    random = Random(20261129)

    def resume() -> None:
        with site.worker():
            site.until(lambda: site.state() == "read")

    check(site, tmp_path / "export", resume, rows=100_000, kills=[random.randrange(SOME, MUCH) for _ in range(6)])
