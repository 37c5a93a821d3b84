"""`hub participant`, `agreement`, `user`, `client`, `settings`, `db`: who may take part, and what the hub runs on."""

import json
from pathlib import Path

import psycopg
import pytest
from joserfc.jwk import ECKey

from tests.cli.conftest import Command

SAM = (
    *("user", "add", "sam", "--name", "Sam Okafor", "--participant", "mercy-hospital"),
    *("--role", "crisis-worker", "--profession", "clinician"),
)
PASSWORD = ("--password", "a quiet night in june")
CLARITY = ("client", "add", "clarity", "--name", "Clarity", "--participant", "riverbend-hmis", "--keys", "jwks.json")


@pytest.fixture
def public_keys(place: Path) -> Path:
    """A system's key set, in the current folder."""
    path = place / "jwks.json"
    key = ECKey.generate_key("P-384", {"kid": "k1"})
    path.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    return path


class TestParticipant:
    def test_added_takes_part(self, hub: Command) -> None:
        assert "Nobody takes part yet" in hub("participant", "list").out

        ran = hub("participant", "add", "night-team", "--name", "Night Team", "--capacity", "crisis-provider")

        assert ran.code == 0
        assert "Night Team" in hub("participant", "list").out
        assert "hub:directory:changed" in hub("audit", "export").out

    @pytest.mark.parametrize("slug", ["Night Team", "night_team", "-night", ""])
    def test_with_a_slug_that_is_none_is_refused(self, hub: Command, slug: str) -> None:
        ran = hub("participant", "add", slug, "--name", "Night Team", "--capacity", "crisis-provider")

        assert ran.is_a_plain_refusal
        assert hub.rows("participant") == 0

    def test_with_a_capacity_that_is_none_is_told_which_there_are(self, hub: Command) -> None:
        ran = hub("participant", "add", "night-team", "--name", "Night Team", "--capacity", "hero")

        assert ran.is_a_plain_refusal
        assert "crisis-provider" in ran.err


class TestDefineFeed:
    def test_of_no_file_no_feed_and_nobody_is_refused(self, county: Command, place: Path) -> None:
        (place / "jail.toml").write_text('jail = "cedar"')
        (place / "latin.toml").write_bytes(b'jail = "caf\xe9"')

        for mistake in (
            ("cedar-jail", "jail", "nowhere.toml"),
            ("cedar-jail", "jail", "latin.toml"),
            ("cedar-jail", "gaol", "jail.toml"),
            ("nobody", "jail", "jail.toml"),
        ):
            assert county("participant", "define-feed", *mistake).is_a_plain_refusal
        assert county("participant", "define-feed", "cedar-jail", "jail", "jail.toml").code == 0
        assert county.rows("feed_definition") == 1


class TestAgreement:
    def test_added_is_on_file(self, county: Command) -> None:
        assert "No agreement is on file" in county("agreement", "list").out

        parties = ("--party", "hub", "--party", "mercy-hospital")
        ran = county("agreement", "add", "business-associate", *parties, "--since", "2026-01-01")

        assert ran.code == 0
        assert "2026-01-01" in county("agreement", "list").out

    def test_with_someone_unknown_or_on_no_day_is_refused(self, county: Command) -> None:
        add = ("agreement", "add", "business-associate", "--party", "hub", "--party")

        assert county(*add, "nobody", "--since", "2026-01-01").is_a_plain_refusal
        assert county(*add, "mercy-hospital", "--since", "soon").is_a_plain_refusal
        assert county.rows("agreement") == 0


class TestUser:
    def test_added_has_an_account(self, county: Command) -> None:
        assert "Nobody has an account yet" in county("user", "list").out

        ran = county(*SAM, *PASSWORD)

        assert ran.code == 0
        assert "not shown again" in ran.out
        assert "Sam Okafor" in county("user", "list").out

    def test_whose_password_is_short_or_login_taken_is_refused(self, county: Command) -> None:
        assert county(*SAM, "--password", "short").is_a_plain_refusal
        assert county(*SAM, *PASSWORD).code == 0
        assert county(*SAM, *PASSWORD).is_a_plain_refusal
        assert county.rows("user_account") == 1

    def test_of_an_unknown_organization_is_refused(self, county: Command) -> None:
        assert county(*SAM[:5], "--participant", "nobody", *SAM[7:], *PASSWORD).is_a_plain_refusal

    def test_changed_signs_in_anew_and_closed_no_more(self, county: Command) -> None:
        county(*SAM, *PASSWORD)

        assert county("user", "roles", "sam", "--role", "handoff-staff").code == 0
        assert "handoff-staff" in county("user", "list").out
        assert county("user", "sign-out", "SAM").code == 0
        reset = county("user", "reset", "sam", "--password", "another quiet night")
        assert (reset.code, "not shown again" in reset.out) == (0, True)
        assert county("user", "close", "sam").code == 0

        assert "closed" in county("user", "list").out
        assert county("audit", "export").out.count("hub:user:changed") == 4

    def test_that_nobody_is_or_with_a_short_password_is_refused(self, county: Command) -> None:
        county(*SAM, *PASSWORD)
        assert county("user", "reset", "sam", "--password", "short").is_a_plain_refusal
        for words in (("close",), ("sign-out",), ("roles", "--role", "hmis-staff")):
            assert county("user", *words, "nobody").is_a_plain_refusal
        assert "hub:user:changed" not in county("audit", "export").out


