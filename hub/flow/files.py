"""A file or a folder on this machine as a message: read where it lies, as often as needed, and never held whole."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO
from uuid import uuid4

from hub.errors import HubError, Invalid, NotFound, TooLarge
from hub.store.parts import Parts
from schemas.content import Content, File
from schemas.messages import RawMessage

_AT_ONCE = 1 << 20


def from_path(path: Path, *, feed: str, source: str, limit: int) -> RawMessage:
    """A file, or a folder zipped as it lies there, as a message; raises `NotFound`, `Invalid` and `TooLarge`."""
    with _readable(path):
        content = _Folder(path, limit) if path.is_dir() else _OneFile(_file(path, limit))
    return RawMessage(
        id=uuid4(), feed=feed, source=source, received_at=datetime.now(UTC), name=path.name, content=content
    )


def _file(path: Path, limit: int) -> File:
    size = path.stat().st_size
    if size > limit:
        raise TooLarge(f"{path} has more than {limit} bytes.", next_steps="Raise HUB_MAX_FILE_BYTES.")
    path.open("rb").close()
    return File(path.name, size, partial(_open, path))


def _open(path: Path) -> IO[bytes]:
    with _readable(path):
        return path.open("rb")


class _OneFile(Content):
    """A file as it lies there."""

    def __init__(self, file: File) -> None:
        self._file = file

    def open(self) -> IO[bytes]:
        return self._file.open()


class _Folder(Content):
    """A folder's files as a zip; the same folder gives the same bytes, so that sending it twice is noticed."""

    def __init__(self, path: Path, limit: int) -> None:
        self._files = [_file(file, limit) for file in sorted(path.iterdir()) if file.is_file()]

    def open(self) -> IO[bytes]:
        return io.BufferedReader(Parts(_zipped(self._files)))

    def files(self) -> Sequence[File]:
        return self._files


class _Packed:
    """Takes what a zip is written into, for somebody to fetch."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing waits here."""

    def fetch(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _zipped(files: Sequence[File]) -> Iterator[bytes]:
    packed = _Packed()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]
        for file in files:
            about = zipfile.ZipInfo(file.name)
            about.compress_type = zipfile.ZIP_DEFLATED
            about._compresslevel = 1  # type: ignore[attr-defined]  # it has no public name before Python 3.13
            with file.open() as stream, archive.open(about, "w", force_zip64=True) as member:
                while part := stream.read(_AT_ONCE):
                    member.write(part)
                    yield packed.fetch()
    yield packed.fetch()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except HubError:
        raise
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.") from None
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
