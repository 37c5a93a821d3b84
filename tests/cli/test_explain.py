"""`hub explain`: a decision as it was taken, and as it would be taken today."""

import json
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from hub.demo.county import story
from tests.apps import app_of
from tests.cli.conftest import Command
from tests.flow.conftest import PUBLIC_URL, CountyHome, Hub, county_folder, home

SILENT = "staff-assignment of open-door-shelter: silent; told: nothing"

__all__ = ["county_folder", "home"]


@pytest.fixture
def asked(home: CountyHome, place: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command on a county in which a crisis team has been told where Marcus Delgado is known."""
    app = app_of(home.settings, home.engine, home.keys)
    with TestClient(app, base_url=PUBLIC_URL) as http:
        answer = Hub(home, http).partner("harbor-mobile-crisis").ask(story("contact"))
    assert answer.json()["contacts"]
    (place / "keys.json").write_text(json.dumps({"master": (b"\x07" * 32).hex()}))
    (place / "keys.json").chmod(0o600)
    monkeypatch.setenv("HUB_DATABASE_URL", home.url)
    return Command(home.url)


class TestExplain:
    def test_tells_the_decision_of_then_and_of_today(self, asked: Command) -> None:
        released = asked("audit", "export", "--form", "jsonl", "--act", "hub:contact:released").out
        seq = str(json.loads(released)["seq"])

        then, today = _told(asked("explain", seq).out)
        with psycopg.connect(asked.database_url) as connection:
            connection.execute("SET session_replication_role = replica")  # past the guard that keeps them
            connection.execute("DELETE FROM instrument")
        still_then, without_release = _told(asked("explain", seq).out)

        assert SILENT not in then + today
        assert SILENT not in still_then
        assert SILENT in without_release
        assert "What would help: A signed release of information." in without_release
        assert "Delgado" not in then + today

    def test_as_a_source_tells_of_its_own_records_alone(self, asked: Command) -> None:
        released = asked("audit", "export", "--form", "jsonl", "--act", "hub:contact:released").out
        seq = str(json.loads(released)["seq"])
        told = asked("explain", seq, "--as-source", "open-door-shelter")

        assert told.code == 0
        assert "told to Harbor Mobile Crisis: " in told.out
        assert "lakeside" not in told.out
        assert asked("explain", seq, "--as-source", "nobody-here").is_a_plain_refusal


def _told(lines: str) -> tuple[str, str]:
    """What an explanation says of then, and what of today."""
    then, _, today = lines.partition("\nToday, by rulebook ")
    return then, today
