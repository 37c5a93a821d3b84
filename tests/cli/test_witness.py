"""`hub witness`: a clerk's office vouches for a hub's log, over HTTP, and an old backup is caught at the next start."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import uvicorn

from hub.edge.witness import create_witness
from hub.flow import cosigning
from tests.cli.conftest import Command, Ran
from tests.conftest import copy_of

CLERK = "clerk.example"


@contextmanager
def serving(home: Path, port: int = 0) -> Iterator[int]:
    """The witness of a folder, answering on a port for as long as the block lasts."""
    bound = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(create_witness(home), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        bound.close()


@pytest.fixture
def clerk(hub: Command, place: Path) -> Path:
    """A witness with a key, which trusts this hub's log."""
    home = place / "clerk"
    hub("witness", "key", "--name", CLERK, "--home", home)
    hub("participant", "add", "first-team", "--name", "First Team", "--capacity", "crisis-provider")
    assert hub("witness", "trust", hub("audit", "key").out.strip(), "--home", home).code == 0
    return home


def key_of(hub: Command, home: Path) -> str:
    return hub("witness", "key", "--home", home).out.strip()


def add_team(hub: Command, slug: str) -> Ran:
    return hub("participant", "add", slug, "--name", slug, "--capacity", "crisis-provider")


@pytest.fixture
def witnessed(hub: Command, clerk: Path) -> Iterator[Command]:
    """A hub whose log the clerk cosigns."""
    with serving(clerk) as port:
        ran = hub("witness", "add", "clerk", f"http://127.0.0.1:{port}", key_of(hub, clerk))
        assert ran.code == 0, ran.err
        yield hub


