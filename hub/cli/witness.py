"""`hub witness`: vouch for another's log, or have one's own vouched for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.markup import escape
from rich.table import Table

from hub.cli.app import app, open_hub, out
from hub.edge.witness import create_witness
from hub.errors import Invalid
from hub.process import bind
from hub.settings import settings
from hub.store.audit import Act, Witnesses
from hub.store.audit.witnesses import registered
from hub.store.checkpoints import Forged, Verifier
from hub.store.witness import Witness

ON_THE_WITNESS = "On the witness, which needs no hub"
ON_THE_HUB = "On the hub"

witness_app = typer.Typer(help="Witnesses: who vouches that a log only grows.", no_args_is_help=True)
app.add_typer(witness_app, name="witness")

Home = Annotated[
    Path | None, typer.Option(help="Folder of the witness; HUB_HOME/witness when left out.", show_default=False)
]


@witness_app.command(rich_help_panel=ON_THE_WITNESS)
def key(
    name: Annotated[str | None, typer.Option(help="Make a key under this name, an address without https://.")] = None,
    home: Home = None,
) -> None:
    """Print the witness's public key, for the hub's administrator. Example: hub witness key --name audit.county.gov"""
    witness = _witness(home)
    if name is not None:
        if name.split() != [name] or "+" in name or not name.isascii():
            raise Invalid("--name: no spaces and no plus sign, audit.county.gov for example.")
        witness.make_key(name)
    typer.echo(str(witness.cosigner().key))


@witness_app.command(rich_help_panel=ON_THE_WITNESS)
def trust(log: Annotated[str, typer.Argument(help="The log's key, from `hub audit key`.")], home: Home = None) -> None:
    """Cosign this log from now on, as long as it only grows. Example: hub witness trust "$(cat log.key)" """
    try:
        verifier = Verifier.parse(log)
    except Forged as error:
        raise Invalid(str(error)) from None
    _witness(home).trust(verifier)
    out.print(f"{verifier.name} is cosigned from now on.", markup=False, soft_wrap=True)


@witness_app.command(rich_help_panel=ON_THE_WITNESS)
def logs(home: Home = None) -> None:
    """List the logs that this witness trusts, and how far it has cosigned each. Example: hub witness logs"""
    table = Table("log", "entries cosigned")
    for log, size in _witness(home).logs():
        table.add_row(escape(log.name), f"{size:,}")
    out.print(table if table.row_count else "This witness trusts no log yet. Begin with: hub witness trust --help")


@witness_app.command(rich_help_panel=ON_THE_WITNESS)
def serve(
    port: Annotated[int, typer.Option(help="Port.", min=0, max=65535)] = 8001,
    host: Annotated[str, typer.Option(help="Address.")] = "127.0.0.1",
    home: Home = None,
) -> None:
    """Answer logs that ask for a cosignature (C2SP tlog-witness). Example: hub witness serve --port 8001"""
    folder = _folder(home)
    _ = Witness(folder).cosigner()
    bound = bind(host, port)
    out.print(f"Cosigning at http://{host}:{bound.getsockname()[1]}/add-checkpoint.", soft_wrap=True)
    config = uvicorn.Config(create_witness(folder), access_log=False, log_level="warning", server_header=False)
    uvicorn.Server(config).run(sockets=[bound])


@witness_app.command("add", rich_help_panel=ON_THE_HUB)
def add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    url: Annotated[str, typer.Argument(help="Where it answers.")],
    key: Annotated[str, typer.Argument(help="Its key, from its `hub witness key`.")],
) -> None:
    """Have each checkpoint of the audit log cosigned by this witness too.

    Example: hub witness add county-clerk https://audit.county.gov "$(cat witness.key)"
    """
    hub = open_hub()
    with hub.change() as session:
        Witnesses(session).add(name, url, key)
        hub.record(session, Act.WITNESS_CHANGED, {"added": name, "key": key})
    out.print(f"{name} is asked from now on.", markup=False)


@witness_app.command("list", rich_help_panel=ON_THE_HUB)
def list_witnesses() -> None:
    """List the witnesses that this hub asks. Example: hub witness list"""
    table = Table("name", "where", "key")
    with open_hub().engine.connect() as connection:
        for one in registered(connection):
            table.add_row(escape(one.name), escape(one.url), escape(str(one.key)))
    out.print(table if table.row_count else "Nobody vouches for this log yet. Begin with: hub witness add --help")


@witness_app.command("remove", rich_help_panel=ON_THE_HUB)
def remove(name: Annotated[str, typer.Argument(help="As `hub witness list` calls it.")]) -> None:
    """Ask this witness no longer; what it cosigned stays. Example: hub witness remove county-clerk"""
    hub = open_hub()
    with hub.change(ask=False) as session:
        key = Witnesses(session).remove(name, at=datetime.now(UTC))
        hub.record(session, Act.WITNESS_CHANGED, {"removed": name, "key": key})
    out.print(f"{name} is asked no longer.", markup=False)


def _witness(home: Path | None) -> Witness:
    return Witness(_folder(home))


def _folder(home: Path | None) -> Path:
    return home or settings().home / "witness"
