"""`hub backup` and `hub restore`, on an embedded server of the test's own: what was there is there again, and holds."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree, rmtree

import psycopg
import pytest

from hub.store import embedded
from hub.store.backups import Shelf
from tests.cli.conftest import Command, Ran
from tests.conftest import quickest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path, as sockets need; servers that were joined in it are let go."""
    made = Path(tempfile.mkdtemp(prefix="hub-b-", dir=quickest()))
    yield made
    for data in made.glob("*/postgres/PG_VERSION"):
        embedded.stop(data.parents[1])
    rmtree(made, ignore_errors=True)


@pytest.fixture
def hub(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command on an embedded database, with one organization in it."""
    monkeypatch.setenv("HUB_HOME", str(folder / "home"))
    hub = Command("")
    assert _add(hub, "first-night").code == 0
    return hub


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Command]:
    """The command on the database of another home, with the same keys."""

    def there(home: Path) -> Command:
        monkeypatch.setenv("HUB_HOME", str(home))
        return Command("")

    return there


def _add(hub: Command, slug: str) -> Ran:
    return hub("participant", "add", slug, "--name", slug, "--capacity", "crisis-provider")


def _those_in(hub: Command) -> set[str]:
    listed = hub("participant", "list").out
    return {slug for slug in ("first-night", "second-night", "third-night") if slug in listed}


def _moment() -> str:
    time.sleep(1.1)
    said = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    time.sleep(1.1)
    return said


@contextmanager
def following(shelf: Path) -> Iterator[None]:
    """A follower in a process of its own, for as long as the block lasts; it ends by itself when it is told to."""
    line = [sys.executable, "-m", "hub.cli", "backup", str(shelf), "--follow", "--no-verify"]
    process = subprocess.Popen(line, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = iter(process.stdout.readline, "")
    assert any("Following the changes" in line for line in said)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


class TestBackup:
    def test_is_restored_whole_into_a_fresh_place(
        self, hub: Command, folder: Path, at: Callable[[Path], Command]
    ) -> None:
        made = hub("backup", folder / "shelf")
        assert made.code == 0, made.err
        assert "Restored and verified" in made.out
        _add(hub, "second-night")

        restored = hub("restore", folder / "shelf", "--to", folder / "again")

        assert restored.code == 0, restored.err
        assert "Intact" in restored.out
        assert "carry them out anew" in restored.out
        again = at(folder / "again")
        assert _those_in(again) == {"first-night"}
        assert again("audit", "verify", "--json").report["problem"] is None
        assert "hub:backup:restored" in again("audit", "export", "--act", "hub:backup:restored").out

    def test_holds_no_keys_and_lets_nobody_else_in(self, hub: Command, folder: Path, place: Path) -> None:
        assert hub("backup", folder / "shelf", "--no-verify").code == 0

        secret = (place / "keys.json").read_bytes()
        values = [value.encode() for value in _texts(json.loads(secret))]
        assert values
        for path in (path for path in (folder / "shelf").rglob("*") if path.is_file()):
            content = path.read_bytes()
            assert not any(value in content or _raw(value) in content for value in values), path
        assert (folder / "shelf").stat().st_mode & 0o077 == 0

    def test_refuses_a_folder_that_others_may_enter(self, hub: Command, folder: Path) -> None:
        assert hub("backup", folder / "shelf", "--no-verify").code == 0
        (folder / "shelf").chmod(0o755)

        ran = hub("backup", folder / "shelf")

        assert ran.is_a_plain_refusal
        assert "chmod 700" in ran.err

    def test_of_a_log_that_does_not_hold_says_so(self, hub: Command, folder: Path) -> None:
        with psycopg.connect(embedded.start(folder / "home"), autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")  # past the triggers, as an operator could
            connection.execute("UPDATE audit_entry SET actor = 'hub:somebody-else'")

        ran = hub("backup", folder / "shelf")

        assert ran.code == 2
        assert "does not hold" in ran.err

    def test_keeps_the_newest_and_those_that_are_young(self, hub: Command, folder: Path) -> None:
        shelf = folder / "shelf"
        assert hub("backup", shelf, "--no-verify").code == 0
        (first,) = Shelf(shelf).all()
        for days in (40, 20):
            _older(first.folder, days)
        first.folder.rename(shelf / "moved")
        time.sleep(1.1)

        ran = hub("backup", shelf, "--no-verify", "--keep-days", "30")

        assert "1 older than 30 days removed" in ran.out
        ages = [(datetime.now(UTC) - one.manifest.made_at).days for one in Shelf(shelf).all()]
        assert ages == [20, 0, 0]

    def test_that_never_ended_is_none(self, hub: Command, folder: Path) -> None:
        assert hub("backup", folder / "shelf", "--no-verify").code == 0
        (made,) = Shelf(folder / "shelf").all()
        (made.folder / "manifest.json").unlink()

        ran = hub("restore", folder / "shelf", "--list")

        assert ran.code == 0
        assert "There is no backup" in ran.out


def _older(made: Path, days: int) -> None:
    copy = made.with_name(f"{days}-days-ago")
    copytree(made, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["made_at"] = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    (copy / "manifest.json").write_text(json.dumps(manifest))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, str) and len(value) >= 32:
        yield value


def _raw(value: bytes) -> bytes:
    try:
        return bytes.fromhex(value.decode())
    except ValueError:
        return value


class TestFollow:
    def test_lets_any_later_moment_be_restored(self, hub: Command, folder: Path, at: Callable[[Path], Command]) -> None:
        shelf = folder / "shelf"
        with following(shelf):
            _add(hub, "second-night")
            between = _moment()
            _add(hub, "third-night")

        as_of = hub("restore", shelf, "--to", folder / "then", "--at", between)
        all_of_it = hub("restore", shelf, "--to", folder / "last")
        too_late = hub("restore", shelf, "--to", folder / "never", "--at", "2100-01-01T00:00:00")

        assert (as_of.code, all_of_it.code) == (0, 0), (as_of.err, all_of_it.err)
        assert _those_in(at(folder / "then")) == {"first-night", "second-night"}
        assert _those_in(at(folder / "last")) == {"first-night", "second-night", "third-night"}
        assert too_late.code == 2
        assert "end before that moment" in too_late.err
        assert not (folder / "never" / "postgres").exists(), "nothing half restored stays"

    def test_lets_go(self, hub: Command, folder: Path) -> None:
        slots = "SELECT count(*) FROM pg_replication_slots"
        with following(folder / "shelf"):
            pass
        with psycopg.connect(embedded.start(folder / "home")) as connection:
            held = connection.execute(slots).fetchone()

        assert hub("backup", folder / "shelf", "--let-go").code == 0

        with psycopg.connect(embedded.start(folder / "home")) as connection:
            assert (held, connection.execute(slots).fetchone()) == ((1,), (0,))


class TestRestore:
    @pytest.fixture
    def shelf(self, hub: Command, folder: Path) -> Path:
        assert hub("backup", folder / "shelf", "--no-verify").code == 0
        return folder / "shelf"

    def test_lists_what_there_is(self, hub: Command, shelf: Path) -> None:
        ran = hub("restore", shelf, "--list")

        assert f"{datetime.now(UTC):%Y-%m-%d}" in ran.out

    def test_never_overwrites_a_database(self, hub: Command, shelf: Path, folder: Path) -> None:
        ran = hub("restore", shelf, "--to", folder / "home")

        assert ran.is_a_plain_refusal
        assert "There is a database" in ran.err

    @pytest.mark.parametrize(
        ("moment", "says"),
        [("2001-01-01T00:00:00", "no backup that old"), ("2100-01-01T00:00:00", "No changes after")],
    )
    def test_of_a_moment_that_is_not_kept_says_what_is(
        self, hub: Command, shelf: Path, folder: Path, moment: str, says: str
    ) -> None:
        ran = hub("restore", shelf, "--to", folder / "then", "--at", moment)

        assert ran.is_a_plain_refusal
        assert says in ran.err
        assert not (folder / "then").exists()

    def test_without_the_keys_is_refused_and_makes_none(
        self, hub: Command, shelf: Path, folder: Path, place: Path
    ) -> None:
        (place / "keys.json").rename(place / "elsewhere.json")

        ran = hub("restore", shelf, "--to", folder / "then")

        assert ran.is_a_plain_refusal
        assert "not in a backup" in ran.err
        assert not (place / "keys.json").exists()

    def test_under_other_keys_is_refused(
        self, hub: Command, shelf: Path, folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HUB_KEY_FILE", str(place / "others.json"))
        monkeypatch.setenv("HUB_HOME", str(folder / "other"))
        assert _add(Command(""), "first-night").code == 0

        ran = hub("restore", shelf, "--to", folder / "then")

        assert ran.is_a_plain_refusal
        assert "under other keys" in ran.err

    @pytest.mark.parametrize("file", ["PG_VERSION", "backup_manifest"])
    def test_of_a_copy_that_was_changed_is_refused(self, hub: Command, shelf: Path, folder: Path, file: str) -> None:
        (backup,) = Shelf(shelf).all()
        content = (backup.base / file).read_bytes()
        (backup.base / file).write_bytes(content.replace(b"1", b"2", 1))

        ran = hub("restore", shelf, "--to", folder / "then")

        assert ran.is_a_plain_refusal
        assert "Use another backup" in ran.err
        assert not (folder / "then").exists()
