"""Around every request: its number, the headers that browsers obey, a bound on its size, and a net for the unforeseen.

Pure ASGI, so that nothing is read or buffered that the route does not ask for.
"""

import traceback
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.edge import problems
from hub.errors import TooLarge
from hub.settings import Settings

log = structlog.get_logger()

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
LOCAL = ("127.0.0.1", "localhost", "::1")
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"
FRAMES_LOGGED = 6


def install(app: FastAPI, settings: Settings) -> None:
    """Puts the five around an app; the last one added is the outermost."""
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts_of(settings), www_redirect=False)
    app.add_middleware(BodyLimit, largest=settings.max_body_bytes)
    app.add_middleware(Unexpected)
    app.add_middleware(SecurityHeaders, https=settings.public_url.startswith("https://"))
    app.add_middleware(RequestNumber)


def hosts_of(settings: Settings) -> list[str]:
    """The names by which this hub may be asked; any, as long as it has none but this machine's."""
    named = urlsplit(settings.public_url).hostname or LOCAL[0]
    return ["*"] if named in LOCAL else [named, *LOCAL, *settings.other_hosts]


class RequestNumber:
    """Gives each request a number of its own, for the logs, the problem and the answer's `X-Request-ID`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = uuid4().hex
        Request(scope).state.request_id = number

        async def numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = number
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=number):
            await self.app(scope, receive, numbered)


class SecurityHeaders:
    """Sets what the route has not set itself; only static files set another `Cache-Control`."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.headers = {**HEADERS, **({"strict-transport-security": STRICT_TRANSPORT} if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, secured)


class Unexpected:
    """Answers 500 for what nobody foresaw, and logs where it happened but not its message, which may quote data."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001  (the net: nothing may get past it)
            log.error("request.failed", error=type(error).__name__, frames=_frames(error))
            if started:
                raise ConnectionAbortedError("The answer broke off.") from None
            await problems.unexpected(Request(scope))(scope, receive, send)


class BodyLimit:
    """Refuses a body that says it is too large, and cuts off one that turns out to be, chunked or not."""

    def __init__(self, app: ASGIApp, *, largest: int) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self.largest:
            request = Request(scope)
            error = TooLarge(f"A body of at most {self.largest} bytes is taken.", next_steps="Send it in parts.")
            await problems.answer(request, problems.problem_of(request, error))(scope, receive, send)
            return
        await self.app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.largest:
                # FastAPI lets an HTTPException through while it reads a body, and turns any other error into a 400.
                raise HTTPException(TooLarge.status)
            return message

        return counted


def _frames(error: BaseException) -> list[str]:
    stack: Any = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in stack]
