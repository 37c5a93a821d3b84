"""`hub hmis`: what is asked of an HMIS, and what goes back to the one that people are enrolled in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from adapters.hmis.api.client import ExportClient, NotServed
from adapters.hmis.api.credentials import BadCredentials, sign_in
from hub.cli.app import ACTOR, app, open_hub, out
from hub.errors import Invalid
from hub.flow.pulling import Pull
from hub.flow.writeback import Writeback, export
from hub.store.audit import Act

hmis_app = typer.Typer(help="Ask an HMIS for what changed, and write handoffs back to it.", no_args_is_help=True)
app.add_typer(hmis_app, name="hmis")


@hmis_app.callback()
def hmis() -> None:
    """Ask an HMIS for what changed, and write handoffs back to it."""


@hmis_app.command("pull")
def pull(
    source: Annotated[str, typer.Option(help="The participant whose HMIS it is.")],
    url: Annotated[str, typer.Option(help="Where its HMIS API begins.")],
    credentials: Annotated[Path, typer.Option(help="TOML: token, or user and password, or client_id, token_url, key.")],
) -> None:
    """Ask an HMIS that serves HUD's HMIS API for all that changed since the last pull; workers read what comes.

    After a break the same command goes on where it was, and takes nothing twice.
    Example: hub hmis pull --source riverbend-hmis --url https://hmis.example/hmis/v1 --credentials hmis.toml
    """
    hub = open_hub()
    limits = hub.settings
    try:
        client = ExportClient(url, sign_in(credentials), most_bytes=limits.max_body_bytes)
    except (BadCredentials, NotServed) as error:
        raise Invalid(str(error) if isinstance(error, BadCredentials) else f"The HMIS {error}.") from None
    pulling = Pull(hub.change, hub.keys, source, client, actor=ACTOR, most_waiting=limits.max_waiting)
    pulled = pulling.run(datetime.now(UTC))
    out.print(f"Changes until {pulled.until:%F %T} UTC: {pulled.pages} pages with rows, {pulled.kept} of them new.")


@hmis_app.command("export")
def export_file(
    source: Annotated[str, typer.Option("--for", help="The participant whose HMIS it is for.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day, on the HMIS's own calendar.")],
    to: Annotated[Path, typer.Option(help="The zip to write.")],
    complete: Annotated[
        bool, typer.Option("--complete", help="With the rows referred to, keys only, for importers that insist.")
    ] = False,
) -> None:
    """Write the handoffs that moved since a day as a FY2026 delta, as far as the law lets that HMIS be told.

    Sending the same rows again changes nothing there: their keys stay the same.
    Example: hub hmis export --for riverbend-hmis --since 2026-03-01 --to handoffs.zip
    """
    hub = open_hub()
    implementation = f"handoff-hub {urlsplit(hub.settings.public_url).hostname}"
    with hub.change() as session:
        back = Writeback(session, hub.keys, source, at=datetime.now(UTC))
        made = export(back, since.date(), implementation=implementation, actor=ACTOR, complete=complete)
        hub.record(session, Act.HMIS_EXPORTED, {"for": source, "since": since.date().isoformat(), "told": made.told})
        if made.message is not None:
            _write(to, made.message.content)
    if made.message is None:
        out.print("Nothing may be told, so no file was made.")
    else:
        out.print(f"{to}: handoffs told of: {made.told}.")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Invalid(f"{path} cannot be written: {error.strerror}.") from None
