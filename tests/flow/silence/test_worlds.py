"""Two worlds that differ in nothing but what may not be told: whoever may not know lives the same in both, for ever.

In one of them Cedar, a treatment program under 42 CFR Part 2, has three patients and goes on sending about them. The
same script runs in both; what a crisis team, a shelter, the HMIS and a listening partner see of it is equal.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.http import HttpSender
from hub.demo import load
from hub.demo.county.bundles import encounter, medication
from hub.demo.partner import Partner as Listening
from hub.demo.partner import listening
from hub.flow.intake import Reader
from hub.flow.outbox import Courier
from hub.store.db import transaction
from hub.store.people import People
from schemas.contacts import PersonAsked
from schemas.vocab import Match
from tests.conftest import copy_of
from tests.flow.conftest import COUNTY, CountyHome, Hub, opened
from tests.flow.silence.kinds import Person, pair
from tests.flow.silence.test_bytes import CRISIS, HMIS, SHELTER, filing, offer

CEDAR = "cedar-opioid-treatment"
HIDDEN = Person("Quillon", "Vexmoor", date(1974, 8, 9))
"""Nobody but Cedar knows him."""

PEOPLE = {
    "known to Cedar alone": HIDDEN,
    "known, with no release": pair("withheld").known,
    "known, with a release": pair("contact").known,
    "known to nobody": pair("withheld").stranger,
}
NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


@dataclass
class World:
    """A hub, those who look at it, and all that they have seen."""

    hub: Hub
    partner: Listening
    seen: list[str] = field(default_factory=list)
    handoffs: list[str] = field(default_factory=list)
    _numbers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with transaction(self.hub.engine) as session:
            self.partner.secret = load.listens_at(session, self.hub.keys, SHELTER, self.partner.url)
        self.systems = {client: self.hub.partner(client) for client in (CRISIS, SHELTER, HMIS, CEDAR)}
        self.courier = Courier(self.hub.at_work, self.hub.keys, sender=HttpSender(attempts=1))
        self.reader = Reader(self.hub.at_work, self.hub.keys, auto_link=8.0)

    def see(self, answer: httpx.Response) -> httpx.Response:
        headers = {name: value for name, value in answer.headers.items() if name not in {"date", "x-request-id"}}
        self._write_down([answer.status_code, headers, answer.text])
        return answer

    def hear(self) -> None:
        """What the shelter's own system was told."""
        self.courier.round(datetime.now(UTC))
        self._write_down(list(self.partner.news.values()))

    def _write_down(self, what: object) -> None:
        """Numbers by the order in which they were first seen; times as times."""
        named = NUMBERS.sub(lambda found: self._number(found[0]), json.dumps(what, sort_keys=True))
        self.seen.append(TIMES.sub("<time>", named))

    def _number(self, number: str) -> str:
        return self._numbers.setdefault(number, f"<{len(self._numbers)}>")

    def cedar_sends(self, turn: int) -> None:
        """Cedar's patients, and that they were there again."""
        message = bundle(turn)
        assert self.systems[CEDAR].send("/api/feeds/fhir/messages", message).status_code == 202
        assert self.reader.round(datetime.now(UTC)) == 1


def bundle(turn: int) -> bytes:
    resources: list[dict[str, Any]] = []
    for number, person in enumerate((HIDDEN, PEOPLE["known, with no release"], PEOPLE["known, with a release"])):
        key = f"CO-9{number}"
        name = {"use": "official", "family": person.family, "given": [person.given]}
        resources += [
            {"resourceType": "Patient", "id": key, "active": True, "name": [name], "birthDate": str(person.born)},
            encounter(f"{key}-e{turn}", key, "finished", "2026-06-01T09:00:00-05:00", "2026-06-01T09:30:00-05:00"),
            medication(f"{key}-m{turn}", key, "methadone", "2026-06-01"),
        ]
    entries = [
        {"fullUrl": f"https://fhir.{CEDAR}.example/{one['resourceType']}/{one['id']}", "resource": one}
        for one in resources
    ]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


