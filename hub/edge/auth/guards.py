"""Who is asking, and whether they may: the dependencies that routes name."""

import hmac
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from hub.edge.auth import access, limits
from hub.edge.auth.certificates import fits, presented
from hub.edge.auth.cookies import SessionCookie
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.errors import NotAllowed, NotSignedIn
from hub.store.accounts import Caller, Clients, Limits, SignedIn, WebSessions
from hub.store.accounts.clients import Holder

READS_ONLY = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"

_bearer = HTTPBearer(auto_error=False, description="An access token from POST /oauth2/token.")
BearerDep = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def csrf_sent(request: Request) -> str | None:
    """The token that a form sent back, in its header or its field."""
    if header := request.headers.get(CSRF_HEADER):
        return header
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        with suppress(RuntimeError):  # a route with a form has read it already
            await request.body()  # kept for a route that wants the bytes as they came
        field = (await request.form()).get(CSRF_FIELD)
        return field if isinstance(field, str) else None
    return None


def signed_in(
    request: Request, session: SessionDep, keys: KeysDep, settings: SettingsDep, at: NowDep
) -> SignedIn | None:
    """The person whose session cookie came along, if it still counts; pages show who they are."""
    token = SessionCookie.of(settings).read(request)
    found = WebSessions(session, keys, Limits.of(settings)).resume(token, at=at) if token else None
    request.state.signed_in = found
    return found


SignedInDep = Annotated[SignedIn | None, Depends(signed_in)]


def caller(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    at: NowDep,
    credentials: BearerDep,
    person: SignedInDep,
    csrf: Annotated[str | None, Depends(csrf_sent)],
) -> Caller:
    """Who is asking, by access token or by session. A token that came along is judged, whatever cookie came with it.

    Raises `NotSignedIn`; and `NotAllowed` when a session would change something without its CSRF token.
    """
    if credentials is not None:
        system = _system(Clients(session).bearer(credentials.credentials, at=at), presented(request, settings))
        limits.count(request, system, settings)
        return system
    if person is None:
        raise NotSignedIn("Nobody is signed in.", next_steps="Sign in, or send an access token as Bearer.")
    if request.method not in READS_ONLY and not _same(csrf, person.csrf):
        raise NotAllowed("The form did not come from a page of this session.", next_steps="Load the page again.")
    return person.caller


async def admitted(request: Request, caller: Annotated[Caller, Depends(caller)]) -> Caller:
    """Who is asking, whom the access table lets use this route; raises `NotAllowed` for anybody else."""
    return access.admit(request, caller)


CallerDep = Annotated[Caller, Depends(admitted)]


def _system(found: Holder | None, certificate: str | None) -> Caller:
    if found is None or not fits(found.certificate, certificate):
        raise NotSignedIn(
            "The access token is unknown or has run out.", next_steps="Get a new one: POST /oauth2/token."
        )
    return found.caller


def _same(sent: str | None, expected: str) -> bool:
    return sent is not None and hmac.compare_digest(sent.encode(), expected.encode())
