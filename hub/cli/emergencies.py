"""`hub emergencies`: declared emergencies that wait for their review."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.markup import escape
from rich.table import Table

from hub.cli.app import ACTOR, app, open_hub, out
from hub.flow.reviews import Reviews
from hub.store.accounts import Caller, CallerKind
from hub.store.directory import HUB
from hub.store.ledgers import UNMASKED
from schemas.emergencies import Declared, Queue
from schemas.vocab import Role

_LIST = TypeAdapter(list[Declared])
MOST = 1000


@app.command()
def emergencies(
    queue: Annotated[Queue, typer.Option(help="waiting, overdue or reviewed.")] = Queue.WAITING,
    json: Annotated[bool, typer.Option("--json", help="Print a list of objects.")] = False,
) -> None:
    """List declared emergencies; exit 1 if any of those listed is overdue.

    They are reviewed on the page /emergencies, by an officer who signed in and did not declare them.

    Example: hub emergencies --queue overdue
    """
    hub, at = open_hub(), datetime.now(UTC)
    caller = Caller(kind=CallerKind.USER, id=ACTOR, name=ACTOR, participant=HUB, role=Role.ADMINISTRATOR)
    with hub.change() as session:
        reviews = Reviews(session, hub.keys, caller, at=at, reader=UNMASKED)
        found = reviews.queue(queue, limit=MOST)
    if json:
        typer.echo(_LIST.dump_json(found, indent=2).decode())
    else:
        _show(found, queue)
    raise typer.Exit(1 if any(one.overdue for one in found) else 0)


def _show(found: list[Declared], queue: Queue) -> None:
    if not found:
        out.print(f"None is {queue}.")
        return
    table = Table("declared", "by", "of", "medical person", "kind", "review by", "found")
    for one in found:
        due = f"{one.review_by:%F %H:%M}" + (" OVERDUE" if one.overdue else "")
        verdict = one.review.verdict.value if one.review else ""
        said = (one.stated.medical_person, one.stated.kind.value, due, verdict)
        table.add_row(f"{one.stated.declared_at:%F %H:%M}", one.actor, one.participant, *map(escape, said))
    out.print(table)
