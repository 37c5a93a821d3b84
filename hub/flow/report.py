"""What became of a message: counted while it is read, told when it is done."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from pydantic import Field

from adapters.base import Read
from hub.store.records import Stored
from schemas.canonical import CanonicalRecord, Coded, Snapshot
from schemas.frozen import Frozen
from schemas.messages import Problem, RawMessage, Severity

ONE_BY_ONE = 20
_KNOWN_CODE = "a code of a system whose code sets this hub has (hub codes)"


class Report(Frozen):
    """What became of a message; the shape of `hub import --json`."""

    feed: str
    source: str
    received: int = 0
    stored: int = 0
    unchanged: int = 0
    removed: int = 0
    set_aside: int = 0
    problems: tuple[Problem, ...] = ()
    seconds: float = Field(default=0.0)

    refused: bool = Field(default=False, exclude=True, description="Nothing of the message was taken.")

    @property
    def is_whole(self) -> bool:
        """Everything of the message is in."""
        return all(problem.severity is Severity.WARNING for problem in self.problems)


class Problems:
    """Problems in the order in which they were found: the first of a kind one by one, the rest of it as one."""

    def __init__(self) -> None:
        self._told: list[Problem] = []
        self._found: Counter[tuple[str | None, str | None, str, Severity]] = Counter()
        self._last: dict[tuple[str | None, str | None, str, Severity], Problem] = {}

    def note(self, problem: Problem) -> None:
        kind = (problem.file, problem.field, problem.code, problem.severity)
        self._found[kind] += problem.count
        if self._found[kind] <= ONE_BY_ONE or problem.count > 1:
            self._told.append(problem)
        else:
            self._last[kind] = problem

    def count(self, severity: Severity) -> int:
        return sum(found for kind, found in self._found.items() if kind[-1] is severity)

    def all(self) -> tuple[Problem, ...]:
        """What is told of them."""
        return (*self._told, *(self._rest(kind) for kind in self._last))

    def _rest(self, kind: tuple[str | None, str | None, str, Severity]) -> Problem:
        last = self._last[kind]
        told = sum(one.count for one in self._told if (one.file, one.field, one.code, one.severity) == kind)
        more = self._found[kind] - told
        return last.model_copy(update={"line": None, "count": more, "expected": f"{last.expected} ({more} more)"})


class Tally:
    """What has been read of one message so far."""

    def __init__(self) -> None:
        self.refused = False
        self.received = 0
        self.stored = Stored()
        self.problems = Problems()
        self.snapshots: list[Snapshot] = []
        self.keys_by_kind: dict[str, list[str]] = {}
        self.touched: set[UUID] = set()

    def sort(self, batch: Iterable[Read]) -> list[CanonicalRecord]:
        """The records of a batch; what else it holds is noted."""
        records = []
        for item in batch:
            if isinstance(item, CanonicalRecord):
                records.append(item)
                self.keys_by_kind.setdefault(item.body.kind, []).append(item.key)
            elif isinstance(item, Snapshot):
                self.snapshots.append(item)
            else:
                self.problems.note(item)
        self.received += len(records)
        return records

    def note_unknown(self, message: RawMessage, codes: Iterable[Coded]) -> None:
        """Notes diagnoses that no code set knows: they are kept, and told to no one."""
        for _ in codes:
            self.problems.note(
                Problem(
                    file=message.name,
                    field="diagnosis",
                    code="code-unknown",
                    severity=Severity.WARNING,
                    expected=_KNOWN_CODE,
                )
            )

    def add(self, stored: Stored) -> None:
        self.stored += stored

    def refuse(self, problem: Problem) -> None:
        """Nothing of the message is taken, whatever was read of it before."""
        self.refused = True
        self.received, self.stored, self.problems = 0, Stored(), Problems()
        self.problems.note(problem)

    def report(self, message: RawMessage, *, seconds: float) -> Report:
        """What became of the message."""
        set_aside = self.problems.count(Severity.SET_ASIDE)
        return Report(
            feed=message.feed,
            source=message.source,
            received=self.received + set_aside,
            stored=self.stored.stored,
            unchanged=self.stored.unchanged + self.stored.older,
            removed=self.stored.removed,
            set_aside=set_aside,
            problems=self.problems.all(),
            refused=self.refused,
            seconds=round(seconds, 3),
        )
