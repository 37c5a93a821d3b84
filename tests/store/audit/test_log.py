"""Appending and reading: the act and its entry stand or fall together, and nothing is changed afterwards."""

import csv
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from hub.errors import NotFound
from hub.store.audit import Act, AuditLog, Draft, Entry, Form, Tampered, Wanted, checkpoint, export, sequence
from hub.store.crypto import Keys

AT = datetime(2026, 6, 15, 2, 10, tzinfo=UTC)
MARCUS = UUID("0b5c1a3e-8a34-4f0e-9a53-3f7f7f1d2a10")


def ask(log: AuditLog, minute: int = 0, **changed: Any) -> UUID:
    said = {"act": Act.CONTACT_ASKED, "actor": "ana", "participant": "crisis-team", "subject": MARCUS}
    return log.append(**{"at": AT + timedelta(minutes=minute), **said, **changed})


@pytest.fixture
def log(session: Session, keys: Keys) -> AuditLog:
    return AuditLog(session, keys)


def settle(session: Session, engine: Engine) -> None:
    """Commits, and lets the sequencer come by."""
    session.commit()
    sequence(engine)


class TestAppend:
    def test_is_read_back_whole_once_it_has_its_place(self, log: AuditLog, session: Session, engine: Engine) -> None:
        details = {"purpose": "COC", "decision": "permit", "rules": ["hipaa.treatment"], "query": "q-1"}
        identity = log.append(
            Act.CONTACT_RELEASED, at=AT, actor="ana", participant="crisis-team", subject=MARCUS, details=details
        )
        settle(session, engine)

        entry = log.entry(0)

        assert entry == Entry(
            seq=0,
            id=identity,
            at=AT,
            actor="ana",
            participant="crisis-team",
            act=Act.CONTACT_RELEASED,
            subject=entry.subject,
            details=details,
        )

    def test_of_a_transaction_that_fails_leaves_nothing(self, log: AuditLog, session: Session, engine: Engine) -> None:
        ask(log)
        session.rollback()

        assert sequence(engine) == 0
        assert log.entries() == []

    def test_without_a_zone_is_refused(self, log: AuditLog) -> None:
        with pytest.raises(ValueError, match="zone"):
            ask(log, at=AT.replace(tzinfo=None))

    def test_keeps_times_of_any_zone_as_the_same_moment(self, log: AuditLog, session: Session, engine: Engine) -> None:
        ask(log, at=AT.astimezone(ZoneInfo("America/Denver")))
        settle(session, engine)

        assert log.entry(0).at == AT

    def test_of_nothing_is_nothing(self, log: AuditLog) -> None:
        assert log.append_many([]) == []

    def test_of_many_keeps_their_order(self, log: AuditLog, session: Session, engine: Engine) -> None:
        identities = log.append_many([Draft(Act.MESSAGE_READ, AT, "worker", details={"n": n}) for n in range(50)])
        settle(session, engine)

        assert [entry.id for entry in log.walk()] == identities

    def test_shows_the_database_neither_person_nor_details(self, log: AuditLog, session: Session) -> None:
        ask(log, details={"query": "planted-word"})

        row = session.connection().execute(text("SELECT CAST(e AS text), sealed, leaf FROM audit_entry e")).one()

        assert str(MARCUS) not in row[0]
        assert b"planted-word" not in row[1] + row[2]

    def test_gives_one_person_one_pseudonym(self, log: AuditLog, session: Session, engine: Engine) -> None:
        for person in (MARCUS, MARCUS, uuid4(), None):
            ask(log, subject=person)
        settle(session, engine)

        first, second, other, nobody = (entry.subject for entry in log.walk())

        assert first == second != other
        assert nobody is None


