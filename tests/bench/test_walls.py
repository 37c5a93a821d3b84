"""A contact query with the rights of the web alone beside the same one as the owner of the database, taking turns."""

import json
import statistics
from time import perf_counter

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey

from adapters.oauth import BackendClient
from hub.demo import load
from hub.demo.county import story
from hub.demo.home import DemoHome
from hub.main import create_app
from hub.store.walls import Part, as_part
from tests.bench.conftest import told
from tests.bench.test_contact_query import CLIENT, query

PAIRS = 400

pytestmark = pytest.mark.bench


def asker(home: DemoHome, *, walled: bool) -> TestClient:
    """A system that is signed in at a hub with the wall, or without."""
    engine = as_part(home.engine, Part.WEB) if walled else home.engine
    http = TestClient(create_app(home.settings, engine, home.keys), base_url=home.settings.public_url)
    key = ECKey.import_key(json.loads((home.client_keys / f"{CLIENT}.json").read_bytes()))
    form = BackendClient(CLIENT, key).form(f"{home.settings.public_url}/oauth2/token", load.CLIENTS[CLIENT][1])
    http.headers["authorization"] = f"Bearer {http.post('/oauth2/token', data=form).json()['access_token']}"
    return http


def test_the_wall_costs_a_query_nothing_that_can_be_measured(small: DemoHome) -> None:
    took: dict[bool, list[float]] = {True: [], False: []}
    with asker(small, walled=True) as with_wall, asker(small, walled=False) as without:
        for number in range(2 * PAIRS + 40):
            walled = number % 2 == 0
            http = with_wall if walled else without
            began = perf_counter()
            assert http.post("/api/contact-queries", json=query(story("contact"))).status_code == 200
            if number >= 40:
                took[walled].append((perf_counter() - began) * 1000)
    for walled, name in ((False, "as the owner (baseline)"), (True, "as the web")):
        print(" ", told(name, sorted(took[walled])))
    ratio = statistics.median(took[True]) / statistics.median(took[False])
    print(f"  ratio of the medians {ratio:.3f}")
    assert ratio < 1.1
