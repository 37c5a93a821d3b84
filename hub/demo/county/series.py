"""A run of files of one feed, each small enough to be sent as one message."""

from pathlib import Path
from typing import BinaryIO

_BUFFER = 1 << 18


class Series:
    """Writes parts into `stem-0001.suffix`, `stem-0002.suffix` and so on, `at_most` parts to a file.

    A file opens with `opening`, has `between` between its parts, and ends with `closing`; without a part there is none.
    """

    def __init__(
        self, stem: Path, suffix: str, *, at_most: int, opening: bytes = b"", between: bytes = b"", closing: bytes = b""
    ) -> None:
        stem.parent.mkdir(parents=True, exist_ok=True)
        self._stem, self._suffix, self._at_most = stem, suffix, at_most
        self._opening, self._between, self._closing = opening, between, closing
        self._parts = 0
        self._file: BinaryIO | None = None
        self.paths: list[Path] = []

    def add(self, part: bytes) -> None:
        if self._file is None or self._parts == self._at_most:
            self._file = self._next()
        elif self._between:
            self._file.write(self._between)
        self._file.write(part)
        self._parts += 1

    def _next(self) -> BinaryIO:
        self.close()
        path = self._stem.with_name(f"{self._stem.name}-{len(self.paths) + 1:04}.{self._suffix}")
        self.paths.append(path)
        self._parts = 0
        file = path.open("wb", buffering=_BUFFER)
        file.write(self._opening)
        return file

    def close(self) -> None:
        if self._file:
            self._file.write(self._closing)
            self._file.close()
            self._file = None
