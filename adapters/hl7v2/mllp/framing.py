"""MLLP frames (HL7 minimal lower layer protocol): a message stands between VT and FS CR. No sockets here.

What interface engines really send is taken: a missing CR, a doubled VT, NULs and line ends between frames, several
frames at once, a frame in many pieces.
"""

from collections.abc import Iterator

VT, FS, CR = b"\x0b", b"\x1c", b"\r"

_BETWEEN = b"\x00\r\n\t "
_MOST_NOISE = 4096
_HEADERS = (b"MSH", b"FHS", b"BHS")


class BrokenFraming(Exception):
    """The bytes are not MLLP, or a frame is larger than allowed; `so_far` is the beginning of that frame."""

    def __init__(self, expected: str, so_far: bytes = b"") -> None:
        super().__init__(f"MLLP: expected {expected}.")
        self.so_far = so_far


def framed(message: bytes) -> bytes:
    """The message as it goes over the wire."""
    return VT + message + FS + CR


class Framer:
    """Turns what arrives into messages; keeps what is not yet whole, at most `largest` bytes of it."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._kept = bytearray()
        self._searched = 0
        self._noise = 0

    @property
    def is_within_a_frame(self) -> bool:
        """True where a frame has begun that has not ended."""
        return bool(self._kept)

    def feed(self, arrived: bytes) -> Iterator[bytes]:
        """The messages that are whole now, in order; raises `BrokenFraming` where no more can come of it."""
        self._kept += arrived
        while self._reaches_a_frame():
            end = self._kept.find(FS, self._searched)
            size = len(self._kept) if end < 0 else end
            if size - len(VT) > self._largest:
                raise BrokenFraming(f"a message of at most {self._largest} bytes", _without_start(self._kept[:4096]))
            if end < 0:
                self._searched = len(self._kept)
                return
            message = _without_start(self._kept[:end])
            del self._kept[: end + 1]
            self._searched = self._noise = 0
            if message:
                yield message

    def _reaches_a_frame(self) -> bool:
        """Drops what stands between frames; True where a frame has begun."""
        if self._kept[:1] == VT:
            return True
        start = self._kept.find(VT)
        between = self._kept if start < 0 else self._kept[:start]
        self._noise += len(between.strip(_BETWEEN))
        if self._noise > _MOST_NOISE:
            raise BrokenFraming("a frame, which begins with VT (0x0B)")
        del self._kept[: len(between)]
        return start >= 0


def _without_start(frame: bytearray) -> bytes:
    """The message in a frame: after the VT, or after a later VT with a header where the sender began anew.

    A VT before anything else is text: word processors use it for a line break.
    """
    starts = [frame.rfind(VT + header) for header in _HEADERS]
    latest = max(starts)
    message = bytes(frame[latest + 1 :] if latest >= 0 else frame)
    return message.strip(VT + b"\x00")
