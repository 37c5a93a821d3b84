"""The cookies that carry a person's session, and their way to their agency's provider and back."""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from hub.settings import Settings
from hub.store.accounts import Limits
from hub.store.accounts.journeys import LASTS


class SessionCookie(NamedTuple):
    """Unreadable for scripts and never sent along from another site; over https bound to this host alone."""

    name: str
    secure: bool
    lasts: int

    @classmethod
    def of(cls, settings: Settings) -> "SessionCookie":
        secure = settings.public_url.startswith("https://")
        return cls(
            "__Host-hub_session" if secure else "hub_session", secure, int(Limits.of(settings).absolute.total_seconds())
        )

    def read(self, request: Request) -> str | None:
        return request.cookies.get(self.name)

    def put(self, response: Response, token: str) -> None:
        response.set_cookie(
            self.name,
            token,
            max_age=self.lasts,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="strict",
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="strict")


class JourneyCookie(NamedTuple):
    """Sent along by the provider's answer, which comes from another site; good for ten minutes and for nothing else."""

    name: str
    secure: bool

    @classmethod
    def of(cls, settings: Settings) -> "JourneyCookie":
        secure = settings.public_url.startswith("https://")
        return cls("__Host-hub_journey" if secure else "hub_journey", secure)

    def read(self, request: Request) -> str | None:
        return request.cookies.get(self.name)

    def put(self, response: Response, token: str) -> None:
        lasts = int(LASTS.total_seconds())
        response.set_cookie(
            self.name, token, max_age=lasts, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="lax")
