"""Reads an HMIS that serves HUD's HMIS API (draft 0.5): what changed in a time, page by page.

A page that cannot be had now is asked for again, no sooner than the HMIS says (Retry-After, RFC 9110 section 10.2.3).
Whatever the HMIS does, a page is bounded in size and time, and what the hub signs in with goes nowhere else.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from adapters.hmis.api.credentials import SignIn
from adapters.jwks import is_acceptable

TIMEOUT: Final = httpx.Timeout(60.0, connect=5.0)
ATTEMPTS: Final = 5
PATIENCE: Final = 300.0
"""Seconds: an HMIS that wants to be left alone for longer is left alone until the next pull."""

DEADLINE: Final = 300.0
"""Seconds after which a page has taken too long, also from an HMIS that sends a byte a second."""

MOST_PAGES: Final = 100_000
LATER: Final = frozenset({429, 500, 502, 503, 504})
_growing = wait_exponential_jitter(multiplier=1, max=60)


class NotServed(Exception):
    """The HMIS gave no page; says what it did, never what it sent."""


class Busy(NotServed):
    """It may give the page later; `after` is in how many seconds, where it says."""

    def __init__(self, what: str, after: float | None = None) -> None:
        super().__init__(what)
        self.after = after


class Refused(NotServed):
    """It answered, and will answer the same again."""


class Page(NamedTuple):
    """A page as it was sent, and the address of the one after it; None: it is the last."""

    content: bytes
    following: str | None


class ExportClient:
    """Reads `/csvexport` of one HMIS. `address` is where its API begins, such as https://hmis.example/hmis/v1."""

    def __init__(
        self,
        address: str,
        sign_in: SignIn,
        *,
        most_bytes: int,
        deadline: float = DEADLINE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not is_acceptable(address):
            raise NotServed("should be reached by https")
        self.address = address.rstrip("/")
        self._sign_in = sign_in
        self._authorization: str | None = None
        self._most_bytes = most_bytes
        self._deadline = deadline
        self._retrying = Retrying(
            retry=retry_if_exception_type(Busy),
            wait=_wait,
            stop=stop_after_attempt(ATTEMPTS),
            sleep=sleep,
            reraise=True,
        )

    def first(self, since: datetime | None, until: datetime) -> str:
        """The address of the first page of what changed then."""
        when = {"changedUntil": until.isoformat()} | ({} if since is None else {"changedSince": since.isoformat()})
        return str(httpx.URL(f"{self.address}/csvexport", params=when))

    def pages(self, first: str) -> Iterator[Page]:
        """This page and all that follow, each JSON; raises `NotServed`, also between pages."""
        url: str | None = first
        seen: set[str] = set()
        while url is not None:
            if url in seen or len(seen) == MOST_PAGES:
                raise NotServed("has pages without an end")
            seen.add(url)
            page = self._retrying(self._page, url)
            yield page
            url = page.following

    def _page(self, url: str) -> Page:
        response = self._ask(url)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._authorization = None  # a token runs out while pages are read
            response = self._ask(url)
        if response.status_code in LATER:
            raise Busy(f"answered {response.status_code}", _asked_for(response))
        if response.status_code != httpx.codes.OK:
            raise Refused(_said(response.status_code))
        return Page(response.content, self._following(url, response))

    def _ask(self, url: str) -> httpx.Response:
        self._authorization = self._authorization or self._sign_in()
        try:
            return asyncio.run(self._get(url, self._authorization))
        except (httpx.HTTPError, TimeoutError):
            raise Busy("gave no whole answer") from None

    async def _get(self, url: str, authorization: str) -> httpx.Response:
        headers = {"accept": "application/json", "accept-encoding": "identity", "authorization": authorization}
        async with (
            asyncio.timeout(self._deadline),
            httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            content = await self._bounded(response) if response.status_code == httpx.codes.OK else b""
            return httpx.Response(response.status_code, headers=_read_on(response), content=content)

    async def _bounded(self, response: httpx.Response) -> bytes:
        content = bytearray()
        async for chunk in response.aiter_raw():  # as sent: what is packed might unpack without bound
            content += chunk
            if len(content) > self._most_bytes:
                raise NotServed(f"sent a page of more than {self._most_bytes} bytes")
        return bytes(content)

    def _following(self, url: str, response: httpx.Response) -> str | None:
        linked = response.links.get("next", {}).get("url")
        if linked is None:
            return None
        try:
            following = httpx.URL(url).join(linked)
        except (httpx.InvalidURL, ValueError):
            raise NotServed("linked to no address") from None
        if _origin(following) != _origin(httpx.URL(url)):
            raise NotServed("linked to another server")
        return str(following)


def _said(status: int) -> str:
    """What an answer other than a page means, in the words of whoever set the pull up."""
    means = {
        401: "does not know these credentials",
        403: "does not let these credentials read",
        404: "has no such page",
    }
    elsewhere = "has it at another address" if 300 <= status < 400 else ""
    return f"{means.get(status) or elsewhere or 'gave no page'}: it answered {status}"


def _read_on(response: httpx.Response) -> dict[str, str]:
    return {name: response.headers[name] for name in ("link", "retry-after") if name in response.headers}


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _asked_for(response: httpx.Response) -> float | None:
    """Seconds that Retry-After asks for; raises `NotServed` for more than the hub waits."""
    said = response.headers.get("retry-after", "").strip()
    seconds = float(said) if said.isdecimal() else _seconds_until(said)
    if seconds is not None and seconds > PATIENCE:
        raise NotServed("wants to be left alone for a while")
    return seconds


def _seconds_until(said: str) -> float | None:
    try:
        moment = parsedate_to_datetime(said)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _wait(state: RetryCallState) -> float:
    failed = state.outcome.exception() if state.outcome else None
    asked = failed.after if isinstance(failed, Busy) else None
    return _growing(state) if asked is None else asked
