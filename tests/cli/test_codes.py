"""`hub codes`: which code sets there are, and what a code speaks of; more are loaded by a setting."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

LICENSED = "system,code,sensitivity,reason\nSNOMED CT,191816009,SUD,Drug dependence.\n"


@pytest.fixture
def licensed(tmp_path: Path) -> Path:
    file = tmp_path / "snomed.csv"
    file.write_text(LICENSED)
    return file


class TestCodes:
    def test_lists_the_hubs_own_sets(self, bare: Command) -> None:
        systems = [json.loads(line)["system"] for line in bare("codes", "--json").out.splitlines()]

        assert systems == ["ICD-10-CM", "ICD-9-CM", "RxNorm", "HCPCS"]
        assert "FY 2026" in bare("codes").out

    def test_says_what_a_code_speaks_of_and_why(self, bare: Command) -> None:
        ran = bare("codes", "ICD-10-CM", "B20", "--on", "2026-06-15")

        assert ran.out.strip() == "HIV: HIV disease. (handoff-hub, FY 2026)"
        assert "nothing" in bare("codes", "ICD-10-CM", "E11.9").out
        assert json.loads(bare("codes", "I10", "E11.9", "--json").out) == {"known": True, "speaks_of": []}

    def test_says_what_nobody_knows(self, bare: Command) -> None:
        assert "No set knows this code" in bare("codes", "SNOMED CT", "191816009").out

    def test_wants_a_code_beside_its_system(self, bare: Command) -> None:
        assert bare("codes", "ICD-10-CM").is_a_plain_refusal


class TestLoading:
    @pytest.mark.parametrize("folder", [False, True])
    def test_adds_the_sets_of_a_licence(
        self, bare: Command, licensed: Path, folder: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HUB_CODE_SETS", str(licensed.parent if folder else licensed))

        assert "Drug dependence." in bare("codes", "SNOMED CT", "191816009").out
        last = json.loads(bare("codes", "--json").out.splitlines()[-1])
        assert (last["system"], last["ranges"], last["since"]) == ("SNOMED CT", 1, None)
        assert "snomed.csv" in bare("codes").out

    def test_of_a_wrong_file_stops_and_says_where(
        self, bare: Command, licensed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HUB_CODE_SETS", str(licensed))
        licensed.write_text(LICENSED.replace("SUD", "DRUGS"))
        ran = bare("codes")

        assert ran.is_a_plain_refusal
        assert "line 2, sensitivity should be one of SUD" in ran.err
        assert "DRUGS" not in ran.err

    @pytest.mark.parametrize("content", [None, b"\xff\xfe"])
    def test_of_a_file_that_cannot_be_read_stops(
        self, bare: Command, licensed: Path, content: bytes | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HUB_CODE_SETS", str(licensed))
        licensed.unlink()
        if content is not None:
            licensed.write_bytes(content)

        assert bare("codes").is_a_plain_refusal
