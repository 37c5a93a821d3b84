"""A hub on a database of its own, with the county in it, and keys with which the clients of a run sign in."""

import json
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.jwk import ECKey
from sqlalchemy import Engine

from adapters.oauth import BackendClient
from hub.demo import load
from hub.demo.county.jail import DEFINITION
from hub.demo.home import DemoHome
from hub.settings import Settings
from hub.store import db, embedded
from hub.store.accounts import Clients, HubScope
from hub.store.crypto import Keys
from hub.store.directory import Directory
from schemas.vocab import Role
from tests.soak.partner import CheckingPartner

HOSPITAL, CLINIC, JAIL = "mercy-hospital", "lakeside-clinic", "riverbend-jail"
CRISIS, SHELTER, HMIS = "harbor-mobile-crisis", "open-door-shelter", "riverbend-hmis"
CLIENTS: dict[str, tuple[Role, tuple[str, ...]]] = {
    CLINIC: (Role.INTERFACE, (HubScope.RECORDS_WRITE,)),
    JAIL: (Role.INTERFACE, (HubScope.BOOKING_WRITE,)),
    HMIS: (Role.INTERFACE, (HubScope.CONSENT_WRITE, HubScope.HMIS_WRITE)),
    CRISIS: (Role.CLINICIAN, (HubScope.CONTACT_QUERY, HubScope.HANDOFF, HubScope.CONSENT_WRITE)),
}


@dataclass(frozen=True)
class World:
    """Where everything is. The database's first process belongs to whoever started it, and may be killed."""

    home: DemoHome
    url: str
    port: int
    mllp_port: int
    signing: dict[str, ECKey] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        return self.home.engine

    @property
    def keys(self) -> Keys:
        return self.home.keys

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of the hub's processes."""
        return {
            "HUB_HOME": str(self.home.settings.home),
            "HUB_DATABASE_URL": self.url,
            "HUB_PORT": str(self.port),
            "HUB_PUBLIC_URL": self.base,
            "HUB_MLLP_PORT": str(self.mllp_port),
            "HUB_MLLP_SOURCE": HOSPITAL,
            "HUB_DELIVERY_DEADLINE": "1.5",
            "HUB_LOG_LEVEL": "ERROR",
        }

    def token(self, client: str) -> str:
        """A fresh access token, or whatever the line throws."""
        system = BackendClient(f"{client}-soak", self.signing[client])
        return system.token(f"{self.base}/oauth2/token", CLIENTS[client][1])

    def tells(self, partner: CheckingPartner) -> None:
        """From now on the shelter's system is this one."""
        with db.transaction(self.engine) as session:
            partner.secret = load.listens_at(session, self.keys, SHELTER, partner.url)


@contextmanager
def world(folder: Path | None = None) -> Iterator[World]:
    """A county of its own, whose database is stopped and thrown away when the block ends."""
    folder = folder or Path(tempfile.mkdtemp(prefix="hub-soak-"))
    url = embedded.start(folder)
    home = DemoHome(Settings(home=folder, database_url=url, _env_file=None), 300)
    found = World(home, url, _free_port(), _free_port())
    try:
        for _ in load.load(home):
            pass
        _prepare(found)
        yield found
    finally:
        home.engine.dispose()
        embedded.start(folder)  # joins the one that runs, whoever started it
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(found: World) -> None:
    with db.transaction(found.engine) as session:
        for participant, (role, scopes) in CLIENTS.items():
            key = ECKey.generate_key("P-384", {"kid": "soak-1", "use": "sig"}, private=True)
            found.signing[participant] = key
            Clients(session).register(
                client_id=f"{participant}-soak",
                name=participant,
                participant=participant,
                scopes=scopes,
                keys=json.loads(json.dumps({"keys": [key.as_dict(private=False)]})),
                role=role,
            )
        Directory(session).define_feed(JAIL, "jail", _definition())


def _definition() -> str:
    """The county's roster with nothing but changes in it, and no time in its name."""
    text = DEFINITION.read_text("utf-8")
    before, _, after = text.partition("[taken_at]")
    return before.replace('"snapshot"', '"delta"').replace("drop_guard = 0.5\n", "") + after[after.index("[columns]") :]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
