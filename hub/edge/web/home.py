"""The way in: each to the page their role works with."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from hub.edge.auth.guards import CallerDep
from hub.edge.web import rendering
from hub.store.accounts import HubRole

PAGES = {
    HubRole.CRISIS_WORKER: "/contacts",
    HubRole.COMPLIANCE_OFFICER: "/log",
    HubRole.PRIVACY_OFFICER: "/accountings",
}

router = APIRouter()


@router.get("/")
def home(request: Request, caller: CallerDep) -> Response:
    """Leads to the first page that the caller may use."""
    for role, path in PAGES.items():
        if role in caller.roles:
            return RedirectResponse(path, status_code=303)
    return rendering.page(request, "home.html", {})
