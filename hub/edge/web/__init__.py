"""Pages for people: server-rendered, usable on a field phone, without JavaScript, and on paper."""

from fastapi import APIRouter, FastAPI

from hub.edge.web import accountings, again, contacts, disclosures, docs, elsewhere, emergencies, home, sign_in
from hub.edge.web.rendering import STATIC, StaticFiles

router = APIRouter(include_in_schema=False)
for part in (home, sign_in, elsewhere, again, contacts, disclosures, emergencies, accountings, docs):
    router.include_router(part.router)

__all__ = ["install", "router"]


def install(app: FastAPI) -> None:
    """Adds the pages and what they are made of."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    docs.install(app)
