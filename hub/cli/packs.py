"""`hub packs`: the law of states, as counsel signed it off."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from consent.packs import Edition, Pack, UnreadablePack, example, examples, read_pack
from consent.packs.words import rules_of, standing
from hub.cli.app import ACTOR, app, open_hub, out, text_of
from hub.errors import Invalid
from hub.store.audit import Act, AuditLog
from hub.store.db import transaction
from hub.store.packs import StatePacks
from hub.store.terms import terms

packs_app = typer.Typer()
app.add_typer(packs_app, name="packs")


@packs_app.callback(invoke_without_command=True)
def list_packs(context: typer.Context) -> None:
    """The law of states. Without a command: lists what is loaded, and the examples that come with the hub.

    Example: hub packs
    """
    if context.invoked_subcommand is not None:
        return
    with transaction(open_hub().engine) as session:
        loaded = terms(session).packs
    for one in loaded:
        _show(one.pack, f"loaded, text {one.digest[:12]}")
    if not loaded:
        out.print("No pack is loaded: in every state the sensitive goes by written consent only.\n")
    for name in examples():
        _show(read_pack(example(name), name), f"example {name}, not loaded")


@packs_app.command("check")
def check(path: Annotated[Path, typer.Argument(help="A pack, TOML.")]) -> None:
    """Check a pack, and show it in words as its counsel should read it; needs no database.

    Exit 2 when it cannot be read, with every key that is wrong. Example: hub packs check our-state.toml
    """
    pack, _ = _read(path)
    _show(pack, "checked, not loaded")


@packs_app.command("load")
def load(path: Annotated[Path, typer.Argument(help="A pack, TOML, that counsel has signed off.")]) -> None:
    """Put a pack in the place of the one of its state; it holds from the next question on.

    Example: hub packs load our-state.toml
    """
    pack, text = _read(path)
    if all(edition.signed_off is None for edition in pack.editions):
        raise Invalid(
            f"{path}: no edition is signed off.", next_steps="Counsel fills in signed_off; see: hub packs check --help"
        )
    hub, at = open_hub(), datetime.now(UTC)
    with hub.change() as session:
        digest = StatePacks(session).load(pack, text, at=at)
        AuditLog(session, hub.keys).append(
            Act.PACK_LOADED, at=at, actor=ACTOR, details={"state": pack.jurisdiction, "digest": digest}
        )
    _show(pack, f"loaded, text {digest[:12]}")


@packs_app.command("withdraw")
def withdraw(state: Annotated[str, typer.Argument(help="US- and two letters.")]) -> None:
    """Take the pack of a state out of use; from then on the sensitive goes by written consent only.

    Example: hub packs withdraw US-NY
    """
    hub, at = open_hub(), datetime.now(UTC)
    with hub.change() as session:
        digest = StatePacks(session).withdraw(state, at=at)
        AuditLog(session, hub.keys).append(
            Act.PACK_WITHDRAWN, at=at, actor=ACTOR, details={"state": state, "digest": digest}
        )
    out.print(f"No pack of {state} is loaded any more.", markup=False)


def _read(path: Path) -> tuple[Pack, str]:
    text = text_of(path)
    try:
        return read_pack(text, path.name), text
    except UnreadablePack as unreadable:
        raise Invalid(str(unreadable)) from None


def _show(pack: Pack, state_of_it: str) -> None:
    out.print(f"{pack.jurisdiction}  {pack.title} ({state_of_it})", highlight=False, markup=False)
    today = date.today()  # noqa: DTZ011  (a day as the reader's calendar has it)
    for edition in pack.editions:
        out.print(f"  {_heading(edition)}: {standing(edition, today)}", highlight=False, markup=False)
        out.print(_table(edition))


def _heading(edition: Edition) -> str:
    signed = edition.signed_off
    by = "" if signed is None else f", signed off by {signed.by} ({signed.bar}) on {signed.at}"
    return f"From {edition.since}{'' if edition.until is None else f' to {edition.until}'}{by}"


def _table(edition: Edition) -> Table:
    table = Table("rule", "in plain words", "law", "how sure")
    sure = "least certain" if edition.signed_off is None else "signed off"
    for row in rules_of(edition):
        table.add_row(row.name, escape(row.words), escape(row.cite), sure)
    return table
