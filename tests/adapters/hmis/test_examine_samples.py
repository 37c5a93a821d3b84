"""Sample sets that others published, held against the checks: known faults are found, each as often as it is there."""

from collections import Counter
from collections.abc import Callable

import pytest

from adapters.base import Sound
from schemas.messages import Problem, Severity

Files = dict[str, bytes]
Shared = Callable[[str], Files]
Examine = Callable[[Files], list[Problem | Sound]]
Found = Counter[tuple[str | None, str | None, str]]

IMPORTER = "openpath-fy2026/importer"


def counted(read: list[Problem | Sound]) -> Found:
    found: Found = Counter()
    for one in read:
        if isinstance(one, Problem):
            found[one.file, one.field, one.code] += one.count
    return found


def sound(read: list[Problem | Sound]) -> int:
    return sum(one.count for one in read if isinstance(one, Sound))


def test_the_eva_demo_with_its_known_faults(shared: Shared, examine: Examine) -> None:
    read = examine(shared("eva-demo-fy2026"))

    found = counted(read)
    assert sound(read) == 77_693
    assert {kind: found[kind] for kind in KNOWN_FAULTS} == KNOWN_FAULTS
    assert sum(number for (_, _, code), number in found.items() if code == "unknown-user") == 74_906
    assert {one.severity for one in read if isinstance(one, Problem)} == {Severity.WARNING}


KNOWN_FAULTS = {
    ("Client.csv", None, "column-order"): 1,
    ("Enrollment.csv", None, "column-order"): 1,
    ("Client.csv", "DateUpdated", "date-form"): 4_146,
    ("Enrollment.csv", "DateUpdated", "date-only"): 4_767,
    ("Client.csv", "RaceNone", "list-value"): 1,
    ("CurrentLivingSituation.csv", "CurrentLivingSituation", "list-value"): 1,
    ("Funder.csv", "Funder", "retired-code"): 5,
    ("Enrollment.csv", "RelationshipToHoH", "two-heads"): 12,
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bad_data", {("Client.csv", "DOB", "date-form")}),
        ("loader_errors", {("Client.csv", None, "column-count"), ("Event.csv", None, "column-count")}),
        ("duplicate_primary_keys", {("Client.csv", "PersonalID", "duplicate-key")}),
        ("cleanup_move_ins", {("Enrollment.csv", "MoveInDate", "move-in")}),
    ],
)
def test_the_importers_sets(
    shared: Shared, examine: Examine, name: str, expected: set[tuple[str, str | None, str]]
) -> None:
    assert counted(examine(shared(f"{IMPORTER}/{name}/source"))).keys() >= expected
