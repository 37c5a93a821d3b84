"""Every story agrees: the project's own, and the decided cases that lie beside the checkout."""

import json

import pytest

from consent.cases import decision_line, read_cases
from consent.engine import decide
from schemas.disclosure import Case, Decision
from schemas.vocab import Response
from tests.consent.stories import differences, shared_cases, stories

SHARED = shared_cases()
STORIES = tuple(stories())


@pytest.mark.parametrize("case", STORIES, ids=lambda case: case.id)
def test_the_story_ends_as_told(case: Case) -> None:
    assert differences(case, decide(case.request, case.facts)) == []


def test_no_story_is_told_twice() -> None:
    told = [case.id for case in STORIES]

    assert len(told) == len(set(told))


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    if SHARED is None:
        pytest.skip("the decided cases do not lie beside this checkout")
    with (SHARED / "cases_open.jsonl").open(encoding="utf-8") as lines:
        return {case.id: case for case in read_cases(lines)}


@pytest.fixture(scope="module")
def decisions(cases: dict[str, Case]) -> dict[str, Decision]:
    return {case.id: decide(case.request, case.facts) for case in cases.values()}


class TestOpenCases:
    def test_agree_all(self, cases: dict[str, Case], decisions: dict[str, Decision]) -> None:
        wrong = {case.id: differences(case, decisions[case.id]) for case in cases.values()}

        assert {name: faults for name, faults in wrong.items() if faults} == {}

    def test_of_a_pair_look_alike(self, decisions: dict[str, Decision]) -> None:
        assert SHARED is not None
        pairs = json.loads((SHARED / "pairs.json").read_text(encoding="utf-8"))["pairs"]

        assert [(one, other) for one, other in pairs if seen(decisions[one]) != seen(decisions[other])] == []


def test_a_decision_line_is_plain_json() -> None:
    for case in STORIES:
        line = decision_line(case.id, decide(case.request, case.facts))

        assert json.loads(json.dumps(line)) == line


def seen(decision: Decision) -> tuple[Response, list[tuple[str, tuple[str, ...]]]]:
    """What the recipient sees of a decision."""
    return decision.response, sorted((p.id, p.fields_released) for p in decision.records if p.fields_released)
