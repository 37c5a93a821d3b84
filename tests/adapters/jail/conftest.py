"""Rosters of an invented jail, and a way to read them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.base import Read
from adapters.jail import JailRoster
from schemas.messages import RawMessage

FIXTURES = Path(__file__).parents[2] / "fixtures" / "jail"
RECEIVED_AT = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)

Reader = Callable[..., list[Read]]


@pytest.fixture
def roster() -> str:
    return (FIXTURES / "cedar.csv").read_text(encoding="utf-8")


@pytest.fixture
def definition() -> str:
    return (FIXTURES / "cedar.toml").read_text(encoding="utf-8")


@pytest.fixture
def read(definition: str) -> Reader:
    """Reads a roster, by default with the definition of the jail."""

    def reads(
        content: str | bytes, defined: str | None = definition, name: str = "cedar.csv", at: datetime = RECEIVED_AT
    ) -> list[Read]:
        message = RawMessage(
            id=uuid4(),
            feed="jail",
            source="cedar-county-jail",
            received_at=at,
            name=name,
            content=content.encode() if isinstance(content, str) else content,
            definition=defined,
        )
        return list(JailRoster().read(message))

    return reads
