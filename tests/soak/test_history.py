"""The checker itself: a good history has no faults, and each way of spoiling it is found by the check for it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.soak.history import CHECKS, Arrival, History, Kept, Kind, Leaf, Operation, Outcome, Parcel, faults

OK, UNKNOWN = Outcome.OK, Outcome.UNKNOWN


def parcel(number: int, person: str = "ana", event: str = "handoff.offered", state: str = "delivered") -> Parcel:
    return Parcel(f"p{number}", number, person, "shelter", event, f"h{number}", state)


def arrival(at: float, number: int, event: str = "handoff.offered", *, has_effect: bool = True) -> Arrival:
    return Arrival(at, f"p{number}", event, f"h{number}", has_effect, "yes")


GOOD = History(
    operations=(
        Operation(Kind.SEND, "m1", 0.0, 0.1, OK),
        Operation(Kind.SEND, "m2", 0.2, 0.9, UNKNOWN),
        Operation(Kind.PERMIT, "ana", 1.0, 1.1, OK),
        Operation(Kind.ASK, "ana", 1.2, 1.3, OK, "q1", told=1),
        Operation(Kind.ASK, "ana", 1.9, 2.2, OK, "q2", told=1),
        Operation(Kind.FORBID, "ana", 2.0, 2.1, OK),
        Operation(Kind.ASK, "ana", 2.2, 2.3, OK, "q3", told=0),
        Operation(Kind.ASK, "ana", 8.9, 9.3, OK, "q4", told=1),
        Operation(Kind.PERMIT, "ana", 9.0, 9.1, OK),
    ),
    arrivals=(arrival(1.5, 1), arrival(1.6, 1, has_effect=False), arrival(1.7, 2)),
    kept=Kept(
        messages={"m1": ["read"], "m2": ["parked"]},
        versions={"r1": 2},
        live={"r1": 2},
        parcels=(parcel(1), parcel(2), parcel(3, state="withheld")),
        leaves=(
            Leaf(10, "hub:contact:released", 1.25, "q1"),
            Leaf(11, "hub:contact:released", 2.0, "q2"),
            Leaf(12, "hub:contact:withheld", 2.25, "q3"),
            Leaf(19, "hub:contact:released", 9.2, "q4"),
            Leaf(13, "hub:parcel:sent", 1.5, "p1", "ana"),
            Leaf(14, "hub:parcel:sent", 1.6, "p1", "ana"),
            Leaf(15, "hub:parcel:delivered", 1.6, "p1", "ana"),
            Leaf(16, "hub:parcel:sent", 1.7, "p2", "ana"),
            Leaf(17, "hub:parcel:sent", 1.8, "p2", "ana"),
            Leaf(18, "hub:parcel:delivered", 1.9, "p2", "ana"),
        ),
    ),
    sent={"r1": 2},
)
"""Retries, an answer over the no, one over the next yes, a message of whose keeping nobody was told; and no fault."""


def test_a_good_history_has_no_faults() -> None:
    assert faults(GOOD) == []


def operations(*more: Operation) -> History:
    return replace(GOOD, operations=(*GOOD.operations, *more))


def kept(**changes: object) -> History:
    return replace(GOOD, kept=replace(GOOD.kept, **changes))  # type: ignore[arg-type]


def leaves(change: Callable[[Leaf], bool], *more: Leaf) -> History:
    return kept(leaves=(*(leaf for leaf in GOOD.kept.leaves if not change(leaf)), *more))


def arrivals(*those: Arrival) -> History:
    return replace(GOOD, arrivals=those)


SPOILT: dict[str, tuple[str, History]] = {
    "a message that was acknowledged is gone": ("lost", kept(messages={"m2": ["read"]})),
    "a message that was acknowledged is not read": ("lost", kept(messages={"m1": ["received"]})),
    "a message is kept twice": ("doubled", kept(messages={"m1": ["read", "read"]})),
    "a record was written twice": ("doubled", kept(versions={"r1": 3})),
    "a delivery had its effect twice": ("doubled", arrivals(arrival(1.5, 1), arrival(1.6, 1), arrival(1.7, 2))),
    "two parcels told the same news": (
        "doubled",
        arrivals(*GOOD.arrivals, replace(arrival(1.8, 3), handoff="h2")),
    ),
    "a later parcel overtook": ("out_of_order", arrivals(arrival(1.5, 2), arrival(1.6, 1))),
    "a delivery comes from nowhere": ("out_of_order", arrivals(*GOOD.arrivals, arrival(1.8, 9))),
    "an older version stands": ("stale", kept(live={"r1": 1})),
    "a record is missing": ("stale", kept(live={})),
    "an answer told after the no": (
        "told_after_no",
        operations(Operation(Kind.ASK, "ana", 2.5, 2.6, OK, "q1", told=1)),
    ),
    "a parcel left after the no": (
        "told_after_no",
        leaves(lambda _: False, Leaf(19, "hub:parcel:sent", 2.2, "p2", "ana")),
    ),
    "an answer was silent after the yes": (
        "silent_after_yes",
        operations(Operation(Kind.ASK, "ana", 1.2, 1.3, OK, "q3", told=0)),
    ),
    "an answer has no leaf": ("unrecorded", leaves(lambda leaf: leaf.about == "q1")),
    "an answer has two leaves": ("unrecorded", leaves(lambda _: False, Leaf(19, "hub:contact:released", 1.3, "q1"))),
    "an answer has a leaf of the other kind": (
        "unrecorded",
        leaves(lambda leaf: leaf.seq == 10, Leaf(10, "hub:contact:withheld", 1.3, "q1")),
    ),
    "a parcel left without a leaf": ("unrecorded", leaves(lambda leaf: leaf.seq == 13)),
    "a delivered parcel has no receipt": ("unrecorded", leaves(lambda leaf: leaf.seq == 15)),
    "a delivered parcel never arrived": ("unrecorded", arrivals(arrival(1.5, 1))),
    "a lease is left": ("half_done", kept(parcels=(replace(parcel(1), leased=True), *GOOD.kept.parcels[1:]))),
    "a parcel is still queued": ("half_done", kept(parcels=(*GOOD.kept.parcels, parcel(4, state="queued")))),
    "a message nobody was told of is unread": ("half_done", kept(messages={"m1": ["read"], "m3": ["received"]})),
    "an entry has no place": ("half_done", kept(waiting_leaves=1)),
    "a lock is left": ("half_done", kept(locks=1)),
    "the log has a gap": ("half_done", leaves(lambda _: False, Leaf(30, "hub:audit:read", 1.0, ""))),
    "the log does not verify": ("half_done", kept(intact=False)),
    "a client was answered 500": (
        "broken",
        operations(Operation(Kind.SEND, "m1", 3.0, 3.1, Outcome.FAILED, status=500)),
    ),
}


@pytest.mark.parametrize(("check", "history"), SPOILT.values(), ids=SPOILT)
def test_finds_that(check: str, history: History) -> None:
    assert check in {fault.partition(":")[0] for fault in faults(history)}


def test_every_check_has_something_to_find() -> None:
    assert {check.__name__ for check in CHECKS} == {check for check, _ in SPOILT.values()}
