"""Every command explains itself, and the command is there under both of its names."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from hub.cli import (
    access,
    accounting,
    administration,
    audit,
    emergencies,
    feeds,
    keys,
    law,
    packs,
    policy,
    providers,
    running,
)
from hub.cli.app import app
from tests.cli.conftest import Command

PARTS = (access, accounting, administration, audit, emergencies, feeds, keys, law, packs, policy, providers, running)


def commands(group: typer.core.TyperGroup, *path: str) -> Iterator[tuple[str, ...]]:
    """The words of every command, groups walked through."""
    for name, one in group.commands.items():
        if isinstance(one, typer.core.TyperGroup):
            yield from commands(one, *path, name)
        else:
            yield (*path, name)


def every_command() -> list[tuple[str, ...]]:
    found = get_command(app)
    assert isinstance(found, typer.core.TyperGroup)
    return sorted(commands(found))


class TestHelp:
    def test_lists_what_the_contract_names(self) -> None:
        first_words = {path[0] for path in every_command()}

        assert first_words >= {
            "demo",
            "serve",
            "work",
            "listen",
            "db",
            "import",
            "decide",
            "rules",
            "packs",
            "explain",
            "audit",
        }
        assert first_words >= {"participant", "agreement", "user", "client", "settings"}

    @pytest.mark.parametrize("path", every_command(), ids=" ".join)
    def test_of_a_command_says_what_it_does_with_an_example(self, bare: Command, path: tuple[str, ...]) -> None:
        ran = bare(*path, "--help")

        assert (ran.code, ran.err) == (0, "")
        assert "Example: " in ran.out
        assert f"hub {' '.join(path)}" in " ".join(ran.out.split())

    def test_is_there_for_the_module_too(self, place: Path) -> None:
        root = Path(__file__).parents[2]
        line = [sys.executable, "-m", "hub.cli", "--help"]

        ran = subprocess.run(line, cwd=root, capture_output=True, text=True, check=False)

        assert (ran.returncode, ran.stderr) == (0, "")
        assert "import" in ran.stdout

    def test_is_where_a_mistyped_command_leads(self, bare: Command) -> None:
        ran = bare("improt")

        assert ran.is_a_plain_refusal
        assert "import" in ran.err
