"""What an adapter is: a `Feed` that reads, an `Outlet` that writes, and the registry that finds them.

A county plugs in its own by naming it in the entry-point group `handoff_hub.adapters`; the name is the feed's name on
the command line and in `POST /api/feeds/{feed}/messages`.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from schemas.canonical import CanonicalRecord, ForVictims, Identifier, Origin, Snapshot
from schemas.messages import Cleared, OutboundMessage, Problem, RawMessage, Severity, WayOut
from schemas.sheaves import Sheaf

GROUP = "handoff_hub.adapters"


ORPHAN = "orphan"
"""The code of a problem of a part that refers to what is not there; later messages may bring it."""


class Extent(ABC):
    """What a message is complete for: what it covers and does not name is gone. Told after all records."""

    @abstractmethod
    def covers(self, record: CanonicalRecord, gone: Container[str]) -> bool:
        """Whether the message would name this stored record if it still stood; `gone` are the enrollments removed."""


@dataclass(frozen=True)
class Amended:
    """A record that the hub keeps already, as it is by what a message says elsewhere: a stay whose exit came alone."""

    record: CanonicalRecord


Read = CanonicalRecord | Sheaf | Amended | ForVictims | Snapshot | Origin | Extent | Problem


@dataclass(frozen=True)
class Sound:
    """So many parts of a message from which records could be made."""

    count: int


class Unreadable(Exception):
    """Nothing of a message can be read. Says where to look and what was expected, never what stood there."""

    def __init__(self, feed: str, place: str, expected: str, *, code: str = "unreadable") -> None:
        super().__init__(f"{feed}: {place} should be {expected}.")
        self.problem = Problem(file=place, code=code, severity=Severity.REFUSED, expected=expected)


@runtime_checkable
class Feed(Protocol):
    """Inbound: bytes in, canonical records out, in the order in which they are to be stored.

    Records alike before the law may come in a `Sheaf`. A part that cannot be read is yielded as a `Problem` of severity
    `set-aside`, and the rest goes on; `Unreadable` is raised, before anything is yielded, when nothing can be read.
    """

    name: str

    def read(self, message: RawMessage) -> Iterator[Read]: ...


@runtime_checkable
class Examiner(Protocol):
    """A feed that can say what is wrong with a message, and how much is sound, without making its records."""

    def examine(self, message: RawMessage) -> Iterator[Problem | Sound]: ...


class Earlier(Protocol):
    """What the hub keeps of what the source of a message sent before by the same feed; nothing of other sources.

    A feed that asks begins with the directory, before it gives its first record.
    """

    def directory(self) -> Iterator[CanonicalRecord | ForVictims]:
        """Its organizations, programs and members of staff, and the programs that are closed to the hub."""
        ...

    def about(self, named: Mapping[Identifier, Collection[str]], kinds: Collection[str]) -> Iterator[CanonicalRecord]:
        """The newest word, a removal too, of every record of these kinds about these people.

        `named` gives with each person the keys of the enrollments that the message names as theirs: of whom an order
        has sealed nothing may show, so all of these are answered as if they stood.
        """
        ...


@runtime_checkable
class Continuing(Feed, Protocol):
    """A feed of messages that may bring only what changed, and so refer to what came in earlier ones."""

    def continues(self, message: RawMessage) -> bool:
        """Whether this message does. Raises `Unreadable`."""
        ...

    def read_on(self, message: RawMessage, earlier: Earlier) -> Iterator[Read]:
        """As `read`; what the message refers to may stand in the earlier ones."""
        ...

    def examine_on(self, message: RawMessage, earlier: Earlier) -> Iterator[Problem | Sound]:
        """As `examine`, alike."""
        ...


@dataclass(frozen=True)
class Advice:
    """What helps to mend a problem, beside what was expected: the standard's element, and the values it allows."""

    element: str | None = None
    allowed: tuple[str, ...] = ()


@runtime_checkable
class Adviser(Protocol):
    """A feed that can explain its problems to the person who has to mend them."""

    def about(self, message: RawMessage) -> Sequence[tuple[str, str]]:
        """What a message says of itself, as names and values; nothing of a person. Raises `Unreadable`."""

    def advice(self, problem: Problem) -> Advice: ...


@runtime_checkable
class Outlet(Protocol):
    """Outbound: takes only what has been cleared for its `way`: what it can attach, and how much room it has."""

    name: str
    way: WayOut

    def write(self, cleared: Sequence[Cleared]) -> OutboundMessage: ...


class UnknownFeed(Exception):
    """No adapter of that name is installed; says which are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no feed {name!r}. Installed: {', '.join(sorted(feeds())) or 'none'}.")


@cache
def feeds() -> dict[str, Feed]:
    """Every installed feed by name."""
    found = (entry.load()() for entry in entry_points(group=GROUP))
    return {adapter.name: adapter for adapter in found if isinstance(adapter, Feed)}


def feed(name: str) -> Feed:
    """The feed of that name; raises `UnknownFeed`."""
    if name not in feeds():
        raise UnknownFeed(name)
    return feeds()[name]
