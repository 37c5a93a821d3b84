"""`hub keys`: turned while others work, broken off and taken up, and dropped only once nothing hangs on it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGKILL
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Engine

from hub.store import audit, db
from hub.store.audit import Act, AuditLog, Entry
from hub.store.crypto import Keys, load
from hub.store.directory import Directory, ParticipantRow
from hub.store.messages import Messages
from hub.store.rotation import counted, turning
from schemas.messages import RawMessage
from tests.cli.conftest import Command
from tests.store.crypto.fakes import VaultHandler, running

MASTER = b"\x07" * 32
MANY = 6000


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody else is at work."""
    monkeypatch.setattr(turning, "SETTLE", 0.01)
    monkeypatch.setattr(turning, "BETWEEN_ROUNDS", 0.01)


@pytest.fixture
def old(place: Path) -> Keys:
    """The keys of a home that was made before there were rings."""
    (place / "keys.json").write_text(json.dumps({"master": MASTER.hex()}))
    (place / "keys.json").chmod(0o600)
    return Keys(MASTER)


@pytest.fixture
def message(engine: Engine, old: Keys) -> UUID:
    with db.transaction(engine) as session:
        Directory(session).add(ParticipantRow(slug="a", name="A", capacities=["crisis-provider"]))
        kept = RawMessage(
            id=uuid4(), feed="hl7v2", source="a", received_at=datetime.now(UTC), name="x.hl7", content=b"MSH|Delgado"
        )
        return Messages(session, old).keep(kept).id


def content(engine: Engine, place: Path, message: UUID) -> bytes:
    with db.transaction(engine) as session:
        messages = Messages(session, load(place / "keys.json"))
        return messages.open(messages.row(message)).content


def under(engine: Engine) -> dict[int, int]:
    """How many values are under each version."""
    with engine.connect() as connection:
        return {version: found.total() for version, found in counted(connection).items()}


def entries(engine: Engine, place: Path, act: Act) -> list[Entry]:
    audit.sequence(engine)
    with db.transaction(engine) as session:
        return AuditLog(session, load(place / "keys.json")).entries(act=act)


class TestRotate:
    def test_seals_everything_anew_and_says_so(
        self, hub: Command, engine: Engine, place: Path, message: UUID, quick: None
    ) -> None:
        ran = hub("keys", "rotate")

        assert ran.code == 0
        assert "Version 2 seals; 2 values were sealed anew." in ran.out
        assert under(engine) == {2: 2}
        assert content(engine, place, message) == b"MSH|Delgado"
        assert entries(engine, place, Act.KEYS_TURNED)[0].details == {"from": 1, "to": 2}
        assert entries(engine, place, Act.KEYS_SEALED_ANEW)[0].details == {"version": 2, "values": 2, "unopened": 0}
        assert hub("audit", "verify").code == 0

    def test_twice_turns_twice(self, hub: Command, engine: Engine, message: UUID, quick: None) -> None:
        assert hub("keys", "rotate").code == 0
        assert hub("keys", "rotate").code == 0
        assert under(engine) == {3: 2}

    def test_goes_on_with_what_was_broken_off(
        self, hub: Command, engine: Engine, place: Path, message: UUID, old: Keys, quick: None
    ) -> None:
        hub("keys", "rotate")
        with psycopg.connect(hub.database_url) as connection:
            late = old.messages.seal(b"x.hl7", f"message-name|{message}")
            connection.execute("UPDATE raw_message SET sealed_name = %s", [late])
        ran = hub("keys", "rotate")

        assert "going on with version 2" in ran.out
        assert under(engine) == {2: 2}

    def test_does_not_go_on_for_ever_because_of_what_does_not_open(
        self, hub: Command, engine: Engine, message: UUID, quick: None
    ) -> None:
        with psycopg.connect(hub.database_url) as connection:
            connection.execute("UPDATE raw_message SET sealed_name = sealed_name || '\\x00'")
        first, second = hub("keys", "rotate"), hub("keys", "rotate")

        assert (first.code, second.code) == (1, 1)
        assert "1 values do not open" in first.out
        assert under(engine) == {1: 1, 3: 1}

    def test_by_another_meanwhile_is_refused(self, hub: Command, engine: Engine, message: UUID) -> None:
        with engine.connect() as other:
            other.exec_driver_sql("SELECT pg_advisory_lock(hashtext('hub.keys'))")
            ran = hub("keys", "rotate")

        assert ran.is_a_plain_refusal
        assert under(engine) == {1: 2}


