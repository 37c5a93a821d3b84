"""`hub keys`: turn the master keys, and see what hangs on which."""

from collections.abc import Mapping
from datetime import UTC, datetime

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from hub.cli.app import Hub, app, err, open_hub, out
from hub.errors import Conflict, NotFound
from hub.store import rotation
from hub.store.audit import JSON, Act, AuditLog
from hub.store.crypto import KeyFile, Ring, providers
from hub.store.db import transaction
from hub.store.rotation import Moved, Standing

keys_app = typer.Typer(help="The master keys: turn them, drop an old version, see what hangs on which.")
app.add_typer(keys_app, name="keys", no_args_is_help=True)


@keys_app.command()
def status() -> None:
    """List the versions of the master keys, how old each is, and how much is sealed under it.

    Example: hub keys status
    """
    hub = open_hub()
    ring = _ring(hub)
    with hub.engine.connect() as connection:
        found = rotation.standing(connection, ring)
    table = Table("version", "since", "is", "what is sealed under it")
    for one in found:
        table.add_row(str(one.version), _age(one), _state(one, ring), "\n".join(_under(one)))
    out.print(table)
    out.print(f"Held by: {hub.key_file.provider.name}, in {hub.key_file.path}", soft_wrap=True)
    if old := [one.version for one in found if one.rows and not one.seals]:
        out.print(f"Under older versions: {', '.join(map(str, old))}. To seal it anew: hub keys rotate")


@keys_app.command()
def rotate() -> None:
    """Make a new version of the master keys and seal everything under it, while the hub goes on.

    Broken off, it goes on where it stopped when it is run again. Blind tokens, the identity of the audit log, and audit
    entries written so far stay as they are. Exit 1: something does not open, or others still hold it; run it again.

    Example: hub keys rotate
    """
    hub = open_hub()
    hub.keys.look()
    hub.sign_log()
    with rotation.alone(hub.engine):
        version = _turned(hub)
        moved = _seal_anew(hub)
        _record(hub, Act.KEYS_SEALED_ANEW, {"version": version, "values": moved.moved, "unopened": moved.unopened})
    hub.sign_log()
    _show(version, moved)
    raise typer.Exit(0 if moved.left == 0 else 1)


@keys_app.command()
def retire(version: int) -> None:
    """Drop an old version of the master keys, once nothing is sealed under it. It cannot be had back.

    Backups from before the keys were turned open with that version only: keep a copy of the key file as long as them.

    Example: hub keys retire 1
    """
    hub = open_hub()
    ring = _ring(hub)
    if version not in ring.masters:
        raise NotFound(f"There is no version {version} of the keys.", next_steps="See: hub keys status")
    with rotation.alone(hub.engine):
        rotation.drop(hub.engine, ring, version, datetime.now(UTC))
        _record(hub, Act.KEYS_RETIRED, {"version": version})
        hub.key_file.write(ring.without(version))
    out.print(f"Version {version} is dropped; nothing was left under it.")


@keys_app.command()
def move() -> None:
    """Hand the master keys to the provider that HUB_KEY_PROVIDER names; the keys themselves stay the same.

    The one that holds them now must be reachable too. Restart the hub's other processes with the new setting.

    Example: HUB_KEY_PROVIDER=vault hub keys move
    """
    hub = open_hub()
    ours = hub.key_file
    holder = ours.held_by()
    if holder == ours.provider.name:
        raise Conflict(f"The keys are held by {holder} already.", next_steps="Name another: HUB_KEY_PROVIDER")
    held = KeyFile(ours.path, providers.named(holder, hub.settings))
    ring = held.read()
    with rotation.alone(hub.engine):
        ours.write(ring)
        _record(hub, Act.KEYS_MOVED, {"from": holder, "to": ours.provider.name})
    out.print(f"The keys are held by {ours.provider.name} from now on.")


def _ring(hub: Hub) -> Ring:
    _ = hub.keys  # says what is wrong with the file in the words of the command line
    return hub.key_file.read()


def _turned(hub: Hub) -> int:
    """The version that seals from now on: a new one, unless an earlier turn was broken off."""
    ring = _ring(hub)
    if ring.coming is None and _left(hub, ring) > _known_not_to_open(hub):
        out.print(f"An earlier turn did not end; going on with version {ring.sealing}.")
        return ring.sealing
    try:
        turned = rotation.turn(hub.key_file, datetime.now(UTC))
    except OverflowError:
        raise Conflict("There is no version left.", next_steps="Move to a new hub.") from None
    _record(hub, Act.KEYS_TURNED, {"from": ring.sealing, "to": turned.sealing})
    return turned.sealing


def _left(hub: Hub, ring: Ring) -> int:
    with hub.engine.connect() as connection:
        return sum(one.rows for one in rotation.standing(connection, ring) if not one.seals)


def _known_not_to_open(hub: Hub) -> int:
    """How many values were left as they are when last all was sealed anew: they are no reason to go on."""
    with transaction(hub.engine) as session:
        last = AuditLog(session, hub.keys).entries(act=Act.KEYS_SEALED_ANEW, limit=1)
    return int(str(last[0].details["unopened"])) if last else 0


def _seal_anew(hub: Hub) -> Moved:
    columns = (TextColumn("Sealing anew"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("", total=_left(hub, _ring(hub)))
        return rotation.seal_anew(hub.engine, hub.keys, lambda count: progress.advance(task, count))


def _record(hub: Hub, act: Act, details: Mapping[str, JSON]) -> None:
    with hub.change() as session:
        hub.record(session, act, details)


def _show(version: int, moved: Moved) -> None:
    out.print(f"Version {version} seals; {moved.moved:,} values were sealed anew.")
    if moved.unopened:
        out.print(f"{moved.unopened:,} values do not open under the keys they name, and were left as they are.")
    if moved.left > moved.unopened:
        out.print(f"{moved.left - moved.unopened:,} values are held by others; run it again.")
    if moved.left == 0:
        out.print("Nothing is left under older versions. To drop one: hub keys retire --help")


def _age(one: Standing) -> str:
    if one.since is None:
        return "" if one.dropped else "the beginning"
    return f"{one.since:%F} ({(datetime.now(UTC) - one.since).days} days)"


def _state(one: Standing, ring: Ring) -> str:
    if one.seals:
        return "in use"
    if one.dropped:
        return "dropped; the key of its audit entries stays"
    return "kept, to open what is under it" if one.version in ring.masters else "NOT among these keys"


def _under(one: Standing) -> list[str]:
    entries = [f"{one.audit_entries:,} audit entries"] if one.audit_entries else []
    return [f"{count:,} {name}" for name, count in sorted(one.under.items())] + entries or ["nothing"]
