"""`hub retention`: what is kept how long, and why."""

from typing import Annotated

import typer
from rich.table import Table

from hub.cli.app import app, out
from hub.settings import settings
from hub.store.retention import TABLE


@app.command("retention")
def retention(json: Annotated[bool, typer.Option("--json", help="Print one list of rows.")] = False) -> None:
    """Print what is kept how long, by which law, and what holds to it. Example: hub retention"""
    if json:
        out.print_json(data=[row.model_dump(mode="json") for row in TABLE])
        return
    table = Table("what", "how long", "law", "how it is held to", show_lines=True)
    for row in TABLE:
        table.add_row(row.what, row.how_long, "\n".join(row.law), row.held_by)
    out.print(table)
    out.print(f"HUB_MESSAGE_DAYS is {settings().message_days} here.")
