"""`hub backup` and `hub restore`: the whole database, kept apart and brought back."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hub.cli.app import Hub, app, err, open_hub, out
from hub.errors import Invalid, Unavailable
from hub.flow.cosigning import RolledBack
from hub.settings import settings
from hub.store import db
from hub.store.audit import JSON, Act
from hub.store.audit.signing import signer
from hub.store.backups import Backup, Follower, Restored, Shelf, back_up, forget_older, restore, try_out
from hub.store.backups.programs import Programs

NOT_IN_IT = "The keys are not in it: keep them apart, for without them nothing in it opens."
UNDONE = (
    "Orders to seal or expunge that were carried out after that are undone by it: carry them out anew. "
    "Partners may have been told what this database does not know of."
)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Folder of the backups; made where there is none.")],
    follow: Annotated[bool, typer.Option("--follow", help="Then stream every change too, until stopped.")] = False,
    let_go: Annotated[
        bool, typer.Option("--let-go", help="Only this: the server stops keeping changes for a follower.")
    ] = False,
    keep_days: Annotated[
        int | None, typer.Option(help="Remove backups older than this; never the newest.", min=1)
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Restore it to where it is thrown away, and verify the log.")
    ] = True,
) -> None:
    """Back up the whole database while the hub goes on. With --follow, any later moment can be restored too.

    Example: hub backup /srv/backups --keep-days 35
    """
    hub = open_hub()
    shelf = Shelf(folder)
    follower = Follower(hub.engine, hub.url, shelf, _programs(hub))
    if let_go:
        follower.let_go()
        out.print("The server keeps its changes for nobody from now on.")
        return
    if follow:
        follower.start()
    try:
        _make(hub, shelf, verify=verify)
        if keep_days is not None:
            _forget(hub, shelf, keep_days)
        if follow:
            _wait_for_the_end(follower)
    finally:
        follower.stop()
        follower.wait()


@app.command("restore")
def bring_back(
    folder: Annotated[Path, typer.Argument(help="Folder of the backups.")],
    to: Annotated[Path | None, typer.Option(help="A fresh HUB_HOME; its database is made there.")] = None,
    at: Annotated[
        datetime | None, typer.Option(help="As of this moment, UTC; the last change there is when left out.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Only list the backups.")] = False,
) -> None:
    """Restore the database into a fresh folder and verify its audit log; exit 0 if it holds, 1 if not.

    Example: hub restore /srv/backups --to /srv/hub --at 2026-06-15T02:10:00
    """
    shelf, moment = Shelf(folder), at and at.replace(tzinfo=UTC)
    if show:
        out.print(_table(shelf) if shelf.all() else f"There is no backup in {folder}. Make one: hub backup {folder}")
        return
    if to is None:
        raise Invalid("--to: a fresh folder for the database is needed.", next_steps="See: hub restore --help")
    chosen = shelf.newest(before=moment)
    restored_hub = _hub_at(to, chosen)
    with err.status(f"Restoring the backup of {_said(chosen)} …"):
        found = restore(shelf, chosen, to, restored_hub.keys, _programs(restored_hub), at=moment)
    _tell(found, to)
    if not found.is_whole:
        raise typer.Exit(1)
    _note(restored_hub, found)


def _make(hub: Hub, shelf: Shelf, *, verify: bool) -> None:
    hub.sign_log()
    with err.status("Copying the database …"):
        made = back_up(hub.engine, hub.url, shelf, _programs(hub), log=_log_of(hub), at=_now())
    out.print(f"Backed up into {made.folder}. {NOT_IN_IT}", soft_wrap=True)
    if verify:
        _verify(hub, shelf, made)
    with hub.change() as session:
        details: dict[str, JSON] = {
            "made_at": made.manifest.made_at.isoformat(),
            "size": made.manifest.size,
            "verified": verify,
        }
        hub.record(session, Act.BACKUP_MADE, details)


def _verify(hub: Hub, shelf: Shelf, made: Backup) -> None:
    with err.status("Restoring it to see whether it holds …"):
        found = try_out(shelf, made, hub.keys, _programs(hub))
    if not found.is_whole:
        raise Unavailable(f"The backup does not hold. {_state(found)}", next_steps="Run: hub audit verify")
    out.print(f"Restored and verified: {found.report.entries:,} entries of the audit log, intact.")


def _forget(hub: Hub, shelf: Shelf, days: int) -> None:
    gone = forget_older(shelf, _programs(hub), than=timedelta(days=days), at=_now())
    if gone:
        out.print(f"{len(gone)} older than {days} days removed.")


def _wait_for_the_end(follower: Follower) -> None:
    def stop(_signal: int, _frame: object) -> None:
        follower.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    out.print("Following the changes. Any moment from now on can be restored. Stop with Ctrl-C.")
    if (status := follower.wait()) != 0:
        raise Unavailable(f"The stream of changes ended with status {status}.", next_steps="Start it again.")


def _hub_at(home: Path, chosen: Backup) -> Hub:
    """The hub that will live there, under the keys that the settings name, which must be those of the backup."""
    said = settings()
    hub = Hub(said.model_copy(update={"home": home, "database_url": None, "key_file": said.keys}))
    if not said.keys.exists():
        raise Unavailable(
            f"There is no key file {said.keys}; the keys are not in a backup.",
            next_steps="Set HUB_KEY_FILE to the keys that the database was sealed with.",
        )
    if _log_of(hub) != chosen.manifest.log:
        raise Unavailable(
            "This backup was made under other keys.",
            next_steps="Set HUB_KEY_FILE to the keys that the database was sealed with.",
        )
    return hub


def _note(hub: Hub, found: Restored) -> None:
    """Said in the restored log itself, so that whoever reads it later knows of the gap."""
    if hub.settings.pg_programs is not None:
        return  # a server of the operator's own will serve it, and not the embedded one
    until = None if found.until is None else found.until.isoformat()
    details: dict[str, JSON] = {"made_at": found.made_at.isoformat(), "until": until}
    try:
        with hub.change() as session:
            hub.record(session, Act.BACKUP_RESTORED, details)
    except RolledBack as more:
        out.print(f"{more.detail} Nothing runs on it until an officer accepts that.", soft_wrap=True)
        out.print(f"To accept: HUB_HOME={hub.settings.home} hub audit accept-restore --help", soft_wrap=True)
    hub.engine.dispose()
    db.stop(hub.settings)


def _tell(found: Restored, home: Path) -> None:
    out.print(_state(found), soft_wrap=True)
    if found.is_whole:
        out.print(f"Restored into {home}. Use it: HUB_HOME={home} hub serve --all", soft_wrap=True)
        out.print(UNDONE, soft_wrap=True)


def _state(found: Restored) -> str:
    report = found.report
    if report.problem is not None:
        return f"NOT intact. {report.problem}"
    if report.entries < found.expected:
        return f"NOT whole: {report.entries:,} entries, and {found.expected:,} were signed when the backup was made."
    return f"Intact: {report.entries:,} entries of the audit log, {report.checkpoints:,} checkpoints."


def _table(shelf: Shelf) -> Table:
    table = Table("made (UTC)", "entries signed", "database")
    for one in shelf.all():
        table.add_row(_said(one), f"{one.manifest.size:,}", one.manifest.database)
    return table


def _said(backup: Backup) -> str:
    return f"{backup.manifest.made_at:%Y-%m-%d %H:%M:%S}"


def _programs(hub: Hub) -> Programs:
    return Programs(hub.settings.pg_programs)


def _log_of(hub: Hub) -> str:
    """The audit log's public key, by which anyone can tell whose it is."""
    return str(signer(hub.keys).verifier)


def _now() -> datetime:
    return datetime.now(UTC)
