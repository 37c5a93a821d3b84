"""`hub import`: a file of any feed, through the same way as every message."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from adapters.base import UnknownFeed, feed
from hub.cli.app import ACTOR, Hub, app, err, open_hub, out
from hub.cli.reports import exit_code, page_of, show, show_preview
from hub.codes import codes_of
from hub.errors import NotFound
from hub.flow import files, intake
from hub.flow.kept import Kept
from hub.flow.pipeline import check
from hub.flow.preview import Terms, preview
from hub.flow.report import Report
from hub.flow.restraint import Restraint
from hub.store.audit import JSON, Act
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.messages import Messages
from schemas.messages import RawMessage

UNCOUNTED = {"problems": {"__all__": {"count"}}}
Confirmed = Annotated[bool, typer.Option("--confirm-removals", help="Take it however much it removes.")]


@app.command("import")
def import_(
    feed_name: Annotated[str, typer.Argument(metavar="FEED", help="hmis-csv, hl7v2, fhir, jail …")],
    path: Annotated[Path, typer.Argument(help="A file, or for hmis-csv also a folder.")],
    source: Annotated[str, typer.Option(help="The participant that sends it.")],
    only_check: Annotated[bool, typer.Option("--check", help="Read and report; store nothing.")] = False,
    only_preview: Annotated[bool, typer.Option("--preview", help="Say what it would change; store nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one report object.")] = False,
    confirm_removals: Confirmed = False,
    html: Annotated[Path | None, typer.Option("--html", help="With --check or --preview: write it as a page.")] = None,
) -> None:
    """Import a file of a feed.

    Exit 0: all in. 1: some not, set aside or refused at the door, and listed. 2: the whole file refused, or held
    because it would remove much.

    Before that, --check says what is wrong with the file, and --preview what it would change of what the hub holds.
    Example: hub import hmis-csv export.zip --source riverbend-hmis --preview
    """
    require_feed(feed_name)
    if html is not None and not (only_check or only_preview):
        raise typer.BadParameter("goes with --check or --preview", param_hint="--html")
    if only_check and only_preview:
        raise typer.BadParameter("goes without --check, which it includes", param_hint="--preview")
    hub = open_hub()
    with transaction(hub.engine) as session:
        Directory(session).participant(source)
    message = files.from_path(path, feed=feed_name, source=source, limit=hub.settings.max_file_bytes)
    if only_check or only_preview:
        message = _as_agreed(hub, message)
    if only_preview:
        raise typer.Exit(_preview(hub, message, confirmed=confirm_removals, json=json, html=html))
    report = _watch(hub, message, only_check=only_check, confirmed=confirm_removals, quiet=json)
    if html is not None:
        html.write_text(page_of(message, report), "utf-8")
    if json:
        typer.echo(report.model_dump_json(exclude=UNCOUNTED))
    else:
        show(report)
    raise typer.Exit(exit_code(report))


def require_feed(name: str) -> None:
    """Raises `NotFound` for a feed that no adapter reads."""
    try:
        feed(name)
    except UnknownFeed as unknown:
        raise NotFound(str(unknown)) from None


@app.command()
def replay(
    message: Annotated[UUID, typer.Argument(help="The receipt id of a message.")], confirm_removals: Confirmed = False
) -> None:
    """Read a kept message again, after the adapter or the definition was mended, or to let in one that was held.

    What is in already stays as it is. Example: hub replay 0b6e…
    """
    hub = open_hub()
    hub.sign_log()
    report = _reader(hub).replay(message, confirmed=confirm_removals)
    hub.sign_log()
    show(report)
    raise typer.Exit(exit_code(report))


@app.command("set-aside")
def set_aside(source: Annotated[str | None, typer.Option(help="Of one participant only.")] = None) -> None:
    """List what could not be read and waits for a person. Example: hub set-aside --source riverbend-jail"""
    hub = open_hub()
    table = Table("message", "file", "line", "field", "expected", "since")
    with transaction(hub.engine) as session:
        messages = Messages(session, hub.keys)
        for row in messages.waiting_for_a_person(source=source):
            found = messages.problem(row)
            where = (escape(_text(part)) for part in (found.file, found.line, found.field, found.expected))
            table.add_row(str(row.message_id), *where, f"{row.at:%F %T}")
    out.print(table if table.row_count else "Nothing is set aside.")


@contextmanager
def _advancing(message: RawMessage, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Shows how far the reading has come."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,} records"))
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True, disable=quiet) as progress:
        task = progress.add_task(f"Reading {escape(message.name)}", total=None)
        yield lambda received: progress.update(task, completed=received)


def _watch(hub: Hub, message: RawMessage, *, only_check: bool, confirmed: bool, quiet: bool) -> Report:
    with _advancing(message, quiet=quiet) as advance:
        if only_check:
            with transaction(hub.engine) as session:
                earlier = Kept(session, hub.keys, source=message.source, feed=message.feed)
                return check(message, feed(message.feed), advance, earlier=earlier)
        with hub.change() as session:
            receipt = intake.receive(session, hub.keys, message, actor=ACTOR, held_for=intake.HELD)
        reader = _reader(hub)
        report = reader.read(receipt.id, progress=advance, confirmed=confirmed)
        hub.sign_log()
        return report


def _preview(hub: Hub, message: RawMessage, *, confirmed: bool, json: bool, html: Path | None) -> int:
    """Says what a message would change, and gives the exit status; that it was asked stands in the audit log."""
    found = hub.settings
    terms = Terms(found.auto_link, codes_of(found), None if confirmed else Restraint.of(found))
    with _advancing(message, quiet=json) as advance:
        seen = preview(hub.engine, hub.keys, message, feed(message.feed), terms, actor=ACTOR, progress=advance)
    with hub.change() as session:
        details: dict[str, JSON] = {"feed": seen.feed, "source": seen.source, "received": seen.received}
        hub.record(session, Act.FEED_PREVIEWED, details)
    if html is not None:
        html.write_text(page_of(message, seen), "utf-8")
    if json:
        typer.echo(seen.model_dump_json(exclude=UNCOUNTED))
    else:
        show_preview(message, seen)
    return exit_code(seen)


def _as_agreed(hub: Hub, message: RawMessage) -> RawMessage:
    """The message with what is agreed with its sender."""
    with transaction(hub.engine) as session:
        definition = Directory(session).definition(message.source, message.feed)
    return message.model_copy(update={"definition": definition})


def _reader(hub: Hub) -> intake.Reader:
    """Reads as a worker does, with the same code sets."""
    found = hub.settings
    return intake.Reader(
        hub.engine,
        hub.keys,
        auto_link=found.auto_link,
        codes=codes_of(found),
        actor=ACTOR,
        restraint=Restraint.of(found),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
