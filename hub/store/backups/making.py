"""Makes a backup while the hub goes on, and follows what changes afterwards."""

import re
import shutil
import signal
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from hub.errors import Invalid, Unavailable
from hub.store.audit import sequencer
from hub.store.backups.copied import insist_on_a_whole_copy
from hub.store.backups.programs import Programs, database_of
from hub.store.backups.shelf import Backup, Manifest, Shelf

SLOT = "hub_backup"
COPY = ("--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256", "--no-password")
_SEGMENT = re.compile(r"\(file (?P<segment>[0-9A-F]{24})\)")


def back_up(engine: Engine, url: str, shelf: Shelf, programs: Programs, *, log: str, at: datetime) -> Backup:
    """A backup of the whole server, checked file by file against what PostgreSQL says it copied.

    Nobody has to wait meanwhile. Raises `Unavailable` when it cannot be made; then nothing of it stays.
    """
    shelf.open()
    place = shelf.place_for(at)
    try:
        size = _signed(engine)
        base = place / "base"
        programs.run("pg_basebackup", f"--pgdata={base}", *COPY, url=url)
        insist_on_a_whole_copy(base)
        return shelf.finish(place, _manifest(base, url, log=log, size=size, at=at))
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _signed(engine: Engine) -> int:
    with engine.connect() as connection:
        newest = sequencer.newest(connection)
    return 0 if newest is None else newest.size


def _manifest(base: Path, url: str, *, log: str, size: int, at: datetime) -> Manifest:
    database, user = database_of(url)
    found = _SEGMENT.search((base / "backup_label").read_text())
    if found is None:
        raise Unavailable("PostgreSQL's own label of the backup cannot be read.")
    version = int((base / "PG_VERSION").read_text())
    return Manifest(
        made_at=at, log=log, size=size, segment=found["segment"], database=database, user=user, version=version
    )


def forget_older(shelf: Shelf, programs: Programs, *, than: timedelta, at: datetime) -> list[Backup]:
    """Removes backups older than that, never the newest, and the changes that none of the rest needs.

    How long backups are kept decides when an expunction is complete: until then a backup still holds the person.
    """
    if than <= timedelta():
        raise Invalid("Backups are kept for a number of days, at least one.")
    gone = [backup for backup in shelf.all()[:-1] if at - backup.manifest.made_at > than]
    for backup in gone:
        shelf.remove(backup)
    if gone:
        programs.run("pg_archivecleanup", str(shelf.changes), shelf.all()[0].manifest.segment)
    return gone


class Follower:
    """Streams every change of the server into the shelf, so that what was committed a moment ago can be restored.

    The server keeps for it what it has not yet taken (a replication slot), also while it is away: one that will not
    come back has to let go.
    """

    def __init__(self, engine: Engine, url: str, shelf: Shelf, programs: Programs) -> None:
        self.engine = engine
        self.url = url
        self.shelf = shelf
        self.programs = programs
        self._stream: subprocess.Popen[bytes] | None = None

    def hold(self) -> None:
        """From here on the server keeps its changes for this follower."""
        words = (f"--slot={SLOT}", "--create-slot", "--if-not-exists", "--no-password")
        self.programs.run("pg_receivewal", *words, url=self.url)

    def start(self) -> None:
        """Begins to stream, and returns once there is something; it connects anew when the server was away.

        A backup made after that can be brought to any later moment. Raises `Unavailable`.
        """
        self.shelf.open()
        self.hold()
        words = (f"--directory={self.shelf.changes}", f"--slot={SLOT}", "--synchronous", "--no-password")
        self._stream = self.programs.begin("pg_receivewal", *words, url=self.url)
        while not any(self.shelf.changes.iterdir()):
            if not self.is_running():
                raise Unavailable("PostgreSQL does not stream its changes.", next_steps="Its own words stand above.")
            time.sleep(0.05)

    def is_running(self) -> bool:
        return self._stream is not None and self._stream.poll() is None

    def wait(self) -> int:
        """Blocks until the stream has ended, with all that has come so far on disk; gives its exit status."""
        return 0 if self._stream is None else self._stream.wait()

    def stop(self) -> None:
        """Asks the stream to end; it may be asked at any time, from a signal too."""
        if self._stream is not None:
            self._stream.send_signal(signal.SIGINT)

    def let_go(self) -> None:
        """The server keeps its changes no longer for a follower; nothing happens where none was held."""
        with self.engine.begin() as connection:
            connection.execute(
                text("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = :slot"),
                {"slot": SLOT},
            )
