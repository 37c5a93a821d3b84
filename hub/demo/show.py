"""The demo that stays up: the county, the pages, the API, the listener and the worker in one process."""

import time
from datetime import UTC, datetime

import orjson
import pyotp
from joserfc.jwk import ECKey
from rich.console import Console
from rich.table import Table

from adapters.oauth import BackendClient
from hub.demo import load
from hub.demo.county.days import Calendar
from hub.demo.county.participants import directory
from hub.demo.home import DemoHome, lasting
from hub.process import bind, prepared

out = Console(highlight=False)


def serve(*, port: int, people: int) -> int:
    """Serves the demo until it is stopped. Raises `Unavailable`, before anything is loaded, without its port."""
    began = time.perf_counter()
    bind("127.0.0.1", port).close()
    home = lasting(port=port, people=people)
    if not load.is_loaded(home.engine):
        _load(home)
    with prepared(home.settings, home.engine, home.keys, port=port, everything=True, demo=True) as (server, bound):
        _say_where(home, time.perf_counter() - began)
        server.run(sockets=[bound])
    return 0


def _load(home: DemoHome) -> None:
    with out.status(f"Loading a county of {home.people:,} people …") as status:
        for file, report in load.load(home):
            status.update(f"{file.source}: {report.stored:,} records")


def _say_where(home: DemoHome, seconds: float) -> None:
    url = home.settings.public_url
    out.print(f"\n[bold]Riverbend County is ready[/bold] after {seconds:.1f} s; everyone in it is invented.\n")
    out.print(f"  pages  {url}/          API  {url}/docs          HL7 v2  127.0.0.1:{home.settings.mllp_port}\n")
    table = Table("sign in as", "who", "may", title="People", title_justify="left", box=None)
    for user in directory(Calendar(datetime.now(UTC))).users:
        table.add_row(user.username, f"{user.name}, {user.title}, {user.participant}", user.account)
    out.print(table)
    out.print(f"\n  password {load.PASSWORD}; code: [bold]hub demo --code[/bold]")
    out.print("  a system's access token: [bold]hub demo --token harbor-mobile-crisis[/bold]\n")


def code() -> str:
    """The one-time code that every demo account takes now."""
    return pyotp.TOTP(load.TOTP_SECRET).at(datetime.now(UTC))


def token(client: str, *, port: int) -> str:
    """An access token for one of the demo's systems, asked of the running demo the way any system asks."""
    home = lasting(port=port, people=0)
    key = ECKey.import_key(orjson.loads((home.client_keys / f"{client}.json").read_bytes()))
    return BackendClient(client, key).token(f"{home.settings.public_url}/oauth2/token", load.CLIENTS[client][1])