class TestVerify:
    def test_without_a_witness_says_that_the_operator_could_rewrite_all(self, hub: Command) -> None:
        assert "could rewrite all of it" in hub("audit", "verify").out

    def test_says_how_many_have_cosigned(self, witnessed: Command) -> None:
        told, report = witnessed("audit", "verify"), witnessed("audit", "verify", "--json").report

        assert (told.code, "Cosigned by 1 of 1 witnesses" in told.out) == (0, True)
        assert report["witnessed"] == {"registered": ["clerk"], "cosigned": ["clerk"], "needed": 0, "covered": 2}

    def test_exits_1_where_fewer_have_than_the_policy_needs(
        self, witnessed: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for needed, code in (("1", 0), ("2", 1)):
            monkeypatch.setenv("HUB_WITNESSES_NEEDED", needed)
            ran = witnessed("audit", "verify")
            assert (ran.code, f"{needed} needed" in ran.out) == (code, True)

    def test_goes_on_without_a_witness_that_hangs_and_says_so(
        self, hub: Command, clerk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cosigning, "DEADLINE", 0.5)
        with socket.create_server(("127.0.0.1", 0)) as hanging:
            url = f"http://127.0.0.1:{hanging.getsockname()[1]}"
            hub("witness", "add", "clerk", url, key_of(hub, clerk))
            began = time.monotonic()
            added = add_team(hub, "second-team")
            took = time.monotonic() - began
            ran = hub("audit", "verify")

        assert (added.code, ran.code, took < 10) == (0, 0, True)
        assert "witness.silent" in added.err
        assert "Witness clerk: It could not be reached" in ran.err
        assert "Cosigned by 0 of 1" in ran.out

    @pytest.mark.parametrize(
        ("change", "flaw"),
        [
            ("UPDATE audit_cosignature SET line = replace(line, '— ', '—  ') WHERE number = 2", "forged"),
            ("UPDATE audit_cosignature SET line = other.line FROM audit_cosignature AS other"
             " WHERE audit_cosignature.number = 2 AND other.number = 1", "forged"),
            ("UPDATE audit_cosignature SET checkpoint = checkpoint + 1 WHERE number = 2", "forged"),
            ("UPDATE audit_cosignature SET number = -number; UPDATE audit_cosignature SET number = 3 + number"
             " WHERE number IN (-1, -2); UPDATE audit_cosignature SET number = -number WHERE number < 0", "forged"),
            ("INSERT INTO audit_cosignature SELECT 99, 1, witness, line FROM audit_cosignature LIMIT 1", "missing"),
            ("INSERT INTO audit_cosignature SELECT max(number) + 1, 1, min(witness), min(line) FROM audit_cosignature",
             "forged"),
            ("DELETE FROM audit_cosignature WHERE number = 1", "missing"),
        ],
        ids=["change", "swap lines", "move", "swap places", "insert beyond", "insert", "drop"],
    )  # fmt: skip
    def test_names_a_cosignature_that_was_tampered_with(self, witnessed: Command, change: str, flaw: str) -> None:
        for slug in ("second-team", "third-team"):
            witnessed("audit", "verify")
            add_team(witnessed, slug)
        with psycopg.connect(witnessed.database_url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(change)

        ran = witnessed("audit", "verify", "--json")

        assert ran.code == 1
        assert ran.report["problem"]["flaw"] == f"cosignature-{flaw}"

    def test_says_that_nobody_has_cosigned_where_the_cosignatures_are_gone_and_the_witness_too(
        self, witnessed: Command
    ) -> None:
        with psycopg.connect(witnessed.database_url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("UPDATE witness SET url = 'http://127.0.0.1:1'")
            connection.execute("TRUNCATE audit_cosignature")

        assert "Cosigned by 0 of 1 witnesses; the first 0 entries" in witnessed("audit", "verify").out


class TestProve:
    def test_gives_the_cosignatures_too(self, witnessed: Command, clerk: Path, place: Path) -> None:
        witnessed("audit", "verify")
        (place / "proof.json").write_text(witnessed("audit", "prove", "0").out)
        log, witness = witnessed("audit", "key").out.strip(), key_of(witnessed, clerk)
        check: tuple[str | Path, ...] = ("audit", "check-bundle", place / "proof.json", "--key", log)
        witnessed("witness", "key", "--name", "other.example", "--home", place / "other")

        assert json.loads((place / "proof.json").read_text())["witnesses"] == [witness]
        assert witnessed(*check, "--witness", witness).code == 0
        ran = witnessed(*check, "--witness", key_of(witnessed, place / "other"))
        assert (ran.code, "other.example has not cosigned" in ran.out) == (1, True)


@pytest.fixture
def yesterday(witnessed: Command, server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Command]]:
    """Lays a copy of the database aside, and puts it in its place later."""
    name = psycopg.conninfo.conninfo_to_dict(witnessed.database_url)["dbname"]
    with psycopg.connect(server, autocommit=True) as connection:  # a database in use is not copied
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    with copy_of(str(name), server) as url:

        def restore() -> Command:
            monkeypatch.setenv("HUB_DATABASE_URL", url)
            return Command(url)

        yield restore


class TestAnOldBackup:
    @pytest.fixture
    def restored(self, witnessed: Command, yesterday: Callable[[], Command]) -> Command:
        """Yesterday's database, after the witness has cosigned today's."""
        add_team(witnessed, "second-team")
        assert "Cosigned by 1 of 1" in witnessed("audit", "verify").out
        return yesterday()

    @pytest.mark.parametrize("command", [("serve",), ("work",), ("listen",)])
    def test_is_not_started(self, restored: Command, command: tuple[str, ...]) -> None:
        ran = restored(*command)

        assert ran.code == 2
        assert "The witness clerk has cosigned 3 entries of this log; this database has 2" in ran.err
        assert "hub audit accept-restore" in ran.err

    def test_is_not_added_to(self, restored: Command) -> None:
        checkpoints = restored.rows("audit_checkpoint")

        assert add_team(restored, "third-team").code == 2
        assert restored.rows("audit_checkpoint") == checkpoints

    def test_is_named_by_verify(self, restored: Command) -> None:
        told, report = restored("audit", "verify"), restored("audit", "verify", "--json").report

        assert (told.code, "NOT intact. witness clerk" in told.out) == (1, True)
        assert (report["problem"]["flaw"], report["problem"]["witness"]) == ("rolled-back", "clerk")

    def test_goes_on_once_an_officer_accepts_it_and_the_witness_trusts_it_anew(
        self, restored: Command, clerk: Path
    ) -> None:
        accepted = restored("audit", "accept-restore", "--incident", "IR-7", "--yes")
        entry = restored("audit", "export", "--form", "jsonl", "--act", "hub:restore:accepted").out
        before = restored("audit", "verify")
        restored("witness", "trust", restored("audit", "key").out.strip(), "--home", clerk)
        after = restored("audit", "verify")

        assert accepted.code == 0, accepted.err
        assert json.loads(entry)["details"] == {
            "incident": "IR-7",
            "size": 2,
            "cosigned_elsewhere": [{"witness": "clerk", "size": 3}],
        }
        assert "Intact" in before.out
        assert "Witness clerk: It does not know this log" in before.err
        assert "less than a witness had seen" in after.out
        assert "Cosigned by 1 of 1" in after.out

    def test_can_be_served_where_the_witness_is_let_go(self, restored: Command) -> None:
        assert restored("witness", "remove", "clerk").code == 0
        assert add_team(restored, "third-team").code == 0

    def test_that_grew_past_the_witness_unseen_is_another_history(
        self, witnessed: Command, yesterday: Callable[[], Command], clerk: Path
    ) -> None:
        add_team(witnessed, "second-team")
        witnessed("audit", "verify")
        restored = yesterday()
        with psycopg.connect(restored.database_url) as connection:
            (url,) = connection.execute("SELECT url FROM witness").fetchone() or ("",)
            connection.execute("UPDATE witness SET url = 'http://127.0.0.1:1'")
        for slug in ("a-team", "b-team", "c-team"):
            assert "witness.silent" in add_team(restored, slug).err
        with psycopg.connect(restored.database_url) as connection:
            connection.execute("UPDATE witness SET url = %s", [url])

        ran = add_team(restored, "d-team")

        assert ran.code == 2
        assert "not the first 3 of this database" in ran.err


class TestAcceptRestore:
    def test_where_nothing_is_missing_is_refused(self, witnessed: Command) -> None:
        ran = witnessed("audit", "accept-restore", "--incident", "IR-7", "--yes")

        assert ran.is_a_plain_refusal
        assert "nothing is to accept" in ran.err

    def test_takes_no_words_for_an_incident(self, hub: Command) -> None:
        assert hub("audit", "accept-restore", "--incident", "ask Jo", "--yes").is_a_plain_refusal


class TestRegistering:
    def test_is_listed_and_on_record(self, witnessed: Command, clerk: Path) -> None:
        assert "clerk" in witnessed("witness", "list").out
        entry = json.loads(witnessed("audit", "export", "--form", "jsonl", "--act", "hub:witness:changed").out)
        assert entry["details"]["added"] == "clerk"

        witnessed("witness", "remove", "clerk")

        assert "Nobody vouches" in witnessed("witness", "list").out
        assert witnessed("witness", "remove", "clerk").is_a_plain_refusal

    def test_of_what_is_no_witness_is_refused(self, witnessed: Command, clerk: Path) -> None:
        key = key_of(witnessed, clerk)

        assert witnessed("witness", "add", "clerk", "http://127.0.0.1:1", key).is_a_plain_refusal
        assert witnessed("witness", "add", "b", "http://127.0.0.1:1", key[:-4]).is_a_plain_refusal
        assert witnessed("witness", "add", "b", "127.0.0.1", key).is_a_plain_refusal
        assert witnessed("witness", "trust", key, "--home", clerk).is_a_plain_refusal
        assert "entries cosigned" in witnessed("witness", "logs", "--home", clerk).out
