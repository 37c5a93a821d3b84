"""Apps for tests: their doors are hung once a run, since FastAPI takes a tenth of a second over them."""

from copy import copy
from functools import cache

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.datastructures import State

from hub.main import create_app, furnish
from hub.settings import Settings
from hub.store import db
from hub.store.crypto import Keys


def app_of(settings: Settings, engine: Engine, keys: Keys) -> FastAPI:
    """What `create_app` makes, behind the doors that all such apps of a run share."""
    app = another(_doors())
    furnish(app, settings, engine, keys)
    return app


def another(app: FastAPI) -> FastAPI:
    """An app with the same doors, to be furnished anew: only what overrides a dependency holds for both."""
    twin = copy(app)
    twin.state, twin.user_middleware, twin.middleware_stack = State({"access": app.state.access}), [], None
    return twin


@cache
def _doors() -> FastAPI:
    """An app that nobody enters; nothing connects."""
    return create_app(Settings(_env_file=None), db.connect("postgresql://127.0.0.1:1/none"), Keys(b"\x07" * 32))
