"""Ten thousand mutated exports: always a report and one of three outcomes, little memory, nothing half in.

The outcomes are those of `hub import`: all in, some in, refused.
"""

import resource
from collections import Counter
from datetime import UTC, datetime
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from adapters.hmis import HmisCsv
from hub.flow.intake import Reader, receive
from hub.flow.pipeline import check
from hub.flow.report import Report
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.directory import Directory, ParticipantRow
from hub.store.people.rows import PersonRow
from hub.store.records import RecordRow
from schemas.messages import RawMessage
from tests.adapters.hmis.conftest import COUNTY, files_in
from tests.adapters.hmis.mutations import mutated

pytestmark = pytest.mark.soak

MEGABYTE = 1024
SOME = {"in part", "refused"}
"""The county's set holds rows of a safe house, so none of these is taken whole."""
SOURCE = "marlow-coc"


def export(seed: int) -> RawMessage:
    return RawMessage(
        id=uuid4(),
        feed="hmis-csv",
        source=SOURCE,
        received_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        name=f"{seed}.zip",
        content=mutated(files_in(COUNTY), Random(seed)),
    )


def outcome(report: Report) -> str:
    assert report.model_dump_json()
    assert all(problem.code and problem.expected for problem in report.problems)
    if report.refused:
        assert report.problems
        return "refused"
    return "whole" if report.is_whole else "in part"


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_checking_says_what_is_wrong() -> None:
    before = peak()
    outcomes = Counter(outcome(check(export(seed), HmisCsv())) for seed in range(10_000))
    print(f"\n{dict(outcomes)}; memory grew by {(peak() - before) // MEGABYTE} MB")
    assert set(outcomes) == SOME
    assert peak() - before < 300 * MEGABYTE


def test_importing_leaves_nothing_half_in(engine: Engine, keys: Keys) -> None:
    with transaction(engine) as session:
        Directory(session).add(ParticipantRow(slug=SOURCE, name="Marlow", capacities=["hmis-lead"]))
    reader, outcomes = Reader(engine, keys, auto_link=8.0), Counter[str]()
    for seed in range(300):
        before = stored(engine)
        with transaction(engine) as session:
            receipt = receive(session, keys, export(seed), actor="test")
        report = reader.read(receipt.id)
        outcomes[found := outcome(report)] += 1
        assert found != "refused" or stored(engine) == before, seed
    print(f"\n{dict(outcomes)}")
    assert set(outcomes) == SOME


def stored(engine: Engine) -> tuple[int, int]:
    """How many people and records there are."""
    with transaction(engine) as session:
        people, records = (session.exec(select(func.count()).select_from(row)).one() for row in (PersonRow, RecordRow))
        return people, records
