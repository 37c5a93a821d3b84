"""Problems: where and what is expected, never what stood there; in the form that suits who asked."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from hub.edge import middleware, problems, web
from hub.edge.middleware import CONTENT_SECURITY_POLICY
from hub.settings import Settings


@pytest.fixture
def machine(app: FastAPI) -> TestClient:
    """A system that is not signed in; an unforeseen error is answered, not raised."""
    return TestClient(app, raise_server_exceptions=False)


class TestProblem:
    def test_of_the_hub_says_what_can_be_done(self, machine: TestClient) -> None:
        response = machine.get("/api/probe/taken")

        assert response.headers["content-type"] == "application/problem+json"
        assert response.json() == {
            "type": "urn:handoff-hub:problem:conflict",
            "title": "Someone was here first",
            "status": 409,
            "detail": "Someone has accepted this handoff.",
            "next_steps": "Look at the board.",
            "request_id": response.headers["x-request-id"],
        }

    def test_of_a_misfit_says_where_and_what_is_expected(self, machine: TestClient) -> None:
        sent = {"name": 7, "at": "Marcus", "Delgado": "1987"}
        response = machine.post("/api/probe/bookings", json=sent)

        assert response.status_code == 422
        assert response.json()["errors"] == [
            {"at": "body.name", "code": "string_type", "expected": "Input should be a valid string"},
            {"at": "body.at", "code": "datetime_from_date_parsing", "expected": "Something else: datetime from date"},
            {"at": "body.*", "code": "extra_forbidden", "expected": "No attribute of this name"},
        ]

    @pytest.mark.parametrize("body", [b"{Marcus", b'"Marcus"', b"\xff\xfe", b"[" * 20_000])
    def test_never_repeats_what_was_sent(self, machine: TestClient, body: bytes) -> None:
        response = machine.post("/api/probe/bookings", content=body, headers={"content-type": "application/json"})

        assert response.status_code in {400, 422}
        assert "Marcus" not in response.text

    def test_of_the_unforeseen_says_nothing_and_leaves_nothing(
        self, machine: TestClient, capfd: pytest.CaptureFixture[str]
    ) -> None:
        response = machine.get("/api/probe/broken")

        assert response.status_code == 500
        assert response.json()["request_id"] == response.headers["x-request-id"]
        assert "content-security-policy" in response.headers
        said = response.text + "".join(capfd.readouterr())
        assert "Marcus" not in said
        assert "RuntimeError" in said

    def test_of_a_commit_that_fails_is_told(self, machine: TestClient) -> None:
        response = machine.get("/api/probe/late")

        assert response.status_code == 500
        assert "Night Team" not in response.text

    def test_under_fhir_is_an_operation_outcome(self, machine: TestClient) -> None:
        response = machine.get("/fhir/Nothing")

        assert response.headers["content-type"] == "application/fhir+json"
        assert response.json()["resourceType"] == "OperationOutcome"
        assert response.json()["issue"][0]["code"] == "not-found"

    def test_is_a_page_for_a_browser_and_never_for_the_api(self, client: TestClient) -> None:
        assert "<h1" in client.get("/nowhere").text
        assert client.get("/api/nowhere").json()["status"] == 404

    def test_of_a_wrong_method_keeps_its_allow_header(self, machine: TestClient) -> None:
        response = machine.delete("/api/probe/who")

        assert (response.status_code, response.headers["allow"]) == (405, "GET")
        assert response.json()["type"] == "about:blank"

    def test_of_what_the_database_cannot_hold_is_the_senders(self, machine: TestClient) -> None:
        for value in ("nul\x00", "9" * 40):
            response = machine.get("/api/probe/kept", params={"value": value})

            assert (response.status_code, response.json()["title"]) == (422, "The request cannot be understood")
            assert "nul" not in response.text.lower().replace("a nul character", "")

    def test_says_when_the_database_is_gone(self, app: FastAPI, machine: TestClient) -> None:
        app.state.engine = create_engine(
            "postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1}
        )
        response = machine.get("/api/probe/who", headers={"authorization": "Bearer any"})

        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        assert "127.0.0.1" not in response.text


class TestBodyLimit:
    def test_refuses_what_says_it_is_too_large(self, machine: TestClient) -> None:
        response = machine.post("/api/probe/bookings", content=b"x" * 100_001)

        assert (response.status_code, response.json()["title"]) == (413, "Too large")

    def test_cuts_off_what_turns_out_too_large(self, machine: TestClient) -> None:
        def chunks() -> Iterator[bytes]:
            for _ in range(11):
                yield b"x" * 10_000

        response = machine.post("/api/probe/bookings", content=chunks())

        assert (response.status_code, response.json()["title"]) == (413, "Too large")

    def test_takes_what_just_fits(self, machine: TestClient) -> None:
        body = b'{"name": "' + b"x" * 99_000 + b'", "at": "2026-06-15T02:10:00Z"}'
        fits = machine.post("/api/probe/bookings", content=body, headers={"content-type": "application/json"})

        assert fits.status_code == 200


class TestHeaders:
    def test_are_strict_on_every_answer(self, client: TestClient) -> None:
        for path in (
            "/sign-in",
            "/docs",
            "/docs/files/swagger-ui.css",
            "/nowhere",
            "/api/probe/taken",
            "/static/hub.css",
        ):
            headers = client.get(path).headers
            assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"

    def test_let_a_static_file_be_kept_under_its_digest(self, client: TestClient) -> None:
        assert "immutable" in client.get("/static/hub.css?v=1").headers["cache-control"]

    def test_bind_to_https_only_when_reached_by_it(self, settings: Settings) -> None:
        for url, bound in (("https://hub.example", True), ("http://127.0.0.1:8000", False)):
            app = FastAPI()
            web.install(app)
            problems.install(app)
            middleware.install(app, settings.model_copy(update={"public_url": url}))
            assert ("strict-transport-security" in TestClient(app).get("/sign-in").headers) is bound
