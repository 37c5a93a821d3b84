"""A hub's own processes on a county of their own."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import pytest

from tests.soak.fleet import Fleet
from tests.soak.world import World, world


class Running(Protocol):
    """Runs parts of the hub, and ends them."""

    def __call__(self, *parts: str, **environment: str) -> AbstractContextManager[Fleet]: ...


@pytest.fixture(scope="module")
def county() -> Iterator[World]:
    """One for all tests of a module: each leaves it running."""
    with world() as found:
        yield found


@pytest.fixture
def running(county: World) -> Running:
    @contextmanager
    def run(*parts: str, **environment: str) -> Iterator[Fleet]:
        fleet = Fleet(county, *parts, **environment)
        try:
            fleet.start()
            yield fleet
        finally:
            fleet.stop()

    return run
