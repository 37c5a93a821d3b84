"""How long an answer takes does not tell whom the hub knows: pairs of questions over real HTTP, in random order.

Each pair is a question about somebody of whom nothing may be told and one about a stranger with a name built alike,
asked one after the other of the same process, with a worker beside it. The same is done with a hub that leaks a little;
a test that did not find that would find nothing. How many pairs: SILENCE_PAIRS.
"""

import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pytest
from joserfc.jwk import ECKey

from adapters.oauth import BackendClient
from hub.demo import load
from hub.demo.home import DemoHome, passing
from tests.bench.test_contact_query import served
from tests.flow.silence.evidence import Evidence, evidence
from tests.flow.silence.kinds import Pair, nobody, pair, question
from tests.flow.silence.leaky import MICROSECONDS
from tests.flow.silence.wire import Wire, post

CLIENT = "harbor-mobile-crisis"
KINDS = ("withheld", "ambiguous", "part2-no-consent", "expired", "revoked", "hopwa", "not-seen")
PAIRS = int(os.environ.get("SILENCE_PAIRS", "20000"))
PLANTED = 500
"""Microseconds that the leaky hub takes longer."""

BOUND = 150.0
"""Microseconds within which the median difference must lie, with 99 % confidence.

Nothing is equal to the last microsecond: how many records and papers somebody has still shows a little. A difference of
this size is under 2 % of an answer's time. Across a network whose delays vary by a millisecond it takes hundreds of
questions about one person to see it, each of them on record.
"""

TOKEN_SECONDS = 200

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def home() -> Iterator[DemoHome]:
    with passing(people=300) as home:
        for _ in load.load(home):
            pass
        yield home


class Asker:
    """Asks both questions of a pair, in random order, and keeps how long each took."""

    def __init__(self, home: DemoHome, url: str, pairs: Sequence[Pair]) -> None:
        key = ECKey.import_key(json.loads((home.client_keys / f"{CLIENT}.json").read_bytes()))
        self.client = BackendClient(CLIENT, key, audience=f"{home.settings.public_url}/oauth2/token")
        self.url, self.pairs = url, pairs
        self.renew_at = 0.0
        self.requests: dict[str, tuple[bytes, bytes]] = {}
        self.took: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))

    def ask(self, wire: Wire, times: int) -> dict[str, Evidence]:
        """What so many rounds say of each kind; the first are not counted."""
        for turn in range(-50, times):
            self._renew()
            for one in random.sample(self.pairs, len(self.pairs)):
                for side in random.sample((0, 1), 2):
                    answer = wire.ask(self.requests[one.kind][side])
                    assert answer.status == 200
                    assert answer.json()["contacts"] == []
                    if turn >= 0:
                        self.took[one.kind][side].append(answer.nanoseconds)
        return {kind: evidence(*took) for kind, took in self.took.items()}

    def _renew(self) -> None:
        if time.monotonic() < self.renew_at:
            return
        token = self.client.token(f"{self.url}/oauth2/token", load.CLIENTS[CLIENT][1])
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        self.requests = {
            one.kind: (
                post("/api/contact-queries", question(one.known), headers),
                post("/api/contact-queries", question(one.stranger), headers),
            )
            for one in self.pairs
        }
        self.renew_at = time.monotonic() + TOKEN_SECONDS

    def all_together(self) -> Evidence:
        """What all kinds together say."""
        sides = [[one for took in self.took.values() for one in took[side]] for side in (0, 1)]
        return evidence(sides[0], sides[1])


def measured(home: DemoHome, url: str, pairs: Sequence[Pair], times: int) -> tuple[dict[str, Evidence], Evidence]:
    asker = Asker(home, url, pairs)
    with Wire("127.0.0.1", int(url.rpartition(":")[2])) as wire:
        kinds = asker.ask(wire, times)
    found = {**kinds, "all": asker.all_together()}
    print()
    for kind, one in found.items():
        print(f"  {kind:18} {one}")
    return kinds, found["all"]


def test_how_long_it_takes_tells_nothing(home: DemoHome) -> None:
    with served(home) as url:
        kinds, together = measured(home, url, [pair(kind) for kind in KINDS], -(-PAIRS // len(KINDS)))

    assert together.is_within(BOUND), together
    assert [kind for kind, one in kinds.items() if one.finds(BOUND)] == []


def test_two_strangers_do_not_differ(home: DemoHome) -> None:
    """What the measurement itself makes of no difference at all."""
    with served(home) as url:
        kinds, _ = measured(home, url, [nobody()], PAIRS // 10)

    assert not kinds["nobody"].finds(BOUND / 2)


def test_a_planted_leak_is_found(home: DemoHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MICROSECONDS, str(PLANTED))
    with served(home, serve=("-m", "tests.flow.silence.leaky", "serve")) as url:
        kinds, _ = measured(home, url, [pair("withheld"), pair("part2-no-consent")], PAIRS // 10)

    assert all(one.finds(BOUND) and one.wilcoxon < 1e-6 for one in kinds.values())
