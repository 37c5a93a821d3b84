"""A hub of ten thousand people, for measuring; loaded once, with the worker running beside it as in real life."""

import statistics
from collections.abc import Callable, Iterator
from time import perf_counter

import psycopg
import pytest

from hub.demo import load
from hub.demo.home import DemoHome, passing

PEOPLE = 10_000


def milliseconds(act: Callable[[], object], times: int) -> list[float]:
    """How long an act took, each time, after a few that are not counted."""
    for _ in range(min(20, times)):
        act()
    took = []
    for _ in range(times):
        began = perf_counter()
        act()
        took.append((perf_counter() - began) * 1000)
    return sorted(took)


def told(name: str, took: list[float]) -> str:
    """Median and 99th percentile, with the number of times."""
    p99 = took[int(len(took) * 0.99) - 1]
    return f"{name}: p50 {statistics.median(took):.1f} ms, p99 {p99:.1f} ms, n {len(took)}"


@pytest.fixture(scope="session", autouse=True)
def durable(server: str) -> None:
    """What is measured waits for the disk, as it does in real life."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM RESET ALL")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def large() -> Iterator[DemoHome]:
    with passing(people=PEOPLE) as home:
        for _ in load.load(home):
            pass
        yield home


@pytest.fixture(scope="session")
def small() -> Iterator[DemoHome]:
    with passing(people=300) as home:
        for _ in load.load(home):
            pass
        yield home
