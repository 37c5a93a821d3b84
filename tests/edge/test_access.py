"""The access table: every route has a row and asks it, and lets in whom the row names and nobody else."""

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from hub.edge.auth import CallerDep, routes
from hub.edge.auth.access import BY_FEED, TABLE, Access, Way, everybody, to
from hub.edge.auth.routes import Unlisted
from hub.main import create_app
from hub.settings import Settings
from hub.store import db
from hub.store.accounts import Caller, CallerKind, HubRole, HubScope
from hub.store.crypto import Keys
from schemas.vocab import Role

TRIED = Way("GET", "/api/tried")


def person(*roles: HubRole) -> Caller:
    return Caller(
        kind=CallerKind.USER, id="user:1", name="A", participant="p", role=Role.CLINICIAN, roles=frozenset(roles)
    )


def system(*scopes: str) -> Caller:
    return Caller(
        kind=CallerKind.CLIENT, id="client:1", name="A", participant="p", role=Role.INTERFACE, scopes=frozenset(scopes)
    )


def an_app(asks: bool) -> FastAPI:
    app, router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter(prefix="/api")
    if asks:

        @router.get("/tried")
        def tried(_caller: CallerDep) -> str:
            return "open"
    else:

        @router.get("/tried")
        def tried_by_anyone() -> str:
            return "open"

    app.include_router(router)
    return app


class TestTable:
    def test_takes_a_route_that_has_a_row_and_asks(self) -> None:
        routes.install(an_app(asks=True), {TRIED: to(HubRole.CRISIS_WORKER)})

    def test_refuses_a_route_without_a_row(self) -> None:
        with pytest.raises(Unlisted, match="GET /api/tried: say in"):
            routes.install(an_app(asks=True), {})

    def test_refuses_a_router_that_forgot_to_ask(self) -> None:
        with pytest.raises(Unlisted, match="does not ask"):
            routes.install(an_app(asks=False), {TRIED: to(HubRole.CRISIS_WORKER)})

    def test_lets_a_route_be_open_for_a_reason(self) -> None:
        routes.install(an_app(asks=False), {TRIED: everybody("it is tried")})

    def test_lets_nobody_in_where_a_row_was_lost(self, as_worker: TestClient, app: FastAPI) -> None:
        assert as_worker.get("/api/probe/who").status_code == 200
        app.state.access = {}

        assert as_worker.get("/api/probe/who").status_code == 403


class TestRow:
    @pytest.mark.parametrize(
        ("row", "comes_in", "stays_out"),
        [
            (to(HubRole.CRISIS_WORKER), person(HubRole.CRISIS_WORKER), person(HubRole.HMIS_STAFF)),
            (to(HubRole.CRISIS_WORKER), person(HubRole.CRISIS_WORKER), system(*HubScope)),
            (to(scopes={HubScope.HANDOFF}), system(HubScope.HANDOFF), system(HubScope.AUDIT_READ)),
            (to(scopes={HubScope.HANDOFF}), system(HubScope.HANDOFF), person(*HubRole)),
            (to(scopes={"system/Task.rs"}), system("system/Task.cruds"), system("system/Task.r")),
            (to(scopes={"system/Task.rs"}), system("system/*.rs"), system("system/Consent.rs")),
            (to(scopes={"hub/handoff", "system/Task.u"}), system("system/Task.u"), system("system/Task.rs")),
        ],
    )
    def test_lets_in_whom_it_names(self, row: Access, comes_in: Caller, stays_out: Caller) -> None:
        assert row.lets_in(comes_in)
        assert not row.lets_in(stays_out)

    def test_lets_nobody_in_who_has_nothing(self) -> None:
        assert not any(row.lets_in(one) for row in TABLE.values() for one in (person(), system()))

    @pytest.mark.parametrize(
        ("feed", "scope"),
        [("hmis-csv", HubScope.HMIS_WRITE), ("jail", HubScope.BOOKING_WRITE), ("hl7v2", HubScope.RECORDS_WRITE)],
    )
    def test_of_feeds_asks_for_the_scope_of_that_feed_alone(self, feed: str, scope: HubScope) -> None:
        row = BY_FEED.where({"feed_name": feed})

        assert [one for one in HubScope if row.lets_in(system(one))] == [scope]


class TestOpenApi:
    def test_says_of_each_route_what_it_needs(self, keys: Keys) -> None:
        app = create_app(Settings(_env_file=None), db.connect("postgresql://127.0.0.1:1/none"), keys)
        with TestClient(app) as client:
            paths = client.get("/openapi.json").json()["paths"]

        asked = paths["/api/contact-queries"]["post"]
        assert (asked["x-roles"], asked["x-scopes"]) == (["crisis-worker"], ["hub/contact-query"])
        assert {"SMART Backend Services": ["hub/contact-query"]} in asked["security"]
        assert {"Access token": []} in asked["security"]
        assert paths["/healthz"]["get"]["x-open-because"] == "a probe has no account"
        for path, methods in paths.items():
            for method in methods:
                assert Way(method.upper(), path) in TABLE


class TestCommand:
    def test_prints_the_table_for_an_officer(self, capsys: pytest.CaptureFixture[str]) -> None:
        from hub.cli.access import access

        access(json=False)

        said = capsys.readouterr().out
        assert "POST /api/contact-queries\n    people with crisis-worker\n    systems with hub/contact-query\n" in said
        assert "GET /healthz\n    everybody: a probe has no account\n" in said
        assert said.count("/api/feeds/{feed_name}/messages (feed_name ") == 2
