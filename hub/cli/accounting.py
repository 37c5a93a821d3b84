"""`hub accounting` and `hub registry`: what was disclosed about a person, and the papers on file about them."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

import orjson
import typer
from pydantic import TypeAdapter, ValidationError
from rich.markup import escape
from rich.table import Table

from hub.cli.app import ACTOR, app, open_hub, out
from hub.errors import Invalid
from hub.flow.accounting import Accountant
from hub.flow.registry import Registry
from hub.store.accounts import Caller, CallerKind, HubRole
from hub.store.directory import HUB, Directory
from schemas.accountings import Accounting, AccountingAsked, Disclosed, WrittenRequest
from schemas.canonical import Identifier
from schemas.contacts import PersonAsked
from schemas.registry import PaperVersion
from schemas.vocab import Role
from schemas.vocab.ledgers import Ledger

STANDARD_INPUT = "-"
COLUMNS = (
    "entry",
    "at",
    "discloser",
    "recipient",
    "reach",
    "purpose",
    "description",
    "basis",
    "papers",
    "times",
    "last",
)
LISTS = {"description", "basis", "papers"}
_PERSON = TypeAdapter(PersonAsked)
_PAPERS = TypeAdapter(list[PaperVersion])
_DAY = ["%Y-%m-%d"]


@app.command()
def accounting(
    person: Annotated[
        str,
        typer.Argument(
            help="A person's id, an identifier as SYSTEM|VALUE, or - to be asked (or to send JSON on standard input)."
        ),
    ] = STANDARD_INPUT,
    law: Annotated[Ledger, typer.Option(help="The ledger.")] = Ledger.HIPAA,
    since: Annotated[datetime | None, typer.Option(help="Not from before this day.", formats=_DAY)] = None,
    holder: Annotated[str | None, typer.Option(help="Of one organization's records alone.")] = None,
    requested: Annotated[
        datetime | None, typer.Option(help="The day of the person's written request; unset: today.", formats=_DAY)
    ] = None,
    officer_of: Annotated[
        str | None, typer.Option(help="Not the person's copy, but one for officers of this organization.")
    ] = None,
    summarised: Annotated[bool, typer.Option("--summarised", help="Like disclosures to one recipient once.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one object.")] = False,
    csv_: Annotated[bool, typer.Option("--csv", help="Print a line a disclosure.")] = False,
) -> None:
    """Print a person's accounting of disclosures, to be handed to them.

    Names belong on standard input and not on a command line, where histories keep them.

    Example: hub accounting "urn:cedar:patient|C-1042" --law part2
    """
    hub, at = open_hub(), datetime.now(UTC)
    asked_on = requested.date() if requested else at.date()
    known, described = _whom(person)
    asked = AccountingAsked(
        law=law,
        person=described,
        since=since.date() if since else None,
        holder=holder,
        summarised=summarised,
        request=None if officer_of else WrittenRequest(received_on=asked_on, identity_verified=True),
    )
    with hub.change() as session:
        for slug in (officer_of, holder):
            if slug is not None:
                Directory(session).participant(slug)
        made = Accountant(session, hub.keys, _for(officer_of), at=at).account(asked, known=known)
    lines = [made.model_dump_json(indent=2)] if json else _csv(made) if csv_ else statement(made)
    for line in lines:
        typer.echo(line)
    raise typer.Exit(1 if made.identified is False else 0)


@app.command()
def registry(
    person: Annotated[
        str, typer.Argument(help="A person's id, an identifier as SYSTEM|VALUE, or - to be asked (or to send JSON).")
    ] = STANDARD_INPUT,
    officer_of: Annotated[str, typer.Option(help="As officers of this organization may see them.")] = HUB,
    json: Annotated[bool, typer.Option("--json", help="Print a list, with all that the papers say.")] = False,
) -> None:
    """List every version of the consents and restrictions on file about a person, until six years after they ended.

    Example: hub registry "urn:cedar:patient|C-1042" --json
    """
    hub, at = open_hub(), datetime.now(UTC)
    known, described = _whom(person)
    with hub.change() as session:
        if officer_of != HUB:
            Directory(session).participant(officer_of)
        caller = _for(officer_of)
        found = Registry(session, hub.keys, caller, at=at).about(described, known=known)
    if json:
        typer.echo(_PAPERS.dump_json(found, indent=2).decode())
        return
    table = Table("filed", "by", "kind", "paper", "replaced", "ended")
    for one in found:
        replaced = f"{one.superseded_at:%F %H:%M}" if one.superseded_at else ""
        ended = str(one.ended_on or "")
        table.add_row(f"{one.filed_at:%F %H:%M}", one.source, one.kind, escape(one.paper.id), replaced, ended)
    out.print(table if found else "No paper is on file that this reader may see.")


def _for(officer_of: str | None) -> Caller:
    """Whoever runs the hub acts for it; a copy for officers is made with their organization's standing."""
    roles = frozenset({HubRole.COMPLIANCE_OFFICER if officer_of else HubRole.PRIVACY_OFFICER})
    return Caller(
        kind=CallerKind.USER,
        id=ACTOR,
        name=ACTOR,
        participant=officer_of or HUB,
        role=Role.ADMINISTRATOR,
        roles=roles,
    )


