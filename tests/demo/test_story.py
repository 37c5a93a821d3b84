"""`hub demo --once`: a newcomer runs one command and sees the whole story hold."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    """One run under a fresh home."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment["HUB_HOME"] = str(tmp_path_factory.mktemp("home"))
    line = [sys.executable, "-m", "hub.cli", "demo", "--once"]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


class TestOnce:
    def test_holds_step_by_step(self, played: "subprocess.CompletedProcess[str]") -> None:
        assert played.returncode == 0, played.stdout + played.stderr
        assert played.stdout.rstrip().endswith("Every step held.")
        print(played.stdout)

    def test_is_silent_on_standard_error(self, played: "subprocess.CompletedProcess[str]") -> None:
        assert played.stderr == ""
