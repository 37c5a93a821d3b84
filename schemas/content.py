"""What a message holds, when it may be too much to be held in memory: something that can be read more than once."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True)
class File:
    """One file of several: `size` bytes that `open` gives from their beginning."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


class Content(ABC):
    """Bytes that lie somewhere else, and are the same at every reading."""

    @abstractmethod
    def open(self) -> IO[bytes]:
        """The bytes from their beginning."""

    def files(self) -> Sequence[File] | None:
        """The files of a folder, where it is one that is packed only when the bytes are asked for."""
        return None
