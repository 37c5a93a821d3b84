"""A ring turns: what is sealed goes over to the new master, and what must stay the same stays."""

from datetime import UTC, datetime

import pytest

from hub.store.crypto import Broken, Keys, Ring
from hub.store.crypto.ring import DERIVED, NEWEST_VERSION, TOKENS

AT = datetime(2026, 11, 28, tzinfo=UTC)
OLD = b"\x07" * 32


def turned(ring: Ring) -> Ring:
    return ring.with_next(AT).turned()


class TestOfOneMaster:
    """What every home has that was made before rings."""

    def test_opens_what_was_sealed_under_it_after_it_turned(self) -> None:
        sealed = Keys(OLD).accounts.seal(b"Delgado", "user_account|1")

        assert Keys(turned(Ring.of_one(OLD))).accounts.open(sealed, "user_account|1") == b"Delgado"

    @pytest.mark.parametrize("purpose", TOKENS)
    def test_keeps_every_blind_token_when_it_turns(self, purpose: str) -> None:
        assert Keys(turned(Ring.of_one(OLD))).token(purpose, "nora") == Keys(OLD).token(purpose, "nora")

    @pytest.mark.parametrize("purpose", DERIVED)
    def test_keeps_the_identity_of_the_log_when_it_turns(self, purpose: str) -> None:
        assert Keys(turned(Ring.of_one(OLD))).derive(purpose) == Keys(OLD).derive(purpose)

    def test_is_nowhere_in_the_ring_once_it_was_dropped(self) -> None:
        ring = turned(Ring.of_one(OLD))

        assert OLD.hex() in ring.written().decode()
        assert OLD.hex() not in ring.without(1).written().decode()

    def test_that_was_dropped_opens_audit_entries_and_nothing_else(self) -> None:
        before, after = Keys(OLD), Keys(turned(Ring.of_one(OLD)).without(1))

        assert after.audit.open(before.audit.seal(b"said", "audit|1"), "audit|1") == b"said"
        for sealed, sealer in (
            (before.accounts.seal(b"said", "a|1"), after.accounts),
            (before.messages.seal(b"said", "a|1"), after.messages),
            (before.wrapping.seal(b"said", "a|1"), after.wrapping),
        ):
            with pytest.raises(Broken):
                sealer.open(sealed, "a|1")


class TestTurning:
    def test_seals_under_the_newest_only_once_it_turned(self) -> None:
        ring = Ring.fresh(AT)
        staged = ring.with_next(AT)

        assert [Keys(one).accounts.seal(b"x", "a|1")[0] for one in (ring, staged, staged.turned())] == [1, 1, 2]

    def test_of_a_fresh_ring_changes_neither_tokens_nor_the_log(self) -> None:
        ring = Ring.fresh(AT)

        for after in (turned(ring), turned(turned(ring)), turned(ring).without(1)):
            assert Keys(after).token("login", "nora") == Keys(ring).token("login", "nora")
            assert Keys(after).derive("audit-signing") == Keys(ring).derive("audit-signing")

    def test_never_gives_a_version_twice(self) -> None:
        ring = turned(turned(Ring.fresh(AT)).without(1)).without(2)

        assert turned(ring).sealing == 4

    def test_drops_anything_but_what_it_seals_under(self) -> None:
        ring = turned(Ring.fresh(AT))

        with pytest.raises(ValueError, match="in use"):
            ring.without(2)

    def test_ends_with_the_last_number_that_a_byte_has(self) -> None:
        ring = Ring.fresh(AT)
        for _ in range(NEWEST_VERSION - 1):
            ring = turned(ring).without(ring.sealing)

        assert ring.sealing == NEWEST_VERSION
        with pytest.raises(OverflowError):
            ring.with_next(AT)


class TestVersion:
    def test_of_a_sealed_value_cannot_be_changed(self) -> None:
        keys = Keys(turned(Ring.fresh(AT)))
        sealed = bytearray(keys.accounts.seal(b"Delgado", "a|1"))

        for version in (0, 1, 3):
            sealed[0] = version
            with pytest.raises(Broken):
                keys.accounts.open(bytes(sealed), "a|1")

    def test_of_what_is_sealed_under_a_persons_key_cannot_be_changed_either(self) -> None:
        keys = Keys(Ring.fresh(AT))
        sealer = keys.of_person("a", keys.new_person_key("a"))
        sealed = sealer.seal(b"Delgado", "record|1")

        assert sealer.open(sealed, "record|1") == b"Delgado"
        with pytest.raises(Broken):
            sealer.open(b"\x02" + sealed[1:], "record|1")


class TestWritten:
    def test_is_read_again(self) -> None:
        ring = turned(turned(Ring.of_one(OLD))).without(1)

        assert Ring.read(ring.written()) == ring

    @pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"masters": {}, "sealing": 1}', b"\xff hunter2"])
    def test_is_refused_without_being_shown_when_it_is_none(self, content: bytes) -> None:
        with pytest.raises(ValueError, match=r"^not a key ring$"):
            Ring.read(content)

    def test_shows_no_secret_to_whoever_prints_it(self) -> None:
        ring = turned(Ring.of_one(OLD))

        assert OLD.hex() not in repr(ring)
        assert str(OLD) not in repr(ring)
