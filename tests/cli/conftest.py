"""The `hub` command as a user runs it, on a fresh database and with keys of its own."""

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from sqlalchemy import Engine

from hub.cli import main
from hub.cli.app import out as console
from hub.settings import settings
from hub.store import db
from hub.store.directory import Directory, ParticipantRow

PARTICIPANTS = {
    "riverbend-hmis": "hmis-lead",
    "mercy-hospital": "covered-entity",
    "cedar-jail": "correctional-institution",
}
WIDTH = 200
FIXTURES = Path(__file__).parents[1] / "fixtures"
SHARED = Path(os.environ.get("HUB_SHARED_DATA", Path(__file__).parents[2].parent / "shared" / "data"))


@dataclass(frozen=True)
class Ran:
    """What a run of the command left behind: its exit status and what it said where."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The one object that `--json` prints."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def is_a_plain_refusal(self) -> bool:
        """Exit 2, something on standard error, nothing on standard output, and no stack trace."""
        return self.code == 2 and bool(self.err.strip()) and not self.out and "Traceback" not in self.err


class Command:
    """Runs `hub` through its own way in, `hub.cli.main`; what it leaves uncaught fails the test."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Ran:
        settings.cache_clear()
        out, err = io.BytesIO(), io.BytesIO()
        told, complained = (io.TextIOWrapper(one, encoding="utf-8", write_through=True) for one in (out, err))
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(told), redirect_stderr(complained):
            patch.setattr(console, "width", WIDTH)
            patch.setattr(sys, "argv", ["hub", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
            code = _exit_code()
        structlog.reset_defaults()
        return Ran(code, out.getvalue().decode(), err.getvalue().decode())

    def rows(self, table: str) -> int:
        """How many rows a table of the database has."""
        with psycopg.connect(self.database_url) as connection:
            found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return 0 if found is None else int(found[0])


def _exit_code() -> int:
    try:
        main()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1 if left.code else 0
    return 0


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own, and no setting but those the test makes."""
    for name in [name for name in os.environ if name.startswith("HUB_") and name != "HUB_SHARED_DATA"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HUB_KEY_FILE", str(tmp_path / "keys.json"))
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def bare() -> Command:
    """The command where no database can be had; for what needs none."""
    return Command("")


@pytest.fixture
def hub(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command on a fresh database."""
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    return Command(database_url)


@pytest.fixture
def county(hub: Command, engine: Engine) -> Command:
    """The same, with an HMIS, a hospital and a jail that take part."""
    with db.transaction(engine) as session:
        for slug, capacity in PARTICIPANTS.items():
            Directory(session).add(ParticipantRow(slug=slug, name=slug.title(), capacities=[capacity]))
    return hub
