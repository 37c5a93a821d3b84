"""Keys: made once, read by nobody else, and what is sealed opens only where it belongs."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.errors import Unavailable
from hub.store.crypto import Broken, Keys, load


class TestLoad:
    def test_by_many_at_once_makes_one_key(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(8) as pool:
            keys = list(pool.map(lambda _: load(tmp_path / "home" / "keys.json"), range(16)))

        assert {one.token("test", "the same") for one in keys} == {keys[0].token("test", "the same")}
        assert [path.name for path in (tmp_path / "home").iterdir()] == ["keys.json"]

    def test_refuses_a_file_that_others_may_read(self, tmp_path: Path) -> None:
        load(tmp_path / "keys.json")
        (tmp_path / "keys.json").chmod(0o640)

        with pytest.raises(Unavailable, match="Others may read"):
            load(tmp_path / "keys.json")

    def test_refuses_what_is_no_key_file_without_showing_it(self, tmp_path: Path) -> None:
        (tmp_path / "keys.json").write_text("hunter2")
        (tmp_path / "keys.json").chmod(0o600)

        with pytest.raises(Unavailable) as refusal:
            load(tmp_path / "keys.json")
        assert "hunter2" not in str(refusal.value)


class TestSeal:
    def test_opens_where_it_was_sealed_and_nowhere_else(self, keys: Keys) -> None:
        sealed = keys.messages.seal(b"Delgado", "message|1")

        assert keys.messages.open(sealed, "message|1") == b"Delgado"
        with pytest.raises(Broken):
            keys.messages.open(sealed, "message|2")

    def test_shows_when_one_bit_was_changed(self, keys: Keys) -> None:
        sealed = bytearray(keys.messages.seal(b"Delgado", "message|1"))
        sealed[-1] ^= 1

        with pytest.raises(Broken) as broken:
            keys.messages.open(bytes(sealed), "message|1")
        assert "Delgado" not in str(broken.value)

    def test_of_one_person_does_not_open_with_anothers_key(self, keys: Keys) -> None:
        first, second = (keys.of_person(name, keys.new_person_key(name)) for name in ("a", "b"))

        with pytest.raises(Broken):
            second.open(first.seal(b"Delgado", "record|1"), "record|1")

    def test_a_wrapped_key_moved_to_another_person_does_not_unwrap(self, keys: Keys) -> None:
        with pytest.raises(Broken):
            keys.of_person("b", keys.new_person_key("a"))


class TestToken:
    def test_is_equal_for_equal_values_of_one_purpose_alone(self, keys: Keys) -> None:
        assert keys.token("login", "nora") == keys.token("login", "nora")
        assert keys.token("login", "nora") != keys.token("subject", "nora")
        assert keys.token("login", "nora") != Keys(b"\x08" * 32).token("login", "nora")
