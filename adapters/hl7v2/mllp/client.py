"""The sending side of MLLP: one message at a time, and only its own acknowledgement counts."""

import asyncio
from ssl import SSLContext
from types import TracebackType
from typing import Self

from adapters.hl7v2.acknowledgement import Header, acknowledged
from adapters.hl7v2.mllp.framing import BrokenFraming, Framer, framed

_LARGEST_ANSWER = 2**20
_CHUNK = 65536


class NoAcknowledgement(Exception):
    """The message may or may not have arrived: the connection is closed, and sending it again is right."""


class MllpClient:
    """A connection to a receiver, opened on entering and again when needed.

    `timeout` in seconds holds for connecting and for each answer. After a timeout the connection is closed, so that a
    late answer is never taken for the answer to the next message.
    """

    def __init__(self, host: str, port: int, *, tls: SSLContext | None = None, timeout: float = 30) -> None:
        self._host, self._port, self._tls, self._timeout = host, port, tls, timeout
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._arrived: list[bytes] = []
        self._framer = Framer(_LARGEST_ANSWER)
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        async with asyncio.timeout(self._timeout):
            await self._connected()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def send(self, message: bytes) -> bytes:
        """The acknowledgement whose MSA-2 is this message's MSH-10; others are dropped.

        Raises `NoAcknowledgement` on a timeout, a lost connection or an answer that is not MLLP, and `BadDelimiters`
        for bytes that are no message. In the enhanced mode the first answer counts: CA, unless only AA was asked for.
        """
        control_id = Header.of(message).control_id
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(self._timeout):
                    return await self._exchange(message, control_id)
            except (OSError, EOFError, BrokenFraming) as error:
                await self.close()
                raise NoAcknowledgement(
                    f"MLLP: no acknowledgement of the message within {self._timeout:g} s."
                ) from error
            except asyncio.CancelledError:
                await self.close()
                raise

    async def close(self) -> None:
        """Closes the connection; the next `send` opens another."""
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].transport.abort()

    async def _exchange(self, message: bytes, control_id: str) -> bytes:
        reader, writer = await self._connected()
        writer.write(framed(message))
        await writer.drain()
        while True:
            answer = await self._next_answer(reader)
            found = acknowledged(answer)
            if found is not None and found[1] == control_id.strip():
                return answer

    async def _next_answer(self, reader: asyncio.StreamReader) -> bytes:
        while not self._arrived:
            arrived = await reader.read(_CHUNK)
            if not arrived:
                raise EOFError
            self._arrived.extend(self._framer.feed(arrived))
        return self._arrived.pop(0)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None or self._streams[0].at_eof():
            await self.close()
            self._framer, self._arrived = Framer(_LARGEST_ANSWER), []
            self._streams = await asyncio.open_connection(self._host, self._port, ssl=self._tls)
        return self._streams
