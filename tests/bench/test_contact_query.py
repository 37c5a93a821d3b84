"""A contact query end to end over HTTP, the audit entry durable, one worker; beside it the health check."""

import json
import statistics

import httpx
import pytest
from joserfc.jwk import ECKey

from adapters.oauth import BackendClient
from hub.demo import load
from hub.demo.county import Story, story
from hub.demo.home import DemoHome
from hub.process import running
from tests.bench.conftest import milliseconds, told

CLIENT = "harbor-mobile-crisis"
TIMES = 400

pytestmark = pytest.mark.bench


def query(one: Story) -> dict[str, object]:
    person = {"given": one.given, "family": one.family, "birth_date": one.born.isoformat()}
    return {"purpose": "COC", "treating_relationship": True, "justification": "bench", "person": person}


def measure(home: DemoHome, people: int) -> float:
    """Prints the figures; gives the median of an answered query in milliseconds."""
    with running(home.settings, home.engine, home.keys) as port, httpx.Client(trust_env=False) as http:
        url = f"http://127.0.0.1:{port}"
        key = ECKey.import_key(json.loads((home.client_keys / f"{CLIENT}.json").read_bytes()))
        client = BackendClient(CLIENT, key, audience=f"{home.settings.public_url}/oauth2/token")
        token = client.token(f"{url}/oauth2/token", load.CLIENTS[CLIENT][1])
        headers = {"authorization": f"Bearer {token}"}

        def ask(one: Story) -> None:
            answer = http.post(f"{url}/api/contact-queries", json=query(one), headers=headers)
            assert answer.status_code == 200

        baseline = milliseconds(lambda: http.get(f"{url}/healthz"), TIMES)
        known = milliseconds(lambda: ask(story("contact")), TIMES)
        stranger = milliseconds(lambda: ask(story("stranger")), TIMES)
        withheld = milliseconds(lambda: ask(story("withheld")), TIMES)
    print(f"\n{people} people")
    print(" ", told("health check (baseline)", baseline))
    for name, took in (("answered", known), ("stranger", stranger), ("withheld", withheld)):
        print(" ", told(name, took), f"= {statistics.median(took) / statistics.median(baseline):.1f} x baseline")
    return statistics.median(known)


def test_small_and_large(small: DemoHome, large: DemoHome) -> None:
    few, many = measure(small, 300), measure(large, 10_000)
    print(f"from 300 to 10,000 people an answer takes {many / few:.2f} x as long")
