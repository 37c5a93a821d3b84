"""Every rule is tried: by a yes, by a no, on its first day, and on the day before."""

import json

import pytest

from consent import rulebook
from tests.consent.stories import stories
from tests.consent.trials import TRIED, Trial, trials, tried

STORIES = tuple(stories())
TRIALS = trials(STORIES)


class TestEveryRule:
    @pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: f"{trial.rule.id}@{trial.rule.since}")
    def test_is_tried_by_stories(self, trial: Trial) -> None:
        assert trial.missing == []


class TestEveryRow:
    def test_is_told_by_a_story(self) -> None:
        rows = {row for rule in rulebook.rules() for row in rule.rows}
        told = {row for case in STORIES for piece in case.expected.records for row in piece.rules}

        assert sorted(rows - told) == []


def test_the_cases_that_hub_rules_lists_are_these() -> None:
    """Write them anew with: python -m tests.consent.trials"""
    assert json.loads(TRIED.read_text(encoding="utf-8")) == tried(STORIES)
