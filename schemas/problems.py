"""Problems told so that a person can read them: the first of a kind one by one, the rest of it as one."""

from collections import Counter

from schemas.messages import Problem, Severity

ONE_BY_ONE = 20

Kind = tuple[str | None, str | None, str, Severity]


def kind_of(problem: Problem) -> Kind:
    """Problems that a reader would mend in one go: of one file, one field, one code, and as bad as each other."""
    return (problem.file, problem.field, problem.code, problem.severity)


class Problems:
    """Problems in the order in which they were found; counts every one, and remembers twenty of a kind."""

    def __init__(self) -> None:
        self._told: list[Problem] = []
        self._untold = 0
        self._alone: Counter[Kind] = Counter()
        self._found: Counter[Kind] = Counter()
        self._last: dict[Kind, Problem] = {}

    def note(self, problem: Problem) -> None:
        """Takes note of one, or of one that stands for many."""
        kind = kind_of(problem)
        self._found[kind] += problem.count
        if problem.count == 1 and self._alone[kind] < ONE_BY_ONE:
            self._alone[kind] += 1
            self._told.append(problem)
        else:
            self._last.setdefault(kind, problem)

    def count(self, severity: Severity) -> int:
        """How many of that severity were found, told or not."""
        return sum(found for kind, found in self._found.items() if kind[-1] is severity)

    def fresh(self) -> list[Problem]:
        """Those told one by one since last asked."""
        fresh, self._untold = self._told[self._untold :], len(self._told)
        return fresh

    def rest(self) -> list[Problem]:
        """For each kind of which there were more, one problem that stands for the others."""
        return [self._others(kind, last) for kind, last in self._last.items()]

    def all(self) -> tuple[Problem, ...]:
        """What is told of them, in words that say so where there are more."""
        return (*self._told, *(self._counted(rest) for rest in self.rest()))

    def _others(self, kind: Kind, last: Problem) -> Problem:
        more = self._found[kind] - self._alone[kind]
        return last.model_copy(update={"line": None, "count": more})

    def _counted(self, rest: Problem) -> Problem:
        if not self._alone[kind_of(rest)]:
            return rest
        return rest.model_copy(update={"expected": f"{rest.expected} ({rest.count:,} more)"})
