"""The folder of backups: one folder a backup, named by its moment, with a manifest; beside them the stream of changes.

2026-06-15T02-10-00Z/base/           the data directory, as PostgreSQL copied it
2026-06-15T02-10-00Z/manifest.json   what it is; written last, so that a backup without one is none
changes/                             PostgreSQL's own log of changes (WAL), by segment
"""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from hub.errors import Invalid, NotFound, Unavailable
from hub.store.disk import make_durable
from schemas.frozen import Frozen, Moment

OWNER_ONLY = 0o700
_NAME = "%Y-%m-%dT%H-%M-%SZ"


class Manifest(Frozen):
    """What a backup is of.

    log       the audit log's public key, so that one can tell whose backup it is and under which keys it opens
    size      leaves under the newest checkpoint when the copying began; the copy has at least these
    segment   the first segment of changes that it needs
    database  and `user`: which database of the server, and as whom it is opened
    """

    made_at: Moment
    log: str
    size: int
    segment: str
    database: str
    user: str
    version: int


class Backup(NamedTuple):
    """One backup on the shelf."""

    folder: Path
    manifest: Manifest

    @property
    def base(self) -> Path:
        return self.folder / "base"


class Shelf:
    """The backups in one folder, which only its owner may enter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.changes = folder / "changes"

    def open(self) -> None:
        """Makes the folder where there is none; raises `Unavailable` when it cannot be had or others may enter it."""
        try:
            self.changes.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
            if not any(self.folder.glob("*/manifest.json")):
                self.folder.chmod(OWNER_ONLY)
            mode = self.folder.stat().st_mode
        except OSError as error:
            raise Unavailable(f"The folder {self.folder} cannot be used: {error.strerror}.") from error
        if mode & 0o077:
            raise Unavailable(f"Others may enter {self.folder}.", next_steps=f"chmod 700 {self.folder}")

    def place_for(self, at: datetime) -> Path:
        """A fresh folder for a backup of this moment; raises `Unavailable` where one was made this very second."""
        place = self.folder / at.strftime(_NAME)
        try:
            place.mkdir(mode=OWNER_ONLY)
        except FileExistsError:
            raise Unavailable("A backup was made this very second.", next_steps="Try again.") from None
        return place

    def finish(self, place: Path, manifest: Manifest) -> Backup:
        """Makes a copy a backup, durably."""
        draft = place / "manifest.draft"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(manifest.model_dump_json(indent=2))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(place / "manifest.json")
        for folder in (place, self.folder):
            make_durable(folder)
        return Backup(place, manifest)

    def all(self) -> list[Backup]:
        """Every whole backup, oldest first; raises `Invalid` for a manifest that cannot be read."""
        return sorted(self._whole(), key=lambda backup: backup.manifest.made_at)

    def newest(self, *, before: datetime | None = None) -> Backup:
        """The last backup made, at the latest at that moment; raises `NotFound`."""
        fitting = [backup for backup in self.all() if before is None or backup.manifest.made_at <= before]
        if not fitting:
            raise NotFound(
                f"There is no backup {'that old ' if before else ''}in {self.folder}.",
                next_steps=f"See what there is: hub restore {self.folder} --list",
            )
        return fitting[-1]

    def remove(self, backup: Backup) -> None:
        """Takes a backup off the shelf: its manifest first, so that half of one is never taken for a whole."""
        (backup.folder / "manifest.json").unlink()
        shutil.rmtree(backup.folder)

    def _whole(self) -> Iterator[Backup]:
        for path in self.folder.glob("*/manifest.json"):
            try:
                yield Backup(path.parent, Manifest.model_validate_json(path.read_bytes()))
            except ValidationError:
                raise Invalid(f"{path} is not a manifest of a backup.") from None
