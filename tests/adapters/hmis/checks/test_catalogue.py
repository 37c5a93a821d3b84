"""The catalogue is whole: each code that the feed gives, each check of HUD's own checker or why it is left out."""

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from adapters.hmis.checks.catalogue import Level
from adapters.hmis.checks.listing import CATALOGUE, left_out
from adapters.hmis.spec import fy2026

CHECKOUT = Path(__file__).parents[4]
_CODE = re.compile(r"""(?:Fault\(\s*|code=|_remark\([^,"]+(?:"[^"]*")?,\s*)"([a-z0-9-]+)\"""")
EVA = 129


def test_answers_every_check_of_huds_own_checker_or_says_why_not() -> None:
    answered = {number for check in CATALOGUE for number in check.eva}

    assert not answered & left_out().keys()
    assert len(answered | left_out().keys()) == EVA
    assert all(reason.endswith(".") for reason in left_out().values())


def test_knows_the_numbers_that_hud_gives(eva_numbers: set[int]) -> None:
    assert {number for check in CATALOGUE for number in check.eva} | left_out().keys() == eva_numbers


def test_names_every_code_that_the_feed_gives() -> None:
    """A code that a sender gets should be found in the list of checks."""
    sources = [path.read_text("utf-8") for path in (CHECKOUT / "adapters" / "hmis").glob("*.py")]
    given = {code for source in sources for code in _CODE.findall(source)}
    assert "orphan" in given
    assert given - {check.code for check in CATALOGUE} == set()


def test_says_one_level_for_one_code() -> None:
    levels: defaultdict[str, set[Level]] = defaultdict(set)
    for check in CATALOGUE:
        levels[check.code].add(check.level)
    assert {code for code, several in levels.items() if len(several) > 1} == set()


def test_speaks_only_of_files_and_fields_that_there_are() -> None:
    for check in CATALOGUE:
        if check.file is not None:
            assert check.file in fy2026().tables
            assert check.field is None or check.field in fy2026().tables[check.file].columns, check.code


@pytest.fixture
def eva_numbers() -> set[int]:
    path = CHECKOUT.parent / "shared" / "data" / "hmis" / "spec" / "eva_checks.json"
    if not path.is_file():
        pytest.skip("the list of eva's checks is not beside this checkout")
    return {check["id"] for check in json.loads(path.read_text("utf-8"))["checks"]}