class TestClient:
    def test_added_may_ask_for_tokens(self, county: Command, public_keys: Path) -> None:
        assert "No system has a key yet" in county("client", "list").out

        ran = county(*CLARITY, "--scope", "hub/hmis.write")

        assert ran.code == 0
        assert "hub/hmis.write" in county("client", "list").out

    def test_with_a_scope_or_a_key_that_is_none_is_refused(self, county: Command, public_keys: Path) -> None:
        assert county(*CLARITY, "--scope", "hub/everything").is_a_plain_refusal
        for content in ("", "[]", '{"keys": [{"kty": "oct", "k": "AAAA"}]}'):
            public_keys.write_text(content)
            assert county(*CLARITY, "--scope", "hub/hmis.write").is_a_plain_refusal
        public_keys.unlink()
        assert county(*CLARITY, "--scope", "hub/hmis.write").is_a_plain_refusal
        assert county.rows("client") == 0

    def test_turns_its_keys_and_is_shut_out(self, county: Command, public_keys: Path) -> None:
        county(*CLARITY, "--scope", "hub/hmis.write")

        assert county("client", "keys", "clarity", "--keys", "jwks.json").code == 0
        assert county("client", "close", "clarity").code == 0
        assert "closed" in county("client", "list").out
        assert county("audit", "export").out.count("hub:client:changed") == 2

        public_keys.write_text("[]")
        assert county("client", "keys", "clarity", "--keys", "jwks.json").is_a_plain_refusal
        assert county("client", "close", "nobody").is_a_plain_refusal


class TestSettings:
    def test_are_listed_with_their_meaning(self, bare: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HUB_MLLP_PORT", "2600")

        ran = bare("settings")

        assert ran.code == 0
        assert "2600" in ran.out
        assert "Port of the MLLP listener" in ran.out

    def test_that_are_secret_are_hidden(self, bare: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://hub:open-sesame@db/hub")

        ran = bare("settings")

        assert "(hidden)" in ran.out
        assert "open-sesame" not in ran.out + ran.err

    def test_come_from_a_file_too(self, bare: Command, place: Path) -> None:
        (place / ".env").write_text("HUB_MLLP_SOURCE=mercy-hospital\nHUB_DATABASE_URL=\n")

        assert "mercy-hospital" in bare("settings").out
        assert "(hidden)" not in bare("settings").out

    @pytest.mark.parametrize(
        ("name", "value"),
        [("HUB_PORT", "eighty"), ("HUB_PORT", "70000"), ("HUB_LOG_LEVEL", "chatty"), ("HUB_TIME_ZONE", "Mars/Base")],
    )
    def test_that_cannot_be_are_named(
        self, bare: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        monkeypatch.setenv(name, value)

        ran = bare("settings")

        assert ran.is_a_plain_refusal
        assert name in ran.err


class TestDatabase:
    def test_is_brought_up_to_date_as_often_as_one_likes(self, hub: Command) -> None:
        assert [hub("db", "upgrade").code for _ in range(2)] == [0, 0]

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://hub:open-sesame@127.0.0.1:1/hub",
            "postgresql://hub:open-sesame@no.such.host.invalid/hub",
            "mysql://hub:open-sesame@127.0.0.1/hub",
            "postgresql://hub:open-sesame@127.0.0.1:port/hub",
            "open-sesame",
        ],
    )
    def test_that_is_not_there_is_said_without_its_password(
        self, bare: Command, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        monkeypatch.setenv("HUB_DATABASE_URL", url)

        ran = bare("participant", "list")

        assert ran.is_a_plain_refusal
        assert "HUB_DATABASE_URL" in ran.err
        assert "open-sesame" not in ran.err

    def test_that_the_user_may_not_fill_is_said(
        self, bare: Command, server: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE not_ours")
            connection.execute("CREATE ROLE guest LOGIN")
        monkeypatch.setenv("HUB_DATABASE_URL", server.replace("postgres:@/postgres", "guest:@/not_ours"))
        try:
            ran = bare("db", "upgrade")
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute("DROP DATABASE not_ours WITH (FORCE)")
                connection.execute("DROP ROLE guest")

        assert ran.is_a_plain_refusal
        assert "owner" in ran.err


class TestKeys:
    def test_are_made_once_and_for_their_owner_alone(self, hub: Command, place: Path) -> None:
        hub("audit", "verify")
        made = (place / "keys.json").read_bytes()
        hub("audit", "verify")

        assert (place / "keys.json").read_bytes() == made
        assert (place / "keys.json").stat().st_mode & 0o777 == 0o600

    def test_that_others_may_read_are_refused(self, county: Command, place: Path) -> None:
        assert county("audit", "verify").code == 0
        (place / "keys.json").chmod(0o644)

        ran = county("audit", "verify")

        assert ran.is_a_plain_refusal
        assert "chmod 600" in ran.err

    @pytest.mark.parametrize("content", ["", "{}", '{"master": "zz"}', "[]"])
    def test_that_are_no_keys_are_refused(self, county: Command, place: Path, content: str) -> None:
        (place / "keys.json").write_text(content)
        (place / "keys.json").chmod(0o600)

        assert county("audit", "verify").is_a_plain_refusal

    def test_in_a_folder_are_refused(self, hub: Command, place: Path) -> None:
        (place / "keys.json").mkdir(mode=0o700)

        assert hub("audit", "verify").is_a_plain_refusal

    def test_of_another_hub_change_nothing_here(
        self, county: Command, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add = ("participant", "add", "day-team", "--name", "Day Team", "--capacity", "crisis-provider")
        assert county(*SAM, *PASSWORD).code == 0
        monkeypatch.setenv("HUB_KEY_FILE", str(place / "others.json"))

        assert county(*add).is_a_plain_refusal
        assert county("user", "list").is_a_plain_refusal
        assert county("audit", "verify").code == 1
        monkeypatch.setenv("HUB_KEY_FILE", str(place / "keys.json"))
        assert "day-team" not in county("participant", "list").out
        assert county("audit", "verify").code == 0
