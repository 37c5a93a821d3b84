"""A contact query end to end over HTTP, the audit entry durable; beside it the health check of the same server.

The server, the worker and the asker are processes of their own, as in real life.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import httpx
import pytest
from joserfc.jwk import ECKey

from adapters.oauth import BackendClient
from hub.demo import load
from hub.demo.county import Story, story
from hub.demo.home import DemoHome
from tests.bench.conftest import milliseconds, told

CLIENT = "harbor-mobile-crisis"
TIMES = 500

pytestmark = pytest.mark.bench


def query(one: Story) -> dict[str, object]:
    person = {"given": one.given, "family": one.family, "birth_date": one.born.isoformat()}
    return {"purpose": "COC", "treating_relationship": True, "justification": "bench", "person": person}


@contextmanager
def served(home: DemoHome, *, serve: Sequence[str] = ("-m", "hub.cli", "serve")) -> Iterator[str]:
    """The URL of a server of its own process, with a worker beside it; `serve` is how Python is told to."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = {
        "HUB_HOME": str(home.settings.home),
        "HUB_PUBLIC_URL": home.settings.public_url,
        "HUB_PORT": str(port),
        "HUB_REQUESTS_PER_MINUTE": "1000000",
    }
    commands = ([sys.executable, *serve], [sys.executable, "-m", "hub.cli", "work"])
    processes = [subprocess.Popen(command, env={**os.environ, **own}) for command in commands]
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(f"{url}/readyz", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not come up")


def measure(home: DemoHome, people: int) -> float:
    """Prints the figures; gives the median of an answered query in milliseconds."""
    with served(home) as url, httpx.Client(trust_env=False) as http:
        key = ECKey.import_key(json.loads((home.client_keys / f"{CLIENT}.json").read_bytes()))
        client = BackendClient(CLIENT, key, audience=f"{home.settings.public_url}/oauth2/token")
        token = client.token(f"{url}/oauth2/token", load.CLIENTS[CLIENT][1])
        headers = {"authorization": f"Bearer {token}"}

        def ask(one: Story) -> None:
            assert http.post(f"{url}/api/contact-queries", json=query(one), headers=headers).status_code == 200

        baseline = milliseconds(lambda: http.get(f"{url}/healthz"), TIMES)
        asked = {key: milliseconds(partial(ask, story(key)), TIMES) for key in ("contact", "stranger", "withheld")}
    print(f"\n{people} people")
    print(" ", told("health check (baseline)", baseline))
    for name, took in asked.items():
        print(" ", told(name, took), f"= {statistics.median(took) / statistics.median(baseline):.1f} x baseline")
    return statistics.median(asked["contact"])


def test_small_and_large(small: DemoHome, large: DemoHome) -> None:
    few, many = measure(small, 300), measure(large, 10_000)
    print(f"from 300 to 10,000 people an answer takes {many / few:.2f} x as long")
