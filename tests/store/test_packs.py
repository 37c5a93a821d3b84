"""State packs among the terms: what counts on a day, and what is no longer read counts as not loaded."""

from datetime import UTC, date, datetime
from hashlib import sha256

from sqlalchemy import Engine, text
from sqlmodel import Session

from consent.packs import read_pack
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.packs import StatePacks
from hub.store.terms import terms
from schemas.instruments import Policies, StatePack

AT = datetime(2026, 6, 15, tzinfo=UTC)
PACK = """
jurisdiction = "US-XX"
title = "A state"
[[edition]]
since = 2026-01-01
until = 2026-12-31
signed_off = {by = "A. Counsel", bar = "XX 1", at = 2026-02-01}
"""
XX = StatePack(jurisdiction="US-XX")


def load(session: Session, content: str = PACK) -> str:
    return StatePacks(session).load(read_pack(content, "xx.toml"), content, at=AT)


class TestTerms:
    def test_have_the_rules_of_a_state_on_the_days_they_count(self, engine: Engine) -> None:
        with transaction(engine) as session:
            digest = load(session)
            known = terms(session)

        found = {day: known.policies_on(day).state_packs for day in map(date.fromisoformat, DAYS)}
        assert found == {date.fromisoformat(day): (XX,) if counts else () for day, counts in DAYS.items()}
        assert known.digests(("US", "US-XX", "US-YY"), date(2026, 2, 1)) == {"US-XX": digest, "US-YY": None}
        assert known.digests(("US", "US-XX"), date(2026, 1, 31)) == {"US-XX": None}

    def test_name_a_pack_by_the_digest_of_its_text(self, engine: Engine) -> None:
        with transaction(engine) as session:
            assert load(session) == sha256(PACK.encode()).hexdigest()

    def test_change_as_soon_as_a_pack_is_loaded_replaced_or_withdrawn(self, engine: Engine) -> None:
        another = PACK.replace('"A state"', '"The same state"')
        with transaction(engine) as session:
            seen = [terms(session).packs]
            load(session)
            seen.append(terms(session).packs)
            load(session, another)
            seen.append(terms(session).packs)
            StatePacks(session).withdraw("US-XX", at=AT)
            seen.append(terms(session).packs)

        assert [[one.pack.title for one in packs] for packs in seen] == [[], ["A state"], ["The same state"], []]

    def test_take_the_rules_of_states_from_nowhere_else(self, engine: Engine) -> None:
        with transaction(engine) as session:
            Directory(session).lay_down(Policies(state_packs=(XX,)), at=AT)

            assert terms(session).policies_on(date(2026, 6, 15)).state_packs == ()

    def test_count_a_pack_that_can_no_longer_be_read_as_not_loaded(self, engine: Engine) -> None:
        with transaction(engine) as session:
            load(session)
        with engine.begin() as connection:
            connection.execute(text("UPDATE state_pack SET text = 'edition = 1'"))
        with Session(engine) as session:
            known = terms(session)

        assert known.policies_on(date(2026, 6, 15)).state_packs == ()
        assert known.digests(("US-XX",), date(2026, 6, 15)) == {"US-XX": None}


DAYS = {
    "2026-01-31": False,
    "2026-02-01": True,
    "2026-12-31": True,
    "2027-01-01": False,
}
"""The day before its sign-off, that day, its last day, and the day after."""
