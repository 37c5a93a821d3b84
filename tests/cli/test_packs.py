"""`hub packs`: the law of states is loaded as counsel signed it off, and not otherwise."""

from pathlib import Path

import psycopg
import pytest

from consent.packs import example
from tests.cli.conftest import Command

SIGN_OFF = 'signed_off = {by = "A. Counsel", bar = "NY 1234", at = 2025-12-20}'
UNSIGNED = '# signed_off = {by = "name or role", bar = "bar and number", at = 2026-01-01}'


@pytest.fixture
def unsigned(place: Path) -> Path:
    """The strict example, as it comes."""
    path = place / "new-york.toml"
    path.write_text(example("us_ny.toml"), encoding="utf-8")
    return path


@pytest.fixture
def signed(unsigned: Path) -> Path:
    """A copy of it that counsel signed off."""
    text = unsigned.read_text(encoding="utf-8")
    assert UNSIGNED in text
    path = unsigned.with_name("signed.toml")
    path.write_text(text.replace(UNSIGNED, SIGN_OFF), encoding="utf-8")
    return path


class TestPacks:
    def test_are_listed_with_the_examples_that_nobody_signed(self, hub: Command) -> None:
        ran = hub("packs")

        assert ran.code == 0
        assert "No pack is loaded" in ran.out
        assert "example us_ny.toml, not loaded" in ran.out
        assert ran.out.count("nobody has signed it off") == 2
        assert "N.Y. Mental Hyg. Law 33.13(c), (d)" in ran.out
        assert "least certain" in ran.out

    def test_are_listed_once_they_are_loaded(self, hub: Command, signed: Path) -> None:
        hub("packs", "load", signed)

        ran = hub("packs")

        assert "No pack is loaded" not in ran.out
        assert "signed off by A. Counsel (NY 1234) on 2025-12-20: counts" in ran.out


class TestCheck:
    def test_shows_what_counsel_is_to_read_and_needs_no_database(self, bare: Command, unsigned: Path) -> None:
        ran = bare("packs", "check", unsigned)

        assert (ran.code, ran.err) == (0, "")
        assert "nobody has signed it off: it does not count" in ran.out
        assert "[Holds back photograph; not for own access" in " ".join(ran.out.replace("│", "").split())

    def test_of_one_with_mistakes_names_each_and_exits_2(self, bare: Command, unsigned: Path) -> None:
        text = unsigned.read_text(encoding="utf-8")
        unsigned.write_text(text.replace('"US-NY"', '"Marcus"').replace("{withhold = true}", "{permit = true}", 1))

        ran = bare("packs", "check", unsigned)

        assert ran.is_a_plain_refusal
        assert "new-york.toml: jurisdiction: expected" in ran.err
        assert "new-york.toml: edition 1, narrow 1, then, permit: expected no key of this name" in ran.err
        assert "Marcus" not in ran.err

    @pytest.mark.parametrize("name", ["nowhere.toml", "."])
    def test_of_no_file_is_refused(self, bare: Command, name: str) -> None:
        ran = bare("packs", "check", name)

        assert ran.is_a_plain_refusal
        assert name in ran.err


class TestLoad:
    def test_of_one_that_nobody_signed_off_is_refused(self, hub: Command, unsigned: Path) -> None:
        ran = hub("packs", "load", unsigned)

        assert ran.is_a_plain_refusal
        assert "no edition is signed off" in ran.err
        assert hub.rows("state_pack") == 0

    def test_of_one_that_is_signed_off_is_on_record(self, hub: Command, signed: Path) -> None:
        ran = hub("packs", "load", signed)

        assert ran.code == 0
        assert "loaded, text " in ran.out
        assert "hub:pack:loaded" in hub("audit", "export").out

    def test_again_replaces_what_was_loaded_and_keeps_it(self, hub: Command, signed: Path) -> None:
        assert [hub("packs", "load", signed).code for _ in range(2)] == [0, 0]

        assert hub.rows("state_pack") == 2
        assert hub("packs").out.count("(loaded, text ") == 1


class TestWithdraw:
    def test_takes_a_pack_out_of_use_and_is_on_record(self, hub: Command, signed: Path) -> None:
        hub("packs", "load", signed)

        assert hub("packs", "withdraw", "US-NY").code == 0

        assert "No pack is loaded" in hub("packs").out
        assert hub.rows("state_pack") == 1
        assert "hub:pack:withdrawn" in hub("audit", "export").out

    def test_of_a_state_that_has_none_is_refused(self, hub: Command) -> None:
        assert hub("packs", "withdraw", "US-NY").is_a_plain_refusal


class TestParticipant:
    ADD = ("participant", "add", "night-team", "--name", "Night Team", "--capacity", "crisis-provider")

    def test_is_under_the_law_of_the_states_it_is_added_with(self, hub: Command) -> None:
        assert hub(*self.ADD, "--state", "US-NY", "--state", "US-TX").code == 0
        assert _jurisdictions(hub) == ["US", "US-NY", "US-TX"]

        assert hub(*self.ADD).code == 0
        assert _jurisdictions(hub) == ["US"]

    @pytest.mark.parametrize("state", ["NY", "US", "us-ny", "US-NEW"])
    def test_is_not_added_with_a_state_that_is_none(self, hub: Command, state: str) -> None:
        ran = hub(*self.ADD, "--state", state)

        assert ran.is_a_plain_refusal
        assert "--state" in ran.err
        assert hub.rows("participant") == 0


def _jurisdictions(hub: Command) -> list[str]:
    with psycopg.connect(hub.database_url) as connection:
        (found,) = connection.execute("SELECT jurisdictions FROM participant").fetchall()
    places: list[str] = found[0]
    return places
