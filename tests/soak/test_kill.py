"""`kill -9` at random: nothing acknowledged is lost, nothing happens twice, nobody is told after a no, the log holds.

The hub's real processes run on a PostgreSQL of their own, decent senders use it, a partner checks what it is told, and
one process after the other is killed and started again. Then a checker reads the histories of all sides.
"""

import time
from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest

from tests.soak.clients import Book, Clients
from tests.soak.fleet import IN_GOOD_ORDER, Fleet, victims
from tests.soak.gathering import kept, wait_for_rest
from tests.soak.history import History, Kind, Outcome, faults
from tests.soak.partner import Manners, checking
from tests.soak.world import World, world

SEED = 20261128


@dataclass(frozen=True)
class Run:
    """What a run left behind."""

    history: History
    killed: Counter[str]
    refused: dict[int, int]
    statuses: dict[str, int]
    seconds: float

    def told(self) -> str:
        """In counts."""
        acknowledged = Counter(one.kind for one in self.history.operations if one.outcome is Outcome.OK)
        answered = [one for one in self.history.operations if one.kind is Kind.ASK and one.outcome is Outcome.OK]
        arrivals, parcels = self.history.arrivals, Counter(one.state for one in self.history.kept.parcels)
        effects = sum(one.has_effect for one in arrivals)
        return "\n".join(
            (
                f"{self.killed.total()} kills in {self.seconds:.0f} s: {_listed(self.killed)}",
                f"acknowledged: {_listed(acknowledged)}",
                f"answers that told something: {sum(one.told > 0 for one in answered)} of {len(answered)}",
                f"refused or put off: {_listed(self.refused)}",
                f"partner: {len(arrivals)} requests, {effects} effects; parcels: {_listed(parcels)}",
                f"log: {len(self.history.kept.leaves)} leaves, intact: {self.history.kept.intact}",
            )
        )


def _listed(counts: object) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(dict(counts).items(), key=str))  # type: ignore[call-overload]


def run(found: World, *, kills: int, seed: int, calm: tuple[float, float], patience: float) -> Run:
    """Kills so many, each after a while of calm, lets everything come to rest, and gathers what all sides say."""
    random, book, began = Random(seed), Book(), time.monotonic()
    with checking(_manners(Random(seed))) as partner:
        found.tells(partner)
        fleet, clients = Fleet(found), Clients(found, book, seed=seed)
        fleet.start()
        try:
            clients.start()
            for victim in victims(random, kills):
                time.sleep(random.uniform(*calm))
                fleet.kill(victim)
                if random.random() < 0.5:
                    fleet.wait_until_ready()
            fleet.wait_until_ready()
            time.sleep(2)
            clients.stop()
            wait_for_rest(found, patience=patience)
            history = History(tuple(book.operations), tuple(partner.arrivals), kept(found), dict(book.sent))
        finally:
            statuses = fleet.stop()
    return Run(history, fleet.killed, dict(book.refused), statuses, time.monotonic() - began)


def _manners(random: Random) -> Manners:
    """Now and then the partner says no, is slow, or takes it and breaks off before it has said so."""

    def manner(_number: int) -> str:
        return random.choices(["yes", "slow", "no", "lost"], [90, 5, 2, 3])[0]

    return manner


def check(done: Run) -> None:
    print("\n" + done.told())
    told = Counter(one.kind for one in done.history.operations if one.outcome is Outcome.OK)

    assert faults(done.history) == []
    assert set(done.statuses.values()) <= IN_GOOD_ORDER, done.statuses
    assert set(told) == set(Kind), "everything was tried"
    assert any(one.has_effect for one in done.history.arrivals)


def test_a_few_kills() -> None:
    with world() as found:
        check(run(found, kills=4, seed=SEED, calm=(0.1, 0.6), patience=20))


@pytest.mark.soak
def test_a_hundred_kills() -> None:
    with world() as found:
        check(run(found, kills=100, seed=SEED + 1, calm=(0.2, 2.5), patience=240))
