"""`hub decide` and `hub rules`: the law, where no database can be had."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import SHARED, Command

CASES = SHARED.parent / "law" / "cases"


@pytest.fixture
def cases() -> Path:
    """The decided cases that the law notes come with."""
    if not CASES.is_dir():
        pytest.skip("the decided cases are not beside this checkout; set HUB_SHARED_DATA to the folder beside `law`")
    return CASES / "cases_open.jsonl"


class TestDecide:
    def test_agrees_with_the_decided_cases(self, bare: Command, cases: Path, tmp_path: Path) -> None:
        decisions = tmp_path / "decisions.jsonl"
        decisions.write_text(bare("decide", cases).out)

        scored = subprocess.run(
            [sys.executable, CASES / "score_cases.py", cases, decisions, "--pairs", CASES / "pairs.json"],
            capture_output=True,
            text=True,
            check=False,
        )

        assert scored.returncode == 0, scored.stdout

    def test_decides_the_same_from_a_file_and_from_standard_input(self, bare: Command, cases: Path) -> None:
        from_file = bare("decide", cases)

        assert from_file.code == 0
        assert bare("decide", "-", stdin=cases.read_bytes()) == from_file
        assert bare("decide", stdin=b"\xef\xbb\xbf" + cases.read_bytes()) == from_file

    def test_explains_on_standard_error_and_decides_on_standard_output(self, bare: Command, cases: Path) -> None:
        first = cases.read_bytes().splitlines(keepends=True)[0]

        told, silent = bare("decide", "--explain", stdin=first), bare("decide", stdin=first)

        assert told.out == silent.out
        assert json.loads(first)["id"] in told.err
        assert silent.err == ""

    def test_of_nothing_decides_nothing(self, bare: Command) -> None:
        ran = bare("decide", stdin=b"\n\n")

        assert (ran.code, ran.out, ran.err) == (0, "", "")

    @pytest.mark.parametrize(
        "bad", [b"{", b'{"id": "x"}', b"[]", b'"Marcus"', b'{"id": "\xff"}'], ids=["cut", "empty", "list", "word", "ff"]
    )
    def test_of_a_case_that_cannot_be_read_exits_2_with_its_line(self, bare: Command, bad: bytes) -> None:
        ran = bare("decide", stdin=b"\n" + bad + b"\n")

        assert ran.is_a_plain_refusal
        assert "line 2" in ran.err
        assert "Marcus" not in ran.err

    @pytest.mark.parametrize("path", ["nowhere.jsonl", "."])
    def test_of_no_file_exits_2_and_names_it(self, bare: Command, path: str) -> None:
        ran = bare("decide", path)

        assert ran.is_a_plain_refusal
        assert path in ran.err


class TestRules:
    def test_are_those_in_force_on_the_day(self, bare: Command) -> None:
        before, after = (_ids(bare("rules", "--on", day, "--json").out) for day in ("2024-04-15", "2024-04-16"))

        assert before
        assert after
        assert before != after

    def test_name_the_law_and_since_when(self, bare: Command) -> None:
        rules = [json.loads(line) for line in bare("rules", "--json").out.splitlines()]

        assert all(rule["id"] and rule["law"] and rule["since"] for rule in rules)
        assert all(rule["until"] is None or rule["until"] > rule["since"] for rule in rules)

    def test_stand_in_a_table_for_people(self, bare: Command) -> None:
        ran = bare("rules", "--on", "2026-06-15")

        assert ran.code == 0
        assert "42 CFR 2.31" in ran.out

    def test_on_no_day_is_refused(self, bare: Command) -> None:
        assert bare("rules", "--on", "the ides of March").is_a_plain_refusal


def _ids(lines: str) -> set[str]:
    return {f"{rule['id']} since {rule['since']}" for rule in map(json.loads, lines.splitlines())}
