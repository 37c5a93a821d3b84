"""A county as the demo loads it, through the real adapters: loaded once a run, a fresh copy of it for each test."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi.testclient import TestClient
from fasteners import InterProcessLock
from joserfc.jwk import ECKey
from sqlalchemy import Engine, select
from sqlmodel import Session

from adapters.oauth import BackendClient
from hub.demo import load
from hub.demo.county import County, Story, generate, story
from hub.demo.home import SEED, DemoHome
from hub.settings import Settings
from hub.store import audit
from hub.store.audit import Act, AuditLog, Entry
from hub.store.crypto import Keys
from hub.store.walls import Part, as_part
from tests.apps import app_of
from tests.conftest import TEMPLATE, copy_of

COUNTY = "hub_county"
PUBLIC_URL = "http://hub.test"


def _settings(home: Path, url: str | None) -> Settings:
    return Settings(home=home, database_url=url, public_url=PUBLIC_URL, mllp_port=0, mllp_source="mercy-hospital")


@dataclass(frozen=True)
class CountyHome(DemoHome):
    """A demo home on a database of the test's own."""

    url: str = ""
    own_keys: Keys | None = None

    @cached_property
    def keys(self) -> Keys:
        assert self.own_keys is not None
        return self.own_keys

    @cached_property
    def county(self) -> County:
        return _county(self.settings.home / f"county-{os.getpid()}", self.people)


@cache
def _county(folder: Path, people: int) -> County:
    """The files of the county: written once in a process, where no other writes, and read by every test."""
    return generate(folder, people=people, seed=SEED, now=datetime.now(UTC))


@pytest.fixture(scope="session")
def county_folder(server: str, keys: Keys) -> Path:
    """The folder of the county; its database is the template `hub_county`."""
    folder = Path(server.partition("host=")[2]).parent / "county"  # goes with the server
    folder.mkdir(exist_ok=True)
    with InterProcessLock(folder / "lock"):
        if not (folder / "ready").exists():
            _load(folder, server, keys)
            (folder / "ready").touch()
    return folder


def _load(folder: Path, server: str, keys: Keys) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {COUNTY} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    home = CountyHome(_settings(folder, server.replace("/postgres?", f"/{COUNTY}?", 1)), 300, own_keys=keys)
    for _ in load.load(home):
        pass
    home.let_go()


@pytest.fixture
def home(county_folder: Path, server: str, keys: Keys) -> Iterator[CountyHome]:
    """The county, loaded, in a database of the test's own."""
    with county_in(county_folder, server, keys) as home:
        yield home


@contextmanager
def county_in(folder: Path, server: str, keys: Keys) -> Iterator[CountyHome]:
    """A fresh copy of the county, for as long as the block lasts."""
    with copy_of(COUNTY, server) as url:
        home = CountyHome(_settings(folder, url), 300, url=url, own_keys=keys)
        yield home
        home.engine.dispose()


class Partner:
    """A registered system that talks to the hub over HTTP with a token it got the way any system gets one."""

    def __init__(self, http: httpx.Client, client_id: str, token: str) -> None:
        self.http = http
        self.client_id = client_id
        self.headers = {"authorization": f"Bearer {token}"}

    def post(self, path: str, body: object = None, **options: Any) -> httpx.Response:
        return self.http.post(path, json=body, headers={**self.headers, **options.pop("headers", {})}, **options)

    def send(self, path: str, content: bytes, **headers: str) -> httpx.Response:
        return self.http.post(path, content=content, headers={**self.headers, **headers})

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path, headers=self.headers)

    def ask(self, one: Story, **changes: Any) -> httpx.Response:
        """The story's question."""
        return self.post("/api/contact-queries", {**question(one), **changes})


def question(one: Story) -> dict[str, Any]:
    """A crisis team's question about a story's person."""
    person = {"given": one.given, "family": one.family, "birth_date": one.born.isoformat()}
    return {"purpose": "COC", "treating_relationship": True, "justification": "on scene", "person": person}


@dataclass(frozen=True)
class Hub:
    """A hub with a county in it, and its doors."""

    home: CountyHome
    http: httpx.Client

    @property
    def engine(self) -> Engine:
        return self.home.engine

    @cached_property
    def at_work(self) -> Engine:
        """The database with the rights of the worker."""
        return as_part(self.engine, Part.WORKER)

    @cached_property
    def listening(self) -> Engine:
        """The database with the rights of the listener."""
        return as_part(self.engine, Part.LISTENER)

    @property
    def keys(self) -> Keys:
        return self.home.keys

    def partner(self, client_id: str) -> Partner:
        key = ECKey.import_key(json.loads((self.home.client_keys / f"{client_id}.json").read_bytes()))
        form = BackendClient(client_id, key).form(f"{PUBLIC_URL}/oauth2/token", load.CLIENTS[client_id][1])
        answer = self.http.post("/oauth2/token", data=form)
        assert answer.status_code == 200, answer.text
        return Partner(self.http, client_id, answer.json()["access_token"])

    def entries(self, act: Act) -> list[Entry]:
        """The entries of an act, newest first."""
        audit.sequence(self.engine)
        with Session(self.engine) as session:
            return AuditLog(session, self.keys).entries(act=act)

    def everything_kept(self) -> bytes:
        """Every value of every column of every table, for looking for what must not be there."""
        from sqlmodel import SQLModel

        with self.engine.connect() as connection:
            rows = [row for table in SQLModel.metadata.sorted_tables for row in connection.execute(select(table))]
        return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


@pytest.fixture
def hub(home: CountyHome) -> Iterator[Hub]:
    with opened(home) as hub:
        yield hub


@contextmanager
def opened(home: CountyHome, **settings: Any) -> Iterator[Hub]:
    """The county's hub, under settings that a test changes."""
    app = app_of(home.settings.model_copy(update=settings), as_part(home.engine, Part.WEB), home.keys)
    with TestClient(app, base_url=PUBLIC_URL, raise_server_exceptions=False) as http:
        yield Hub(home, http)


@pytest.fixture
def crisis(hub: Hub) -> Partner:
    """The mobile crisis team's system; its user is a clinician."""
    return hub.partner("harbor-mobile-crisis")


@pytest.fixture
def shelter(hub: Hub) -> Partner:
    return hub.partner("open-door-shelter")


@pytest.fixture
def hmis(hub: Hub) -> Partner:
    """The county's HMIS."""
    return hub.partner("riverbend-hmis")


@pytest.fixture
def stranger() -> Story:
    return story("stranger")


@pytest.fixture
def marcus() -> Story:
    return story("contact")


@pytest.fixture
def rosalind() -> Story:
    """Known to Open Door, with no release."""
    return story("withheld")


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)
