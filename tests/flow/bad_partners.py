"""Partners that misbehave, each a small real server on loopback."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, threading.Event], None]


@dataclass
class BadPartner:
    """Where it listens, and how many requests reached it."""

    url: str
    requests: list[bytes] = field(default_factory=list)


@contextmanager
def misbehaving(behave: Behaviour) -> Iterator[BadPartner]:
    """A partner that reads a request and then behaves like that, for as long as the block lasts."""
    server = socket.create_server(("127.0.0.1", 0))
    partner = BadPartner(f"http://127.0.0.1:{server.getsockname()[1]}/hooks")
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                line, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=take, args=[line], daemon=True).start()

    def take(line: socket.socket) -> None:
        with line, suppress(OSError):
            line.settimeout(5)
            if asked := line.recv(65536):
                partner.requests.append(asked)
                behave(line, over)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield partner
    finally:
        over.set()
        server.close()


def hangs(_line: socket.socket, over: threading.Event) -> None:
    over.wait(60)


def drips(line: socket.socket, over: threading.Event) -> None:
    """A byte at a time, each well before any reader's patience with one byte is at its end."""
    for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 10_000:
        if over.wait(0.2):
            return
        line.sendall(bytes([byte]))


def talks_garbage(line: socket.socket, _over: threading.Event) -> None:
    line.sendall(b"\x16\x03\x01 no HTTP \x00\xff" * 100)


def never_ends_its_headers(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.is_set():
        line.sendall(b"x-more: " + b"a" * 60_000 + b"\r\n")


def sends_a_huge_body(status: int) -> Behaviour:
    def behave(line: socket.socket, over: threading.Event) -> None:
        line.sendall(b"HTTP/1.1 %d Answer\r\ncontent-length: 1000000000000\r\n\r\n" % status)
        while not over.is_set():
            line.sendall(b"a" * 2**20)

    return behave


def says(status: int, *headers: bytes) -> Behaviour:
    def behave(line: socket.socket, _over: threading.Event) -> None:
        head = b"".join(header + b"\r\n" for header in headers)
        line.sendall(b"HTTP/1.1 %d Answer\r\ncontent-length: 0\r\n%s\r\n" % (status, head))

    return behave


def resets(line: socket.socket, _over: threading.Event) -> None:
    """In the middle of the answer."""
    line.sendall(b"HTTP/1.1 200 O")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def hangs_up(line: socket.socket, _over: threading.Event) -> None:
    line.close()
