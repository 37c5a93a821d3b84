"""Judges mutants: each in a child of its own, forked before the package was ever imported."""

import os
import resource
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import CodeType, ModuleType

from tests.mutants.mutant import Mutant

CPU_SECONDS = 60
"""More than any child needs that is not caught in a loop."""

MEMORY_BYTES = 3 * 2**30

_SURVIVED = 100

Trial = Callable[[], bool]
"""Something that tries the package, and says whether it noticed a fault. To break is to notice."""


class Planted(MetaPathFinder, Loader):
    """Makes one module be imported with other source than it has."""

    def __init__(self, module: str, source: str) -> None:
        self._module = module
        self._source = source

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self._module:
            return None
        found = PathFinder.find_spec(name, path)
        if found is not None:
            self._code: CodeType = compile(self._source, found.origin or name, "exec")
            found.loader = self
        return found

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, vars(module))


def judged(
    mutants: Iterable[Mutant], trials: Callable[[Mutant], Sequence[Trial]], jobs: int
) -> Iterator[tuple[Mutant, int | None]]:
    """Each mutant, and which of its trials noticed it first, counted from 0; None if it survived them all."""
    running: dict[int, Mutant] = {}
    for mutant in mutants:
        if len(running) == jobs:
            yield _next(running)
        running[_fork(mutant, trials)] = mutant
    while running:
        yield _next(running)


def _next(running: dict[int, Mutant]) -> tuple[Mutant, int | None]:
    child, status = os.wait()
    verdict = os.waitstatus_to_exitcode(status)
    return running.pop(child), None if verdict == _SURVIVED else max(verdict, 0)


def _fork(mutant: Mutant, trials: Callable[[Mutant], Sequence[Trial]]) -> int:
    child = os.fork()
    if not child:
        noticed_by = 0
        with suppress(BaseException):
            noticed_by = _verdict(mutant, trials(mutant))
        os._exit(noticed_by)
    return child


def _verdict(mutant: Mutant, trials: Sequence[Trial]) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sys.meta_path.insert(0, Planted(mutant.module, mutant.source))
    for place, trial in enumerate(trials):
        if trial():
            return place
    return _SURVIVED
