"""A partner's system, small and real: an HTTP server on loopback that takes webhooks and checks their signatures."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson

from adapters.webhook import is_signed

LARGEST = 64 * 1024


class Partner:
    """What the partner's system has been told; the same delivery twice is one piece of news."""

    def __init__(self) -> None:
        self.secret = b""
        self.url = ""
        self.news: dict[str, dict[str, object]] = {}
        self.forged = 0
        self._told = threading.Condition()

    def take(self, delivery: str, seconds: str, signature: str, body: bytes) -> bool:
        """Takes a webhook, if it comes from who knows the secret."""
        if not is_signed(self.secret, delivery, seconds, body, signature):
            self.forged += 1
            return False
        with self._told:
            self.news[delivery] = orjson.loads(body)
            self._told.notify_all()
        return True

    def heard_of(self, event: str, *, within: float) -> dict[str, object] | None:
        """The news of that kind; waits so many seconds for it."""
        with self._told:
            self._told.wait_for(lambda: self._find(event) is not None, timeout=within)
            return self._find(event)

    def _find(self, event: str) -> dict[str, object] | None:
        return next((news for news in self.news.values() if news["type"] == event), None)


@contextmanager
def listening(port: int = 0) -> Iterator[Partner]:
    """A partner that listens for as long as the block lasts."""
    partner = Partner()
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(partner))
    partner.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield partner
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(partner: Partner) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("content-length", 0)), LARGEST)
            names = ("webhook-id", "webhook-timestamp", "webhook-signature")
            delivery, seconds, signature = (self.headers.get(name, "") for name in names)
            taken = partner.take(delivery, seconds, signature, self.rfile.read(length))
            self.send_response(204 if taken else 401)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
            """Says nothing: a request may carry what does not belong in a log."""

    return Handler
