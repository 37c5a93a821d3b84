"""The access table over the routes of an app: none may be without a row, and none may forget to ask it.

What is needed stands in the OpenAPI document too, route by route.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple

from fastapi import FastAPI
from starlette.routing import Mount

from hub.edge.auth.access import TABLE, Access, Table, Way
from hub.edge.auth.guards import admitted
from hub.store.accounts import CallerKind, HubScope

SYSTEMS = "SMART Backend Services"
BEARER = "Access token"
PEOPLE = "Session of a person"
PASTED = "What `POST /oauth2/token` gave a system; the demo gives one to `hub demo --token CLIENT`."
SIGNED = "A system signs its request for a token with a key (`private_key_jwt`); there is no client secret."


class Unlisted(Exception):
    """A route that the table does not know, or that does not ask the table."""


class Found(NamedTuple):
    """A route of an app: its ways in, and what FastAPI knows of its dependencies; None for files."""

    ways: tuple[Way, ...]
    dependant: Any


def install(app: FastAPI, table: Table = TABLE) -> None:
    """Puts the table over an app whose routes are all in. Raises `Unlisted` for a route that it would not guard."""
    for route in routes_of(app):
        for way in route.ways:
            if way not in table:
                raise Unlisted(f"{way.method} {way.path}: say in hub/edge/auth/access.py who may use it.")
            if not table[way].open_because and not _asks(route.dependant):
                raise Unlisted(f"{way.method} {way.path} does not ask who is there: let it take a `CallerDep`.")
    app.state.access = table
    app.openapi = _telling(app.openapi, table)  # type: ignore[method-assign]


def routes_of(app: FastAPI) -> Iterator[Found]:
    """Every route, those of included routers and mounted files too."""
    return _every(app.routes)


def _every(routes: Iterable[Any], before: str = "") -> Iterator[Found]:
    for route in routes:
        if hasattr(route, "effective_route_contexts"):  # what FastAPI keeps of an included router
            yield from _every(route.effective_route_contexts(), before)
        elif isinstance(route, Mount):
            yield Found((Way("GET", before + route.path),), None)
        else:
            methods = sorted(set(route.methods) - {"HEAD"})
            ways = tuple(Way(method, before + route.path) for method in methods)
            yield Found(ways, getattr(route, "dependant", None))


def _asks(dependant: Any) -> bool:
    return dependant is not None and (dependant.call is admitted or any(map(_asks, dependant.dependencies)))


def _telling(openapi: Callable[[], dict[str, Any]], table: Table) -> Callable[[], dict[str, Any]]:
    """The OpenAPI document, with what each route needs."""

    def told() -> dict[str, Any]:
        document = openapi()
        if SYSTEMS not in (schemes := document.setdefault("components", {}).setdefault("securitySchemes", {})):
            schemes.clear()
            schemes |= _schemes()
            for path, methods in document["paths"].items():
                for method, operation in methods.items():
                    _tell(operation, table[Way(method.upper(), path)])
        return document

    return told


def _schemes() -> dict[str, Any]:
    scopes = {scope.value: scope.meaning for scope in HubScope}
    flow = {"tokenUrl": "/oauth2/token", "scopes": scopes}
    return {
        BEARER: {"type": "http", "scheme": "bearer", "description": PASTED},
        SYSTEMS: {"type": "oauth2", "flows": {"clientCredentials": flow}, "description": SIGNED},
        PEOPLE: {"type": "apiKey", "in": "cookie", "name": "hub_session", "description": "Set by signing in."},
    }


def _tell(operation: dict[str, Any], row: Access) -> None:
    if row.open_because:
        operation.pop("security", None)
        operation["x-open-because"] = row.open_because
        return
    scopes, roles = sorted(row.anywhere().scopes), sorted(row.anywhere().roles)
    operation["security"] = _schemes_for(scopes, roles)
    operation["x-scopes"], operation["x-roles"] = scopes, roles
    operation["responses"] |= {"401": {"description": "Nobody is signed in."}, "403": {"description": _only(row)}}


def _schemes_for(scopes: Collection[str], roles: Collection[str]) -> list[dict[str, list[str]]]:
    asked: list[dict[str, list[str]]] = [{BEARER: []}] if scopes else []
    asked += [{SYSTEMS: [scope]} for scope in scopes]
    return [*asked, {PEOPLE: []}] if roles else asked


def _only(row: Access) -> str:
    needed = row.anywhere().needed
    return f"A person: {needed(CallerKind.USER)} A system: {needed(CallerKind.CLIENT)}"
