"""The files that a message holds: a zip's, or a folder's as they lie there.

Nothing of a zip is believed: names, sizes and places are looked at before anything is unpacked.
"""

import zipfile
import zlib
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import IO

from adapters.hmis.refusal import refusal
from schemas.content import File
from schemas.messages import RawMessage

GIBIBYTE = 1 << 30
LARGEST = 8 * GIBIBYTE
MOST_MEMBERS = 500
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
_SMALL = 16 << 20
_HIGHEST_RATIO = 200
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LOCAL_HEADER = 30


def members(message: RawMessage) -> list[File]:
    """The files of a message. Raises `Unreadable` for what is no zip, or none that is safe to unpack."""
    loose = message.files()
    files = _unpacked(message.open()) if loose is None else list(loose)
    _refuse_too_much(files)
    return files


def _unpacked(stream: IO[bytes]) -> list[File]:
    try:
        archive = zipfile.ZipFile(stream)
    except DAMAGED:
        raise refusal("message", "a whole zip of CSV files", code="not-a-zip") from None
    infos = [info for info in archive.infolist() if not info.is_dir()]
    _refuse_bombs(infos)
    return [File(info.filename, info.file_size, partial(archive.open, info)) for info in infos]


def _refuse_too_much(files: Sequence[File]) -> None:
    if len(files) > MOST_MEMBERS:
        raise refusal("zip", f"at most {MOST_MEMBERS} files", code="too-many-files")
    if sum(file.size for file in files) > LARGEST:
        raise refusal("zip", f"at most {LARGEST // GIBIBYTE} GiB unpacked", code="too-large")


def _refuse_bombs(infos: Sequence[zipfile.ZipInfo]) -> None:
    """Declared sizes can be trusted as bounds: reading stops there and then fails the checksum.

    Files that lie over each other give the same bytes many times; other methods than deflate may want any memory.
    """
    if any(info.flag_bits & 1 for info in infos):
        raise refusal("zip", "without a password", code="encrypted-zip")
    if any(info.compress_type not in _METHODS for info in infos):
        raise refusal("zip", "packed by deflate, as zips commonly are", code="zip-method")
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if _SMALL < unpacked <= LARGEST and unpacked > packed * _HIGHEST_RATIO:
        raise refusal("zip", f"packed no tighter than {_HIGHEST_RATIO} to 1", code="zip-bomb")
    places = sorted((info.header_offset, info.compress_size) for info in infos)
    if any(place + _LOCAL_HEADER + size > following for (place, size), (following, _) in pairwise(places)):
        raise refusal("zip", "files that lie one behind the other", code="zip-bomb")
