"""What was found in a message as a page of its own: one file, without scripts, that can be mailed and printed.

It tells where and what was expected, and nothing of a person.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from adapters.base import Advice
from hub.edge.web.rendering import rendered
from hub.flow.preview import Preview
from hub.flow.report import Report
from hub.store.records.changes import Became
from schemas.messages import Problem, Severity
from schemas.problems import Kind, kind_of

_WORST_FIRST = (Severity.REFUSED, Severity.SET_ASIDE, Severity.WARNING)
_TO_MEND = {
    Severity.REFUSED: "Not taken, and not kept.",
    Severity.SET_ASIDE: "Left out. Mend these rows; they go in with the next file.",
    Severity.WARNING: "Read all the same. Mend it at the source, and the next file is right.",
}


@dataclass(frozen=True)
class Finding:
    """Problems that can be mended in one go."""

    first: Problem
    lines: tuple[int, ...]
    count: int
    advice: Advice

    @property
    def more(self) -> int:
        """How many there are beside those whose line is told."""
        return self.count - len(self.lines) if self.lines else 0

    @property
    def to_mend(self) -> str:
        return _TO_MEND[self.first.severity]


def checked_page(
    report: Report | Preview,
    about: Sequence[tuple[str, str]],
    advise: Callable[[Problem], Advice],
    *,
    name: str,
    at: datetime,
) -> str:
    """A check or a preview as HTML. `about` is what the message says of itself, `at` when it was looked at."""
    findings = findings_of(report.problems, advise)
    return rendered(
        "checked.html",
        {
            "report": report,
            "preview": report if isinstance(report, Preview) else None,
            "outcomes": tuple(Became),
            "about": about,
            "name": name,
            "at": at,
            "findings": findings,
            "severities": _WORST_FIRST,
            "by_file": counted(report.problems),
        },
    )


def counted(problems: Iterable[Problem]) -> Mapping[str, Mapping[Severity, int]]:
    """How many there are by file and severity, the files with the most first."""
    found: dict[str, Counter[Severity]] = {}
    for problem in problems:
        found.setdefault(problem.file or "The whole set", Counter())[problem.severity] += problem.count
    return dict(sorted(found.items(), key=lambda item: -item[1].total()))


def findings_of(problems: Iterable[Problem], advise: Callable[[Problem], Advice]) -> list[Finding]:
    """What can be mended in one go, the worst first."""
    found = [_finding(list(alike), advise) for alike in _alike(problems)]
    return sorted(found, key=lambda one: (_WORST_FIRST.index(one.first.severity), -one.count))


def _alike(problems: Iterable[Problem]) -> Iterator[Iterator[Problem]]:
    order: dict[Kind, int] = {}
    for problem in (kept := list(problems)):
        order.setdefault(kind_of(problem), len(order))
    for _, alike in groupby(sorted(kept, key=lambda one: order[kind_of(one)]), key=kind_of):
        yield alike


def _finding(alike: list[Problem], advise: Callable[[Problem], Advice]) -> Finding:
    lines = tuple(problem.line for problem in alike if problem.line is not None)
    return Finding(alike[0], lines, sum(problem.count for problem in alike), advise(alike[0]))
