"""`hub demo --once`: a newcomer runs one command and sees the whole story hold."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import quickest

ROOT = Path(__file__).parents[2]
STEPS = (
    "A county comes in",
    "Silence: ",
    "Consent: ",
    "Open Door Shelter",
    "A warm handoff: ",
    "Written back: ",
    "1 Event, 1 CurrentLivingSituation, 1 Assessment.",
    "Revocation: ",
    "A wrong file: ",
    "Proof: ",
    "Every step held.",
)


@pytest.fixture
def played(tmp_path: Path) -> "subprocess.CompletedProcess[str]":
    """One run under a fresh home."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    line = [sys.executable, "-m", "hub.cli", "demo", "--once"]
    return subprocess.run(
        line,
        cwd=ROOT,
        env={**environment, "HUB_HOME": str(tmp_path), "TMPDIR": str(quickest())},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class TestOnce:
    def test_tells_the_story_in_order_and_every_step_holds(self, played: "subprocess.CompletedProcess[str]") -> None:
        assert (played.returncode, played.stderr) == (0, ""), played.stdout

        places = [played.stdout.find(step) for step in STEPS]
        assert places == sorted(places)
        assert places[0] == 0
