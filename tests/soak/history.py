"""What a run must have kept to, judged from what its clients, its partner and the hub's database say. Pure.

Clients write down when they asked, when they knew and how it ended; what has no answer may or may not have happened
(Jepsen's invoke, ok, fail, info). Each check gives its faults in plain words; none is none.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """How an operation ended, as far as its client knows."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a client wanted."""

    SEND = "send"
    PERMIT = "permit"
    FORBID = "forbid"
    ASK = "ask"
    OFFER = "offer"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Operation:
    """`about` is the message's token, or the person; `said` the answer's id, and `told` how much it told."""

    kind: Kind
    about: str
    asked: float
    ended: float
    outcome: Outcome
    said: str = ""
    told: int = 0
    status: int | None = None


@dataclass(frozen=True)
class Arrival:
    """A request that reached the partner; it has an effect where the delivery is new."""

    at: float
    delivery: str
    event: str
    handoff: str
    has_effect: bool
    answered: str


@dataclass(frozen=True)
class Parcel:
    """A parcel as the database has it in the end."""

    id: str
    number: int
    person: str
    recipient: str
    event: str
    handoff: str
    state: str
    leased: bool = False


@dataclass(frozen=True)
class Leaf:
    """An entry of the audit log: its act, when, and the query, parcel or person it speaks of."""

    seq: int
    act: str
    at: float
    about: str
    person: str = ""


@dataclass(frozen=True)
class Kept:
    """What the database holds once everything has come to rest.

    Of each record `versions` says how many there are, and `live` which of them, by number, counts.
    """

    messages: Mapping[str, Sequence[str]] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    live: Mapping[str, int] = field(default_factory=dict)
    parcels: Sequence[Parcel] = ()
    leaves: Sequence[Leaf] = ()
    waiting_leaves: int = 0
    locks: int = 0
    intact: bool = True


@dataclass(frozen=True)
class History:
    """One run. Of each record versions were sent one after the other; `sent` says how many."""

    operations: Sequence[Operation]
    arrivals: Sequence[Arrival]
    kept: Kept
    sent: Mapping[str, int] = field(default_factory=dict)


SETTLED = {"read", "refused", "parked"}
RELEASED, WITHHELD = "hub:contact:released", "hub:contact:withheld"
PARCEL_SENT, PARCEL_DELIVERED = "hub:parcel:sent", "hub:parcel:delivered"


def lost(history: History) -> list[str]:
    """Every message that was acknowledged is there, and read or set aside."""
    faults = []
    for one in _of(history, Kind.SEND, Outcome.OK):
        states = history.kept.messages.get(one.about, ())
        if not states:
            faults.append(f"Message {one.about} was acknowledged and is not there.")
        elif not SETTLED.issuperset(states):
            faults.append(f"Message {one.about} was acknowledged and is {', '.join(states)}.")
    return faults


def doubled(history: History) -> list[str]:
    """However often it was sent: a message is kept once, a record has no version more, news is told once."""
    kept = history.kept
    faults = [
        f"Message {about} is kept {len(states)} times." for about, states in kept.messages.items() if len(states) > 1
    ]
    faults += [
        f"Record {key} has {versions} versions and was sent in {history.sent[key]}."
        for key, versions in kept.versions.items()
        if key in history.sent and versions > history.sent[key]
    ]
    deliveries = Counter(one.delivery for one in history.arrivals if one.has_effect)
    faults += [
        f"Delivery {delivery} had its effect {times} times." for delivery, times in deliveries.items() if times > 1
    ]
    news = Counter((one.handoff, one.event) for one in history.arrivals if one.has_effect and _happens_once(one.event))
    faults += [
        f"{event} of handoff {handoff} was told {times} times." for (handoff, event), times in news.items() if times > 1
    ]
    return faults


def _happens_once(event: str) -> bool:
    return event.startswith("handoff.")


def out_of_order(history: History) -> list[str]:
    """The partner hears of each person in the order in which the hub queued it, and first what was queued first."""
    parcels = {parcel.id: parcel for parcel in history.kept.parcels}
    faults, last = [], dict[str, Parcel]()
    for arrival in sorted((one for one in history.arrivals if one.has_effect), key=lambda one: one.at):
        parcel = parcels.get(arrival.delivery)
        if parcel is None:
            faults.append(f"Delivery {arrival.delivery} is no parcel of the hub's.")
            continue
        before = last.get(parcel.person)
        if before is not None and before.number > parcel.number:
            faults.append(f"Parcel {parcel.number} came after {before.number} of the same person.")
        last[parcel.person] = parcel
    return faults


def stale(history: History) -> list[str]:
    """What was sent last of a record is what counts."""
    return [
        f"Record {key} stands at version {history.kept.live.get(key)} and {last} was sent last."
        for key, last in history.sent.items()
        if history.kept.live.get(key) != last
    ]


