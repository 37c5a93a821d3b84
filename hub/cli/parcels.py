"""`hub parcels`: what partners have not taken, and what a person does about it."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from hub.cli.app import ACTOR, app, open_hub, out
from hub.flow import outbox
from hub.store.db import transaction
from hub.store.parcels import Parcels

parcels_app = typer.Typer(help="What partners have not taken: list it, send it again, let it go.", no_args_is_help=True)
app.add_typer(parcels_app, name="parcels")

ParcelArgument = Annotated[UUID, typer.Argument(help="The id of a parked parcel, as the list has it.")]


@parcels_app.command("list")
def list_parcels(
    recipient: Annotated[str | None, typer.Option(help="For one participant only.")] = None,
) -> None:
    """List the parcels that are parked (failed) or wait for another attempt (queued). They carry ids only.

    A parked parcel holds what is to be told to the same partner about the same person after it.
    Example: hub parcels list --recipient open-door-shelter
    """
    table = Table("parcel", "to", "event", "state", "attempts", "last answer", "queued", "next attempt")
    with transaction(open_hub().engine) as session:
        for row in Parcels(session).unsettled(recipient=recipient):
            due = "" if row.settled_at else f"{row.not_before:%F %T}"
            said = "none" if row.last_status is None else str(row.last_status)
            times = (str(row.attempts), said, f"{row.queued_at:%F %T}", due)
            table.add_row(str(row.id), row.recipient, row.event, row.state, *times)
    out.print(table if table.row_count else "Every parcel so far was taken at once.")


@parcels_app.command("resend")
def resend(parcel: ParcelArgument) -> None:
    """Have a parked parcel tried again, once the partner is mended; what waits behind it follows in order.

    Consent is asked as before every attempt. Example: hub parcels resend 0b6e4f1c-1111-4222-8333-944445555666
    """
    hub = open_hub()
    with hub.change() as session:
        row = outbox.send_again(session, hub.keys, parcel, actor=ACTOR, at=datetime.now(UTC))
    out.print(f"It is sent to {row.recipient} again.")


@parcels_app.command("drop")
def drop(parcel: ParcelArgument) -> None:
    """Let go of a parked parcel for good; what waits behind it goes on without it.

    Example: hub parcels drop 0b6e4f1c-1111-4222-8333-944445555666
    """
    hub = open_hub()
    with hub.change() as session:
        row = outbox.drop(session, hub.keys, parcel, actor=ACTOR, at=datetime.now(UTC))
    out.print(f"{row.recipient} will not be told of it.")
