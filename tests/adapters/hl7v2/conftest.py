"""The door that all these tests come through: bytes of a source, read."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from adapters.base import Read
from adapters.hl7v2 import Hl7v2
from schemas.canonical import CanonicalRecord, Encounter, PersonFacts, SourceRow
from schemas.messages import Problem, RawMessage

FIXTURES = Path(__file__).parents[2] / "fixtures" / "hl7v2"
RECEIVED_AT = datetime(2026, 3, 20, 12, tzinfo=UTC)


class Result:
    """What a message came to, by kind."""

    def __init__(self, read: list[Read]) -> None:
        self.all = read
        self.records = [one for one in read if isinstance(one, CanonicalRecord)]
        self.problems = [one for one in read if isinstance(one, Problem)]

    @property
    def people(self) -> list[PersonFacts]:
        return [record.body for record in self.records if isinstance(record.body, PersonFacts)]

    @property
    def encounters(self) -> list[Encounter]:
        return [record.body for record in self.records if isinstance(record.body, Encounter)]

    @property
    def rows(self) -> list[SourceRow]:
        return [record.body for record in self.records if isinstance(record.body, SourceRow)]

    @property
    def found(self) -> set[tuple[str | None, str]]:
        """Every problem as field and code."""
        return {(problem.field, problem.code) for problem in self.problems}


def raw(content: bytes, definition: str | None = None) -> RawMessage:
    return RawMessage(
        id=UUID(int=1),
        feed="hl7v2",
        source="mercy",
        received_at=RECEIVED_AT,
        name="adt.hl7",
        content=content,
        definition=definition,
    )


ReadBytes = Callable[..., Result]


@pytest.fixture
def read() -> ReadBytes:
    """Reads bytes, or a fixture by its name."""

    def _read(content: bytes | str, definition: str | None = None) -> Result:
        given = (FIXTURES / content).read_bytes() if isinstance(content, str) else content
        return Result(list(Hl7v2().read(raw(given, definition))))

    return _read


def message(*segments: str, kind: str = "ADT^A01", charset: str = "", encoding: str = "^~\\&") -> str:
    """A message around these segments, in the form in which most arrive."""
    header = f"MSH|{encoding}|ADT|MERCY|HUB|COUNTY|20260302014500||{kind}|1|P|2.5.1||||||{charset}"
    return "\r".join((header, "EVN||20260302014400", *segments, ""))


def field(segment: str, position: int, value: str) -> str:
    """A segment of one field: `field("PID", 3, "M1")` is `PID|||M1`."""
    return segment + "|" * position + value


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
