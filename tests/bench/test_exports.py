"""The generator's exports are what the benches take them for: whole, sound, and the same every time."""

import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from adapters.hmis import HmisCsv
from adapters.hmis.spec import fy2026
from schemas.messages import Problem, RawMessage
from tests.bench import exports

ROWS = 40_000


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports") / "one"
    exports.write(folder, ROWS)
    return folder


@pytest.fixture
def another(tmp_path: Path) -> Callable[..., Mapping[str, bytes]]:
    def another(rows: int, seed: int) -> Mapping[str, bytes]:
        folder = tmp_path / f"{rows}-{seed}"
        exports.write(folder, rows, seed=seed)
        return _files(folder)

    return another


def test_has_24_files_with_every_column(export: Path) -> None:
    headers = {path.name: path.read_text("utf-8").split("\n", 1)[0].split(",") for path in export.iterdir()}

    assert headers == {table.file: list(table.columns) for table in fy2026().tables.values()}


def test_has_nothing_to_mend(export: Path, tmp_path: Path) -> None:
    exports.pack(export, tmp_path / "one.zip")
    content = (tmp_path / "one.zip").read_bytes()
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    message = RawMessage(id=UUID(int=1), feed="hmis-csv", source="x", received_at=at, name="one.zip", content=content)

    assert [one for one in HmisCsv().examine(message) if isinstance(one, Problem)] == []
    assert len(zipfile.ZipFile(tmp_path / "one.zip").namelist()) == 24


def test_is_the_same_for_the_same_seed(export: Path, another: Callable[..., Mapping[str, bytes]]) -> None:
    assert another(ROWS, 1) == _files(export)
    assert another(ROWS, 2)["Client.csv"] != _files(export)["Client.csv"]


def test_of_a_larger_one_a_smaller_is_the_beginning(export: Path, another: Callable[..., Mapping[str, bytes]]) -> None:
    larger = another(2 * ROWS, 1)

    for table in ("Client", "Enrollment", "Services"):
        ours = _files(export)[f"{table}.csv"].splitlines()
        assert set(ours) < set(larger[f"{table}.csv"].splitlines())


def test_has_about_as_many_rows_as_were_asked_for(export: Path) -> None:
    rows = sum(content.count(b"\n") - 1 for content in _files(export).values())

    assert abs(rows - ROWS) < ROWS // 3


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
