"""Lays a backup out in a fresh place, brings it to a moment, and verifies its audit log before anyone relies on it."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
from sqlalchemy import Engine

from hub.errors import Conflict, Invalid, Unavailable
from hub.store import audit, db, embedded
from hub.store.audit import Report
from hub.store.backups.copied import insist_on_a_whole_copy
from hub.store.backups.programs import Programs
from hub.store.backups.shelf import Backup, Shelf
from hub.store.crypto import Keys
from schemas.frozen import Frozen, Moment

A_DAY = 86_400
"""Seconds that a server may take to read its changes; a large stream takes its time."""

TRUSTED = "local all all trust\n"
"""Who may connect while a restored server is looked at: whoever may enter its folder, over no network."""


class Restored(Frozen):
    """What came back: up to when, and what its audit log says of itself. `until` is None for all that there was."""

    made_at: Moment
    until: Moment | None
    expected: int
    report: Report

    @property
    def is_whole(self) -> bool:
        """The log holds, and has at least the leaves that were signed when the backup was made."""
        return self.report.intact and self.report.entries >= self.expected


def restore(
    shelf: Shelf, backup: Backup, home: Path, keys: Keys, programs: Programs, *, at: datetime | None = None
) -> Restored:
    """Restores a backup as the database of a fresh home, up to that moment or to the last change there is.

    Raises `Conflict` where the home has a database, `Invalid` for a moment that cannot be reached, `Unavailable` for a
    copy that is not whole any more and when the server does not come up; what was laid out stays, to be looked at.
    """
    _insist_that_it_can(shelf, backup, home, at)
    insist_on_a_whole_copy(backup.base)
    data = _lay_out(shelf, backup, home)
    try:
        with _serving(data, backup, programs, at) as engine:
            db.upgrade(engine)
            report = audit.verify(engine, keys)
    except Invalid:
        shutil.rmtree(data)
        raise
    finally:
        _put_away(home, data)
    return Restored(made_at=backup.manifest.made_at, until=at, expected=backup.manifest.size, report=report)


def try_out(shelf: Shelf, backup: Backup, keys: Keys, programs: Programs) -> Restored:
    """Restores a backup to where it is thrown away again: a backup that nobody has restored is a hope."""
    with tempfile.TemporaryDirectory(prefix="hub-", ignore_cleanup_errors=True) as folder:
        return restore(Shelf(shelf.folder / "none"), backup, Path(folder), keys, programs)


def _insist_that_it_can(shelf: Shelf, backup: Backup, home: Path, at: datetime | None) -> None:
    embedded.insist_on_a_short_path(home / "postgres")
    if (home / "postgres").exists():
        raise Conflict(f"There is a database in {home}.", next_steps="Choose a fresh folder, or move that one away.")
    if at is not None and at < backup.manifest.made_at:
        raise Invalid("That moment lies before this backup.", next_steps="Choose an earlier one.")
    if at is not None and not _changes(shelf, backup):
        raise Invalid(
            f"No changes after {backup.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC are kept beside this backup.",
            next_steps="Leave out --at, or have changes followed from now on: hub backup --follow",
        )


def _changes(shelf: Shelf, backup: Backup) -> list[Path]:
    """The segments from the backup's first one on, the one that is being written too."""
    if not shelf.changes.is_dir():
        return []
    first = backup.manifest.segment[8:]  # the first eight characters name the line of history
    there = [path for path in shelf.changes.iterdir() if path.suffix == ".history" or path.name[8:] >= first]
    return sorted(path for path in there if path.stat().st_size)


def _lay_out(shelf: Shelf, backup: Backup, home: Path) -> Path:
    data = home / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    shutil.copytree(
        backup.base, data, symlinks=True, ignore=shutil.ignore_patterns("log", ".handle_pids.json", ".s.PGSQL.*")
    )
    if changes := _changes(shelf, backup):
        kept = home / "changes"
        kept.mkdir()
        for segment in changes:
            shutil.copy2(segment, kept / segment.name.removesuffix(".partial"))
        (data / "recovery.signal").touch()
    (home / "trusted").write_text(TRUSTED)
    for path in (data, home / "changes", home / "trusted"):
        embedded.give_to_the_server(path)
    data.chmod(0o700)
    return data


@contextmanager
def _serving(data: Path, backup: Backup, programs: Programs, at: datetime | None) -> Iterator[Engine]:
    """An engine on the restored server once it has read all it is to read; the server ends with the block."""
    control = ("--wait", f"--timeout={A_DAY}", f"--pgdata={data}")
    user = embedded.user()
    try:
        programs.run("pg_ctl", *control, f"--log={data / 'log'}", f"--options={_options(data, at)}", "start", user=user)
    except Unavailable:
        raise _why_not(data, at) from None
    try:
        _wait_for_the_end_of_recovery(_url(data, backup), data, at)
        engine = db.connect(_url(data, backup))
        try:
            yield engine
        finally:
            engine.dispose()
    finally:
        programs.run("pg_ctl", *control, "--mode=fast", "stop", user=user)


def _options(data: Path, at: datetime | None) -> str:
    """What the server is told for this one time; nothing of it stays in its settings."""
    said = {"hba_file": data.parent / "trusted", "archive_mode": "off", "ssl": "off"}
    if (data / "recovery.signal").exists():
        said |= {"restore_command": f"cp {data.parent / 'changes'}/%f %p", "recovery_target_action": "promote"}
        said |= {} if at is None else {"recovery_target_time": f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"}
    settings = " ".join(f"-c '{name}={value}'" for name, value in said.items())
    return f"-h '' -k '{data}' {settings}"


def _url(data: Path, backup: Backup) -> str:
    said = backup.manifest
    return f"postgresql://{quote(said.user, safe='')}@/{quote(said.database, safe='')}?host={quote(str(data), safe='')}"


def _wait_for_the_end_of_recovery(url: str, data: Path, at: datetime | None) -> None:
    deadline = time.monotonic() + A_DAY
    while time.monotonic() < deadline:
        try:
            with psycopg.connect(url) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
        except psycopg.OperationalError:
            raise _why_not(data, at) from None
        if row is not None and not row[0]:
            return
        time.sleep(0.1)
    raise Unavailable("The restored server does not come to the end of its changes.")


def _why_not(data: Path, at: datetime | None) -> Invalid | Unavailable:
    said = (data / "log").read_text(errors="replace") if (data / "log").exists() else ""
    if at is not None and "before configured recovery target was reached" in said:
        return Invalid(
            "The changes that are kept end before that moment.", next_steps="Leave out --at for all that there is."
        )
    return Unavailable(f"The restored server did not come up; see {data / 'log'}.")


def _put_away(home: Path, data: Path) -> None:
    """What was needed on the way alone."""
    shutil.rmtree(home / "changes", ignore_errors=True)
    (home / "trusted").unlink()
    (data / "backup_label.old").unlink(missing_ok=True)
