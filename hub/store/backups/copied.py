"""Whether a copy is what PostgreSQL says it copied, by the manifest that it wrote beside it.

https://www.postgresql.org/docs/current/backup-manifest-format.html: JSON with each file as path, size and SHA-256, and
at its end the SHA-256 of all that stands before.
"""

from collections.abc import Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import orjson

from hub.errors import Unavailable

MANIFEST = "backup_manifest"


def insist_on_a_whole_copy(base: Path) -> None:
    """Reads every file; raises `Unavailable` that names how many are missing or changed, and one of them."""
    flawed = list(_flawed(base))
    if flawed:
        raise Unavailable(
            f"The copy is not whole: {len(flawed)} files are missing or changed, {flawed[0]} for example.",
            next_steps="Use another backup, and look at the disk.",
        )


def _flawed(base: Path) -> Iterator[str]:
    for file in _files(base / MANIFEST):
        path = base / _path(file)
        if not path.is_file() or path.stat().st_size != file["Size"] or _digest(path) != file["Checksum"]:
            yield _path(file)


def _files(manifest: Path) -> list[dict[str, Any]]:
    try:
        text = manifest.read_bytes()
        said = orjson.loads(text)
        files: list[dict[str, Any]] = said["Files"]
        checksum = said["Manifest-Checksum"]
    except (OSError, ValueError, LookupError):
        raise Unavailable(f"{manifest} is not a manifest of PostgreSQL's.") from None
    if sha256(text[: text.rindex(b'"Manifest-Checksum"')]).hexdigest() != checksum:
        raise Unavailable(f"{manifest} was changed.", next_steps="Use another backup.")
    return files


def _path(file: dict[str, Any]) -> str:
    return str(file["Path"]) if "Path" in file else bytes.fromhex(file["Encoded-Path"]).decode()


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
