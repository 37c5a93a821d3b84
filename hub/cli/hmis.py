"""`hub hmis`: what is asked of an HMIS, and what goes back to the one that people are enrolled in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.markup import escape
from rich.table import Table

from hub.cli.app import ACTOR, app, open_hub, out
from hub.errors import Invalid
from hub.flow.handoff_file import export
from hub.flow.puller import client_of
from hub.flow.pulling import Pull
from hub.flow.writeback import Writeback
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.pulls import PullRow, Pulls

hmis_app = typer.Typer(help="Ask an HMIS for what changed, and write handoffs back to it.", no_args_is_help=True)
app.add_typer(hmis_app, name="hmis")
pulls_app = typer.Typer(help="The HMISs that workers ask by themselves.", no_args_is_help=True)
hmis_app.add_typer(pulls_app, name="pulls")

CREDENTIALS = "TOML: token, or user and password, or client_id, token_url, key."


@hmis_app.callback()
def hmis() -> None:
    """Ask an HMIS for what changed, and write handoffs back to it."""


@hmis_app.command("pull")
def pull(
    source: Annotated[str, typer.Option(help="The participant whose HMIS it is.")],
    url: Annotated[str | None, typer.Option(help="Where its HMIS API begins; left out: as `pulls add` said.")] = None,
    credentials: Annotated[Path | None, typer.Option(help=f"{CREDENTIALS} Left out: as `pulls add` said.")] = None,
) -> None:
    """Ask an HMIS that serves HUD's HMIS API for all that changed since the last pull; workers read what comes.

    After a break the same command goes on with the page it was at, and takes nothing twice. See also hub hmis pulls.
    Example: hub hmis pull --source riverbend-hmis --url https://hmis.example/hmis/v1 --credentials hmis.toml
    """
    if (url is None) != (credentials is None):
        raise typer.BadParameter("go together", param_hint="--url and --credentials")
    hub = open_hub()
    if url is None or credentials is None:
        with transaction(hub.engine) as session:
            known = Pulls(session).get(source)
        url, credentials = known.url, Path(known.credentials)
    client = client_of(url, credentials, hub.settings)
    pulling = Pull(hub.change, hub.keys, source, client, actor=ACTOR, most_waiting=hub.settings.max_waiting)
    pulled = pulling.run(datetime.now(UTC))
    out.print(f"Changes until {pulled.until:%F %T} UTC: {pulled.pages} pages with rows, {pulled.kept} of them new.")


@pulls_app.callback()
def pulls() -> None:
    """The HMISs that workers ask by themselves."""


@pulls_app.command("add")
def add_pull(
    source: Annotated[str, typer.Option(help="The participant whose HMIS it is.")],
    url: Annotated[str, typer.Option(help="Where its HMIS API begins.")],
    credentials: Annotated[Path, typer.Option(help=f"{CREDENTIALS} Workers read it each time.")],
    every: Annotated[int, typer.Option(help="Minutes between two pulls.", min=1, max=7 * 24 * 60)] = 60,
) -> None:
    """Let workers ask an HMIS for what changed, from now on; said again, it changes how.

    Example: hub hmis pulls add --source riverbend-hmis --url https://hmis.example/hmis/v1 --credentials hmis.toml
    """
    hub = open_hub()
    client_of(url, credentials, hub.settings)
    row = PullRow(
        source=source,
        url=url,
        credentials=str(credentials.resolve()),
        every_minutes=every,
        due_at=datetime.now(UTC),
    )
    with hub.change() as session:
        Directory(session).participant(source)
        Pulls(session).register(row)
        hub.record(session, Act.HMIS_PULL_CHANGED, {"source": source, "change": "added", "every_minutes": every})
    out.print(f"Workers ask it every {every} minutes, beginning now.")


@pulls_app.command("list")
def list_pulls() -> None:
    """List them, when each was last pulled whole, and what was wrong last. Example: hub hmis pulls list"""
    hub = open_hub()
    table = Table("source", "address", "minutes", "pulled whole", "due", "trouble")
    with transaction(hub.engine) as session:
        for row in Pulls(session).all():
            pulled = "never" if row.pulled_at is None else f"{row.pulled_at:%F %R} UTC"
            due = f"{row.due_at:%F %R} UTC"
            table.add_row(*map(escape, (row.source, row.url, str(row.every_minutes), pulled, due, row.trouble or "")))
    out.print(table if table.row_count else "There is none yet. Begin with: hub hmis pulls add --help")


@pulls_app.command("remove")
def remove_pull(source: Annotated[str, typer.Option(help="The participant whose HMIS it is.")]) -> None:
    """Let workers ask an HMIS no more; what came stays. Example: hub hmis pulls remove --source riverbend-hmis"""
    hub = open_hub()
    with hub.change() as session:
        Pulls(session).remove(source)
        hub.record(session, Act.HMIS_PULL_CHANGED, {"source": source, "change": "removed"})
    out.print("It is not asked any more.")


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
