"""The code sets of this hub: those it comes with, and those its operator is licensed for (`HUB_CODE_SETS`)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from consent.codes import Codes, CodeSet, UnreadableCodes, read
from hub.errors import Invalid
from hub.settings import Settings

_KINDS = (".toml", ".csv")


def codes_of(settings: Settings) -> Codes:
    """Read once. Raises `Invalid` for a file that is no code set: which, where in it, and what is expected there."""
    return _loaded(settings.code_sets)


@cache
def _loaded(paths: tuple[Path, ...]) -> Codes:
    return Codes(one for path in paths for file in _files(path) for one in _sets(file))


def _files(path: Path) -> Iterator[Path]:
    """The file itself, or those in the folder that can be code sets."""
    if path.is_dir():
        yield from sorted(file for file in path.iterdir() if file.suffix.lower() in _KINDS)
    else:
        yield path


def _sets(file: Path) -> tuple[CodeSet, ...]:
    try:
        return read(str(file), file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        problem = f"{file} cannot be read: {error.strerror}."
    except UnicodeDecodeError:
        problem = f"{file}: the text should be UTF-8."
    except UnreadableCodes as unreadable:
        problem = str(unreadable)
    raise Invalid(f"HUB_CODE_SETS: {problem}", next_steps="What a code set looks like: consent/codes/icd-10-cm.toml")
