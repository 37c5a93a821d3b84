"""What tries a mutant of `consent`: first every story, then the tests that concern its module."""

import ast
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

import hypothesis  # noqa: F401 - here, so that no child has to
import pytest

from schemas.disclosure import Case
from tests.consent.stories import differences
from tests.mutants.judge import Trial
from tests.mutants.mutant import Mutant

ROOT = Path(__file__).parents[2]
STORIES, TESTS = 0, 1
"""The places of the two trials."""

HUBS = frozenset({"consent.engine", "consent.rulebook"})
"""They import every rule; what a test reaches through them alone does not concern the test."""

OF_EVERY_RULE = frozenset({"test_rulebook.py", "test_trials.py"})
"""Unless the test is of the book itself."""

SPREAD_OVER = 300

LEFT_OUT = frozenset({"test_stories.py", "test_state_preemption.py", "test_sweep.py"})
"""The first tells again what the first trial told; the others sweep over more than a mutant can wait for."""


def trials(mutant: Mutant, stories: Sequence[Case]) -> tuple[Trial, Trial]:
    """The two trials of a mutant, quick one first."""
    name = mutant.module.rpartition(".")[2]
    ordered = sorted(stories, key=lambda case: name not in case.id)
    return lambda: _end_otherwise(ordered), lambda: _fail(concerning(mutant.module))


def _end_otherwise(stories: Iterable[Case]) -> bool:
    decide = import_module("consent.engine").decide
    return any(differences(case, decide(case.request, case.facts)) for case in stories)


def _fail(tests: Iterable[Path]) -> bool:
    """Runs tests, file by file, until one fails.

    Those with drawn examples are left out: they would not judge alike twice.
    """
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
    plain = ("-x", "--noconftest", "-p", "_hypothesis_pytestplugin", "-m", "not hypothesis and not soak and not bench")
    return any(pytest.main([*plain, str(path)], plugins=[_Spread()]) != pytest.ExitCode.OK for path in tests)


class _Spread:
    """Of a test that is told of every story, some are run, spread over all of them; the first trial heard the rest."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        told = Counter(item.originalname for item in items)
        heard: Counter[str] = Counter()
        kept = []
        for item in items:
            heard[item.originalname] += 1
            if heard[item.originalname] % (1 + told[item.originalname] // SPREAD_OVER) == 0:
                kept.append(item)
        items[:] = kept


def concerning(module: str) -> tuple[Path, ...]:
    """The tests that are called after a module or reach it; those that are called so or import it by name first."""
    every = sorted(path for path in (ROOT / "tests" / "consent").glob("test_*.py") if path.name not in LEFT_OUT)
    near = [path for path in every if _is_called_after(module, path) or module in _imports(path)]
    return (*near, *(path for path in every if path not in near and module in _reached_from(path)))


def _is_called_after(module: str, test: Path) -> bool:
    return test.stem == f"test_{module.rpartition('.')[2]}"


@cache
def _reached_from(test: Path) -> frozenset[str]:
    reached: set[str] = set()
    waiting = [*_imports(test)]
    while waiting:
        module = waiting.pop()
        if module not in reached and (path := path_of(module)) is not None:
            reached.add(module)
            if module not in HUBS or test.name in OF_EVERY_RULE:
                waiting += _imports(path)
    return frozenset(reached)


@cache
def _imports(path: Path) -> frozenset[str]:
    return frozenset(
        name for name in _named(ast.parse(path.read_text(encoding="utf-8"))) if path_of(name) and name != "consent"
    )


def _named(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def path_of(module: str) -> Path | None:
    """Where a module of `consent` or a helper of its tests stands; None for all else."""
    if module.partition(".")[0] not in {"consent", "tests"}:
        return None
    stem = ROOT.joinpath(*module.split("."))
    return next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.is_file()), None)
