"""A delta read on says of each of its rows what a full set with the same changes would say."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.base import Amended, Read
from adapters.hmis import HmisCsv
from schemas.canonical import CanonicalRecord, ForVictims, Identifier
from schemas.sheaves import Sheaf
from tests.adapters.hmis.conftest import message, unbound, zipped
from tests.flow.exports.conftest import Export

LATER = {"DateUpdated": "2026-02-20 09:00:00"}
GONE = {**LATER, "DateDeleted": "2026-02-20 09:00:00"}
OF_NOBODY = {"organization", "program", "staff-member"}

EDITS: Mapping[str, tuple[str, ...]] = {
    "stay": ("Enrollment", "e1", "c1", "p1", "2026-01-10", "h8", "1"),
    "ended stay": ("Enrollment", "e2", "c2", "p1", "2025-11-01", "h8", "1"),
    "fleeing stay": ("Enrollment", "e3", "c3", "p2", "2026-02-01", "h8", "1"),
    "new stay": ("Enrollment", "e9", "c3", "p1", "2026-02-10", "h9", "1"),
    "exit": ("Exit", "x1", "e1", "c1", "2026-02-19", "410"),
    "other exit": ("Exit", "x2", "e2", "c2", "2026-01-12", "410"),
    "second exit": ("Exit", "x9", "e2", "c2", "2026-01-20", "410"),
    "flees": ("HealthAndDV", "d1", "e1", "c1", "2026-02-18", "1"),
    "fled before": ("HealthAndDV", "d8", "e3", "c3", "2026-01-20", "0"),
    "flees no more": ("HealthAndDV", "d9", "e3", "c3", "2026-02-19", "0"),
    "does not say": ("HealthAndDV", "d3", "e3", "c3", "2026-02-01", "99"),
    "night": ("Services", "s9", "e1", "c1", "2026-02-19", "200", "200"),
    "contact": ("Services", "s8", "e3", "c3", "2026-02-19", "141", "1"),
    "nowhere": ("Services", "s7", "e7", "c3", "2026-02-19", "141", "1"),
    "grant": ("Funder", "f1", "p1", "13", "G1", "2020-01-01"),
    "project": ("Project", "p1", "o1", "Night Shelter", "2015-01-01", "1", "1"),
    "comparable": ("HMISParticipation", "hp1", "p2", "2", "2026-02-01"),
    "person": ("Client", "c1", "Marco", "Delgado", "1987-04-09", "1"),
}
edits = st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.booleans()), max_size=6, unique_by=lambda one: one[0])


class Sent:
    """What a full set brought, as a hub would keep it."""

    def __init__(self, export: Export) -> None:
        self.records = [one for one in read(export) if isinstance(one, CanonicalRecord)]

    def directory(self) -> Iterator[CanonicalRecord | ForVictims]:
        yield from (one for one in self.records if one.body.kind in OF_NOBODY)

    def about(self, named: Mapping[Identifier, Collection[str]], kinds: Collection[str]) -> Iterator[CanonicalRecord]:
        yield from (one for one in self.records if one.subject in named and one.body.kind in kinds)


def read(export: Export, earlier: Sent | None = None) -> list[Any]:
    content = message(zipped(export.files), None)
    found: Iterator[Read] = HmisCsv().read(content) if earlier is None else HmisCsv().read_on(content, earlier)
    return [each for one in found for each in (unbound(one) if isinstance(one, Sheaf) else (one,))]


def said(found: list[Any]) -> dict[str, tuple[object, ...]]:
    """What is said of people and of projects: which stay, where, who flees, by which labels and grants."""
    records = [one.record if isinstance(one, Amended) else one for one in found]
    return {
        one.key: (one.body, one.change, one.provenance, one.sensitivity, one.held_by)
        for one in records
        if isinstance(one, CanonicalRecord) and one.body.kind not in {"organization", "staff-member", "program"}
    }


@pytest.fixture(scope="module")
def full(export: Export) -> Export:
    fleeing = export.put("HealthAndDV", "d3", "e3", "c3", "2026-02-01", "1")
    return fleeing.put("Funder", "f2", "p2", "21", "G2", "2020-01-01")


@pytest.fixture(scope="module")
def sent(full: Export) -> Sent:
    return Sent(full)


@settings(max_examples=20, deadline=None)
@given(changes=edits)
def test_says_what_the_full_set_would(full: Export, sent: Sent, changes: list[tuple[str, bool]]) -> None:
    delta, whole = full.delta, full
    for name, deleted in changes:
        table, *values = EDITS[name]
        how = GONE if deleted and table not in {"Project", "Enrollment", "Client"} else LATER
        delta, whole = delta.put(table, *values, **how), whole.put(table, *values, **how)

    before, by_delta, by_the_whole = said(sent.records), said(read(delta, sent)), said(read(whole))

    assert {key: one for key, one in by_delta.items() if by_the_whole.get(key) != one} == {}
    stays = [key for key in by_the_whole if key.startswith("Enrollment/")]
    after = {**before, **by_delta}
    assert {key: after[key][0] for key in stays} == {key: by_the_whole[key][0] for key in stays}
