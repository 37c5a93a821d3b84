"""`hub directory`: how agencies and programs are reached, on which days and at which hours."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table
from sqlmodel import Session

from hub.cli.app import ACTOR, Hub, app, open_hub, out
from hub.errors import Invalid
from hub.flow.directory_file import read_listing, read_listings
from hub.flow.listing import ContactDirectory, Entry
from hub.store.db import transaction
from schemas.documents import UnreadableDocument, faults_of

EMPTY = "The contact directory is empty. Begin with: hub directory set --help, or hub directory import --help"

directory_app = typer.Typer(help="How agencies and programs are reached, and when.", no_args_is_help=True)
app.add_typer(directory_app, name="directory")

Agency = Annotated[str | None, typer.Option(help="The participant that is reached so; or a source and a program.")]
Source = Annotated[str | None, typer.Option(help="The participant whose records name the program.")]
Program = Annotated[str | None, typer.Option(help="The source's key of the program, as Project/31.")]


@directory_app.command("set")
def set_(
    kind: Annotated[str, typer.Option(help="phone, sms, email, fax, url or place.")],
    value: Annotated[str, typer.Option(help="The number or the address.")],
    agency: Agency = None,
    source: Source = None,
    program: Program = None,
    hours: Annotated[str | None, typer.Option(help='As "Mon-Fri 08:00-17:00; Sat 10:00-14:00", or 24/7.')] = None,
    after_hours: Annotated[bool, typer.Option("--after-hours", help="For when the other ways are closed.")] = False,
    since: Annotated[datetime | None, typer.Option(help="First day.", formats=["%Y-%m-%d"])] = None,
    until: Annotated[datetime | None, typer.Option(help="Last day.", formats=["%Y-%m-%d"])] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="When the agency said so; left out: today.", formats=["%Y-%m-%d"])
    ] = None,
) -> None:
    """List a way to reach an agency or a program; the same way from the same day on replaces the one before.

    Example: hub directory set --source riverbend-hmis --program Project/31 --kind phone --value "+1 555 0100"
    --hours "daily 06:00-22:00"
    """
    names = {"agency": agency, "source": source, "program": program}
    days = {name: _day(day) for name, day in {"since": since, "until": until, "as_of": as_of}.items()}
    try:
        said = {"kind": kind, "value": value, "hours": hours, "after_hours": after_hours, **names, **days}
        listing = read_listing(said)
    except ValidationError as failure:
        raise Invalid("\n".join(map(str, faults_of(failure)))) from None
    hub = open_hub()
    with hub.change() as session:
        new = _desk(hub, session).set(listing)
    out.print(f"Listed, as {new}.")


@directory_app.command("import")
def import_(path: Annotated[Path, typer.Argument(help="A CSV file, UTF-8.")]) -> None:
    """Take a whole contact directory, all of it or nothing. Columns, by name and in any order: agency, or source and
    program; kind, value, hours, after-hours (yes or no), since, until, as-of. What is listed and not in the file stays.

    Example: hub directory import contacts.csv
    """
    try:
        listings = read_listings(_content(path), path.name)
    except UnreadableDocument as unreadable:
        raise Invalid(str(unreadable)) from None
    hub = open_hub()
    with hub.change() as session:
        taken = _desk(hub, session).take(listings)
    out.print(f"{path.name}: {taken} entries are listed.", markup=False)


@directory_app.command("list")
def list_(agency: Annotated[str | None, typer.Option(help="Of one participant and its programs only.")] = None) -> None:
    """List the contact directory, with the entries of days to come and days gone. Example: hub directory list"""
    table = Table("number", "of", "way", "hours", "since", "until", "as of")
    hub = open_hub()
    with transaction(hub.engine) as session:
        for one in _desk(hub, session, agency).entries():
            table.add_row(str(one.id), escape(one.of), escape(_way(one)), escape(one.hours or ""), *_days(one))
    out.print(table if table.row_count else EMPTY)


@directory_app.command("missing")
def missing() -> None:
    """List the programs of which nobody said how they are reached. Example: hub directory missing"""
    table = Table("source", "program", "name", "agency", "told instead")
    hub = open_hub()
    with transaction(hub.engine) as session:
        for one in _desk(hub, session).unlisted():
            instead = "the agency's" if one.instead else "nothing"
            table.add_row(one.source, escape(one.program), escape(one.name), escape(one.agency), instead)
    out.print(table if table.row_count else "Every program that goes on has a contact of its own.")


@directory_app.command("remove")
def remove(number: Annotated[UUID, typer.Argument(help="As `hub directory list` shows it.")]) -> None:
    """Take an entry out of the contact directory. Example: hub directory remove 0b6e…"""
    hub = open_hub()
    with hub.change() as session:
        _desk(hub, session).remove(number)
    out.print("It is no longer listed.")


def _desk(hub: Hub, session: Session, own: str | None = None) -> ContactDirectory:
    return ContactDirectory(session, hub.keys, own, actor=ACTOR, at=hub.settings.now())


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _way(one: Entry) -> str:
    return f"{one.kind} {one.value}" + (", after hours" if one.after_hours else "")


def _days(one: Entry) -> list[str]:
    return ["" if day is None else day.isoformat() for day in (one.since, one.until, one.as_of)]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Invalid(f"{path} is not a file that can be read.") from None
