"""A partner's system, small and real: an HTTP server that takes webhooks and checks their signatures.

`python -m hub.demo.partner` runs one by itself: on port 8080 of `HUB_HOST`, with the secret in `HUB_PARTNER_SECRET`.
"""

import base64
import binascii
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson

from adapters.webhook import is_signed
from hub.settings import settings

PORT = 8080
VARIABLE = "HUB_PARTNER_SECRET"
LARGEST = 64 * 1024


class Partner:
    """What the partner's system has been told; the same delivery twice is one piece of news."""

    def __init__(self, secret: bytes = b"") -> None:
        self.secret = secret
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
            self.news[delivery] = self.understand(body)
            self._told.notify_all()
        return True

    def understand(self, body: bytes) -> dict[str, object]:
        """What a webhook says, by its `type`."""
        news: dict[str, object] = orjson.loads(body)
        return news

    def heard_of(self, event: str, *, within: float) -> dict[str, object] | None:
        """The news of that kind; waits so many seconds for it."""
        with self._told:
            self._told.wait_for(lambda: self._find(event) is not None, timeout=within)
            return self._find(event)

    def follow(self) -> Iterator[dict[str, object]]:
        """All news, each as soon as it comes; does not end."""
        told = 0
        while True:
            fresh = self._news_after(told)
            told += len(fresh)
            yield from fresh

    def _news_after(self, told: int) -> list[dict[str, object]]:
        with self._told:
            self._told.wait_for(lambda: len(self.news) > told)
            return list(self.news.values())[told:]

    def _find(self, event: str) -> dict[str, object] | None:
        return next((news for news in self.news.values() if news["type"] == event), None)


@contextmanager
def listening(
    port: int = 0, *, host: str = "127.0.0.1", secret: bytes = b"", partner: Partner | None = None
) -> Iterator[Partner]:
    """A partner that listens for as long as the block lasts."""
    partner = partner or Partner(secret)
    server = ThreadingHTTPServer((host, port), _handler(partner))
    partner.url = f"http://{host}:{server.server_address[1]}/hooks"
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
            try:
                taken = partner.take(delivery, seconds, signature, self.rfile.read(length))
            except ConnectionAbortedError:
                return  # it hangs up without a word
            self.send_response(204 if taken else 401)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
            """Says nothing: a request may carry what does not belong in a log."""

    return Handler


def main(port: int = PORT) -> None:
    """Listens until it is stopped, and prints each piece of news as a line of JSON."""
    secret = _secret(os.environ.get(VARIABLE, ""))
    with suppress(KeyboardInterrupt), listening(port, host=settings().host, secret=secret) as partner:
        print(f"Listening at {partner.url}.", flush=True)
        for news in partner.follow():
            print(orjson.dumps(news).decode(), flush=True)


def _secret(written: str) -> bytes:
    """The secret's bytes from base64, with or without `whsec_` before it (Standard Webhooks); stops when it is none."""
    try:
        secret = base64.b64decode(written.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        secret = b""
    if not secret:
        sys.exit(f"{VARIABLE} should be the webhook's secret, in base64.")
    return secret


if __name__ == "__main__":
    main()
