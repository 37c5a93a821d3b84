"""Places in the log: contiguous, none skipped, none twice, however many write and sequence at once."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from hub.store import db, merkle
from hub.store.audit import Act, AuditLog, Draft, Tampered, checkpoint, sequence, tree, verify
from hub.store.audit.sequencer import BATCH
from hub.store.checkpoints import Signer
from hub.store.crypto import Keys

AT = datetime(2026, 6, 15, 2, 10, tzinfo=UTC)


SEQUENCE_FOR_EVER = """
import sys
from hub.store import audit, db

engine = db.connect(sys.argv[1])
while True:
    audit.sequence(engine)
"""


SIGN_FOR_EVER = """
import sys
from datetime import UTC, datetime
from hub.store import audit, db
from hub.store.crypto import Keys

engine, keys = db.connect(sys.argv[1]), Keys(b"\\x07" * 32)
while True:
    audit.sequence(engine)
    audit.checkpoint(engine, keys, datetime.now(UTC))
"""


def write(engine: Engine, keys: Keys, count: int, actor: str = "ana") -> list[UUID]:
    """So many entries in one transaction."""
    with db.transaction(engine) as session:
        return AuditLog(session, keys).append_many([Draft(Act.MESSAGE_READ, AT, actor)] * count)


def log_of(engine: Engine, keys: Keys) -> list[UUID]:
    with Session(engine) as session:
        entries = list(AuditLog(session, keys).walk())
    assert [entry.seq for entry in entries] == list(range(len(entries)))
    return [entry.id for entry in entries]


@pytest.fixture
def sequencers(engine: Engine) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two other processes that sequence for ever."""
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    command = [sys.executable, "-c", SEQUENCE_FOR_EVER, url]
    processes = [subprocess.Popen(command, cwd=Path(__file__).parents[3]) for _ in range(2)]
    yield processes
    for process in processes:
        process.kill()
        process.wait()


class TestSequence:
    def test_of_nothing_is_nothing(self, engine: Engine) -> None:
        assert sequence(engine) == 0

    def test_gives_every_entry_one_place(self, engine: Engine, keys: Keys) -> None:
        written = write(engine, keys, 3) + write(engine, keys, 2)

        assert (sequence(engine), sequence(engine)) == (5, 0)
        assert log_of(engine, keys) == written

    def test_goes_on_over_several_batches(self, engine: Engine, keys: Keys) -> None:
        written = write(engine, keys, 2 * BATCH + 7)

        assert sequence(engine) == len(written)
        assert log_of(engine, keys) == written

    def test_does_not_skip_a_transaction_that_commits_late(self, engine: Engine, keys: Keys) -> None:
        with Session(engine) as slow:
            (late,) = AuditLog(slow, keys).append_many([Draft(Act.CONTACT_ASKED, AT, "slow")])
            (early,) = write(engine, keys, 1)
            sequence(engine)
            slow.commit()
        sequence(engine)

        assert log_of(engine, keys) == [early, late]

    def test_is_contiguous_while_many_write_and_many_sequence(self, engine: Engine, keys: Keys) -> None:
        def act(actor: int) -> list[UUID]:
            written = []
            for count in (1, 3, 2, 1, 4):
                written += write(engine, keys, count, f"worker-{actor}")
                if actor % 2:
                    sequence(engine)
            return written

        with ThreadPoolExecutor(8) as pool:
            written = [identity for batch in pool.map(act, range(8)) for identity in batch]
        sequence(engine)
        checkpoint(engine, keys, AT)

        assert sorted(log_of(engine, keys)) == sorted(written)
        assert verify(engine, keys).intact

    def test_by_processes_that_are_killed_loses_and_doubles_nothing(
        self, engine: Engine, keys: Keys, sequencers: list[subprocess.Popen[bytes]]
    ) -> None:
        written = write(engine, keys, 1)
        while not log_of(engine, keys):
            assert all(process.poll() is None for process in sequencers)
            time.sleep(0.02)
        for process in sequencers:
            for _ in range(10):
                written += write(engine, keys, 30)
            process.kill()
        sequence(engine)
        checkpoint(engine, keys, AT)

        assert sorted(log_of(engine, keys)) == sorted(written)
        assert verify(engine, keys).intact

    def test_that_dies_halfway_leaves_the_queue_as_it_was(self, engine: Engine, keys: Keys) -> None:
        written = write(engine, keys, 3)
        with engine.connect() as dying:
            tree.lock(dying)
            dying.execute(text("DELETE FROM audit_pending"))
            dying.invalidate()

        assert sequence(engine) == 3
        assert log_of(engine, keys) == written


