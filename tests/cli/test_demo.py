"""`hub demo`: its mistakes; that its story holds is tried in `tests/demo/test_story.py`."""

import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Command


class TestDemo:
    def test_with_a_port_that_is_taken_stops_before_it_loads_anything(self, bare: Command, place: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = str(other.getsockname()[1])
            ran = bare("demo", "--port", port)

        assert ran.is_a_plain_refusal
        assert port in ran.err
        assert not (place / "home").exists()

    @pytest.mark.parametrize("mistake", [("--port", "70000"), ("--people", "5"), ("--token", "nobody")])
    def test_with_a_mistake_says_so(self, bare: Command, mistake: tuple[str, str]) -> None:
        assert bare("demo", *mistake).is_a_plain_refusal

    def test_gives_the_code_of_its_accounts(self, bare: Command) -> None:
        ran = bare("demo", "--code")

        assert (ran.code, len(ran.out.strip()), ran.out.strip().isdecimal()) == (0, 6, True)
