"""Signing in with login, password and code in one form, and out again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from hub.edge.auth.cookies import SessionCookie
from hub.edge.auth.guards import CallerDep
from hub.edge.auth.limits import not_too_often
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.edge.web import rendering
from hub.errors import NotAllowed
from hub.settings import Settings
from hub.store.accounts import Attempt, Caller, Limits, Users, WebSessions
from hub.store.accounts.providers import Providers
from hub.store.audit import Act, AuditLog

router = APIRouter()


@router.get("/sign-in")
def ask(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    next: str = "/",  # noqa: A002  (the name in the URL)
) -> Response:
    """The form, and the ways to agencies' own providers."""
    return _form(request, next, Providers(session, keys))


@router.post("/sign-in", dependencies=[Depends(not_too_often)])
def sign_in(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    settings: SettingsDep,
    at: NowDep,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002  (the name in the form)
) -> Response:
    """Begins a session, or says that this did not work, in the same words whatever was wrong."""
    _from_here(request)
    attempt = Users(session, keys).attempt(login=login, password=password, code=code.replace(" ", ""), at=at)
    _record(AuditLog(session, keys), attempt, at)
    if attempt.user is None or not attempt.succeeded:
        return _form(request, next, Providers(session, keys), failed=True)
    response = RedirectResponse(rendering.local(next), status_code=303)
    SessionCookie.of(settings).put(response, WebSessions(session, keys, Limits.of(settings)).begin(attempt.user, at=at))
    return response


@router.post("/sign-out")
def sign_out(
    request: Request, session: SessionDep, keys: KeysDep, settings: SettingsDep, at: NowDep, caller: CallerDep
) -> Response:
    """Ends the session."""
    WebSessions(session, keys).end(SessionCookie.of(settings).read(request) or "")
    return _signed_out(AuditLog(session, keys), caller, settings, at)


@router.post("/sign-out/everywhere")
def sign_out_everywhere(
    session: SessionDep, keys: KeysDep, settings: SettingsDep, at: NowDep, caller: CallerDep
) -> Response:
    """Ends every session of the person, on whatever device."""
    WebSessions(session, keys).end_all(UUID(caller.id.removeprefix("user:")))
    return _signed_out(AuditLog(session, keys), caller, settings, at)


def _signed_out(log: AuditLog, caller: Caller, settings: Settings, at: datetime) -> Response:
    log.append(Act.USER_SIGNED_OUT, at=at, actor=caller.id, participant=caller.participant)
    response = RedirectResponse("/sign-in", status_code=303)
    SessionCookie.of(settings).clear(response)
    return response


def _form(request: Request, next_path: str, providers: Providers, *, failed: bool = False) -> Response:
    context = {"next": rendering.local(next_path), "failed": failed, "providers": providers.all()}
    return rendering.page(request, "sign_in.html", context, status=401 if failed else 200)


def _from_here(request: Request) -> None:
    """Another site must not sign someone in under its own account; there is no session yet to hold a CSRF token."""
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise NotAllowed("The form did not come from the sign-in page.", next_steps="Open the sign-in page.")


def _record(log: AuditLog, attempt: Attempt, at: datetime) -> None:
    act = Act.USER_SIGNED_IN if attempt.succeeded else Act.USER_SIGN_IN_FAILED
    user = attempt.user
    actor = f"user:{user.id}" if user else "unknown"
    log.append(act, at=at, actor=actor, participant=user.participant if user else None)
