"""The receiving side of MLLP: persistent connections, one message in flight on each, answered once it is durable."""

import asyncio
import socket
from contextlib import suppress
from ssl import SSLContext
from types import TracebackType
from typing import Self

from adapters.hl7v2.mllp.connection import CHUNK, Connection, Handle, Limits

_HANDSHAKE_SECONDS = 10


class MllpServer:
    """Hands every message to `handle` and answers with what came of it.

    `handle` returns once the message is durable. Per connection the order is kept and the next message is not read
    before the last one is answered, so a slow hub slows its senders down. If `handle` raises or takes too long the
    answer is AE, and the event loop's exception handler hears of it. `original_only`: see `answers`.
    """

    def __init__(
        self,
        handle: Handle,
        *,
        limits: Limits | None = None,
        tls: SSLContext | None = None,
        original_only: bool = False,
    ) -> None:
        self._handle, self._limits, self._tls, self._original_only = handle, limits or Limits(), tls, original_only
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], Connection] = {}

    async def start(self, host: str = "127.0.0.1", port: int = 2575) -> Self:
        """Listens; port 0 takes a free one. Raises `OSError` where the port cannot be had."""
        self._server = await asyncio.start_server(
            self._serve,
            host,
            port,
            limit=CHUNK,
            ssl=self._tls,
            ssl_handshake_timeout=_HANDSHAKE_SECONDS if self._tls else None,
        )
        return self

    @property
    def port(self) -> int:
        """The port that is listened on; raises `RuntimeError` before `start`."""
        if self._server is None:
            raise RuntimeError("The MLLP server has not been started.")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self, *, grace: float = 5) -> None:
        """Takes no more connections, gives a message in flight `grace` seconds to be answered, and hangs up."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections.values():
            connection.finish()
        if self._connections:
            _, late = await asyncio.wait(self._connections.copy(), timeout=grace)
            for task in late:
                task.cancel()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._connections) >= self._limits.connections:
            writer.transport.abort()
            return
        with suppress(OSError):
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection = Connection(reader, writer, self._handle, self._limits, original_only=self._original_only)
        self._connections[task] = connection
        try:
            await connection.serve()
        finally:
            del self._connections[task]