class TestCheckpoint:
    def test_signs_size_and_root(self, engine: Engine, keys: Keys) -> None:
        write(engine, keys, 5)
        sequence(engine)

        signed = checkpoint(engine, keys, AT)
        head = Signer(keys.derive("audit-signing")).verifier.open(signed.note)

        assert (signed.number, signed.at, signed.size) == (1, AT, 5)
        assert (head.size, head.root.hex()) == (5, verify(engine, keys).root)

    def test_of_an_empty_log_signs_the_empty_tree(self, engine: Engine, keys: Keys) -> None:
        assert checkpoint(engine, keys, AT).size == 0
        assert verify(engine, keys).intact

    def test_is_the_last_one_where_nothing_was_added(self, engine: Engine, keys: Keys) -> None:
        write(engine, keys, 1)
        sequence(engine)

        assert checkpoint(engine, keys, AT) == checkpoint(engine, keys, AT.replace(hour=3))

    def test_never_goes_back_in_time(self, engine: Engine, keys: Keys) -> None:
        """A hub whose clock was set back says of a later tree no earlier time."""
        write(engine, keys, 1)
        sequence(engine)
        checkpoint(engine, keys, AT)
        write(engine, keys, 1)
        sequence(engine)

        assert checkpoint(engine, keys, AT - timedelta(minutes=5)).at == AT
        write(engine, keys, 1)
        sequence(engine)
        assert checkpoint(engine, keys, AT + timedelta(minutes=5)).at == AT + timedelta(minutes=5)

    def test_by_two_at_once_is_one(self, engine: Engine, keys: Keys) -> None:
        write(engine, keys, 4)
        sequence(engine)
        with ThreadPoolExecutor(4) as pool:
            signed = list(pool.map(lambda _: checkpoint(engine, keys, AT), range(4)))

        assert len(set(signed)) == 1

    def test_follows_checkpoint_consistently(self, engine: Engine, keys: Keys) -> None:
        verifier = Signer(keys.derive("audit-signing")).verifier
        heads = []
        for count in (1, 2, 5, 9):
            write(engine, keys, count)
            sequence(engine)
            heads.append(verifier.open(checkpoint(engine, keys, AT).note))

        with engine.connect() as connection:
            hashes = tree.StoredHashes(connection)
            for old, new in pairwise(heads):
                proof = merkle.consistency(old.size, new.size, hashes)
                assert merkle.extends(proof, old=old.size, old_root=old.root, new=new.size, new_root=new.root)

    def test_by_processes_that_are_killed_neither_fork_nor_skip(self, engine: Engine, keys: Keys) -> None:
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        command = [sys.executable, "-c", SIGN_FOR_EVER, url]
        for _ in range(2):
            processes = [subprocess.Popen(command, cwd=Path(__file__).parents[3]) for _ in range(2)]
            signed = verify(engine, keys, opened=False).checkpoints
            while verify(engine, keys, opened=False).checkpoints < signed + 3:
                assert all(process.poll() is None for process in processes)
                write(engine, keys, 7)
            for process in processes:
                write(engine, keys, 7)
                process.kill()
                process.wait()
        sequence(engine)
        checkpoint(engine, keys, AT)

        report = verify(engine, keys)

        assert (report.problem, report.pending, report.signed) == (None, 0, report.entries)
        assert report.entries == len(log_of(engine, keys))

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE audit_leaf SET completed = (SELECT completed FROM audit_leaf WHERE seq = 0) WHERE seq = 3",
            "DELETE FROM audit_leaf WHERE seq > 1",
            "UPDATE audit_checkpoint SET note = replace(note, '4', '5')",
        ],
    )
    def test_is_refused_where_the_tree_does_not_extend_the_last(self, engine: Engine, keys: Keys, change: str) -> None:
        write(engine, keys, 4)
        sequence(engine)
        checkpoint(engine, keys, AT)
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(change))

        with pytest.raises(Tampered):
            checkpoint(engine, keys, AT)
