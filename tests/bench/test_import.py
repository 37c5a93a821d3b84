"""Importing an HMIS export, sealed, matched and audited; beside it reading the same rows as CSV and writing JSON."""

import csv
import io
import json
import os
import zipfile
from pathlib import Path
from time import perf_counter

import pytest

from hub.demo.county import FeedFile
from hub.demo.home import DemoHome, passing
from hub.demo.load import import_file
from hub.flow import intake
from hub.store.db import transaction
from hub.store.directory import Directory, ParticipantRow

pytestmark = pytest.mark.bench

SHARED = Path(os.environ.get("HUB_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
SAMPLE = SHARED / "hmis" / "eva-demo-fy2026"


def plainly(content: bytes) -> tuple[int, float]:
    """How many rows there are, and how long it takes to read them and write them as JSON in the clear."""
    began, rows = perf_counter(), 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            for row in csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8-sig")):
                json.dumps(row)
                rows += 1
    return rows, perf_counter() - began


def imported(home: DemoHome, path: Path, source: str) -> float:
    with transaction(home.engine) as session:
        Directory(session).add(ParticipantRow(slug=source, name=source, capacities=["hmis-lead"]))
    return import_file(home, FeedFile(feed="hmis-csv", source=source, path=path)).seconds


@pytest.mark.skipif(not SAMPLE.exists(), reason="the FY2026 sample is not beside this checkout")
def test_the_fy2026_sample() -> None:
    content = intake.from_path(SAMPLE, feed="hmis-csv", source="x", limit=10**9).content
    with passing(people=300) as home:
        seconds = min(imported(home, SAMPLE, f"source-{turn}") for turn in range(3))
    rows, baseline = plainly(content)
    print(f"\n{rows:,} rows: {rows / seconds:,.0f} rows/s imported (best of 3: {seconds:.1f} s)")
    print(f"baseline, CSV to JSON in the clear: {rows / baseline:,.0f} rows/s; {seconds / baseline:.1f} x as long")


def test_small_and_large(small: DemoHome, large: DemoHome) -> None:
    for home in (small, large):
        path = home.settings.home / "county" / "hmis"
        rows, baseline = plainly(intake.from_path(path, feed="hmis-csv", source="x", limit=10**9).content)
        seconds = imported(home, path, "again")
        print(f"\n{rows:,} rows: {rows / seconds:,.0f} rows/s, {seconds / baseline:.1f} x the baseline")
