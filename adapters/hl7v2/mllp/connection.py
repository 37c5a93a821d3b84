"""One sender's connection: frames in, verdicts asked for, acknowledgements out, in order and one at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from adapters.hl7v2.acknowledgement import Answer, Header, Verdict, answers
from adapters.hl7v2.encoding import BadDelimiters
from adapters.hl7v2.mllp.framing import BrokenFraming, Framer, framed
from adapters.hl7v2.stream import stretches

CHUNK = 65536

_LINGER = 1

_REQUIRED_FIELD_MISSING, _VALUE_TOO_LONG = "101", "104"
_SHORT_NAMES = {
    "commonName": "CN",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "localityName": "L",
    "stateOrProvinceName": "ST",
    "countryName": "C",
}
_SPECIAL = str.maketrans({mark: f"\\{mark}" for mark in ',+"\\<>;='})


@dataclass(frozen=True, slots=True)
class Peer:
    r"""Who is on the other end: the address, and the subject of the client certificate where one was shown.

    `subject` has its parts in the certificate's order, with the marks of RFC 4514 escaped, so that no part can pass
    for two: `O=Mercy\, Inc.,CN=adt.mercy.example`.
    """

    host: str
    port: int
    subject: str | None = None

    @classmethod
    def of(cls, writer: asyncio.StreamWriter) -> Self:
        host, port = (writer.get_extra_info("peername") or ("", 0))[:2]
        certificate = writer.get_extra_info("peercert") or {}
        parts = [part for parts in certificate.get("subject", ()) for part in parts]
        subject = ",".join(f"{_SHORT_NAMES.get(name, name)}={value.translate(_SPECIAL)}" for name, value in parts)
        return cls(host, port, subject or None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one peer may ask of the listener.

    largest_message  bytes of one frame; more is answered with AR, and the connection is closed
    idle             seconds between frames until the connection is closed
    frame            seconds that a frame, once begun, may take to arrive, and an answer to be taken
    handling         seconds until a message that is still being handled is answered with AE
    connections      open at the same time; a further one is closed at once
    """

    largest_message: int = 8 * 2**20
    idle: float = 3600
    frame: float = 60
    handling: float = 60
    connections: int = 256


Handle = Callable[[bytes, Peer], Awaitable[Verdict]]


class Connection:
    """Serves one connection until the sender hangs up, goes silent, or sends what is no MLLP."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        handle: Handle,
        limits: Limits,
        *,
        original_only: bool,
    ) -> None:
        self._reader, self._writer, self._handle = reader, writer, handle
        self._limits, self._original_only = limits, original_only
        self._peer = Peer.of(writer)
        self._framer = Framer(limits.largest_message)
        self._frame_due: float | None = None
        self._is_busy = self._is_finishing = False

    def finish(self) -> None:
        """Ends the connection: at once, or once the message in flight is answered."""
        self._is_finishing = True
        if not self._is_busy:
            self._writer.transport.abort()

    async def serve(self) -> None:
        """Returns when the connection has ended, for whatever reason."""
        try:
            while not self._is_finishing and (arrived := await self._arriving()):
                await self._take(arrived)
        except BrokenFraming as broken:
            await self._refuse(broken)
        except OSError:
            # Gone, or silent for too long: what was not acknowledged will be sent again.
            self._writer.transport.abort()
        finally:
            self._writer.close()

    async def _arriving(self) -> bytes:
        """The next bytes, empty at the end; raises `TimeoutError` where they are due and do not come."""
        now = asyncio.get_running_loop().time()
        if not self._framer.is_within_a_frame:
            self._frame_due = None
        elif self._frame_due is None:
            self._frame_due = now + self._limits.frame
        async with asyncio.timeout_at(self._frame_due or now + self._limits.idle):
            return await self._reader.read(CHUNK)

    async def _take(self, arrived: bytes) -> None:
        for frame in self._framer.feed(arrived):
            self._frame_due = None
            for message in _messages(frame):
                if self._is_finishing:
                    return
                await self._answer(message)

    async def _answer(self, message: bytes) -> None:
        """Asks what became of the message, and says so; an acknowledgement is neither handled nor answered."""
        header = _header(message)
        if header is not None and header.is_answer:
            return
        self._is_busy = True
        unreadable = Verdict(Answer.REJECTED, "MSH", _REQUIRED_FIELD_MISSING)
        await self._say(header, await self._verdict(message) if header else unreadable)
        self._is_busy = False

    async def _say(self, header: Header | None, verdict: Verdict) -> None:
        for answer in answers(header, verdict, at=datetime.now(UTC), original_only=self._original_only):
            self._writer.write(framed(answer))
        async with asyncio.timeout(self._limits.frame):
            await self._writer.drain()

    async def _verdict(self, message: bytes) -> Verdict:
        """What the hub says of the message; AE where it says nothing in time, or breaks."""
        handling = asyncio.ensure_future(self._handle(message, self._peer))
        try:
            await asyncio.wait({handling}, timeout=self._limits.handling)
        finally:
            is_late = handling.cancel()
        if is_late or handling.cancelled():
            return Verdict(Answer.FAILED)
        if (error := handling.exception()) is None:
            return handling.result()
        said = {"message": "MLLP: a message could not be handled and was answered with AE.", "exception": error}
        asyncio.get_running_loop().call_exception_handler(said)
        return Verdict(Answer.FAILED)

    async def _refuse(self, broken: BrokenFraming) -> None:
        """AR for a message that is too large, as far as its header tells whom to answer; then the connection ends."""
        if not broken.so_far:
            return
        with suppress(OSError):
            await self._say(_header(broken.so_far), Verdict(Answer.REJECTED, "MSH", _VALUE_TOO_LONG))
            # Hanging up on unread bytes would reset the connection, and the answer with it.
            async with asyncio.timeout(_LINGER):
                while await self._reader.read(CHUNK):
                    pass


def _header(message: bytes) -> Header | None:
    try:
        return Header.of(message)
    except BadDelimiters:
        return None


def _messages(frame: bytes) -> Iterator[bytes]:
    """The frame as it came where it holds one message or none; each message of a batch, for each has its own answer."""
    parts = [part.content for part in stretches(frame)]
    yield from parts if len(parts) > 1 else [frame]
