"""The hub, put together: read this as a table of contents."""

from collections.abc import Callable, Mapping

from fastapi import FastAPI
from sqlalchemy import Engine

from hub.edge import auth, middleware, problems, refusals, web
from hub.edge.api import (
    accountings,
    audit,
    audit_events,
    consents,
    contact_queries,
    directory,
    emergencies,
    feeds,
    fhir_services,
    handoffs,
    health,
    hmis,
    orders,
    parcels,
    reviews,
)
from hub.edge.auth import routes
from hub.settings import Settings
from hub.store.accounts.rates import Rates
from hub.store.crypto import Keys

DESCRIPTION = (
    "Consented answers and warm handoffs between crisis, homeless-services, health and justice systems. "
    "What consent holds back is not in an answer; nothing says that it was held back."
)


def create_app(
    settings: Settings,
    engine: Engine,
    keys: Keys,
    *,
    companions: Mapping[str, Callable[[], bool]] | None = None,
    demo: bool = False,
) -> FastAPI:
    """The API and the pages. `companions` say whether the worker and the listener of this process run."""
    app = FastAPI(
        title="Handoff Hub",
        version="1",
        description=DESCRIPTION,
        openapi_tags=[hmis.ABOUT],
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.include_router(health.router)
    app.include_router(auth.router)
    app.include_router(contact_queries.router)
    app.include_router(handoffs.router)
    app.include_router(consents.router)
    app.include_router(emergencies.router)
    app.include_router(reviews.router)
    app.include_router(accountings.router)
    app.include_router(orders.router)
    app.include_router(directory.router)
    app.include_router(feeds.router)
    for router in hmis.ROUTERS:
        app.include_router(router)
    app.include_router(parcels.router)
    app.include_router(audit.router)
    app.include_router(audit_events.router)
    app.include_router(fhir_services.router)
    web.install(app)
    routes.install(app)
    problems.install(app)
    refusals.install(app)
    furnish(app, settings, engine, keys, companions=companions, demo=demo)
    return app


def furnish(
    app: FastAPI,
    settings: Settings,
    engine: Engine,
    keys: Keys,
    *,
    companions: Mapping[str, Callable[[], bool]] | None = None,
    demo: bool = False,
) -> None:
    """Puts behind the doors what this one hub has, and around them what its settings say; the doors know neither."""
    app.state.settings = settings
    app.state.engine = engine
    app.state.keys = keys
    app.state.rates = Rates(engine)
    app.state.companions = dict(companions or {})
    app.state.leaving = False
    app.state.demo = demo
    middleware.install(app, settings)
