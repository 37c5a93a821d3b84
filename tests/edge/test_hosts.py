"""The Host header: whoever sends it may write anything there, so nothing is decided by it and nothing repeats it."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from hub.edge.middleware import hosts_of
from hub.settings import Settings
from hub.store.crypto import Keys
from tests.apps import app_of

BAD_HOSTS = (
    "hub.example/healthz?",
    "hub.example/static/#",
    "hub.example:80/healthz",
    "evil.example",
    "hub.example@evil",
)
GUARDED = ("/api/audit/entries", "/api/directory/participants", "/log", "/contacts")


def client(engine: Engine, keys: Keys, **said: object) -> TestClient:
    settings = Settings(_env_file=None).model_copy(update=said)
    return TestClient(app_of(settings, engine, keys), follow_redirects=False, headers={"accept": "application/json"})


class TestHost:
    @pytest.mark.parametrize("host", BAD_HOSTS)
    @pytest.mark.parametrize("path", GUARDED)
    def test_opens_no_guarded_door(self, engine: Engine, keys: Keys, host: str, path: str) -> None:
        """CVE-2026-48710 (BadHost): where the host rewrites the path, a guard by path is walked around."""
        for url in ("http://127.0.0.1:8000", "https://hub.example"):
            answer = client(engine, keys, public_url=url).get(path, headers={"host": host})

            assert answer.status_code in {400, 401}

    @pytest.mark.parametrize("path", ["/static", "/contacts/", "/healthz/", "/log"])
    def test_is_never_repeated(self, engine: Engine, keys: Keys, path: str) -> None:
        answer = client(engine, keys).get(path, headers={"host": "evil.example", "accept": "text/html"})

        assert "evil.example" not in answer.text + str(answer.headers)

    @pytest.mark.parametrize(
        ("host", "status"),
        [
            ("hub.example", 200),
            ("hub.example:8443", 200),
            ("127.0.0.1:8000", 200),
            ("probe.internal", 200),
            ("evil.example", 400),
            ("hub.example.evil.example", 400),
        ],
    )
    def test_is_one_by_which_the_hub_is_known(self, engine: Engine, keys: Keys, host: str, status: int) -> None:
        hub = client(engine, keys, public_url="https://hub.example", other_hosts=("probe.internal",))

        assert hub.get("/healthz", headers={"host": host}).status_code == status

    def test_may_be_any_while_the_hub_has_no_name(self, engine: Engine, keys: Keys) -> None:
        assert client(engine, keys).get("/healthz", headers={"host": "laptop.local"}).status_code == 200

    def test_is_set_as_a_list(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HUB_PUBLIC_URL", "https://hub.example/")
        monkeypatch.setenv("HUB_OTHER_HOSTS", "a.example, b.example,")

        assert hosts_of(Settings(_env_file=None))[-2:] == ["a.example", "b.example"]
