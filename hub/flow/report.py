"""What became of a message: counted while it is read, told when it is done."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import Field

from adapters.base import Amended, Extent, Read, Sound
from hub.store.records import Stored
from schemas.canonical import CanonicalRecord, Coded, ForVictims, Origin, Snapshot
from schemas.frozen import Frozen
from schemas.messages import Problem, RawMessage, Severity
from schemas.problems import Problems
from schemas.sheaves import Sheaf

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
    held: bool = Field(default=False, exclude=True, description="Nothing was taken until a person confirms it.")
    in_at_last: int = Field(
        default=0, exclude=True, description="Records of earlier messages that waited for this one."
    )

    @property
    def is_whole(self) -> bool:
        """Everything of the message is in."""
        return all(problem.severity is Severity.WARNING for problem in self.problems)


def weight(item: Read | Sound) -> int:
    """How many records it stands for."""
    return len(item.leaves) if isinstance(item, Sheaf) else 1


class Tally:
    """What has been read of one message so far."""

    def __init__(self) -> None:
        self.refused = False
        self.held = False
        self.received = 0
        self.stored = Stored()
        self.problems = Problems()
        self.snapshots: list[Snapshot] = []
        self.origin: Origin | None = None
        self.extents: list[Extent] = []
        self.for_victims: set[str] = set()
        self.keys_by_kind: dict[str, list[str]] = {}
        self.papers_of: set[UUID] = set()
        self._may_be_a_snapshot = True

    def sort(self, batch: Iterable[Read | Sound]) -> list[CanonicalRecord | Sheaf]:
        """The records of a batch; what else it holds is noted.

        Keys are remembered for a snapshot; a message that tells its origin says by an extent what it is complete for.
        """
        records: list[CanonicalRecord | Sheaf] = []
        amended: list[CanonicalRecord] = []
        for item in batch:
            if isinstance(item, CanonicalRecord):
                records.append(item)
                if self._may_be_a_snapshot:
                    self.keys_by_kind.setdefault(item.body.kind, []).append(item.key)
            elif isinstance(item, Sheaf):
                records.append(item)
            elif isinstance(item, Amended):
                amended.append(item.record)
            elif isinstance(item, Snapshot):
                self.snapshots.append(item)
            elif isinstance(item, Sound):
                self.received += item.count
            elif isinstance(item, Origin):
                self.origin, self._may_be_a_snapshot = item, False
            elif isinstance(item, ForVictims):
                self.for_victims.update(item.programs)
            elif isinstance(item, Extent):
                self.extents.append(item)
            else:
                self.problems.note(item)
        self.received += sum(map(weight, records))
        return [*records, *amended]

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

    def take_origin(self) -> Origin | None:
        """Where the message comes from, if that was told since last asked."""
        origin, self.origin = self.origin, None
        return origin

    def note(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.problems.note(problem)

    def add(self, stored: Stored) -> None:
        self.stored += stored

    def refuse(self, *problems: Problem) -> None:
        """Nothing of the message is taken, whatever was read of it before."""
        self.refused = True
        self.received, self.stored, self.problems = 0, Stored(), Problems()
        self.note(problems)

    def hold(self, problems: Iterable[Problem]) -> None:
        """Nothing of the message is taken until a person confirms it."""
        self.refuse(*problems)
        self.held = True

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
            held=self.held,
            seconds=round(seconds, 3),
        )
