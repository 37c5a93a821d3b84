"""`hub codes`: which code sets there are, and what a code speaks of."""

from datetime import date, datetime
from typing import Annotated

import orjson
import typer
from rich.table import Table

from consent.codes import Codes, CodeSet
from hub.cli.app import app, out
from hub.codes import codes_of
from hub.errors import Invalid
from hub.settings import settings


@app.command()
def codes(
    system: Annotated[str | None, typer.Argument(help="ICD-10-CM, RxNorm, SNOMED CT, … or a URI.")] = None,
    code: Annotated[str | None, typer.Argument(help="A code of that system.")] = None,
    on: Annotated[datetime | None, typer.Option(help="By the editions of this day; by all when left out.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One object a line.")] = False,
) -> None:
    """List the code sets, or say what a code speaks of and why. Example: hub codes ICD-10-CM F11.20"""
    found = codes_of(settings())
    if system is None:
        _list(found, json=json)
    elif code is None:
        raise Invalid("A code is needed beside its system.", next_steps="For example: hub codes ICD-10-CM F11.20")
    else:
        _explain(found, system, code, on.date() if on else None, json=json)


def _list(found: Codes, *, json: bool) -> None:
    if json:
        for one in found.sets:
            typer.echo(orjson.dumps(_as_json(one)))
        return
    table = Table("system", "name", "edition", "since", "ranges", "complete", "source")
    for one in found.sets:
        since = "" if one.since == date.min else f"{one.since}"
        complete = "yes" if one.complete else "no"
        table.add_row(one.system, one.name, one.edition, since, f"{len(one.ranges)}", complete, one.source)
    out.print(table)


def _as_json(one: CodeSet) -> dict[str, object]:
    return {
        "system": one.system,
        "name": one.name,
        "edition": one.edition,
        "since": None if one.since == date.min else one.since,
        "ranges": len(one.ranges),
        "excepted": len(one.excepted),
        "complete": one.complete,
        "source": one.source,
    }


def _explain(found: Codes, system: str, code: str, on: date | None, *, json: bool) -> None:
    reasons = found.reasons(system, code, on)
    if json:
        said = [{"speaks_of": one.speaks_of, "because": one.because, "set": one.by.name} for one in reasons]
        typer.echo(orjson.dumps({"known": found.knows(system, code, on), "speaks_of": said}))
    elif reasons:
        for one in reasons:
            out.print(f"{one.speaks_of.value}: {one.because} ({one.by.name}, {one.by.edition})", highlight=False)
    elif found.knows(system, code, on):
        out.print("Speaks of nothing that is kept apart.")
    else:
        out.print("No set knows this code: a diagnosis so coded is kept, and told to no one.")
