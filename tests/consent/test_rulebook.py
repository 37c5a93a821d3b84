"""The book is whole: every row of the rule table has its rule, every rule its words, every day one version."""

import re
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest

from consent import rulebook
from consent.law import PART2_2024, PART2_COMPLIANCE
from consent.rule import Effect, Rule
from tests.consent.stories import shared_cases

RULES = rulebook.rules()


class TestEveryRule:
    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id}@{rule.since}")
    def test_says_what_it_asks_and_by_which_law(self, rule: Rule[Any]) -> None:
        assert rule.words.endswith(".")
        assert rule.cites
        assert all(re.fullmatch(r"R-[A-Z0-9]{1,2}-\d\d", row) for row in rule.rows)

    def test_has_one_version_on_any_day(self) -> None:
        """A day without a version is a day without law, and two versions are two laws."""
        versions = defaultdict(list)
        for rule in RULES:
            versions[rule.id].append(rule)
        first = date(2003, 1, 1)
        days = [first + timedelta(n) for n in range((date(2036, 1, 1) - first).days)]
        for rule_id, known in versions.items():
            began = min(rule.since for rule in known)
            assert [day for day in days if sum(rule.in_force(day) for rule in known) != (day >= began)] == [], rule_id

    def test_that_permits_or_bars_stands_under_one_effect(self) -> None:
        effects = defaultdict(set)
        for rule in RULES:
            effects[rule.id].add((rule.effect, rule.regime))

        assert {rule_id: found for rule_id, found in effects.items() if len(found) > 1} == {}

    def test_that_is_a_gate_belongs_to_no_regime(self) -> None:
        assert {rule.regime for rule in RULES if rule.effect is Effect.GATE} == {None}


class TestTheTable:
    @pytest.fixture
    def rows(self) -> set[str]:
        folder = shared_cases()
        if folder is None:
            pytest.skip("the rule table does not lie beside this checkout")
        table = (folder.parent / "rules.md").read_text(encoding="utf-8")
        return set(re.findall(r"^\| (R-[A-Z0-9]+-\d+) \|", table, flags=re.MULTILINE))

    def test_has_a_rule_for_every_row(self, rows: set[str]) -> None:
        kept = {row for rule in RULES for row in rule.rows} | set(rulebook.KEPT_ELSEWHERE)

        assert rows - kept == set()

    def test_has_a_row_for_every_mention(self, rows: set[str]) -> None:
        assert {row for rule in RULES for row in rule.rows} - rows == set()

    def test_is_kept_in_one_place(self) -> None:
        assert {row for rule in RULES for row in rule.rows} & set(rulebook.KEPT_ELSEWHERE) == set()


class TestRulesOn:
    @pytest.mark.parametrize(
        ("day", "version"),
        [
            (PART2_2024 - timedelta(1), "written_consent_before_2024"),
            (PART2_2024, "written_consent_in_transition"),
            (PART2_COMPLIANCE - timedelta(1), "written_consent_in_transition"),
            (PART2_COMPLIANCE, "written_consent"),
        ],
    )
    def test_gives_the_consent_rule_of_the_day(self, day: date, version: str) -> None:
        (rule,) = [rule for rule in rulebook.rules_on(day) if rule.id == "part2.consent"]

        assert rule.ask.__name__ == version


def test_the_digest_names_this_edition() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", rulebook.digest())
