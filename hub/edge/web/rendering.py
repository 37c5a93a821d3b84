"""From a template to a page: who is signed in, where the static files are, how times and ages are said."""

import hashlib
import os
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette import staticfiles
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

HERE = Path(__file__).parent
STATIC = HERE / "static"
FOR_A_YEAR = "public, max-age=31536000, immutable"


def page(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The page; the request's session, as far as a guard has found one, decides what its head shows."""
    shared = {
        "signed_in": getattr(request.state, "signed_in", None),
        "demo": getattr(request.app.state, "demo", False),
        "path": request.scope["path"],
    }
    body = _environment().get_template(template).render(**shared, **context)
    return HTMLResponse(body, status, headers={**(headers or {}), "vary": "HX-Request, Cookie"})


def rendered(template: str, context: Mapping[str, Any]) -> str:
    """A page that is no answer to a request."""
    return _environment().get_template(template).render(**context)


def is_htmx(request: Request) -> bool:
    """Whether htmx sent this, to put the answer into a page that stands."""
    return request.headers.get("hx-request") == "true"


def wants_page(request: Request) -> bool:
    """Whether a person at a browser is waiting for the answer."""
    return is_htmx(request) or "text/html" in request.headers.get("accept", "")


def sign_in_path(request: Request) -> str:
    """The sign-in page that leads back to this one."""
    return f"/sign-in?next={quote(request.scope['path'])}"


def local(path: str) -> str:
    """A path of this hub; anything else leads home, so that a link cannot send a person away after signing in."""
    leads_away = not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable()
    return "/" if leads_away else path


class StaticFiles(staticfiles.StaticFiles):
    """Files that are asked for by their digest, so that a browser may keep them for good."""

    def file_response(
        self, full_path: Any, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        if scope["query_string"]:
            response.headers["cache-control"] = FOR_A_YEAR
        return response


@cache
def static(name: str) -> str:
    """The address of a static file; it changes when the file does."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def day(on: date) -> str:
    """A day as people write it here: `Jun 12, 2026`."""
    return f"{on:%b} {on.day}, {on.year}"


def age(on: date, today: date) -> str:
    """How long ago a day was, as coarse as it is old: `3 days ago`."""
    days = (today - on).days
    if days < 2:
        return "today" if days < 1 else "yesterday"
    for size, word in ((365, "year"), (30, "month"), (7, "week")):
        if days >= 2 * size:
            return f"{days // size} {word}s ago"
    return f"{days} days ago"


def moment(at: datetime) -> str:
    """A time with its zone, as an officer needs it."""
    return f"{day(at)}, {at:%H:%M:%S} {at.tzname()}"


def clock(at: datetime) -> str:
    """When hours end or begin, within a week: `Mon 22:00`."""
    return f"{at:%a} {at:%H:%M}"


def words(text: str) -> str:
    """A slug as words: `street-outreach` is `street outreach`."""
    return text.replace("-", " ")


def _dialled(text: str) -> str:
    return "".join(sign for sign in text if sign in "+0123456789")


def link(kind: str, value: str) -> str | None:
    """The address behind a way to reach someone; None when it is not one a browser should follow."""
    number, _, extension = (_dialled(part) for part in value.lower().partition("x"))
    dialled = f"{number};ext={extension}" if extension else number  # RFC 3966 §5.3
    schemes = {"phone": f"tel:{dialled}", "sms": f"sms:{number}", "email": f"mailto:{quote(value, safe='@')}"}
    if kind in schemes:
        return schemes[kind]
    return value if kind == "url" and value.startswith("https://") else None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(static=static, link=link)
    environment.filters.update(day=day, age=age, clock=clock, moment=moment, words=words)
    return environment
