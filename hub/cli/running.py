"""`hub serve`, `work`, `listen` and `demo`: what runs."""

import signal
import threading
from types import FrameType
from typing import Annotated

import httpx
import typer

from adapters.oauth import NoToken
from hub import process
from hub.cli.app import app, open_hub, out
from hub.demo import play, show
from hub.edge.listener import Listener
from hub.errors import NotFound, Unavailable
from hub.flow.worker import Worker
from hub.store.walls import Part, as_part

LOOK_EVERY = 0.2


@app.command()
def serve(
    everything: Annotated[bool, typer.Option("--all", help="With the worker and the listener.")] = False,
    port: Annotated[int | None, typer.Option(help="Port; HUB_PORT when left out.", min=0, max=65535)] = None,
) -> None:
    """Serve the API and the pages. Example: hub serve --all"""
    hub = open_hub()
    chosen = hub.settings.port if port is None else port
    process.serve(hub.settings, hub.engine, hub.keys, port=chosen, everything=everything)


@app.command()
def work() -> None:
    """Read messages, deliver parcels, keep the audit log's tree. Any number may run. Example: hub work"""
    hub = open_hub()
    hub.ask_witnesses()
    told = _Told()
    _until_told(told, Worker(as_part(hub.engine, Part.WORKER), hub.keys, hub.settings).start())


@app.command()
def listen() -> None:
    """Listen for HL7 v2 over MLLP. Example: HUB_MLLP_SOURCE=mercy-hospital hub listen"""
    hub = open_hub()
    hub.ask_witnesses()
    told = _Told()
    listener = Listener(as_part(hub.engine, Part.LISTENER), hub.keys, hub.settings).start()
    out.print(f"Listening for HL7 v2 on {hub.settings.host}:{listener.port}.")
    _until_told(told, listener)


@app.command()
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Play the story in the terminal, check each step, stop.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the API and the pages.", min=1, max=65535)] = 8000,
    people: Annotated[int, typer.Option(help="How many people the county has.", min=300, max=1_000_000)] = 300,
    code: Annotated[bool, typer.Option("--code", help="Print the one-time code of the demo's accounts.")] = False,
    token: Annotated[str | None, typer.Option(help="Print an access token for this system of a running demo.")] = None,
) -> None:
    """Play a synthetic county. Example: hub demo --once"""
    if code:
        typer.echo(show.code())
    elif token is not None:
        typer.echo(_token(token, port=port))
    else:
        raise typer.Exit(play.once(people=people) if once else show.serve(port=port, people=people))


def _token(client: str, *, port: int) -> str:
    try:
        return show.token(client, port=port)
    except (FileNotFoundError, KeyError):
        raise NotFound("The demo has no such system.", next_steps="Start it first: hub demo") from None
    except (httpx.HTTPError, NoToken) as error:
        raise Unavailable(f"The demo on port {port} gives no token.", next_steps="Is it the one that runs?") from error


class _Told:
    """Whether the process was told to stop. The handler does no more than note it, whatever it interrupts."""

    def __init__(self) -> None:
        self.to_stop = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def within(self, seconds: float) -> bool:
        """Whether it was, by the end of that time."""
        threading.Event().wait(seconds)
        return self.to_stop

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.to_stop = True


def _until_told(told: _Told, one: Worker | Listener) -> None:
    """Returns when it was told to stop and what was under way has ended; raises `Unavailable` if it ends by itself."""
    while not told.within(LOOK_EVERY):
        if not one.is_running():
            raise Unavailable("What was running has ended by itself.", next_steps="See the log, and start it again.")
    one.stop()
