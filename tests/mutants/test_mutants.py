"""The judge itself: a fault that a trial notices, one that none does, and one that never ends."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator

from tests.mutants.judge import judged
from tests.mutants.mutant import Mutant, mutants
from tests.mutants.named import FILE, Named, named, stale, unnamed
from tests.mutants.operators import OPERATORS
from tests.mutants.trials import concerning, path_of

SOURCE = """\
COLOURS = {"red", "green"}

def is_adult(age: int | None) -> bool:
    return age is not None and age >= 18

def is_known(colour: str) -> bool:
    return colour in COLOURS
"""
WAS = "return age is not None and age >= 18"
AT_EIGHTEEN = Named(
    "planted.is_adult", "ReplaceComparisonOperator_GtE_Gt", WAS, "return age is not None and age > 18", 1
)
FROM_NINETEEN = Named("planted.is_adult", "NumberReplacer", WAS, "return age is not None and age >= 19", 1)


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module of two questions, where Python finds it."""
    path = tmp_path / "planted.py"
    path.write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield path
    assert "planted" not in sys.modules


def knows_colours_and_ages() -> bool:
    """Notices every fault but those at eighteen itself."""
    planted = importlib.import_module("planted")
    right = planted.is_adult(19) and not planted.is_adult(17) and planted.is_adult(None) is False
    return not (right and planted.is_known("red") and planted.is_known("green") and not planted.is_known("blue"))


def knows_eighteen() -> bool:
    return not importlib.import_module("planted").is_adult(18)


def survivors(path: Path, *trials: object) -> set[Named]:
    found = judged(mutants("planted", path), lambda mutant: trials, jobs=2)  # type: ignore[arg-type, return-value]
    return {Named.of(mutant) for mutant, noticed_by in found if noticed_by is None}


class TestJudged:
    def test_names_what_no_trial_notices(self, planted: Path) -> None:
        assert survivors(planted, knows_colours_and_ages) == {AT_EIGHTEEN, FROM_NINETEEN}

    def test_names_nothing_where_every_edge_is_tried(self, planted: Path) -> None:
        assert survivors(planted, knows_colours_and_ages, knows_eighteen) == set()

    def test_says_which_trial_noticed_first(self, planted: Path) -> None:
        found = judged(mutants("planted", planted), lambda mutant: (knows_colours_and_ages, knows_eighteen), jobs=1)

        assert {Named.of(mutant) for mutant, noticed_by in found if noticed_by == 1} == {AT_EIGHTEEN, FROM_NINETEEN}


class TestMutants:
    def test_are_the_faults_that_can_be_planted_and_none_in_an_annotation(self, planted: Path) -> None:
        assert {mutant.becomes for mutant in mutants("planted", planted)} == {
            'COLOURS = { "green",}',
            'COLOURS = {"red",}',
            "return age is None and age >= 18",
            "return age is not None or age >= 18",
            "return age is not None and age > 18",
            "return age is not None and age < 18",
            "return age is not None and age >= 19",
            "return age is not None and age >= 17",
            "return colour not in COLOURS",
        }

    @pytest.mark.parametrize("operator", OPERATORS[-3:], ids=lambda operator: type(operator).__name__)
    def test_are_made_as_the_operators_of_our_own_say(self, operator: Operator) -> None:
        for example in operator.examples():
            assert mutate_code(example.pre_mutation_code, operator, example.occurrence) == example.post_mutation_code


class TestNamed:
    @pytest.fixture
    def survivor(self, planted: Path) -> Mutant:
        return next(mutant for mutant in mutants("planted", planted) if Named.of(mutant) == AT_EIGHTEEN)

    def test_gives_the_reason_for_a_survivor(self, survivor: Mutant) -> None:
        assert unnamed([survivor], {AT_EIGHTEEN}) == []
        assert unnamed([survivor], set()) == [survivor]

    def test_is_stale_where_nothing_survives_under_it(self, survivor: Mutant) -> None:
        assert stale([survivor], [survivor], {AT_EIGHTEEN}) == []
        assert stale([survivor], [], {AT_EIGHTEEN}) == [AT_EIGHTEEN]

    def test_is_not_stale_where_its_module_was_not_tried(self) -> None:
        assert stale([], [], {AT_EIGHTEEN}) == []

    def test_needs_a_reason(self) -> None:
        entry = '[[equivalent]]\nplace = "a.b"\noperator = "AddNot"\nwas = "x"\nbecomes = "y"\nbecause = '

        assert list(named(f'{entry}"z"')) == [Named("a.b", "AddNot", "x", "y", 1)]
        with pytest.raises(ValueError, match="entry 1"):
            named(f'{entry}" "')

    def test_is_in_a_module_that_there_is(self) -> None:
        places = [name.place.split(".") for name in named(FILE.read_text(encoding="utf-8"))]

        assert [p for p in places if not any(path_of(".".join(p[:n])) for n in range(2, len(p) + 1))] == []


def test_the_tests_that_concern_a_module_are_those_that_reach_it() -> None:
    assert "test_explain.py" in {path.name for path in concerning("consent.explain")}
    assert "test_explain.py" not in {path.name for path in concerning("consent.codes.shelf")}
    assert concerning("consent.codes.shelf")
