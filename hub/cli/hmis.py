"""`hub hmis`: what goes back to the HMIS that people are enrolled in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from hub.cli.app import ACTOR, app, open_hub, out
from hub.errors import Invalid
from hub.flow.writeback import Writeback, export
from hub.store.audit import Act

hmis_app = typer.Typer(help="Write handoffs back to an HMIS, as HUD's CSV.", no_args_is_help=True)
app.add_typer(hmis_app, name="hmis")


@hmis_app.callback()
def hmis() -> None:
    """Write handoffs back to an HMIS, as HUD's CSV."""


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
