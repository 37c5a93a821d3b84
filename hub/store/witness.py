"""A witness's own folder: its key, the logs it trusts, and the newest checkpoint of each that it has cosigned.

It needs no hub and no database, and it belongs on another machine than the hub, under other hands. Never restore its
folder from a backup: a witness that forgets could vouch for two histories.

    key.json               name and secret key, for its owner alone
    logs/<digest>/key      a log's public key, as it is written
    logs/<digest>/latest   the checkpoint cosigned last
    logs/<digest>/lock     held while that file is compared and replaced
"""

import fcntl
import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

from hub.errors import Conflict, Unavailable
from hub.store import merkle
from hub.store.checkpoints import Forged, Head, Verifier, origin_of
from hub.store.cosignatures import Cosigner, Submission
from hub.store.disk import make_durable

OWNER_ONLY = 0o600


class UnknownLog(Exception):
    """The witness does not know a log of that name."""


class Stale(Exception):
    """The witness has cosigned another size than the log thinks; `size` is what it has."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Inconsistent(Exception):
    """The proof does not show that the checkpoint extends the one cosigned last."""


class Witness:
    """The witness that lives in a folder. Any number of processes may serve it at once."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def make_key(self, name: str) -> Cosigner:
        """A fresh key under this name; raises `Conflict` where there is one."""
        self._home.mkdir(parents=True, exist_ok=True)
        secret = token_bytes(32)
        cosigner = Cosigner(name, secret)
        try:
            _write(self._key_file, json.dumps({"name": name, "secret": secret.hex()}), os.O_EXCL)
        except FileExistsError:
            raise Conflict(f"There is a key already in {self._key_file}.") from None
        return cosigner

    @property
    def has_key(self) -> bool:
        return self._key_file.exists()

    def cosigner(self) -> Cosigner:
        """The witness's key; raises `Unavailable` where there is none, or where others may read it."""
        try:
            open_to_others = stat.S_IMODE(self._key_file.stat().st_mode) & ~OWNER_ONLY
            said = json.loads(self._key_file.read_text())
            cosigner = Cosigner(said["name"], bytes.fromhex(said["secret"]))
        except FileNotFoundError:
            raise Unavailable("This witness has no key yet.", next_steps="Make one: hub witness key --name …") from None
        except (OSError, ValueError, KeyError, TypeError):
            raise Unavailable(f"{self._key_file} is not a witness's key that can be read.") from None
        if open_to_others:
            raise Unavailable(f"Others may read {self._key_file}.", next_steps=f"chmod 600 {self._key_file}")
        return cosigner

    def trust(self, log: Verifier) -> None:
        """From now on this witness cosigns what the log signs, as long as it only grows."""
        folder = self._folder(log.name)
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / "key", str(log))

    def logs(self) -> list[tuple[Verifier, int]]:
        """The logs it trusts, each with the size it has cosigned."""
        found = [Verifier.parse(path.read_text()) for path in sorted((self._home / "logs").glob("*/key"))]
        return [(log, self._latest(log).size) for log in found]

    def add(self, submission: Submission) -> str:
        """The cosignature of a checkpoint that extends the one cosigned last, which it replaces first, durably.

        Raises `UnknownLog`, `Forged` for what that log has not signed, `ValueError`, `Stale` or `Inconsistent`.
        """
        cosigner, log = self.cosigner(), self._log(origin_of(submission.note))
        head = log.open(submission.note)
        if submission.old > head.size:
            raise ValueError("The old size should not be larger than the checkpoint's.")
        with self._alone_with(log):
            before = self._latest(log)
            if submission.old != before.size or (head.size == before.size and head.root != before.root):
                raise Stale(before.size)
            if not merkle.extends(
                submission.proof, old=before.size, old_root=before.root, new=head.size, new_root=head.root
            ):
                raise Inconsistent
            if head.size > before.size or not self._state(log).exists():
                _replace(self._state(log), submission.note)
            return cosigner.cosign(submission.note, int(time.time()))

    @property
    def _key_file(self) -> Path:
        return self._home / "key.json"

    def _folder(self, name: str) -> Path:
        return self._home / "logs" / sha256(name.encode()).hexdigest()[:32]

    def _state(self, log: Verifier) -> Path:
        return self._folder(log.name) / "latest"

    def _log(self, name: str) -> Verifier:
        try:
            return Verifier.parse((self._folder(name) / "key").read_text())
        except FileNotFoundError:
            raise UnknownLog from None

    def _latest(self, log: Verifier) -> Head:
        """Raises `Unavailable` rather than take a file that was spoilt for a log never seen."""
        try:
            return log.open(self._state(log).read_text())
        except FileNotFoundError:
            return Head(0, merkle.EMPTY_ROOT)
        except (Forged, ValueError):
            raise Unavailable("What this witness knows of the log was changed; it cosigns nothing of it.") from None

    @contextmanager
    def _alone_with(self, log: Verifier) -> Iterator[None]:
        """No other thread or process looks at the log's state meanwhile; who dies lets go."""
        with (self._folder(log.name) / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _replace(path: Path, content: str) -> None:
    """Durable before it returns; whoever is killed leaves the old content or the new."""
    draft = path.with_name(f".{path.name}.{token_bytes(8).hex()}")
    _write(draft, content, os.O_EXCL)
    draft.replace(path)
    make_durable(path.parent)


def _write(path: Path, content: str, flag: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flag, OWNER_ONLY), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    make_durable(path.parent)
