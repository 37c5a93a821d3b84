"""Verification: an intact log passes; every way to change one by hand is named.

The changes are made as a database administrator would make them: with the triggers and foreign keys switched off.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from hub.store import db
from hub.store.audit import Act, AuditLog, Draft, Flaw, Report, checkpoint, opening, sequence, verify
from hub.store.crypto import Keys

AT = datetime(2026, 6, 15, 2, 10, tzinfo=UTC)

Tamper = Callable[[str], Report]


def write(engine: Engine, keys: Keys, count: int) -> None:
    with db.transaction(engine) as session:
        AuditLog(session, keys).append_many(
            [Draft(Act.CONTACT_ASKED, AT, f"worker-{number}", details={"n": number}) for number in range(count)]
        )


@pytest.fixture
def kept(engine: Engine, keys: Keys) -> Engine:
    """Twelve entries: five and four under a checkpoint each, two with a place and no checkpoint, one waiting."""
    for count in (5, 4):
        write(engine, keys, count)
        sequence(engine)
        checkpoint(engine, keys, AT)
    write(engine, keys, 2)
    sequence(engine)
    write(engine, keys, 1)
    return engine


@pytest.fixture
def after(kept: Engine, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Tamper:
    """Runs statements with the guards switched off, and verifies: alone, and with other processes, to the same end."""
    monkeypatch.setattr(opening, "WORTH_A_PROCESS", 3)

    def tamper(statements: str) -> Report:
        with kept.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements.split(";"):
                connection.execute(text(statement))
        report = verify(kept, keys)
        assert verify(kept, keys, processes=3) == report
        return report

    return tamper


class TestAnIntactLog:
    @pytest.mark.parametrize("opened", [True, False])
    def test_is_reported_with_its_counts(self, kept: Engine, keys: Keys, opened: bool) -> None:
        report = verify(kept, keys, opened=opened)

        assert (report.intact, report.problem) == (True, None)
        assert (report.entries, report.pending, report.checkpoints, report.signed) == (11, 1, 2, 9)

    def test_is_opened_by_several_processes_at_once(
        self, kept: Engine, keys: Keys, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opening, "WORTH_A_PROCESS", 3)

        assert verify(kept, keys, processes=3) == verify(kept, keys)

    def test_that_is_empty_is_intact(self, engine: Engine, keys: Keys) -> None:
        assert verify(engine, keys).intact

    def test_stays_intact_while_others_write(self, kept: Engine, keys: Keys) -> None:
        with db.transaction(kept) as session:
            AuditLog(session, keys).append(Act.CONTACT_ASKED, at=AT, actor="ana")

            assert verify(kept, keys).entries == 11


ENTRY_3 = "(SELECT entry FROM audit_leaf WHERE seq = 3)"
SWAP = """
    CREATE TEMPORARY TABLE held ON COMMIT DROP AS SELECT * FROM audit_leaf WHERE seq IN (3, 4);
    DELETE FROM audit_leaf WHERE seq IN (3, 4);
    INSERT INTO audit_leaf SELECT first.seq, second.{}
    FROM held AS first JOIN held AS second ON second.seq = 7 - first.seq
"""
INSERTED_ENTRY = """
    INSERT INTO audit_entry SELECT gen_random_uuid(), at, act, 'intruder', participant, subject, leaf, sealed
    FROM audit_entry LIMIT 1
