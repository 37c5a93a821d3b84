"""`hub hmis checks`: a data-quality manager reads what is checked, and what is not."""

import orjson

from adapters.hmis.checks.listing import CATALOGUE, left_out
from tests.cli.conftest import Command


def test_lists_every_check_and_why_others_are_left_out(bare: Command) -> None:
    ran = bare("hmis", "checks", "--json")

    lines = [orjson.loads(line) for line in ran.out.splitlines()]
    assert len(lines) == len(CATALOGUE) + len(left_out())
    assert {"code": "two-heads", "level": "high priority", "eva": [3]}.items() <= _by_code(lines)["two-heads"].items()


def test_says_so_in_a_table_too(bare: Command) -> None:
    ran = bare("hmis", "checks")

    assert ran.code == 0
    assert "two-heads" in ran.out
    assert "Not checked: HUD's 126." in ran.out


def _by_code(lines: list[dict[str, object]]) -> dict[object, dict[str, object]]:
    return {line["code"]: line for line in lines if "code" in line}
