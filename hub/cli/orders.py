"""`hub orders`: what a court orders to be sealed, unsealed or expunged, by two people."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError
from rich.table import Table
from sqlmodel import Session

from hub.cli.app import ACTOR, Hub, app, open_hub, out
from hub.errors import Invalid, NotAllowed
from hub.flow.orders import Bailiff, OrderDesk
from hub.store.accounts import Caller, HubRole, Users
from hub.store.audit import Act, AuditLog
from hub.store.audit.orders import count
from hub.store.crypto import custodian
from hub.store.db import transaction
from hub.store.orders import OrderRow, Orders
from schemas.contacts import PersonAsked
from schemas.vocab.orders import OrderKind, OrderState

IN_BACKUPS = (
    "Backups made before now still hold the person: it is complete once the last of them is gone (--keep-days)."
)
_PERSON = TypeAdapter(PersonAsked)

orders_app = typer.Typer(help="Orders of a court about a person: seal, unseal, expunge.", no_args_is_help=True)
app.add_typer(orders_app, name="orders")

Login = Annotated[str, typer.Option(help="Your login; password and code are asked for.")]
OrderId = Annotated[UUID, typer.Argument(help="The order, as hub orders list names it.")]
CustodianKey = Annotated[
    Path | None, typer.Option(help="The custodian's key: the public half to seal, the private one to unseal.")
]


@orders_app.command()
def propose(
    kind: Annotated[OrderKind, typer.Argument(help="seal, unseal or expunge.")],
    reference: Annotated[str, typer.Option(help="Number of the court's order; its digest alone is kept.")],
    login: Login,
    lifts: Annotated[UUID | None, typer.Option(help="To unseal: the order by which it was sealed.")] = None,
) -> None:
    """Propose an order; another privacy officer has to approve it. Who is meant is asked for, or sent as JSON.

    Example: hub orders propose expunge --reference "CV-2026-0117" --login ines.wolfe
    """
    hub = open_hub()
    with hub.change() as session:
        desk = OrderDesk(session, hub.keys, _officer(hub, session, login), at=_now())
        if kind is OrderKind.UNSEAL:
            if lifts is None:
                raise Invalid("--lifts: the order by which it was sealed is needed.")
            row = desk.propose_to_lift(lifts, reference)
        else:
            row = desk.propose(kind, _person(), reference)
    out.print(f"Proposed: {row.id}. Another privacy officer approves it: hub orders approve {row.id}", soft_wrap=True)


@orders_app.command()
def approve(order: OrderId, login: Login, custodian_key: CustodianKey = None) -> None:
    """Approve an order that another proposed, and carry it out.

    Example: hub orders approve 0b6e… --login sam.rivera --custodian-key court.pub
    """
    hub = open_hub()
    with hub.change() as session:
        officer = _officer(hub, session, login)
        OrderDesk(session, hub.keys, officer, at=_now()).approve(order)
        bailiff = _bailiff(hub, session, officer.id, custodian_key)
        row = bailiff.carry_out(order)
    _tell(row, bailiff.unclear)


@orders_app.command("carry-out")
def carry_out(order: OrderId, custodian_key: CustodianKey = None) -> None:
    """Carry out an order that two have approved elsewhere. Example: hub orders carry-out 0b6e…"""
    hub = open_hub()
    with hub.change() as session:
        bailiff = _bailiff(hub, session, ACTOR, custodian_key)
        row = bailiff.carry_out(order)
    _tell(row, bailiff.unclear)


@orders_app.command()
def refuse(order: OrderId, login: Login) -> None:
    """Refuse or withdraw an order that was not carried out. Example: hub orders refuse 0b6e… --login sam.rivera"""
    hub = open_hub()
    with hub.change() as session:
        OrderDesk(session, hub.keys, _officer(hub, session, login), at=_now()).refuse(order)
    out.print("Refused; it stays on record.")


@orders_app.command("list")
def list_orders() -> None:
    """List every order, without names. Example: hub orders list"""
    hub = open_hub()
    table = Table("order", "kind", "state", "proposed (UTC)", "decided (UTC)", "leaves")
    with transaction(hub.engine) as session:
        for row in Orders(session).all():
            leaves = count(row.leaves)
            table.add_row(str(row.id), row.kind, row.state, _said(row.proposed_at), _said(row.decided_at), str(leaves))
    out.print(table if table.row_count else "There is no order. Begin with: hub orders propose --help")


@orders_app.command("custodian-key")
def custodian_key(path: Annotated[Path, typer.Argument(help="File for the private half.")]) -> None:
    """Make the court custodian's pair of keys; needs no hub, and belongs on the custodian's own machine.

    Example: hub orders custodian-key court
    """
    public = custodian.make(path)
    out.print(f"{path} is for the custodian alone; {public} is what hubs seal under.", soft_wrap=True)


def _officer(hub: Hub, session: Session, login: str) -> Caller:
    """Who is at the keyboard, by password and code; raises `NotAllowed` in the same words whatever was wrong."""
    password, code = _answer("Password: ", hidden=True), _answer("Code: ")
    attempt = Users(session, hub.keys).attempt(login=login, password=password, code=code, at=_now())
    caller = None if attempt.user is None else Users(session, hub.keys).caller(attempt.user)
    if caller is None or not attempt.succeeded or HubRole.PRIVACY_OFFICER not in caller.roles:
        actor = "unknown" if attempt.user is None else f"user:{attempt.user.id}"
        AuditLog(session, hub.keys).append(
            Act.USER_SIGN_IN_FAILED, at=_now(), actor=actor, details={"at": "hub orders"}
        )
        session.commit()  # the failed attempt counts, and is on record
        raise NotAllowed("This did not work.", next_steps="It takes the account of a privacy officer.")
    return caller


def _person() -> PersonAsked:
    """Who is meant, from standard input: names on a command line stay in the shell's history."""
    try:
        if not sys.stdin.isatty():
            return _PERSON.validate_json(sys.stdin.read(), strict=False)
        said = {"given": _answer("Given name: "), "family": _answer("Family name: ")}
        return PersonAsked(**said, birth_date=date.fromisoformat(_answer("Birth date (YYYY-MM-DD): ")))
    except (ValidationError, ValueError):
        raise Invalid(
            'Who is meant should be JSON like {"given": …, "family": …, "birth_date": "YYYY-MM-DD"}.'
        ) from None


def _answer(question: str, *, hidden: bool = False) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(question, prompt_suffix="", hide_input=hidden))
    return sys.stdin.readline().rstrip("\n")


def _bailiff(hub: Hub, session: Session, actor: str, custodian_key: Path | None) -> Bailiff:
    return Bailiff(session, hub.engine, hub.keys, at=_now(), actor=actor, custodian_key=custodian_key)


def _tell(row: OrderRow, unclear: int) -> None:
    leaves = count(row.leaves)
    done = {OrderKind.SEAL: "Sealed", OrderKind.UNSEAL: "Unsealed", OrderKind.EXPUNGE: "Expunged"}[OrderKind(row.kind)]
    out.print(f"{done}: {leaves} entries of the audit log; every leaf stands.")
    if row.kind != OrderKind.UNSEAL and row.state == OrderState.CARRIED_OUT:
        out.print(IN_BACKUPS, soft_wrap=True)
    if unclear:
        out.print(f"{unclear} messages of the person's sources could not be read whole and may speak of the person:")
        out.print("they are kept, sealed. See: hub set-aside", soft_wrap=True)


def _said(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _now() -> datetime:
    return datetime.now(UTC)
