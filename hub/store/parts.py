"""Bytes that come in parts, as one stream."""

import io
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_OPENED = 3


class Parts(io.RawIOBase):
    """Parts that are made one after the other, to be read once from front to back."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        room = memoryview(buffer)
        while not self._left:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._left = memoryview(part)
        size = min(len(room), len(self._left))
        room[:size], self._left = self._left[:size], self._left[size:]
        return size


class Shelf(io.RawIOBase):
    """Parts of one size, the last perhaps shorter, that are fetched by their number: read from anywhere.

    Few are held: those that were read from last.
    """

    def __init__(self, fetch: Callable[[int], bytes], size: int, part: int) -> None:
        self._fetch = fetch
        self._size = size
        self._part = part
        self._at = 0
        self._held: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("A place before the first byte.")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        room = memoryview(buffer)
        if self._at >= self._size or not room:
            return 0
        number, start = divmod(self._at, self._part)
        found = memoryview(self._opened(number))[start : start + len(room)]
        room[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _opened(self, number: int) -> bytes:
        if number not in self._held:
            while len(self._held) >= _OPENED:
                self._held.popitem(last=False)
            self._held[number] = self._fetch(number)
        self._held.move_to_end(number)
        return self._held[number]
