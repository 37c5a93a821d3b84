"""Outbound HTTP: rides out a dropped line within one attempt; the outbox waits longer between attempts."""

from typing import Final

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from schemas.messages import OutboundMessage

TIMEOUT: Final = httpx.Timeout(10.0, connect=3.0)


class NotTaken(Exception):
    """The partner did not take the message. `status` is its HTTP status, or None when it was not reached."""

    def __init__(self, status: int | None) -> None:
        super().__init__("was not reached" if status is None else f"answered {status}")
        self.status = status


class HttpSender:
    """Posts messages to partners; the same idempotency key on every attempt, and no redirect is followed."""

    def __init__(self, *, attempts: int = 3) -> None:
        self._post = retry(
            retry=retry_if_exception_type(httpx.TransportError),
            wait=wait_exponential_jitter(multiplier=0.1, max=2),
            stop=stop_after_attempt(attempts),
            reraise=True,
        )(self._post_once)

    def send(self, url: str, message: OutboundMessage, *, idempotency_key: str) -> None:
        """Returns when the partner has answered 2xx; raises `NotTaken`."""
        try:
            response = self._post(url, message, idempotency_key)
        except httpx.HTTPError:
            raise NotTaken(None) from None
        if not response.is_success:
            raise NotTaken(response.status_code)

    def _post_once(self, url: str, message: OutboundMessage, idempotency_key: str) -> httpx.Response:
        headers = {**message.headers, "content-type": message.media_type, "idempotency-key": idempotency_key}
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
            return client.post(url, content=message.content, headers=headers)
