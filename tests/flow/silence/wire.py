"""One connection that stays open, and what an asker sees of an answer on it: its bytes, and how long it took."""

import json
import socket
from time import perf_counter_ns
from typing import Any, NamedTuple, Self

DIFFER_ANYWAY = (b"date: ", b"x-request-id: ")
"""Headers that differ from answer to answer, whoever is asked about."""


class Answer(NamedTuple):
    """An answer as it came over the wire."""

    head: bytes
    body: bytes
    nanoseconds: int

    @property
    def status(self) -> int:
        return int(self.head.split(b" ", 2)[1])

    def json(self) -> Any:
        return json.loads(self.body)

    def lines(self) -> list[bytes]:
        """Status and headers in the order they came, but for those that differ anyway."""
        return [line for line in self.head.split(b"\r\n") if not line.lower().startswith(DIFFER_ANYWAY)]


class Wire:
    """Sends requests made beforehand, one after the other."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> Answer:
        """The answer, timed from the first byte sent to the last one received."""
        began = perf_counter_ns()
        self._socket.sendall(request)
        received = self._more(b"")
        while b"\r\n\r\n" not in received:
            received = self._more(received)
        head, _, body = received.partition(b"\r\n\r\n")
        length = _length(head)
        while len(body) < length:
            body = self._more(body)
        return Answer(head, body, perf_counter_ns() - began)

    def _more(self, so_far: bytes) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise ConnectionError("The hub closed the connection.")
        return so_far + received


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A request as bytes."""
    lines = [f"POST {path} HTTP/1.1", "host: hub.test", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
