"""Importing HMIS exports of ten thousand rows and up: checked only, and stored; beside it COPY of the same rows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, perf_counter_ns, sleep

import orjson
import psutil
import psycopg
import pytest

from hub.demo.home import DemoHome, passing
from hub.store.db import transaction, url_of
from hub.store.directory import Directory, ParticipantRow
from tests.bench import exports

pytestmark = pytest.mark.bench

SIZES = tuple(map(int, os.environ.get("HUB_BENCH_ROWS", "10000,100000,1000000").split(",")))
LARGE = int(os.environ.get("HUB_BENCH_BYTES", str(2 << 30)))
BYTES_OF_A_ROW = 120
MEBIBYTE = 1 << 20
TODAY = exports.until(datetime.now(UTC).date())


@dataclass(frozen=True)
class Run:
    """What a run of `hub import` took: seconds by its own report, and the most memory that its process held."""

    rows: int
    seconds: float
    peak: int

    def __str__(self) -> str:
        return f"{self.rows / self.seconds:,.0f} rows/s, peak {self.peak / MEBIBYTE:,.0f} MiB"


@pytest.fixture(scope="module")
def home() -> Iterator[DemoHome]:
    with passing(people=1) as home:
        assert home.keys
        yield home


def test_sizes(home: DemoHome, tmp_path: Path) -> None:
    per_row = {}
    for size in SIZES:
        folder = tmp_path / str(size)
        rows = exports.write(folder, size, period=TODAY)
        copied = copy(home, folder)
        checked, stored = run(home, folder, "--check"), run(home, folder)
        per_row[size] = stored.seconds / rows
        print(f"\n{rows:,} rows: COPY {rows / copied:,.0f} rows/s")
        print(f"  checked: {checked}; {checked.seconds / copied:.1f} x COPY")
        print(f"  stored:  {stored}; {stored.seconds / copied:.1f} x COPY")
    if len(SIZES) > 1:
        print(f"a row of {SIZES[-1]:,} takes {per_row[SIZES[-1]] / per_row[SIZES[-2]]:.2f} x one of {SIZES[-2]:,}")


def test_a_large_export_in_bounded_memory(home: DemoHome, tmp_path: Path) -> None:
    folder = tmp_path / "large"
    exports.write(folder, LARGE // BYTES_OF_A_ROW, period=TODAY)
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"\n{size / MEBIBYTE:,.0f} MiB: checked: {run(home, folder, '--check')}")
    print(f"{size / MEBIBYTE:,.0f} MiB: stored:  {run(home, folder)}")


def run(home: DemoHome, path: Path, *options: str) -> Run:
    """`hub import` in a process of its own, for a participant of its own."""
    source = f"bench-{perf_counter_ns()}"
    with transaction(home.engine) as session:
        Directory(session).add(ParticipantRow(slug=source, name=source, capacities=["hmis-lead"]))
    command = [sys.executable, "-m", "hub.cli", "import", "hmis-csv", str(path), "--source", source, "--json", *options]
    environment = os.environ | {"HUB_HOME": str(home.settings.home), "HUB_MAX_FILE_BYTES": str(8 << 30)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        peak = watched(process)
        assert process.stdout is not None
        report = orjson.loads(process.stdout.read())
    assert report["problems"] == []
    return Run(report["received"], report["seconds"], peak)


def watched(process: subprocess.Popen[bytes]) -> int:
    """The most memory that the process held, once it has ended; the report it prints is small."""
    peak, held = 0, psutil.Process(process.pid)
    while process.poll() is None:
        try:
            peak = max(peak, held.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        sleep(0.02)
    return peak


def copy(home: DemoHome, folder: Path) -> float:
    """How long the same database takes to copy the same files into plain tables of texts."""
    began = perf_counter()
    with psycopg.connect(url_of(home.settings).replace("+psycopg", "")) as database:
        for path in sorted(folder.glob("*.csv")):
            with path.open("rb") as file:
                columns = ", ".join(f'"{name}" text' for name in file.readline().decode().strip().split(","))
                database.execute(f'CREATE TABLE "copy_{path.stem}" ({columns})'.encode())
                with database.cursor().copy(f'COPY "copy_{path.stem}" FROM STDIN (FORMAT csv)'.encode()) as into:
                    while block := file.read(MEBIBYTE):
                        into.write(block)
        database.commit()
        took = perf_counter() - began
        for path in folder.glob("*.csv"):
            database.execute(f'DROP TABLE "copy_{path.stem}"'.encode())
    return took
