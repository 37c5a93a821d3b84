"""`python -m tests.mutants [MODULE...] [--jobs N]`: exits 0 when every survivor is named, and no name is stale."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence

from schemas.disclosure import Case
from tests.consent.stories import stories
from tests.mutants.judge import judged
from tests.mutants.mutant import Mutant, mutants, unharmed
from tests.mutants.named import FILE, Named, named, stale, unnamed
from tests.mutants.trials import ROOT, STORIES, path_of, trials


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.mutants", description="Plants faults in consent, one at a time.")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="as in consent.engine; all if none is given")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many are judged at once")
    asked = parser.parse_args()
    names = named(FILE.read_text(encoding="utf-8"))
    told = stories()
    every: list[Mutant] = []
    survivors: list[Mutant] = []
    for module in asked.modules or _modules():
        verdicts = _verdicts(module, told, asked.jobs)
        survived = [mutant for mutant, noticed_by in verdicts if noticed_by is None]
        every += (mutant for mutant, _ in verdicts)
        survivors += survived
        _report(module, verdicts, unnamed(survived, names))
    return _conclude(unnamed(survivors, names), stale(every, survivors, names), len(every), len(survivors))


def _modules() -> Iterator[str]:
    """Every module of the package; what makes a folder a package holds names and no decisions."""
    for path in sorted((ROOT / "consent").rglob("*.py")):
        if path.name != "__init__.py":
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _verdicts(module: str, told: Sequence[Case], jobs: int) -> list[tuple[Mutant, int | None]]:
    path = path_of(module)
    if path is None:
        raise SystemExit(f"{module} is no module of consent")
    sound = list(judged([unharmed(module, path)], lambda mutant: trials(mutant, told), jobs))
    if sound[0][1] is not None:
        raise SystemExit(f"{module}: stories or tests fail without any fault")
    return list(judged(mutants(module, path), lambda mutant: trials(mutant, told), jobs))


def _report(module: str, verdicts: Sequence[tuple[Mutant, int | None]], open_ones: Sequence[Mutant]) -> None:
    by_stories = sum(noticed_by == STORIES for _, noticed_by in verdicts)
    survived = sum(noticed_by is None for _, noticed_by in verdicts)
    by_tests = len(verdicts) - by_stories - survived
    print(
        f"{module}: {len(verdicts)} mutants, {by_stories} noticed by stories, {by_tests} by tests, "
        f"{survived} survived, of which {survived - len(open_ones)} are named",
        flush=True,
    )
    for mutant in open_ones:
        print(f"  line {mutant.line}, {mutant.place}, {mutant.operator}, {mutant.nth}")
        print(f"    - {mutant.was}\n    + {mutant.becomes}", flush=True)


def _conclude(open_ones: Sequence[Mutant], stale_ones: Sequence[Named], tried: int, survived: int) -> int:
    for name in stale_ones:
        print(f"{FILE.name} names what no longer survives: {name.place}, {name.operator}: {name.becomes}")
    print(f"{tried} mutants, {survived} survived, {len(open_ones)} of them without a reason, {len(stale_ones)} stale")
    return 1 if open_ones or stale_ones else 0


if __name__ == "__main__":
    sys.exit(main())