class TestRotateWhileOthersWork:
    def test_loses_nothing_and_stops_nobody(self, hub: Command, engine: Engine, place: Path, message: UUID) -> None:
        """Two processes keep and read people and messages all the while; the old keys are dropped under their feet."""
        with busy(hub, place, "ana") as ana, busy(hub, place, "ben") as ben:
            time.sleep(0.5)
            rotated = hub("keys", "rotate")
            left = under(engine)
            retired = hub("keys", "retire", "1")
            time.sleep(0.5)
            said = [finished(ana), finished(ben)]

        assert rotated.code == 0, rotated.err
        assert set(left) == {2}
        assert retired.code == 0, retired.err
        for written, read, version in said:
            assert written == read > 10
            assert version == 2
        assert hub.rows("person") == sum(written for written, _, _ in said)
        assert hub("audit", "verify").code == 0

    def test_killed_halfway_goes_on_where_it_stopped(
        self, hub: Command, engine: Engine, place: Path, message: UUID, old: Keys
    ) -> None:
        _make_people(hub.database_url, old)
        rotating = subprocess.Popen(
            [sys.executable, "-m", "hub.cli", "keys", "rotate"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while (moved := under(engine).get(2, 0)) == 0 and time.monotonic() < deadline:
            pass
        rotating.send_signal(SIGKILL)
        rotating.wait()
        halfway = under(engine)
        ran = hub("keys", "rotate")

        assert moved > 0
        assert set(halfway) == {1, 2}, "it was killed in the middle"
        assert "going on with version 2" in ran.out
        assert under(engine) == {2: MANY + 2}
        assert hub("keys", "retire", "1").code == 0
        assert content(engine, place, message) == b"MSH|Delgado"


def _make_people(url: str, keys: Keys) -> None:
    copy_in = "COPY person (id, wrapped_key, created_at) FROM STDIN"
    with psycopg.connect(url) as connection, connection.cursor() as cursor, cursor.copy(copy_in) as copy:
        for person in (uuid4() for _ in range(MANY)):
            copy.write_row((person, keys.new_person_key(str(person)), datetime.now(UTC)))


@contextmanager
def busy(hub: Command, place: Path, name: str) -> Iterator["subprocess.Popen[str]"]:
    """A process at work; see `tests.store.rotation.busy`."""
    command = [sys.executable, "-m", "tests.store.rotation.busy", hub.database_url, str(place / "keys.json"), name]
    root = Path(__file__).parents[2]
    own, pipe = {**os.environ, "PYTHONPATH": str(root)}, subprocess.PIPE
    with subprocess.Popen(command, text=True, cwd=root, env=own, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


def finished(process: "subprocess.Popen[str]") -> tuple[int, ...]:
    """What it says at its end: how often it wrote and read, and under which version it seals."""
    said, _ = process.communicate("stop\n", timeout=30)
    assert process.returncode == 0
    lines = [line for line in said.splitlines() if line[:1].isdecimal() and "[" not in line]
    return tuple(map(int, lines[-1].split()))


class TestRetire:
    def test_while_something_is_left_is_refused(
        self, hub: Command, engine: Engine, place: Path, message: UUID, old: Keys, quick: None
    ) -> None:
        hub("keys", "rotate")
        with psycopg.connect(hub.database_url) as connection:
            late = old.messages.seal(b"x.hl7", f"message-name|{message}")
            connection.execute("UPDATE raw_message SET sealed_name = %s", [late])
        ran = hub("keys", "retire", "1")

        assert ran.is_a_plain_refusal
        assert "hub keys rotate" in ran.err
        assert content(engine, place, message) == b"MSH|Delgado"

    def test_takes_the_old_key_out_of_the_file_and_says_so(
        self, hub: Command, engine: Engine, place: Path, message: UUID, quick: None
    ) -> None:
        hub("keys", "rotate")
        ran = hub("keys", "retire", "1")

        assert ran.code == 0
        assert list(load(place / "keys.json")._ring.masters) == [2]
        assert entries(engine, place, Act.KEYS_RETIRED)[0].details == {"version": 1}
        assert content(engine, place, message) == b"MSH|Delgado"
        assert hub("audit", "verify").code == 0

    def test_broken_off_goes_on(self, hub: Command, engine: Engine, place: Path, message: UUID, quick: None) -> None:
        """The database refuses the version already; the file has it still."""
        hub("keys", "rotate")
        with psycopg.connect(hub.database_url) as connection:
            connection.execute("INSERT INTO dropped_key_version VALUES (1, now())")

        assert hub("keys", "retire", "1").code == 0
        assert list(load(place / "keys.json")._ring.masters) == [2]

    @pytest.mark.parametrize(("version", "says"), [("1", "in use"), ("2", "no version 2")])
    def test_of_the_one_in_use_or_of_none_is_refused(
        self, hub: Command, message: UUID, version: str, says: str
    ) -> None:
        ran = hub("keys", "retire", version)

        assert ran.is_a_plain_refusal
        assert says in ran.err


class TestStatus:
    def test_says_what_hangs_on_which(self, hub: Command, message: UUID, quick: None) -> None:
        before = hub("keys", "status").out
        hub("keys", "rotate")
        after = hub("keys", "status").out
        hub("keys", "retire", "1")
        gone = hub("keys", "status").out

        assert "the beginning" in before
        assert "1 raw_chunk.sealed" in before
        assert "(0 days)" in after
        assert "in use" in after
        assert "the key of its audit entries stays" in gone
        assert "Held by: file" in gone

    def test_names_what_is_under_older_versions(self, hub: Command, message: UUID, old: Keys, quick: None) -> None:
        hub("keys", "rotate")
        with psycopg.connect(hub.database_url) as connection:
            late = old.messages.seal(b"x.hl7", f"message-name|{message}")
            connection.execute("UPDATE raw_message SET sealed_name = %s", [late])

        assert "Under older versions: 1." in hub("keys", "status").out

    def test_shows_no_key(self, hub: Command, place: Path, message: UUID, quick: None) -> None:
        hub("keys", "rotate")
        said = hub("keys", "status").out

        ring = json.loads(load(place / "keys.json")._ring.written())
        secrets = [ring["index"], ring["signing"], *ring["kept"].values()]
        secrets += [master["secret"] for master in ring["masters"].values()]
        assert not any(secret in said for secret in secrets)


class TestMove:
    def test_hands_the_keys_to_vault_and_nothing_else_changes(
        self, hub: Command, engine: Engine, place: Path, message: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with running(VaultHandler) as vault:
            monkeypatch.setenv("HUB_KEY_PROVIDER", "vault")
            monkeypatch.setenv("HUB_VAULT_URL", vault.url)
            monkeypatch.setenv("HUB_VAULT_KEY", "hub")
            answers = []
            for command in (("audit", "verify"), ("keys", "move"), ("keys", "move"), ("keys", "status")):
                monkeypatch.setenv("HUB_VAULT_TOKEN", VaultHandler.TOKEN)
                answers.append(hub(*command))
            before, moved, again, status = answers
            vault.mood = "breaks"
            monkeypatch.setenv("HUB_VAULT_TOKEN", VaultHandler.TOKEN)
            away = hub("audit", "verify")

        assert before.is_a_plain_refusal
        assert "hub keys move" in before.err
        assert moved.code == 0, moved.err
        assert again.is_a_plain_refusal
        assert "Held by: vault" in status.out
        assert MASTER.hex() not in (place / "keys.json").read_text()
        assert away.is_a_plain_refusal
        assert "Vault" in away.err

    def test_to_the_environment_and_back(
        self, hub: Command, engine: Engine, place: Path, message: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        codes = []
        for holder in ("environment", "file"):
            monkeypatch.setenv("HUB_KEY_PROVIDER", holder)
            monkeypatch.setenv("HUB_KEY_SECRET", bytes(range(32)).hex())
            codes.append(hub("keys", "move").code)

        assert codes == [0, 0]
        assert content(engine, place, message) == b"MSH|Delgado"
        assert [entry.details for entry in entries(engine, place, Act.KEYS_MOVED)] == [
            {"from": "environment", "to": "file"},
            {"from": "file", "to": "environment"},
        ]
