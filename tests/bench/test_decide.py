"""How long a decision takes, with its whole trace, beside reading the same question from JSON."""

import statistics
import time
from collections.abc import Callable
from functools import partial

import pytest

from consent.engine import decide
from schemas.disclosure import Case
from tests.consent.stories import stories

ROUNDS = 30
SLOWEST_RATIO = 4.0
"""Reading is done by compiled code and deciding is not; above this something has become slow."""


def best_of(act: Callable[[], object]) -> float:
    """The shortest of several runs in microseconds: what the act costs when nothing else runs."""
    spans = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        spans.append(time.perf_counter() - began)
    return min(spans) * 1e6


@pytest.mark.bench
def test_deciding_keeps_pace_with_reading() -> None:
    reading, deciding = [], []
    for case in (case for case in stories() if case.request.records):
        line, pieces = case.model_dump_json(by_alias=True), len(case.request.records)
        reading.append(best_of(partial(Case.model_validate_json, line)) / pieces)
        deciding.append(best_of(partial(decide, case.request, case.facts)) / pieces)
    read, decided = statistics.median(reading), statistics.median(deciding)
    print(f"\ndecide: median {decided:.0f} µs a piece; reading it from JSON: {read:.0f} µs; ratio {decided / read:.2f}")

    assert decided < SLOWEST_RATIO * read
