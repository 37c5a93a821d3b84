"""A set read for its problems alone: the same rows are sound, set aside and refused as when records are made."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from adapters.base import Read, Sound
from schemas.canonical import CanonicalRecord
from schemas.messages import Problem, Severity

Files = dict[str, bytes]
Send = Callable[..., list[Read]]
Examine = Callable[[Files], list[Problem | Sound]]


def kinds(read: list[Any], but: frozenset[Severity] = frozenset({Severity.WARNING})) -> Mapping[Any, int]:
    counted: Counter[Any] = Counter()
    for one in read:
        if isinstance(one, Problem) and one.severity not in but:
            counted[one.file, one.field, one.code, one.severity] += one.count
    return counted


def test_counts_what_reading_counts(county: Files, send: Send, examine: Examine) -> None:
    events = county["Event.csv"] + b"v9,nowhere,c1,2026-01-24,7,,,,,,,,,,E1\r\nv8,e1,c1,someday,7,,,,,,,,,,E1\r\n"
    broken = {**county, "Event.csv": events}
    read, examined = send(broken), examine(broken)

    assert kinds(examined) == kinds(read)
    assert sum(one.count for one in examined if isinstance(one, Sound)) == sum(
        isinstance(one, CanonicalRecord) for one in read
    )


def test_finds_every_remark_that_reading_makes(county: Files, send: Send, examine: Examine) -> None:
    assert kinds(send(county), frozenset()).items() <= kinds(examine(county), frozenset()).items()


def test_never_says_what_stood_there(county: Files, examine: Examine) -> None:
    changed = {**county, "Client.csv": county["Client.csv"].replace(b"Marcus", b"<Zacharias>")}
    assert "Zacharias" not in str(examine(changed))
