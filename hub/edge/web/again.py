"""Showing again who one is, in the middle of something: what was typed is kept in the page, and never in a URL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import RedirectResponse, Response

from hub.edge.auth import CallerDep, RecencyDep, SessionCookie
from hub.edge.auth.guards import SignedInDep
from hub.edge.auth.limits import not_too_often
from hub.edge.transaction import KeysDep, NowDep, SessionDep, SettingsDep
from hub.edge.web import rendering
from hub.store.accounts import Caller, Limits, Users, WebSessions
from hub.store.audit import Act, AuditLog

KEPT = "kept."
IN_PLACE = {"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML show:#main:top"}

router = APIRouter()


class Again(BaseModel):
    """Password and code, where to go on, and what was typed there: every field that begins with `kept.`."""

    model_config = ConfigDict(extra="allow")

    password: str = ""
    code: str = ""
    next: str = "/"

    def kept(self) -> dict[str, str]:
        extra = self.model_extra or {}
        return {name.removeprefix(KEPT): str(value) for name, value in extra.items() if name.startswith(KEPT)}


def show(request: Request, back: str, form: BaseModel) -> Response:
    """The page that asks, in answer to a form; the form goes on from there as it was typed."""
    return _page(request, back, {name: value for name, value in form.model_dump().items() if value})


@router.get("/sign-in/again")
def ask(request: Request, _caller: CallerDep, next: str = "/") -> Response:  # noqa: A002  (the name in the URL)
    """The page that asks, on the way to another page."""
    return _page(request, rendering.local(next), {}, status=200)


@router.post("/sign-in/again", dependencies=[Depends(not_too_often)])
def confirm(
    request: Request,
    session: SessionDep,
    keys: KeysDep,
    settings: SettingsDep,
    at: NowDep,
    caller: CallerDep,
    person: SignedInDep,
    lately: RecencyDep,
    form: Annotated[Again, Form()],
) -> Response:
    """A new session in place of this one, and on to what the person was doing; or the same page, in the same words.

    Who signs in at their agency has shown it there meanwhile, in another tab, and has nothing to type here.
    """
    if person is not None and person.elsewhere is not None:
        back = rendering.local(form.next)
        return _go_on(request, back, form.kept()) if lately.holds else _page(request, back, form.kept(), failed=True)
    user_id = UUID(caller.id.removeprefix("user:"))
    attempt = Users(session, keys).confirm(user_id, password=form.password, code=form.code.replace(" ", ""), at=at)
    _record(AuditLog(session, keys), caller, at, succeeded=attempt.succeeded)
    back = rendering.local(form.next)
    if not attempt.succeeded:
        return _page(request, back, form.kept(), failed=True)
    cookie = SessionCookie.of(settings)
    token = WebSessions(session, keys, Limits.of(settings)).begin_anew(cookie.read(request) or "", at=at)
    response = _go_on(request, back, form.kept())
    cookie.put(response, token)
    return response


def _go_on(request: Request, back: str, kept: Mapping[str, str]) -> Response:
    if not kept:
        return RedirectResponse(back, status_code=303)
    return rendering.page(request, "go_on.html", {"back": back, "kept": kept})


def _page(request: Request, back: str, kept: Mapping[str, str], *, failed: bool = False, status: int = 401) -> Response:
    headers = IN_PLACE if rendering.is_htmx(request) else {}
    context = {"back": back, "kept": kept, "failed": failed}
    return rendering.page(request, "again.html", context, status=status, headers=headers)


def _record(log: AuditLog, caller: Caller, at: datetime, *, succeeded: bool) -> None:
    act = Act.USER_CONFIRMED if succeeded else Act.USER_SIGN_IN_FAILED
    log.append(act, at=at, actor=caller.id, participant=caller.participant)
