"""How long a decision takes, with its whole trace: one piece, a person's file, and beside Cedar.

Ratios are taken in one run, because the machine is not always equally fast.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import cedarpy
import pytest

from consent.engine import decide
from schemas.disclosure import Case, DisclosureRequest, Piece
from tests.bench.cedar import POLICY, questions
from tests.consent.stories import stories

pytestmark = pytest.mark.bench

ROUNDS = 30
BY_ID = {case.id: case for case in stories() if case.request.records}


def best_of(act: Callable[[], object]) -> float:
    """The shortest of several runs in microseconds: what the act costs when nothing else runs."""
    spans = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        spans.append(time.perf_counter() - began)
    return min(spans) * 1e6


def test_one_piece_beside_reading_the_question_from_json() -> None:
    reading, deciding = [], []
    for case in BY_ID.values():
        line, pieces = case.model_dump_json(by_alias=True), len(case.request.records)
        reading.append(best_of(partial(Case.model_validate_json, line)) / pieces)
        deciding.append(best_of(partial(decide, case.request, case.facts)) / pieces)
    read, decided = statistics.median(reading), statistics.median(deciding)
    print(f"\none piece alone: p50 {decided:.0f} µs; reading it from JSON {read:.0f} µs; ratio {decided / read:.2f}")

    assert decided < 4 * read


@pytest.fixture(scope="module")
def alone() -> float:
    """One piece alone, in microseconds."""
    case = BY_ID["part2-consent-on-the-day-it-is-signed"]
    return best_of(partial(decide, case.request, case.facts))


class TestAFile:
    """The records of one person for one asker: what the law sees alike is decided once."""

    @pytest.mark.parametrize(("records", "kinds"), [(20, 4), (200, 8), (1000, 24)])
    def test_costs_little_more_than_its_kinds(self, records: int, kinds: int, alone: float) -> None:
        case = BY_ID["part2-consent-on-the-day-it-is-signed"]
        request = with_records(case.request, records, kinds)
        whole = best_of(partial(decide, request, case.facts))
        print(f"\n{records} records of {kinds} kinds: {whole / 1000:.2f} ms, {whole / records:.1f} µs a piece")

        assert whole < (kinds + records / 5) * alone


def with_records(request: DisclosureRequest, records: int, kinds: int) -> DisclosureRequest:
    """The same question about so many records of so many holders, each record an object of its own."""
    like = request.records[0]
    return request.model_copy(
        update={"records": tuple(_record(like, place, place % kinds) for place in range(records))}
    )


def _record(like: Piece, place: int, kind: int) -> Piece:
    source = like.source.model_copy(update={} if kind == 0 else {"organization": f"holder-{kind}"})
    return like.model_copy(update={"id": f"r{place}", "source": source})


def test_beside_cedar() -> None:
    """The same questions, answered alike, with the reasons: by Cedar's parsed policies, and by the whole law here."""
    asked = questions(500)
    ours, theirs, allowed = [], [], 0
    for one in asked:
        decision = decide(one.case.request, one.case.facts)
        verdict = cedarpy.is_authorized(one.cedar, POLICY, one.entities)
        assert verdict.allowed == bool(decision.records[0].fields_released)
        allowed += verdict.allowed
        ours.append(best_of(partial(decide, one.case.request, one.case.facts)))
        theirs.append(best_of(partial(cedarpy.is_authorized, one.cedar, POLICY, one.entities)))
    mine, cedars = statistics.median(ours), statistics.median(theirs)
    file_of_20 = with_records(asked[0].case.request, 20, 4)
    in_a_file = best_of(partial(decide, file_of_20, asked[0].case.facts)) / 20
    print(
        f"\n{len(asked)} questions, {allowed} allowed: p50 {mine:.0f} µs; Cedar {cedars:.0f} µs, {cedars / mine:.1f} x"
    )
    print(f"a piece in a file of 20: {in_a_file:.1f} µs; Cedar {cedars / in_a_file:.1f} x")

    assert mine < cedars


LOADING = """
from time import perf_counter
began = perf_counter()
import schemas.disclosure
shapes = perf_counter()
import datetime, consent.rulebook
consent.rulebook.on(datetime.date(2026, 6, 15))
print((shapes - began) * 1000, (perf_counter() - shapes) * 1000)
"""


def test_loading_the_book_beside_loading_the_shapes() -> None:
    """As an installed hub does, from compiled modules: the first of several runs may write them."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    asked = [sys.executable, "-c", LOADING]
    runs = [subprocess.run(asked, check=True, env=environment, capture_output=True, text=True) for _ in range(9)]
    shapes, book = (statistics.median(float(run.stdout.split()[which]) for run in runs) for which in (0, 1))
    print(f"\nload of the rulebook: {book:.0f} ms beside {shapes:.0f} ms for the shapes")

    assert book < shapes
