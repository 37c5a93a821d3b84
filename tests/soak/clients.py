"""Decent senders: each keeps what was not acknowledged and sends it again, under the same key, until it is."""

import asyncio
import csv
import io
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from random import Random
from typing import Any
from uuid import uuid4

import httpx

from adapters.hl7v2.acknowledgement import acknowledged
from adapters.hl7v2.mllp import MllpClient, NoAcknowledgement
from adapters.oauth import NoToken
from hub.demo.county import Story, story
from hub.demo.county.jail import COLUMNS
from hub.demo.play import personal_id, release
from tests.soak.history import Kind, Operation, Outcome
from tests.soak.world import CLINIC, CRISIS, HMIS, HOSPITAL, JAIL, SHELTER, World

GIVE_UP = 120.0
PAUSE = 0.15
GOOD = range(200, 300)


class Book:
    """The history that the clients write, all in one book."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.sent: dict[str, int] = defaultdict(int)
        self.refused: dict[int, int] = defaultdict(int)
        self._lock = threading.Lock()

    def write(self, operation: Operation) -> None:
        with self._lock:
            self.operations.append(operation)

    def answered(self, status: int, kind: Kind, about: str, asked: float) -> None:
        """An answer that was none: what the hub said instead."""
        with self._lock:
            self.refused[status] += 1
            if status >= 500 and status != 503:
                self.operations.append(Operation(kind, about, asked, time.time(), Outcome.FAILED, status=status))


class System:
    """One registered system over HTTP."""

    def __init__(self, world: World, client: str, book: Book) -> None:
        self.world, self.client, self.book = world, client, book
        self.http = httpx.Client(base_url=world.base, trust_env=False, timeout=20)
        self._token = ""

    def insist(
        self, kind: Kind, about: str, path: str, *, done: int | None = None, **what: Any
    ) -> tuple[float, httpx.Response | None]:
        """Posts until it is done; gives when it was first asked, and the answer. None where it never came.

        `done` is the status that says, to whoever asks again, that it was done the first time.
        """
        asked, deadline = time.time(), time.monotonic() + GIVE_UP
        while time.monotonic() < deadline:
            response = self.once(path, **what)
            if response is not None and (response.status_code in GOOD or response.status_code == done):
                return asked, response
            if response is not None:
                self.book.answered(response.status_code, kind, about, asked)
                if response.status_code == 401:
                    self._token = ""
            time.sleep(PAUSE)
        return asked, None

    def once(self, path: str, **what: Any) -> httpx.Response | None:
        """One attempt; None where the line broke or no token was to be had."""
        with suppress(httpx.HTTPError, NoToken, json.JSONDecodeError):
            self._token = self._token or self.world.token(self.client)
            headers = {"authorization": f"Bearer {self._token}", **what.pop("headers", {})}
            return self.http.post(path, headers=headers, **what)
        return None

    def get(self, path: str) -> Any:
        with suppress(httpx.HTTPError, NoToken, json.JSONDecodeError):
            self._token = self._token or self.world.token(self.client)
            response = self.http.get(path, headers={"authorization": f"Bearer {self._token}"})
            if response.status_code in GOOD:
                return response.json()
            self._token = "" if response.status_code == 401 else self._token
        return None


def invented(number: int) -> str:
    """A family name that is like no other."""
    letters = sha256(str(number).encode()).hexdigest()[:12].translate(str.maketrans("0123456789", "ghijklmnop"))
    return f"Q{letters}"


def token_of(world: World, content: bytes) -> str:
    """How the hub knows a message again."""
    return world.keys.token("message-content", sha256(content).hexdigest()).hex()


class Clients:
    """Everyone who uses the hub in a run, each in a thread of its own, until told to stop."""

    def __init__(self, world: World, book: Book, *, seed: int) -> None:
        self.world, self.book = world, book
        self.stopping = threading.Event()
        self.failures: list[BaseException] = []
        jobs: list[Callable[[Random], None]] = [self._clinic, self._jail, self._hospital, self._handoffs, self._asks]
        jobs += [partial(self._consents, story(one)) for one in ("withheld", "expired")]
        self._threads = [
            threading.Thread(target=self._run, args=[job, Random(seed + number)], daemon=True)
            for number, job in enumerate(jobs)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in self._threads:
            thread.join(GIVE_UP)
        if self.failures:
            raise self.failures[0]

    def _run(self, job: Callable[[Random], None], random: Random) -> None:
        try:
            job(random)
        except BaseException as error:  # noqa: BLE001  (told to the test)
            self.failures.append(error)

    def _turns(self, random: Random, *, slower: float = 1.0) -> Iterator[int]:
        turn = 0
        while not self.stopping.wait(random.uniform(0.5, 1.5) * PAUSE * slower):
            turn += 1
            yield turn

    # --- those who send ----------------------------------------------------------------------------------------------

    def _next(self, source: str, random: Random) -> tuple[str, int]:
        """Whom to speak of, and the how-manieth time that is."""
        family = invented(random.randrange(30))
        key = f"{source}|{family}"
        self.book.sent[key] += 1
        return family, self.book.sent[key]

    def _clinic(self, random: Random) -> None:
        system = System(self.world, CLINIC, self.book)
        for turn in self._turns(random):
            family, version = self._next(CLINIC, random)
            name = {"family": family, "given": ["Pat", f"V{version}"]}
            said = {"resourceType": "Patient", "id": family, "name": [name], "birthDate": "1980-01-02"}
            self._send(system, "fhir", json.dumps(said).encode(), f"clinic-{turn}")

    def _jail(self, random: Random) -> None:
        system = System(self.world, JAIL, self.book)
        for turn in self._turns(random):
            family, version = self._next(JAIL, random)
            row = dict.fromkeys(COLUMNS, "") | {
                "Booking No": f"B-{family}",
                "Person No": family,
                "Last Name": family,
                "First Name": "Sam",
                "Middle Name": f"V{version}",
                "DOB": "01/02/1981",
                "Sex": "M",
                "Status": "IN CUSTODY",
                "Book Date": "06/01/2026 10:00",
            }
            text = io.StringIO()
            writer = csv.DictWriter(text, COLUMNS)
            writer.writeheader()
            writer.writerow(row)
            self._send(system, "jail", text.getvalue().encode(), f"jail-{turn}")

    def _send(self, system: System, feed: str, content: bytes, key: str) -> None:
        about = token_of(self.world, content)
        path, headers = f"/api/feeds/{feed}/messages", {"idempotency-key": key}
        asked, answer = system.insist(Kind.SEND, about, path, content=content, headers=headers)
        outcome = Outcome.UNKNOWN if answer is None else Outcome.OK
        self.book.write(Operation(Kind.SEND, about, asked, time.time(), outcome))

    def _hospital(self, random: Random) -> None:
        async def send() -> None:
            client = MllpClient("127.0.0.1", self.world.mllp_port, timeout=20)
            for turn in self._turns(random):
                family, version = self._next(HOSPITAL, random)
                await self._insist_over_mllp(client, _admission(turn, family, version))
            await client.close()

        asyncio.run(send())

    async def _insist_over_mllp(self, client: MllpClient, content: bytes) -> None:
        about, asked = token_of(self.world, content), time.time()
        deadline = time.monotonic() + GIVE_UP
        while time.monotonic() < deadline:
            with suppress(NoAcknowledgement, OSError):
                said = acknowledged(await client.send(content))
                if said is not None and said[0] == "AA":
                    self.book.write(Operation(Kind.SEND, about, asked, time.time(), Outcome.OK))
                    return
            await asyncio.sleep(PAUSE)
        self.book.write(Operation(Kind.SEND, about, asked, time.time(), Outcome.UNKNOWN))

    # --- those who ask, permit and forbid ----------------------------------------------------------------------------

    def _consents(self, one: Story, random: Random) -> None:
        """Someone signs a release, is asked for, takes it back, and is asked for again; over and over."""
        filer, asker = System(self.world, HMIS, self.book), System(self.world, CRISIS, self.book)
        key = personal_id(self.world.home.county.truth, one)
        for turn in self._turns(random):
            filing = release(key)
            filing["consent"]["id"] = f"soak-{one.key}-{turn}"
            self._change(filer, Kind.PERMIT, one.key, "/api/consents", filing)
            self._ask(asker, one)
            revoking = {"consent_id": f"soak-{one.key}-{turn}", "form": "oral"}
            self._change(filer, Kind.FORBID, one.key, "/api/consents/revocations", revoking)
            self._ask(asker, one)

    def _change(self, system: System, kind: Kind, about: str, path: str, body: object) -> None:
        done = 409 if kind is Kind.WITHDRAW else None
        asked, answer = system.insist(kind, about, path, done=done, json=body)
        outcome = Outcome.UNKNOWN if answer is None else Outcome.OK
        self.book.write(Operation(kind, about, asked, time.time(), outcome))

    def _asks(self, random: Random) -> None:
        """A second team asks for the same people at any time."""
        asker = System(self.world, CRISIS, self.book)
        for _ in self._turns(random, slower=0.5):
            self._ask(asker, story(random.choice(["withheld", "expired", "contact", "stranger"])))

    def _ask(self, system: System, one: Story) -> None:
        person = {"given": one.given, "family": one.family, "birth_date": one.born.isoformat()}
        query = {"purpose": "COC", "treating_relationship": True, "justification": "soak", "person": person}
        asked = time.time()
        answer = system.once("/api/contact-queries", json=query)
        ended = time.time()
        if answer is None:
            self.book.write(Operation(Kind.ASK, one.key, asked, ended, Outcome.UNKNOWN))
        elif answer.status_code in GOOD:
            said = answer.json()
            told = len(said["contacts"])
            self.book.write(Operation(Kind.ASK, one.key, asked, ended, Outcome.OK, said["query_id"], told))
        else:
            self.book.answered(answer.status_code, Kind.ASK, one.key, asked)
            if answer.status_code == 401:
                system._token = ""

    # --- those who hand over -----------------------------------------------------------------------------------------

    def _handoffs(self, random: Random) -> None:
        """People are offered and withdrawn, so that the shelter is told of both; some forbid that it is told more."""
        system = System(self.world, CRISIS, self.book)
        for turn in self._turns(random):
            person = random.randrange(6)
            handoff = self._offer(system, invented(1000 + person))
            if handoff is not None:
                self._change(system, Kind.WITHDRAW, handoff, f"/api/handoffs/{handoff}/withdraw", {})
            if turn % 3 == 0 and (handoff := self._offer(system, invented(2000 + turn))) is not None:
                self._forbid(system, handoff)

    def _offer(self, system: System, family: str) -> str | None:
        """Where it is not known whether the offer came in, the list of one's handoffs says so."""
        need = f"A bed tonight. {uuid4()}"
        body = {
            "given": "Robin",
            "family": family,
            "birth_date": "1975-05-05",
            "to": SHELTER,
            "need": need,
            "urgency": "now",
            "area": "Riverside Park",
            "agreement": {"agreed": True},
        }
        asked, deadline = time.time(), time.monotonic() + GIVE_UP
        while time.monotonic() < deadline:
            answer = system.once("/api/handoffs", json=body)
            found = answer.json()["id"] if answer is not None and answer.status_code in GOOD else None
            if answer is not None and found is None:
                self._note(system, answer, asked)
            found = found or self._found(system, need)
            if found is not None:
                self.book.write(Operation(Kind.OFFER, str(found), asked, time.time(), Outcome.OK))
                return str(found)
            time.sleep(PAUSE)
        return None

    def _note(self, system: System, answer: httpx.Response, asked: float) -> None:
        self.book.answered(answer.status_code, Kind.OFFER, "", asked)
        if answer.status_code == 401:
            system._token = ""

    def _found(self, system: System, need: str) -> str | None:
        mine = None
        while mine is None and not self.stopping.wait(PAUSE):
            mine = system.get("/api/handoffs")
        return next((one["id"] for one in mine or () if one["need"] == need), None)

    def _forbid(self, system: System, handoff: str) -> None:
        """The person asks that the shelter is told nothing, and the team agrees."""
        restriction = {
            "id": f"no-{handoff}",
            "source": CRISIS,
            "agreed": True,
            "against": [{"organization": SHELTER}],
            "information": {"all": True},
        }
        filing = {"person": {"system": "urn:hub:handoff:person", "value": handoff}, "restriction": restriction}
        self._change(system, Kind.FORBID, f"person-of-{handoff}", "/api/consents/restrictions", filing)
        self._change(system, Kind.WITHDRAW, handoff, f"/api/handoffs/{handoff}/withdraw", {})


def _admission(turn: int, family: str, version: int) -> bytes:
    stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    return (
        f"MSH|^~\\&|ADT|MERCY|HUB|RIVERBEND|{stamp}||ADT^A08^ADT_A01|S-{turn}|P|2.5.1\r"
        f"EVN|A08|{stamp}\r"
        f"PID|1||M-{family}^^^MERCY^MR||{family}^Kim^V{version}||19820103|F\r"
        f"PV1|1|E|ED^12^1||||||||||||||||V-{family}|||||||||||||||||||||||||20260615020500\r"
    ).encode()
