"""The key file: its owner's alone, whole at every moment, and looked at again when somebody turned the ring."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.errors import Unavailable
from hub.store.crypto import Broken, KeyFile, Keys, Ring, load
from hub.store.crypto import keys as at_work
from hub.store.crypto.providers import LocalFile

AT = datetime(2026, 11, 28, tzinfo=UTC)
MASTER = b"\x07" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def of_the_first_kind(path: Path) -> Path:
    """The key file of a hub that was made before there were rings."""
    path.write_text(json.dumps({"master": MASTER.hex()}))
    path.chmod(0o600)
    return path


def turn(path: Path) -> Ring:
    """As another process does it."""
    file = KeyFile(path)
    ring = file.read().with_next(AT).turned()
    file.write(ring)
    return ring


class Away(LocalFile):
    """A provider that can be sent away."""

    def __init__(self) -> None:
        self.is_away = False
        self.asked = 0

    def unwrap(self, wrapped: bytes, context: object) -> bytes:
        self.asked += 1
        if self.is_away:
            raise Unavailable("The provider does not answer.")
        return wrapped


class TestFileOfTheFirstKind:
    def test_opens_as_it_did_and_is_left_as_it_is(self, of_the_first_kind: Path) -> None:
        before = of_the_first_kind.read_bytes()
        keys = load(of_the_first_kind)

        assert keys.token("login", "nora") == Keys(MASTER).token("login", "nora")
        assert keys.derive("audit-signing") == Keys(MASTER).derive("audit-signing")
        assert keys.accounts.open(Keys(MASTER).accounts.seal(b"x", "a|1"), "a|1") == b"x"
        assert of_the_first_kind.read_bytes() == before

    def test_becomes_one_of_the_second_when_it_turns(self, of_the_first_kind: Path) -> None:
        sealed = load(of_the_first_kind).accounts.seal(b"x", "a|1")
        turn(of_the_first_kind)
        keys = load(of_the_first_kind)

        assert json.loads(of_the_first_kind.read_bytes())["format"] == 2
        assert keys.accounts.open(sealed, "a|1") == b"x"
        assert keys.accounts.seal(b"x", "a|1")[0] == 2
        assert keys.token("login", "nora") == Keys(MASTER).token("login", "nora")


class TestFile:
    def test_that_is_a_link_is_refused(self, path: Path, tmp_path: Path) -> None:
        load(path)
        (tmp_path / "link.json").symlink_to(path)

        with pytest.raises(Unavailable, match="is a link"):
            load(tmp_path / "link.json")

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610])
    def test_that_others_may_touch_is_refused(self, path: Path, mode: int) -> None:
        load(path)
        path.chmod(mode)

        with pytest.raises(Unavailable, match="Others may read"):
            load(path)

    def test_of_another_user_is_refused(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        load(path)
        me = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: me + 1)

        with pytest.raises(Unavailable, match="belongs to another user"):
            load(path)

    def test_in_a_folder_where_everyone_may_write_is_refused(self, tmp_path: Path) -> None:
        folder = tmp_path / "open"
        folder.mkdir()
        load(folder / "keys.json")
        folder.chmod(0o777)

        with pytest.raises(Unavailable, match="Everyone may write"):
            load(folder / "keys.json")
        folder.chmod(0o1777)  # as /tmp: nobody may replace another's file
        load(folder / "keys.json")

    def test_that_is_a_pipe_is_refused_and_nobody_waits(self, path: Path) -> None:
        os.mkfifo(path, 0o600)

        with pytest.raises(Unavailable, match="not a key file"):
            load(path)

    def test_is_made_in_a_folder_of_its_owner_alone(self, tmp_path: Path) -> None:
        load(tmp_path / "home" / "keys.json")

        assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700

    @pytest.mark.parametrize("field", ["ring", "provider", "wrapped", "sealed", "format"])
    def test_that_was_tampered_with_is_refused(self, path: Path, field: str) -> None:
        load(path)
        said = json.loads(path.read_bytes())
        said[field] = "AAAA" if field != "format" else 3
        path.write_text(json.dumps(said))

        with pytest.raises(Unavailable):
            load(path)

    def test_held_by_another_provider_says_who_holds_it(self, path: Path) -> None:
        class Other(LocalFile):
            name = "vault"

        KeyFile(path, Other()).read()

        with pytest.raises(Unavailable, match="held by vault, and HUB_KEY_PROVIDER names file"):
            load(path)


class TestTurnedByAnotherProcess:
    def test_is_noticed_by_whoever_meets_a_version_they_do_not_know(self, path: Path) -> None:
        here = load(path)
        turn(path)
        sealed = load(path).accounts.seal(b"x", "a|1")

        assert sealed[0] == 2
        assert here.accounts.open(sealed, "a|1") == b"x"

    def test_is_noticed_by_whoever_seals_within_a_moment(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(at_work, "LOOK_EVERY", 0.0)
        here = load(path)
        assert here.accounts.seal(b"x", "a|1")[0] == 1
        turn(path)

        assert here.accounts.seal(b"x", "a|1")[0] == 2

    def test_asks_the_provider_once_however_much_cannot_be_opened(self, path: Path) -> None:
        provider = Away()
        here = Keys((file := KeyFile(path, provider)).read(), file)
        asked = provider.asked

        for _ in range(5):
            with pytest.raises(Broken):
                here.accounts.open(b"\x63" + bytes(40), "a|1")
        assert provider.asked == asked

    def test_while_the_provider_is_away_goes_on_with_what_is_in_memory(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(at_work, "LOOK_EVERY", 0.0)
        monkeypatch.setattr(at_work, "LET_REST", 0.0)
        provider = Away()
        here = Keys((file := KeyFile(path, provider)).read(), file)
        old = here.accounts.seal(b"x", "a|1")
        turn(path)
        new = load(path).accounts.seal(b"y", "a|1")
        provider.is_away = True

        assert here.accounts.open(old, "a|1") == b"x"
        assert here.accounts.seal(b"z", "a|1")[0] == 1
        with pytest.raises(Unavailable):
            here.accounts.open(new, "a|1")

        provider.is_away = False
        assert here.accounts.open(new, "a|1") == b"y"
        assert here.accounts.seal(b"z", "a|1")[0] == 2

    def test_forgets_a_key_that_was_dropped(self, path: Path) -> None:
        here = load(path)
        sealed = here.accounts.seal(b"x", "a|1")
        KeyFile(path).write(turn(path).without(1))
        here.look()

        with pytest.raises(Broken):
            here.accounts.open(sealed, "a|1")