"""


class TestATamperedLog:
    @pytest.mark.parametrize(
        "change",
        [
            "at = at + interval '1 second'",
            "act = 'hub:contact:refused'",
            "actor = 'someone-else'",
            "participant = 'someone-else'",
            "subject = 'f00d'",
            "leaf = set_byte(leaf, 40, get_byte(leaf, 40) # 1)",
        ],
    )
    def test_names_an_entry_that_says_something_else(self, after: Tamper, change: str) -> None:
        problem = after(f"UPDATE audit_entry SET {change} WHERE id = {ENTRY_3}").problem

        assert problem is not None
        assert (problem.flaw, problem.seq) == (Flaw.ENTRY_CHANGED, 3)

    @pytest.mark.parametrize(
        "change",
        [
            "sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)",
            "sealed = '\\x01'",
            f"sealed = (SELECT sealed FROM audit_entry WHERE id <> {ENTRY_3} LIMIT 1)",
        ],
    )
    def test_names_an_entry_whose_sealed_part_was_changed_or_moved(self, after: Tamper, change: str) -> None:
        problem = after(f"UPDATE audit_entry SET {change} WHERE id = {ENTRY_3}").problem

        assert problem is not None
        assert (problem.flaw, problem.seq) == (Flaw.ENTRY_UNREADABLE, 3)

    @pytest.mark.parametrize(
        ("statements", "flaw", "seq"),
        [
            pytest.param(f"DELETE FROM audit_entry WHERE id = {ENTRY_3}", Flaw.ENTRY_MISSING, 3, id="drop an entry"),
            pytest.param("TRUNCATE audit_entry CASCADE", Flaw.CUT_SHORT, 0, id="truncate entries and leaves"),
            pytest.param("DELETE FROM audit_entry", Flaw.ENTRY_MISSING, 0, id="delete all entries"),
            pytest.param("DELETE FROM audit_leaf WHERE seq = 3", Flaw.LEAF_MISSING, 3, id="drop a leaf"),
            pytest.param("DELETE FROM audit_leaf WHERE seq >= 8", Flaw.CUT_SHORT, 8, id="cut signed leaves off"),
            pytest.param("TRUNCATE audit_leaf", Flaw.CUT_SHORT, 0, id="truncate the tree"),
            pytest.param(
                f"DELETE FROM audit_entry WHERE id = {ENTRY_3};"
                "DELETE FROM audit_leaf WHERE seq = 3;"
                "UPDATE audit_leaf SET seq = -seq WHERE seq > 3;"
                "UPDATE audit_leaf SET seq = -seq - 1 WHERE seq < 0",
                Flaw.TREE_CHANGED,
                3,
                id="drop an entry with its leaf and close the gap",
            ),
            pytest.param(
                "UPDATE audit_leaf SET completed = set_byte(completed, 40, 0) WHERE seq = 3",
                Flaw.TREE_CHANGED,
                3,
                id="change a leaf's hash",
            ),
            pytest.param(
                "UPDATE audit_leaf SET completed = substring(completed FOR 32) WHERE seq = 3",
                Flaw.TREE_CHANGED,
                3,
                id="shorten a leaf's hashes",
            ),
            pytest.param(SWAP.format("entry, first.completed"), Flaw.TREE_CHANGED, 3, id="swap two entries"),
            pytest.param(SWAP.format("entry, second.completed"), Flaw.TREE_CHANGED, 3, id="swap two leaves"),
            pytest.param(
                f"{INSERTED_ENTRY}; INSERT INTO audit_leaf "
                "SELECT 11, id, sha256(decode('00', 'hex') || leaf) FROM audit_entry WHERE actor = 'intruder'",
                Flaw.ENTRY_UNREADABLE,
                11,
                id="insert an entry with a leaf",
            ),
            pytest.param(INSERTED_ENTRY, Flaw.ENTRY_WITHOUT_LEAF, None, id="insert an entry without a leaf"),
            pytest.param("DELETE FROM audit_leaf WHERE seq > 9", Flaw.ENTRY_WITHOUT_LEAF, None, id="cut leaves off"),
            pytest.param("DELETE FROM audit_pending", Flaw.ENTRY_WITHOUT_LEAF, None, id="empty the queue"),
            pytest.param(
                "DELETE FROM audit_entry WHERE id = (SELECT entry FROM audit_pending)",
                Flaw.QUEUE_CHANGED,
                None,
                id="drop a waiting entry",
            ),
            pytest.param(
                f"INSERT INTO audit_pending (entry) SELECT {ENTRY_3}",
                Flaw.QUEUE_CHANGED,
                None,
                id="queue an entry again",
            ),
        ],
    )
    def test_names_the_first_place(self, after: Tamper, statements: str, flaw: Flaw, seq: int | None) -> None:
        problem = after(statements).problem

        assert problem is not None
        assert (problem.flaw, problem.seq) == (flaw, seq)

    @pytest.mark.parametrize(
        ("statements", "flaw", "number"),
        [
            ("DELETE FROM audit_checkpoint WHERE number = 1", Flaw.CHECKPOINT_MISSING, 1),
            ("TRUNCATE audit_checkpoint CASCADE", Flaw.CHECKPOINT_MISSING, 1),
            ("UPDATE audit_checkpoint SET note = replace(note, '9', '8') WHERE number = 2", Flaw.CHECKPOINT_FORGED, 2),
            ("UPDATE audit_checkpoint SET size = 8 WHERE number = 2", Flaw.CHECKPOINT_FORGED, 2),
            ("UPDATE audit_checkpoint SET note = ''", Flaw.CHECKPOINT_FORGED, 1),
            (
                "UPDATE audit_checkpoint SET number = -number; UPDATE audit_checkpoint SET number = 3 + number",
                Flaw.CHECKPOINT_FORGED,
                2,
            ),
        ],
    )
    def test_names_a_checkpoint(self, after: Tamper, statements: str, flaw: Flaw, number: int) -> None:
        problem = after(statements).problem

        assert problem is not None
        assert (problem.flaw, problem.checkpoint) == (flaw, number)

    def test_names_the_checkpoint_of_a_history_written_anew(self, kept: Engine, keys: Keys, after: Tamper) -> None:
        """Even one who has every key but forgets the old checkpoints is caught by them."""
        after("DELETE FROM audit_leaf; DELETE FROM audit_entry; DELETE FROM audit_pending")
        write(kept, keys, 12)
        sequence(kept)

        problem = verify(kept, keys).problem

        assert problem is not None
        assert (problem.flaw, problem.checkpoint, problem.seq) == (Flaw.HISTORY_CHANGED, 1, 0)

    def test_is_named_under_another_hubs_keys(self, kept: Engine) -> None:
        problem = verify(kept, Keys(b"\x08" * 32)).problem

        assert problem is not None
        assert str(problem) == "checkpoint 1: A checkpoint is not one that this hub signed."
