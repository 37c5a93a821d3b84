"""Outbound HTTP: rides out a line that cannot be had within one attempt; the outbox waits longer between attempts.

An attempt sends once. It is bounded in time, whatever the partner does with the line, and reads no more of the answer
than its status.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import cache
from ssl import SSLContext
from typing import Any, Final

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from schemas.messages import OutboundMessage

TIMEOUT: Final = httpx.Timeout(10.0, connect=3.0)
DEADLINE: Final = 20.0
"""Seconds after which an attempt is over, also with a partner that sends a byte a second."""

ABOUT_TO_SEND: Final = ("http11.send_request_headers.started", "http2.send_request_headers.started")


@cache
def _trusted() -> SSLContext:
    """Whom TLS trusts; read once, for that takes longer than an attempt."""
    return httpx.create_ssl_context(trust_env=False)


class NotTaken(Exception):
    """The partner did not take the message, as far as we know. `status` is its HTTP status, if it gave one."""

    def __init__(self, status: int | None) -> None:
        super().__init__("gave no answer" if status is None else f"answered {status}")
        self.status = status


class HttpSender:
    """Posts messages to partners; the same idempotency key on every attempt, and no redirect is followed."""

    def __init__(self, *, attempts: int = 3, deadline: float = DEADLINE) -> None:
        self.deadline = deadline
        self._post = retry(
            retry=retry_if_exception_type((httpx.ConnectError, httpx.ConnectTimeout)),  # nothing has been sent
            wait=wait_exponential_jitter(multiplier=0.1, max=2),
            stop=stop_after_attempt(attempts),
            reraise=True,
        )(self._post_once)

    def send(
        self,
        url: str,
        message: OutboundMessage,
        *,
        idempotency_key: str,
        last_look: Callable[[], None] = lambda: None,
    ) -> None:
        """Returns when the partner has answered 2xx; raises `NotTaken`.

        `last_look` is called when the line stands and the first byte is about to leave; what it raises stops it.
        """
        status = asyncio.run(self._status(url, message, idempotency_key, last_look))
        if status is None or not 200 <= status < 300:
            raise NotTaken(status)

    async def _status(
        self, url: str, message: OutboundMessage, idempotency_key: str, last_look: Callable[[], None]
    ) -> int | None:
        headers = {**message.headers, "content-type": message.media_type, "idempotency-key": idempotency_key}
        try:
            async with asyncio.timeout(self.deadline):
                return await self._post(url, message.content, headers, last_look)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            return None

    async def _post_once(
        self, url: str, content: bytes, headers: Mapping[str, str], last_look: Callable[[], None]
    ) -> int:
        async def watch(event: str, _info: Mapping[str, Any]) -> None:
            if event in ABOUT_TO_SEND:
                last_look()

        async with (
            httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=_trusted()) as client,
            client.stream("POST", url, content=content, headers=headers, extensions={"trace": watch}) as response,
        ):
            return response.status_code
