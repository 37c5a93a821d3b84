"""A county with something to find in it, and everybody who might knock: loaded once for all the knocking of a file."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey
from sqlalchemy import Engine, text
from sqlmodel import Session

from hub.demo.county import story
from hub.demo.play import personal_id
from hub.main import create_app
from hub.store import audit
from hub.store.accounts import Clients, HubRole, Users, WebSessions
from hub.store.accounts.users import UserRow
from hub.store.crypto import Keys
from hub.store.db import transaction
from hub.store.walls import Part, as_part
from schemas.vocab import Role
from tests.conftest import copy_of
from tests.flow.conftest import COUNTY, PUBLIC_URL, CountyHome, Hub, _settings, county_folder

__all__ = ["county_folder"]

OUTSIDER = "willow-peer-respite"
"""Takes part, and has no part in anything that is planted."""

NEED = "Quillfeather needs a bed tonight."
MESSAGE = b"MSH|^~\\&|Quillfeather|||||"
PLANTED = ("Delgado", "Achterberg", "Quillfeather", "Ana Reyes", "Imani Cole")


@dataclass(frozen=True)
class Knock:
    """Who knocks: the headers that say so."""

    headers: Mapping[str, str]


NOBODY = Knock({})


@dataclass
class Doors:
    """The doors of a hub, what lies behind them, and ways to become anybody."""

    hub: Hub
    things: dict[str, str] = field(default_factory=dict)
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-384", {"kid": "k"}))
    _people: dict[tuple[str, frozenset[HubRole]], UUID] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        return self.hub.engine

    def system(self, scopes: Collection[str], *, of: str = OUTSIDER, ago: timedelta = timedelta()) -> Knock:
        """A system with a token of so long ago."""
        with transaction(self.engine) as session:
            clients, client_id = Clients(session), f"c-{uuid4().hex}"
            keys = {"keys": [self.key.as_dict(private=False)]}
            clients.register(client_id=client_id, name="A", participant=of, scopes=set(scopes), keys=keys)
            client = clients.active(client_id)
            assert client is not None
            token = clients.grant(client, sorted(scopes), at=datetime.now(UTC) - ago).token
        return Knock({"authorization": f"Bearer {token}"})

    def person(self, roles: Collection[HubRole], *, of: str = OUTSIDER, ago: timedelta = timedelta()) -> Knock:
        """A person who signed in so long ago, at a page of theirs."""
        at = datetime.now(UTC) - ago
        with transaction(self.engine) as session:
            user = session.get(UserRow, self._user(session, frozenset(roles), of))
            assert user is not None
            sessions = WebSessions(session, self.hub.keys)
            token = sessions.begin(user, at=at)
            session.flush()
            signed_in = sessions.resume(token, at=at)
            assert signed_in is not None
        return Knock({"cookie": f"hub_session={token}", "x-csrf-token": signed_in.csrf})

    def _user(self, session: Session, roles: frozenset[HubRole], of: str) -> UUID:
        if (of, roles) not in self._people:
            self._people[of, roles] = (
                Users(session, self.hub.keys)
                .create(
                    login=uuid4().hex,
                    name="Invented",
                    participant=of,
                    roles=roles,
                    role=Role.CLINICIAN,
                    password="a quiet night in june",
                )
                .id
            )
        return self._people[of, roles]

    def knock(self, who: Knock, method: str, path: str, body: object = None) -> httpx.Response:
        """Without a body where there is none; a redirect is an answer."""
        said: dict[str, Any] = {} if body is None else {"json": body}
        headers = {"accept": "application/json", **who.headers}
        self.hub.http.cookies.clear()
        return self.hub.http.request(method, path, headers=headers, follow_redirects=False, **said)

    def kept(self) -> dict[str, str]:
        """A digest of each table but those of the audit log."""
        with self.engine.connect() as connection:
            names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'audit%'"
            tables = connection.execute(text(names)).scalars().all()
            digest = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} AS t"
            return {table: connection.execute(text(digest.format(table))).scalar_one() for table in tables}


@pytest.fixture(scope="module")
def doors(county_folder: Path, server: str, keys: Keys) -> Iterator[Doors]:
    """A hub that nobody changes, with a handoff and a message in it in which the outsider has no part."""
    with copy_of(COUNTY, server) as url:
        home = CountyHome(_settings(county_folder, url), 300, url=url, own_keys=keys)
        web = as_part(home.engine, Part.WEB)
        unhurried = {"requests_per_minute": 10**6, "sign_ins_per_minute": 10**6}  # else the rest is told to wait
        with TestClient(
            create_app(home.settings.model_copy(update=unhurried), web, home.keys),
            base_url=PUBLIC_URL,
            raise_server_exceptions=False,
        ) as http:
            doors = Doors(Hub(home, http))
            plant(doors)
            yield doors
        web.dispose()
        home.engine.dispose()


def plant(doors: Doors) -> None:
    """Things with a number, which whoever has no part in them must not find."""
    marcus, hub = story("contact"), doors.hub
    said = {
        "given": marcus.given,
        "family": marcus.family,
        "birth_date": marcus.born.isoformat(),
        "to": "open-door-shelter",
        "need": NEED,
        "urgency": "now",
        "area": "Riverside Park",
        "agreement": {"agreed": True},
    }
    offered = hub.partner("harbor-mobile-crisis").post("/api/handoffs", said)
    kept = hub.partner("lakeside-clinic").send("/api/feeds/hl7v2/messages", MESSAGE)
    assert (offered.status_code, kept.status_code) == (201, 202)
    doors.things |= {"handoff_id": offered.json()["id"], "message_id": kept.json()["id"]}
    doors.things |= {"declaration_id": break_glass(hub)}
    doors.things |= {"ProjectID": "31", "contact_id": listed(hub)}
    doors.things |= {"PersonalID": personal_id(hub.home.county.truth, marcus)}
    audit.sequence(hub.engine)
    audit.checkpoint(hub.engine, hub.keys, datetime.now(UTC))


def listed(hub: Hub) -> str:
    """How a program of the HMIS is reached after hours."""
    said = {"source": "riverbend-hmis", "program": "Project/201", "kind": "phone", "value": "+1 555 0177"}
    answer = hub.partner("riverbend-hmis").post("/api/directory/contacts", {**said, "after_hours": True})
    return str(answer.json()["id"])


def break_glass(hub: Hub) -> str:
    """Declares an emergency about nobody who is known."""
    stated = {"kind": "medical", "medical_person": "Imani Cole", "consent_unobtainable_because": "unconscious"}
    answer = hub.partner("harbor-mobile-crisis").ask(story("stranger"), purpose="ETREAT", emergency=stated)
    return str(answer.json()["query_id"])
