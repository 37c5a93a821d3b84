"""FHIR messages of an invented hospital, and a way to read them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adapters.base import Read
from adapters.fhir import Fhir
from schemas.canonical import CanonicalRecord
from schemas.messages import Problem, RawMessage

FIXTURES = Path(__file__).parents[2] / "fixtures" / "fhir"
RECEIVED_AT = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)

Json = dict[str, Any]


class Result:
    """What a message came to, by kind."""

    def __init__(self, read: list[Read]) -> None:
        self.all = read
        self.records = [one for one in read if isinstance(one, CanonicalRecord)]
        self.problems = [one for one in read if isinstance(one, Problem)]

    def record(self, key: str) -> CanonicalRecord:
        (record,) = [one for one in self.records if one.key == key]
        return record

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]


Reader = Callable[..., Result]


@pytest.fixture
def visit() -> Json:
    """A searchset: a patient, an emergency visit with two diagnoses, a medication, and an observation."""
    return _fixture("crisis-visit.json")


@pytest.fixture
def paper() -> Json:
    """A bundle with a Part 2 consent to one shelter."""
    return _fixture("consent.json")


@pytest.fixture
def read() -> Reader:
    """Reads a resource, a Bundle, or bytes."""

    def reads(content: Json | bytes, name: str = "message.json", media_type: str = "application/fhir+json") -> Result:
        message = RawMessage(
            id=UUID(int=1),
            feed="fhir",
            source="sample-general",
            received_at=RECEIVED_AT,
            name=name,
            media_type=media_type,
            content=content if isinstance(content, bytes) else json.dumps(content).encode(),
        )
        return Result(list(Fhir().read(message)))

    return reads


def resource(bundle: Json, number: int) -> Json:
    """The resource of an entry, counted from 1 as places are, to be changed in place."""
    found: Json = bundle["entry"][number - 1]["resource"]
    return found


def _fixture(name: str) -> Json:
    loaded: Json = json.loads((FIXTURES / name).read_text(encoding="utf-8"))
    return loaded
