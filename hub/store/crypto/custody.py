"""The key file: one JSON object that only its owner may read, and in it the ring, sealed under a provider's secret.

    {"format": 2, "ring": id, "provider": "aws-kms", "wrapped": base64, "sealed": base64}

`{"master": hex}` is a file of the first kind; it is read as it is, and written in this form when it is turned.
"""

import json
import os
import stat
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import uuid4

from hub.errors import Unavailable
from hub.store.crypto.keys import Keys
from hub.store.crypto.providers import LocalFile, Provider
from hub.store.crypto.ring import SECRET_BYTES, Ring
from hub.store.crypto.sealing import Broken, Sealer
from hub.store.disk import make_durable

FORMAT = 2
LARGEST = 1024 * 1024
LOCAL = LocalFile()

Stamp = tuple[int, int, int]


class KeyFile:
    """A key file and the provider that holds it."""

    def __init__(self, path: Path, provider: Provider = LOCAL) -> None:
        self.path = path
        self.provider = provider
        self._stamp: Stamp | None = None
        self._seen: Ring | None = None

    def read(self) -> Ring:
        """The ring; makes one when there is no file.

        Raises `Unavailable` when others may read the file, when it is no key file, when another provider holds it, and
        when its provider is away.
        """
        if not self.path.exists():
            self._create()
        written, self._stamp = self._content()
        self._seen = self._ring(written)
        return self._seen

    def news(self, known: Ring) -> Ring | None:
        """The ring, if it is another than the one known; reads nothing twice. Raises `Unavailable`."""
        before = self._stamp
        try:
            ring = self._seen if _stamp(self.path.stat()) == before else self.read()
        except OSError as error:
            raise Unavailable(f"The key file {self.path} cannot be read: {error.strerror}.") from None
        except Unavailable:
            self._stamp = before
            raise
        return None if ring == known else ring

    def write(self, ring: Ring) -> None:
        """Replaces the ring at one stroke: whoever reads finds the old one or the new one, whole."""
        draft = self._draft(ring)
        try:
            draft.replace(self.path)
            make_durable(self.path.parent)
        finally:
            draft.unlink(missing_ok=True)

    def held_by(self) -> str:
        """The name of the provider that holds the file; raises `Unavailable` when it is no key file."""
        said = self._parsed(self._content()[0])
        return LOCAL.name if "master" in said else str(said.get("provider"))

    # --- reading

    def _content(self) -> tuple[bytes, Stamp]:
        """What is in the file, and which file it was, looked at through one open handle."""
        _insist_on_a_closed_folder(self.path.parent)
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            if self.path.is_symlink():
                raise Unavailable(f"The key file {self.path} is a link.", next_steps="Name the file itself.") from None
            raise Unavailable(f"The key file {self.path} cannot be used: {error.strerror}.") from None
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            self._insist_on_the_owner_alone(found)
            return file.read(LARGEST), _stamp(found)

    def _insist_on_the_owner_alone(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise Unavailable(f"{self.path} is not a key file.")
        if found.st_uid != os.geteuid():
            raise Unavailable(
                f"The key file {self.path} belongs to another user.",
                next_steps="Run the hub as its owner, or give it to the user who runs the hub.",
            )
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise Unavailable(f"Others may read the key file {self.path}.", next_steps=f"chmod 600 {self.path}")

    def _parsed(self, written: bytes) -> dict[str, Any]:
        with suppress(ValueError):
            said = json.loads(written)
            if isinstance(said, dict) and ("master" in said or said.get("format") == FORMAT):
                return said
        raise Unavailable(f"{self.path} is not a key file.")

    def _ring(self, written: bytes) -> Ring:
        said = self._parsed(written)
        holder = LOCAL.name if "master" in said else said.get("provider")
        if holder != self.provider.name:
            raise Unavailable(
                f"The key file {self.path} is held by {holder}, and HUB_KEY_PROVIDER names {self.provider.name}.",
                next_steps="Name its holder, or hand it over: hub keys move",
            )
        try:
            return _first_kind(said) if "master" in said else self._unsealed(said)
        except (ValueError, KeyError, TypeError, Broken):
            raise Unavailable(f"{self.path} is not a key file.") from None

    def _unsealed(self, said: dict[str, Any]) -> Ring:
        name, wrapped = str(said["ring"]), b64decode(said["wrapped"], validate=True)
        secret = self.provider.unwrap(wrapped, _context(name))
        sealed = b64decode(said["sealed"], validate=True)
        return Ring.read(Sealer(secret, FORMAT).open(sealed, _place(name, self.provider)))

    # --- writing

    def _create(self) -> None:
        """Written beside its place and linked into it, so that whoever finds the file finds all of it."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._draft(Ring.fresh(datetime.now(UTC)))
        try:
            self.path.hardlink_to(draft)
        except FileExistsError:
            return  # another process was as quick
        finally:
            draft.unlink()

    def _draft(self, ring: Ring) -> Path:
        content = json.dumps(self._sealed(ring))
        draft = self.path.with_name(f".{self.path.name}.{token_bytes(8).hex()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return draft

    def _sealed(self, ring: Ring) -> dict[str, Any]:
        name, secret = str(uuid4()), token_bytes(SECRET_BYTES)
        wrapped = self.provider.wrap(secret, _context(name))
        sealed = Sealer(secret, FORMAT).seal(ring.written(), _place(name, self.provider))
        written = {"wrapped": b64encode(wrapped).decode(), "sealed": b64encode(sealed).decode()}
        return {"format": FORMAT, "ring": name, "provider": self.provider.name, **written}


def load(path: Path, provider: Provider = LOCAL) -> Keys:
    """The keys in a file only its owner may read; makes one when there is none. Raises `Unavailable`."""
    file = KeyFile(path, provider)
    return Keys(file.read(), file)


def _first_kind(said: dict[str, Any]) -> Ring:
    master = bytes.fromhex(said["master"])
    if len(master) < SECRET_BYTES:
        raise ValueError("too short")
    return Ring.of_one(master)


def _context(name: str) -> dict[str, str]:
    """What the provider binds the secret to: another ring's does not unwrap here."""
    return {"application": "handoff-hub", "ring": name}


def _place(name: str, provider: Provider) -> str:
    return f"key-ring|{name}|{provider.name}"


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_ino, found.st_mtime_ns, found.st_size


def _insist_on_a_closed_folder(folder: Path) -> None:
    """Who may write in the folder may put other keys in the place of these."""
    mode = folder.stat().st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise Unavailable(f"Everyone may write in the key file's folder {folder}.", next_steps=f"chmod o-w {folder}")
