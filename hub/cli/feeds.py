"""`hub import`: a file of any feed, through the same way as every message."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from adapters.base import Advice, Adviser, UnknownFeed, feed
from hub.cli.app import ACTOR, Hub, app, err, open_hub, out
from hub.codes import codes_of
from hub.edge.web.checked import checked_page, counted
from hub.errors import NotFound
from hub.flow import files, intake
from hub.flow.pipeline import check
from hub.flow.report import Report
from hub.flow.restraint import Restraint
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.messages import Messages
from schemas.messages import RawMessage, Severity

SHOWN = 20
Confirmed = Annotated[bool, typer.Option("--confirm-removals", help="Take it however much it removes.")]


@app.command("import")
def import_(
    feed_name: Annotated[str, typer.Argument(metavar="FEED", help="hmis-csv, hl7v2, fhir, jail …")],
    path: Annotated[Path, typer.Argument(help="A file, or for hmis-csv also a folder.")],
    source: Annotated[str, typer.Option(help="The participant that sends it.")],
    only_check: Annotated[bool, typer.Option("--check", help="Read and report; store nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one report object.")] = False,
    confirm_removals: Confirmed = False,
    html: Annotated[Path | None, typer.Option("--html", help="With --check: write the report as a page.")] = None,
) -> None:
    """Import a file of a feed.

    Exit 0: all in. 1: some not, set aside or refused at the door, and listed. 2: the whole file refused, or held
    because it would remove much.

    Example: hub import hmis-csv export.zip --source riverbend-hmis
    """
    require_feed(feed_name)
    if html is not None and not only_check:
        raise typer.BadParameter("goes with --check", param_hint="--html")
    hub = open_hub()
    with transaction(hub.engine) as session:
        Directory(session).participant(source)
    message = files.from_path(path, feed=feed_name, source=source, limit=hub.settings.max_file_bytes)
    if only_check:
        message = _as_agreed(hub, message)
    report = _watch(hub, message, only_check=only_check, confirmed=confirm_removals, quiet=json)
    if html is not None:
        html.write_text(_page(message, report), "utf-8")
    if json:
        typer.echo(report.model_dump_json(exclude={"problems": {"__all__": {"count"}}}))
    else:
        _show(report)
    raise typer.Exit(_exit_code(report))


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
    _show(report)
    raise typer.Exit(_exit_code(report))


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


def _watch(hub: Hub, message: RawMessage, *, only_check: bool, confirmed: bool, quiet: bool) -> Report:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,} records"))
    with Progress(*columns, TimeElapsedColumn(), console=err, transient=True, disable=quiet) as progress:
        task = progress.add_task(f"Reading {escape(message.name)}", total=None)

        def advance(received: int) -> None:
            progress.update(task, completed=received)

        if only_check:
            return check(message, feed(message.feed), advance)
        with hub.change() as session:
            receipt = intake.receive(session, hub.keys, message, actor=ACTOR, held_for=intake.HELD)
        reader = _reader(hub)
        report = reader.read(receipt.id, progress=advance, confirmed=confirmed)
        hub.sign_log()
        return report


def _as_agreed(hub: Hub, message: RawMessage) -> RawMessage:
    """The message with what is agreed with its sender."""
    with transaction(hub.engine) as session:
        definition = Directory(session).definition(message.source, message.feed)
    return message.model_copy(update={"definition": definition})


def _page(message: RawMessage, report: Report) -> str:
    adviser = feed(message.feed)
    if not isinstance(adviser, Adviser):
        return checked_page(report, (), lambda _: Advice(), name=message.name, at=message.received_at)
    about = () if report.refused else adviser.about(message)
    return checked_page(report, about, adviser.advice, name=message.name, at=message.received_at)


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


def _exit_code(report: Report) -> int:
    if report.refused:
        return 2
    return 0 if report.is_whole else 1


def _show(report: Report) -> None:
    out.print(
        f"{report.received:,} records: {report.stored:,} stored, {report.unchanged:,} unchanged, "
        f"{report.removed:,} removed, {report.set_aside:,} set aside; {report.seconds:.1f} s"
    )
    for file, counts in counted(report.problems).items():
        said = ", ".join(f"{counts[severity]:,} {severity}" for severity in Severity if counts[severity])
        out.print(f"  {file}: {said}", highlight=False, markup=False, soft_wrap=True)
    worst_first = sorted(report.problems, key=lambda problem: problem.severity is Severity.WARNING)
    for problem in worst_first[:SHOWN]:
        where = " ".join(str(part) for part in (problem.file, problem.line, problem.field) if part is not None)
        out.print(
            f"  {problem.severity}: {where}: expected {problem.expected}", highlight=False, markup=False, soft_wrap=True
        )
    if len(worst_first) > SHOWN:
        out.print(f"  … and {len(worst_first) - SHOWN:,} more; --json lists all")


def _text(value: object) -> str:
    return "" if value is None else str(value)
