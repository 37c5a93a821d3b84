"""Turning the ring leaves nothing behind, loses nothing, and is refused where it would."""

from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg.errors import IntegrityConstraintViolation
from sqlalchemy import Engine, text

from hub.errors import Conflict
from hub.store import audit, db
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Broken, KeyFile, Keys, load
from hub.store.crypto import keys as at_work
from hub.store.rotation import KEPT, alone, counted, drop, seal_anew, turn, turning
from tests.store.rotation.conftest import MASTER, NOW, Filled, someone

Opens = Callable[[Keys], None]


def versions(engine: Engine) -> set[int]:
    with engine.connect() as connection:
        return set(counted(connection))


def dropped(engine: Engine, file: KeyFile, version: int) -> None:
    drop(engine, file.read(), version, NOW)
    file.write(file.read().without(version))


class TestSealAnew:
    def test_moves_everything_and_all_opens(self, engine: Engine, file: KeyFile, held: Keys, opens: Opens) -> None:
        with engine.connect() as connection:
            before = counted(connection)
        turn(file, NOW)
        done = seal_anew(engine, held)
        with engine.connect() as connection:
            after = counted(connection)

        assert set(before) == {1}
        assert set(before[1]) == {kept.name for kept in KEPT}, "something is sealed in every column that turns"
        assert after == {2: before[1]}
        assert (done.moved, done.unopened, done.left) == (before[1].total(), 0, 0)
        opens(held)
        opens(load(file.path))

    def test_is_needed_before_the_old_keys_can_go(
        self, engine: Engine, file: KeyFile, filled: Filled, opens: Opens
    ) -> None:
        turn(file, NOW)

        with pytest.raises(Conflict, match="Sealed under version 1"):
            dropped(engine, file, 1)
        seal_anew(engine, load(file.path))
        dropped(engine, file, 1)
        assert MASTER.hex() not in file.read().written().decode()
        opens(load(file.path))

    def test_binds_to_the_person_what_was_not(self, engine: Engine, file: KeyFile, held: Keys, filled: Filled) -> None:
        turn(file, NOW)
        seal_anew(engine, held)

        with engine.connect() as connection:
            sealed = connection.scalar(text("SELECT sealed_names FROM handoff"))
        here = f"handoff|names|{filled.handoff}|{filled.people[0]}"
        assert held.accounts.open(sealed, here) == b"Ana"
        with pytest.raises(Broken):
            held.accounts.open(sealed, f"handoff-names|{filled.handoff}")

    def test_leaves_what_does_not_open_and_says_how_much(
        self, engine: Engine, file: KeyFile, held: Keys, filled: Filled
    ) -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE user_account SET sealed_totp = sealed_profile"))
        turn(file, NOW)
        done = seal_anew(engine, held)

        assert (done.unopened, done.left) == (1, 1)
        with pytest.raises(Conflict, match="are still 1 values"):
            dropped(engine, file, 1)

    def test_passes_over_what_somebody_holds_and_comes_back(
        self, engine: Engine, file: KeyFile, held: Keys, opens: Opens, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turn(file, NOW)
        monkeypatch.setattr(turning, "ROUNDS", 2)
        with engine.begin() as somebody:
            somebody.execute(text("SELECT 1 FROM user_account FOR UPDATE"))
            held_up = seal_anew(engine, held)

        assert held_up.left == 2
        assert seal_anew(engine, held).left == 0
        opens(held)

    def test_lets_others_refer_to_a_person_meanwhile(self, engine: Engine, file: KeyFile, filled: Filled) -> None:
        """A record that comes in locks its person's row; whoever seals anew must not make it wait."""
        with engine.connect() as sealing, engine.connect() as writing:
            sealing.execute(text("SELECT 1 FROM person FOR NO KEY UPDATE"))
            writing.execute(text("SET lock_timeout = '200ms'"))
            writing.execute(text("SELECT 1 FROM person FOR KEY SHARE"))


class TestTurn:
    def test_begun_and_broken_off_is_taken_up(self, file: KeyFile) -> None:
        file.write(file.read().with_next(NOW))

        assert turn(file, NOW).sealing == 2

    def test_changes_neither_tokens_nor_the_log(self, engine: Engine, file: KeyFile, held: Keys) -> None:
        with db.transaction(engine) as session:
            AuditLog(session, held).append(Act.AUDIT_READ, at=NOW, actor="ana")
        audit.sequence(engine)
        first = audit.checkpoint(engine, held, NOW)
        turn(file, NOW)
        after = load(file.path)
        with db.transaction(engine) as session:
            AuditLog(session, after).append(Act.AUDIT_READ, at=NOW, actor="ben")
        audit.sequence(engine)
        second = audit.checkpoint(engine, after, NOW)

        assert first.note.splitlines()[0] == second.note.splitlines()[0]
        assert audit.verify(engine, after).intact
        assert held.token("login", "nora") == after.token("login", "nora")

    def test_is_for_one_at_a_time(self, engine: Engine) -> None:
        with alone(engine), pytest.raises(Conflict, match="Someone else"), alone(engine):
            pass
        with alone(engine):
            pass


class TestDrop:
    def test_leaves_the_log_whole(self, engine: Engine, file: KeyFile, held: Keys) -> None:
        with db.transaction(engine) as session:
            AuditLog(session, held).append(Act.AUDIT_READ, at=NOW, actor="ana", details={"n": 1})
        audit.sequence(engine)
        audit.checkpoint(engine, held, NOW)
        turn(file, NOW)
        dropped(engine, file, 1)
        after = load(file.path)

        assert audit.verify(engine, after).intact
        with db.transaction(engine) as session:
            assert AuditLog(session, after).entry(0).details == {"n": 1}

    def test_of_the_version_in_use_is_refused(self, engine: Engine, file: KeyFile) -> None:
        with pytest.raises(Conflict, match="in use"):
            dropped(engine, file, 1)

    def test_waits_for_writers_and_sees_what_they_wrote(
        self, engine: Engine, file: KeyFile, filled: Filled, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sleeper = Keys(file.read())
        turn(file, NOW)
        seal_anew(engine, load(file.path))
        monkeypatch.setattr(turning, "ROUNDS", 1)
        with db.transaction(engine) as session:
            someone(session, sleeper, "late", family="Achterberg")
            with pytest.raises(Conflict, match="without a pause"):
                dropped(engine, file, 1)

        with pytest.raises(Conflict, match="are still 2 values"):
            dropped(engine, file, 1)
        with db.transaction(engine) as session:
            someone(session, sleeper, "later", family="Achterberg")  # nothing was dropped, so nothing is refused

    def test_keeps_out_whoever_slept_through_it(
        self, engine: Engine, path: Path, file: KeyFile, filled: Filled, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A process that has not looked for long seals under keys that are gone: better an error than a lost person."""
        monkeypatch.setattr(at_work, "LOOK_EVERY", 3600.0)
        sleeper = load(path)
        turn(file, NOW)
        seal_anew(engine, load(path))
        dropped(engine, file, 1)

        with pytest.raises(IntegrityConstraintViolation), db.transaction(engine) as session:
            someone(session, sleeper, "lost", family="Achterberg")
        assert versions(engine) == {2}
        sleeper.look()
        with db.transaction(engine) as session:
            someone(session, sleeper, "lost", family="Achterberg")