def _whom(person: str) -> tuple[UUID | None, PersonAsked]:
    if person == STANDARD_INPUT:
        return None, _prompted() if sys.stdin.isatty() else _described(sys.stdin.read())
    try:
        return UUID(person), PersonAsked()
    except ValueError:
        pass
    system, bar, value = person.rpartition("|")
    if not (bar and system and value):
        raise Invalid(
            "PERSON: should be a person's id, or an identifier as SYSTEM|VALUE.",
            next_steps="Leave it out to be asked for a name; a name does not belong on a command line.",
        )
    return None, PersonAsked(identifiers=(Identifier(system=system, value=value),))


def _prompted() -> PersonAsked:
    return PersonAsked(
        given=typer.prompt("Given name", err=True),
        family=typer.prompt("Family name", err=True),
        birth_date=_day(typer.prompt("Birth date (YYYY-MM-DD)", err=True)),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("Birth date: should be YYYY-MM-DD.") from None


def _described(text: str) -> PersonAsked:
    try:
        return _PERSON.validate_json(text)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_url=False, include_input=False)[0]["loc"])
        raise Invalid(
            f"Standard input{f', {place}' if place else ''}: a person as JSON is expected.",
            next_steps='For example: {"given": "…", "family": "…", "birth_date": "1987-04-09"}',
        ) from None


def statement(made: Accounting) -> Iterator[str]:
    """The accounting as a text that can be handed over."""
    yield made.law.meaning
    yield f"For the {made.copy_for}; from {made.since} to {made.until:%F %H:%M %Z}"
    if made.answer_due:
        yield f"To be given by {made.answer_due}"
    yield ""
    for number, one in enumerate(made.disclosures, start=1):
        yield from _told(number, one)
    if not made.disclosures and made.identified is not False:
        yield "No disclosure is on record that this accounting must list."
        yield ""
    yield from made.notes
    under = made.stands_under
    yield f"Stands under checkpoint {under.number} of the audit log: {under.size} entries, root {under.root}"
    yield f"Accounting {made.id}. That it was made is itself in the log."


def _told(number: int, one: Disclosed) -> Iterator[str]:
    yield f"{number}. {one.at:%F %H:%M %Z}, entry {one.entry}"
    if one.times > 1:
        yield f"   {one.times} times, the last on {one.last:%F}"
    yield f"   From:    {one.discloser}"
    yield f"   To:      {'not told to this reader' if one.recipient is None else one.recipient}"
    if one.reach:
        yield f"   Address: {_reach(one)}"
    yield f"   What:    {' '.join(one.description)}"
    yield f"   For:     {'not told to this reader' if one.purpose is None else one.purpose}"
    yield f"   By:      {'; '.join(one.basis) or '—'}"
    if one.papers:
        yield f"   Papers:  {', '.join(one.papers)}"
    if one.suspended_until:
        yield f"   Kept out of the person's copy until {one.suspended_until}"
    yield ""


def _csv(made: Accounting) -> Iterator[str]:
    yield _line(COLUMNS)
    for one in made.disclosures:
        values = orjson.loads(one.model_dump_json()) | {"reach": _reach(one)}
        yield _line(["; ".join(values[name]) if name in LISTS else _plain(values[name]) for name in COLUMNS])


def _plain(value: object) -> object:
    """A cell that a spreadsheet would run as a formula is quoted."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value


def _reach(one: Disclosed) -> str:
    return ", ".join(f"{way.kind} {way.value}" for way in one.reach)


def _line(values: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()