@pytest.fixture
def worlds(county_folder: Any, server: str, keys: Any) -> Iterator[tuple[World, World]]:
    """The first knows nothing of Cedar's patients."""
    with ExitStack() as stack:
        made = []
        for _ in range(2):
            url = stack.enter_context(copy_of(COUNTY, server))
            home = CountyHome(_settings(county_folder, url), 300, url=url, own_keys=keys)
            stack.callback(home.engine.dispose)
            made.append(World(stack.enter_context(opened(home)), stack.enter_context(listening())))
        made[1].cedar_sends(0)
        yield made[0], made[1]


def _settings(folder: Any, url: str) -> Any:
    from tests.flow.conftest import _settings as settings_of

    return settings_of(folder, url)


# --- what an observer may do -----------------------------------------------------------------------------------------


def ask(world: World, person: Person, purpose: str) -> None:
    said = {"purpose": purpose, "treating_relationship": True, "justification": "on scene", "person": person.asked()}
    world.see(world.systems[CRISIS].post("/api/contact-queries", said))


def hand_over(world: World, person: Person, purpose: str) -> None:
    answer = world.see(world.systems[CRISIS].post("/api/handoffs", {**offer(person), "purpose": purpose}))
    if answer.status_code == 201:
        world.handoffs.append(answer.json()["id"])


def take_over(world: World, _: Person, __: str) -> None:
    if not world.handoffs:
        return
    path = f"/api/handoffs/{world.handoffs[-1]}"
    world.see(world.systems[SHELTER].post(f"{path}/accept", {"worker": "Ana Reyes", "role": "outreach worker"}))
    world.see(world.systems[SHELTER].post(f"{path}/packet"))


def look(world: World, _: Person, __: str) -> None:
    world.see(world.systems[CRISIS].get("/api/handoffs"))
    world.see(world.systems[SHELTER].get("/api/handoffs"))


def sign_a_release(world: World, _: Person, __: str) -> None:
    person = {"system": "urn:hub:hmis:PersonalID", "value": "P-100002"}
    world.see(world.systems[HMIS].post("/api/consents", filing(person)))


def revoke(world: World, _: Person, __: str) -> None:
    world.see(world.systems[HMIS].post("/api/consents/revocations", {"consent_id": "c-1", "form": "oral"}))


STEPS = st.tuples(
    st.sampled_from([ask, ask, hand_over, take_over, look, sign_a_release, revoke]),
    st.sampled_from(sorted(PEOPLE)),
    st.sampled_from(["COC", "TREAT"]),
)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(script=st.lists(STEPS, min_size=2, max_size=8), again=st.integers(0, 7))
def test_whoever_may_not_know_sees_the_same_in_both(
    worlds: tuple[World, World], script: list[tuple[Any, str, str]], again: int
) -> None:
    """The worlds live on from script to script, as worlds do."""
    without, with_patients = worlds
    for turn, (step, person, purpose) in enumerate(script):
        if turn == again:
            with_patients.cedar_sends(len(with_patients.seen) + 1)
        for world in worlds:
            step(world, PEOPLE[person], purpose)
            world.hear()

    assert without.seen == with_patients.seen


def test_the_worlds_do_differ(worlds: tuple[World, World]) -> None:
    """Else nothing would have been kept silent."""
    matches = []
    for world in worlds:
        with transaction(world.hub.engine) as session:
            asked = PersonAsked(given=HIDDEN.given, family=HIDDEN.family, birth_date=HIDDEN.born)
            matches.append(People(session, world.hub.keys).find(asked).match)

    assert matches == [Match.NONE, Match.UNIQUE]


def test_what_may_be_told_is_told_in_both(worlds: tuple[World, World]) -> None:
    for world in worlds:
        ask(world, PEOPLE["known, with a release"], "COC")
        assert "Ana Reyes" in world.seen[-1]