def told_after_no(history: History) -> list[str]:
    """Once a no is acknowledged, and until a yes is asked for again, nobody is told anything of that person.

    An answer that was on its way when the yes was asked for may be either.
    """
    faults = []
    for about, since, until in _closed(history.operations):
        faults += [
            f"{about} was told of {one.asked - since:.3f} s after the no was acknowledged."
            for one in _of(history, Kind.ASK, Outcome.OK)
            if one.about == about and one.told and since < one.asked and one.ended < until
        ]
        faults += [
            f"A parcel about {about} left {leaf.at - since:.3f} s after the no was acknowledged."
            for leaf in history.kept.leaves
            if leaf.act == PARCEL_SENT and leaf.person == about and since < leaf.at < until
        ]
    return faults


def silent_after_yes(history: History) -> list[str]:
    """Once a yes is acknowledged, and until a no is asked for, a question is answered: or the test proves nothing."""
    faults = []
    for about, since, until in _open(history.operations):
        faults += [
            f"{about} was not told of {one.asked - since:.3f} s after the yes was acknowledged."
            for one in _of(history, Kind.ASK, Outcome.OK)
            if one.about == about and not one.told and since < one.asked and one.ended < until
        ]
    return faults


def unrecorded(history: History) -> list[str]:
    """One leaf a disclosure: each answer has one of its kind, and what left for the partner never lacks one."""
    leaves = Counter((leaf.act, leaf.about) for leaf in history.kept.leaves)
    faults = []
    for one in _of(history, Kind.ASK, Outcome.OK):
        act, other = (RELEASED, WITHHELD) if one.told else (WITHHELD, RELEASED)
        if (leaves[act, one.said], leaves[other, one.said]) != (1, 0):
            faults.append(f"Answer {one.said} has {leaves[act, one.said]} leaves of {act}.")
    reached = Counter(one.delivery for one in history.arrivals)
    faults += [
        f"Delivery {delivery} left {times} times and has {leaves[PARCEL_SENT, delivery]} leaves."
        for delivery, times in reached.items()
        if times > leaves[PARCEL_SENT, delivery]
    ]
    effects = {one.delivery for one in history.arrivals if one.has_effect}
    for parcel in history.kept.parcels:
        said = leaves[PARCEL_DELIVERED, parcel.id]
        if said != (parcel.state == "delivered"):
            faults.append(f"Parcel {parcel.number} is {parcel.state} and has {said} leaves of {PARCEL_DELIVERED}.")
        if parcel.state == "delivered" and parcel.id not in effects:
            faults.append(f"Parcel {parcel.number} counts as delivered and never reached the partner.")
    return faults


def half_done(history: History) -> list[str]:
    """Nothing is left behind: no message unread, no parcel leased or waiting, no leaf without a place, no lock."""
    kept = history.kept
    faults = [f"Message {about} is unread." for about, states in kept.messages.items() if "received" in states]
    faults += [f"Parcel {one.number} is still leased." for one in kept.parcels if one.leased]
    faults += [f"Parcel {one.number} is still queued." for one in kept.parcels if one.state == "queued"]
    if kept.waiting_leaves:
        faults.append(f"{kept.waiting_leaves} entries of the log have no place.")
    if kept.locks:
        faults.append(f"{kept.locks} locks are held by nobody's work.")
    seqs = sorted(leaf.seq for leaf in kept.leaves)
    if seqs and seqs != list(range(seqs[0], seqs[0] + len(seqs))):
        faults.append("The log's numbers have a gap, or one twice.")
    if not kept.intact:
        faults.append("The audit log does not verify.")
    return faults


def broken(history: History) -> list[str]:
    """A hub that cannot keep its promise says 503 and when to come again; 500 is for what nobody foresaw."""
    return [f"{one.kind} of {one.about} was answered 500." for one in history.operations if one.status == 500]


CHECKS: tuple[Callable[[History], list[str]], ...] = (
    lost,
    doubled,
    out_of_order,
    stale,
    told_after_no,
    silent_after_yes,
    unrecorded,
    half_done,
    broken,
)


def faults(history: History) -> list[str]:
    """All faults of a run."""
    return [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(history)]


def _of(history: History, kind: Kind, outcome: Outcome) -> Iterable[Operation]:
    return (one for one in history.operations if one.kind is kind and one.outcome is outcome)


def _closed(operations: Sequence[Operation]) -> Iterable[tuple[str, float, float]]:
    """From when a no was acknowledged until a yes was next asked for; a failed yes opens nothing."""
    return _spans(operations, Kind.FORBID, Kind.PERMIT)


def _open(operations: Sequence[Operation]) -> Iterable[tuple[str, float, float]]:
    """From when a yes was acknowledged until a no was next asked for."""
    return _spans(operations, Kind.PERMIT, Kind.FORBID)


def _spans(operations: Sequence[Operation], begin: Kind, end: Kind) -> Iterable[tuple[str, float, float]]:
    by_person: dict[str, list[Operation]] = defaultdict(list)
    for one in sorted(operations, key=lambda one: one.asked):
        by_person[one.about].append(one)
    for about, those in by_person.items():
        for at, one in enumerate(those):
            if one.kind is begin and one.outcome is Outcome.OK:
                ends = (
                    other.asked for other in those[at:] if other.kind is end and other.outcome is not Outcome.FAILED
                )
                yield about, one.ended, next(ends, float("inf"))
