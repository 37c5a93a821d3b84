"""A hub with doors only: sign-in, pages and problems, on a real database, with two invented people and one system."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pyotp
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey
from pydantic import AwareDatetime
from sqlalchemy import Engine, text
from sqlmodel import Session

from hub.edge import auth, problems, web
from hub.edge.auth import CallerDep, FreshCallerDep, routes
from hub.edge.auth.access import OFFICERS, PEOPLE, TABLE, Access, Table, Way, everybody
from hub.edge.transaction import SessionDep, now
from hub.edge.web.contacts import get_ask
from hub.errors import Conflict
from hub.main import furnish
from hub.settings import Settings
from hub.store import db
from hub.store.accounts import Caller, Clients, HubRole, HubScope, Users
from hub.store.accounts.clients import AccessTokenRow
from hub.store.audit import AuditLog, Entry, sequence
from hub.store.crypto import Keys
from hub.store.directory import Directory, ParticipantRow
from hub.store.walls import Part, as_part
from schemas.contacts import (
    Contact,
    ContactAnswer,
    ContactQuery,
    CoordinatedEntryState,
    LastContact,
    LastSeen,
    Reach,
    RestsOn,
    Worker,
)
from schemas.frozen import Frozen
from schemas.vocab import Role
from tests.apps import another

PASSWORD = "a quiet night in june"
MIDNIGHT = datetime.fromisoformat("2026-06-15T02:10:00+00:00")
AUDIENCE = "http://127.0.0.1:8000/oauth2/token"
QUERY_ID = UUID("5f0c6b0a-8f0e-4a38-9a57-0f4d7c1f2a11")


class Clock:
    """The time by which the hub goes."""

    def __init__(self) -> None:
        self.at = MIDNIGHT

    def __call__(self) -> datetime:
        return self.at

    def goes_on(self, **by: float) -> None:
        self.at += timedelta(**by)


class Person(NamedTuple):
    """Someone with an account: what they know and what their phone shows."""

    login: str
    name: str
    participant: str
    hub_role: HubRole
    role: Role
    totp_secret: str

    def code(self, at: datetime) -> str:
        return pyotp.TOTP(self.totp_secret).at(at)


WORKER = Person(
    "dana.ortiz", "Dana Ortiz", "night-team", HubRole.CRISIS_WORKER, Role.CLINICIAN, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
)
OFFICER = Person(
    "ines.wolfe",
    "Ines Wolfe",
    "county-compliance",
    HubRole.COMPLIANCE_OFFICER,
    Role.AUDITOR,
    "KRUGKIDROVUWG2ZAKRUGKIDROVUWG2ZA",
)


class Booking(Frozen):
    """A body with something to get wrong."""

    name: str
    at: AwareDatetime


probe = APIRouter(prefix="/api/probe")


@probe.get("/who")
def who(caller: CallerDep) -> Caller:
    return caller


@probe.post("/change")
def change(caller: CallerDep) -> Caller:
    return caller


@probe.get("/log")
def officers_only(_caller: CallerDep) -> str:
    return "open"


@probe.post("/bookings")
def book(booking: Booking) -> Booking:
    return booking


@probe.get("/proof")
def proof(_caller: FreshCallerDep) -> str:
    """Open only to those who have signed in lately."""
    return "taken out"


@probe.get("/taken")
def taken() -> None:
    raise Conflict("Someone has accepted this handoff.", next_steps="Look at the board.")


@probe.get("/late")
def fails_at_commit(session: SessionDep) -> str:
    session.add(AccessTokenRow(token_digest=b"1", client_id="Night Team", scopes=[], expires_at=MIDNIGHT))
    return "done"


@probe.get("/kept")
def keeps(value: str, session: SessionDep) -> None:
    kind = "bigint" if value.isdigit() else "text"
    session.connection().execute(text(f"SELECT CAST(CAST(:value AS text) AS {kind})"), {"value": value})


@probe.get("/broken")
def broken(session: SessionDep) -> None:
    session.add(AccessTokenRow(token_digest=b"1", client_id="crisis-line", scopes=[], expires_at=MIDNIGHT))
    session.flush()
    raise RuntimeError("Marcus Delgado is in here")


ANYBODY = Access(roles=PEOPLE.roles, scopes=frozenset(HubScope))
NOT_GUARDED = everybody("it is tried without")
PROBES: Table = {
    Way("GET", "/api/probe/who"): ANYBODY,
    Way("POST", "/api/probe/change"): ANYBODY,
    Way("GET", "/api/probe/log"): OFFICERS,
    Way("GET", "/api/probe/proof"): ANYBODY,
    Way("POST", "/api/probe/bookings"): NOT_GUARDED,
    Way("GET", "/api/probe/taken"): NOT_GUARDED,
    Way("GET", "/api/probe/late"): NOT_GUARDED,
    Way("GET", "/api/probe/kept"): NOT_GUARDED,
    Way("GET", "/api/probe/broken"): NOT_GUARDED,
}

MARCUS_CONTACT = Contact(
    organization="Open Door Shelter",
    program="Street Outreach",
    program_type="street-outreach",
    worker=Worker(name="Ana Reyes", role="outreach worker"),
    reach=(Reach(kind="phone", value="+1 555 0100", hours="daily 06:00-22:00"),),
    last_contact=LastContact(on=date(2026, 6, 12), kind="living-situation"),
    last_seen=LastSeen(setting="place not meant for habitation", area="Riverside Park", on=date(2026, 6, 12)),
    enrolled_since=date(2026, 3, 1),
    coordinated_entry=CoordinatedEntryState(prioritized=True, open_referral="housing-navigation"),
    rests_on=(RestsOn(kind="staff-assignment", source="Open Door Shelter", as_of=date(2026, 6, 1)),),
    notices=("42 CFR part 2 prohibits unauthorized use or disclosure of these records.",),
    share_until=date(2026, 12, 31),
)


def ask(session: Session, keys: Keys, caller: Caller, query: ContactQuery, *, at: datetime) -> ContactAnswer:
    """Knows one person; refuses a question that came without a reason for an emergency."""
    if query.purpose == "ETREAT" and query.emergency is None:
        raise Conflict("An emergency needs its statement.", next_steps="Fill in the emergency part.")
    known = query.person.family == "Delgado"
    return ContactAnswer(query_id=QUERY_ID, asked_at=at, contacts=(MARCUS_CONTACT,) if known else ())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings as they are by default, save for the largest body."""
    return Settings(home=tmp_path, max_body_bytes=100_000, _env_file=None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def signing_key() -> ECKey:
    """The key of the one system."""
    return ECKey.generate_key("P-384", {"kid": "k1"})


@pytest.fixture
def county(engine: Engine, signing_key: ECKey) -> None:
    """Two organizations, and the crisis line's system."""
    with db.transaction(engine) as session:
        for slug, name in (("night-team", "County Night Team"), ("county-compliance", "County Compliance")):
            Directory(session).add(ParticipantRow(slug=slug, name=name, capacities=["crisis-provider"]))
        session.flush()
        Clients(session).register(
            client_id="crisis-line",
            name="Crisis Line",
            participant="night-team",
            scopes={HubScope.CONTACT_QUERY, "system/Task.cruds"},
            keys={"keys": [signing_key.as_dict(private=False)]},
        )


@pytest.fixture
def people(engine: Engine, keys: Keys, county: None) -> None:
    """A crisis worker and a compliance officer."""
    for person in (WORKER, OFFICER):
        add(person, engine, keys)


def add(person: Person, engine: Engine, keys: Keys) -> None:
    with db.transaction(engine) as session:
        Users(session, keys).create(
            login=person.login,
            name=person.name,
            participant=person.participant,
            roles={person.hub_role},
            role=person.role,
            password=PASSWORD,
            totp_secret=person.totp_secret,
        )


@cache
def doors() -> FastAPI:
    """The doors, put together as `hub.main` does, and the probes."""
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(auth.router)
    app.include_router(probe)
    web.install(app)
    routes.install(app, {**TABLE, **PROBES})
    problems.install(app)
    return app


@pytest.fixture
def app(engine: Engine, keys: Keys, settings: Settings, clock: Clock, county: None) -> FastAPI:
    """The doors of the test's own hub, which goes by the test's clock."""
    app = another(doors())
    furnish(app, settings, as_part(engine, Part.WEB), keys, demo=True)
    app.dependency_overrides[now] = clock
    app.dependency_overrides[get_ask] = lambda: ask
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A browser that is not signed in."""
    with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as client:
        yield client


@pytest.fixture
def sign_in(client: TestClient, clock: Clock, engine: Engine, keys: Keys) -> Callable[[Person], TestClient]:
    """Gives a person an account and signs the browser in."""

    def signed_in(person: Person) -> TestClient:
        add(person, engine, keys)
        form = {"login": person.login, "password": PASSWORD, "code": person.code(clock.at)}
        assert client.post("/sign-in", data=form).status_code == 303
        return client

    return signed_in


@pytest.fixture
def as_worker(sign_in: Callable[[Person], TestClient]) -> TestClient:
    return sign_in(WORKER)


@pytest.fixture
def as_officer(sign_in: Callable[[Person], TestClient]) -> TestClient:
    return sign_in(OFFICER)


@pytest.fixture
def trail(engine: Engine, keys: Keys) -> Callable[[], list[Entry]]:
    """The audit log so far, oldest first."""

    def so_far() -> list[Entry]:
        sequence(engine)
        with Session(engine) as session:
            return list(AuditLog(session, keys).walk())

    return so_far


@pytest.fixture
def assertion(signing_key: ECKey, clock: Clock) -> Callable[..., str]:
    """A good assertion of the one system, save for what a test changes; None takes a claim out."""

    def made(header: dict[str, object] | None = None, key: ECKey | None = None, **changed: object) -> str:
        at = int(clock.at.timestamp())
        claims = {"iss": "crisis-line", "sub": "crisis-line", "aud": AUDIENCE, "iat": at, "exp": at + 300, "jti": "one"}
        said = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        headers = {"alg": "ES384", "kid": "k1", **(header or {})}
        kept = {name: value for name, value in headers.items() if value is not None}
        return jwt.encode(kept, said, key or signing_key, algorithms=["ES384"])

    return made