class TestEntries:
    @pytest.fixture
    def told(self, log: AuditLog, session: Session, engine: Engine) -> AuditLog:
        for minute in range(6):
            ask(log, minute)
        settle(session, engine)
        return log

    def test_come_newest_first(self, told: AuditLog) -> None:
        assert [entry.seq for entry in told.entries(limit=3)] == [5, 4, 3]

    def test_come_page_by_page(self, told: AuditLog) -> None:
        assert [entry.seq for entry in told.entries(after=3, limit=2)] == [2, 1]
        assert told.entries(after=0) == []

    def test_come_from_since_on_and_before_until(self, told: AuditLog) -> None:
        since, until = AT + timedelta(minutes=1), AT + timedelta(minutes=3)

        assert [entry.seq for entry in told.entries(since=since, until=until)] == [2, 1]

    @pytest.mark.parametrize(
        "wanted",
        [
            {"act": Act.CONSENT_FILED},
            {"actor": "ben"},
            {"participant": "open-door"},
            {"subject": UUID("5d4a8d3a-6d3b-47c3-8b7a-6a5a4f1f0c11")},
        ],
    )
    def test_are_those_wanted_and_no_others(
        self, told: AuditLog, session: Session, engine: Engine, wanted: Wanted
    ) -> None:
        ask(told, 9, **wanted)
        settle(session, engine)

        assert [entry.seq for entry in told.entries(**wanted)] == [6]

    def test_without_a_place_are_not_shown_yet(self, told: AuditLog, session: Session) -> None:
        ask(told, 9)
        session.commit()

        assert told.entries(limit=1)[0].seq == 5

    def test_that_do_not_exist_are_not_found(self, told: AuditLog) -> None:
        with pytest.raises(NotFound):
            told.entry(6)

    def test_under_other_keys_do_not_open(self, told: AuditLog, session: Session) -> None:
        with pytest.raises(Tampered, match="Entry 0"):
            AuditLog(session, Keys(b"\x08" * 32)).entry(0)


class TestExport:
    @pytest.fixture
    def told(self, log: AuditLog, session: Session, engine: Engine) -> AuditLog:
        ask(log, 0, details={"query": 'a "quoted", line\nand more'})
        ask(log, 1, actor="ben", subject=None)
        settle(session, engine)
        return log

    def test_as_csv_has_a_header_and_a_row_an_entry(self, told: AuditLog) -> None:
        rows = list(csv.DictReader("".join(export(told, Form.CSV)).splitlines(keepends=True)))

        assert [(row["seq"], row["at"], row["actor"]) for row in rows] == [
            ("0", "2026-06-15T02:10:00Z", "ana"),
            ("1", "2026-06-15T02:11:00Z", "ben"),
        ]
        assert json.loads(rows[0]["details"]) == {"query": 'a "quoted", line\nand more'}

    def test_as_json_lines_has_an_object_a_line(self, told: AuditLog) -> None:
        first, second = map(json.loads, export(told, Form.JSON_LINES))

        assert first["details"] == {"query": 'a "quoted", line\nand more'}
        assert (second["seq"], second["act"], second["subject"]) == (1, "hub:contact:asked", None)

    def test_holds_what_is_wanted_and_nothing_else(self, told: AuditLog) -> None:
        (only,) = export(told, Form.JSON_LINES, actor="ben")

        assert json.loads(only)["seq"] == 1


class TestGuards:
    @pytest.mark.parametrize("table", ["audit_entry", "audit_leaf", "audit_checkpoint"])
    @pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_refuse_to_change_what_was_said(
        self, log: AuditLog, session: Session, engine: Engine, keys: Keys, table: str, verb: str
    ) -> None:
        column = {"audit_entry": "actor", "audit_leaf": "completed", "audit_checkpoint": "note"}[table]
        ask(log)
        settle(session, engine)
        checkpoint(engine, keys, AT)

        with pytest.raises(ProgrammingError, match="append-only"):
            session.connection().execute(text(verb.format(table, column, column)))

    @pytest.mark.parametrize("verb", ["UPDATE audit_pending SET entry = entry", "TRUNCATE audit_pending"])
    def test_refuse_to_change_the_queue(self, log: AuditLog, session: Session, verb: str) -> None:
        ask(log)

        with pytest.raises(ProgrammingError, match="append-only"):
            session.connection().execute(text(verb))
