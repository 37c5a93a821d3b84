"""A hub that answers on a real socket, and the ways in which an asker meets it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pyotp
import pytest
from joserfc.jwk import ECKey

from adapters.oauth import BackendClient
from hub.demo import load
from hub.process import prepared
from tests.flow.conftest import PUBLIC_URL, CountyHome
from tests.flow.silence.wire import Answer, Wire, post

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Asker:
    """A system with its token, or a person with their cookie, on a connection of their own."""

    wire: Wire
    headers: dict[str, str]

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        """Sends JSON; bytes go as they are."""
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.wire.ask(post(path, written, {"content-type": JSON, **self.headers, **headers}))

    def get(self, path: str) -> Answer:
        return self.wire.ask(post(path, b"", self.headers).replace(b"POST", b"GET", 1))

    def fill_in(self, path: str, form: dict[str, str]) -> Answer:
        return self.post(path, urlencode(form).encode(), **{"content-type": FORM})


@pytest.fixture
def port(home: CountyHome) -> Iterator[int]:
    with prepared(home.settings, home.engine, home.keys, port=0, everything=False, demo=False) as (server, bound):
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield bound.getsockname()[1]
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def system(home: CountyHome, port: int) -> Iterator[Callable[[str], Asker]]:
    """Gives a registered system that is signed in."""
    wires: list[Wire] = []

    def signed_in(client: str) -> Asker:
        key = ECKey.import_key(json.loads((home.client_keys / f"{client}.json").read_bytes()))
        form = BackendClient(client, key).form(f"{PUBLIC_URL}/oauth2/token", load.CLIENTS[client][1])
        asker = Asker(Wire("127.0.0.1", port), {})
        wires.append(asker.wire)
        token = asker.fill_in("/oauth2/token", dict(form)).json()["access_token"]
        return Asker(asker.wire, {"authorization": f"Bearer {token}"})

    yield signed_in
    for wire in wires:
        wire.close()


@pytest.fixture
def worker(home: CountyHome, port: int) -> Iterator[Asker]:
    """A crisis worker at a page."""
    user = next(user for user in home.county.directory().users if user.account == "crisis-worker")
    with Wire("127.0.0.1", port) as wire:
        code = pyotp.TOTP(load.TOTP_SECRET).at(datetime.now(UTC))
        form = {"login": user.username, "password": load.PASSWORD, "code": code}
        answer = Asker(wire, {}).fill_in("/sign-in", form)
        assert answer.status == 303, answer
        cookie = next(line for line in answer.head.decode().split("\r\n") if line.lower().startswith("set-cookie"))
        yield Asker(wire, {"cookie": cookie.partition(": ")[2].partition(";")[0]})
