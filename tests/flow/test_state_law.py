"""The law of a state in the hub: in play where a party to the exchange is, it narrows, and the log names its text."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from consent.packs import read_pack
from hub.demo.county import Story
from hub.flow.explanation import explain
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.packs import StatePacks
from tests.flow.conftest import Hub, Partner

PACK = """
jurisdiction = "US-XX"
title = "A state"
[[edition]]
since = 2026-01-01
signed_off = {by = "A. Counsel", bar = "XX 1", at = 2026-01-01}
[[edition.narrow]]
id = "stays"
words = "Nothing of homeless services is told."
cite = "a statute"
when = {sources = ["homeless-services"]}
then = {withhold = true}
"""
HOLDER, ASKER = "open-door-shelter", "harbor-mobile-crisis"


def place(hub: Hub, participant: str) -> None:
    """Puts a participant under the law of the state."""
    with hub.engine.begin() as connection:
        connection.execute(
            text("""UPDATE participant SET jurisdictions = '["US", "US-XX"]' WHERE slug = :slug"""),
            {"slug": participant},
        )


def load(hub: Hub) -> str:
    with transaction(hub.engine) as session:
        return StatePacks(session).load(read_pack(PACK, "xx.toml"), PACK, at=datetime.now(UTC))


class TestStateLaw:
    @pytest.mark.parametrize("party", [HOLDER, ASKER])
    def test_of_either_side_narrows_the_answer(self, hub: Hub, crisis: Partner, marcus: Story, party: str) -> None:
        load(hub)
        before = crisis.ask(marcus).json()["contacts"]

        place(hub, party)

        assert before
        assert crisis.ask(marcus).json()["contacts"] == []

    def test_is_named_in_the_log_by_its_text(self, hub: Hub, crisis: Partner, marcus: Story) -> None:
        digest = load(hub)
        place(hub, ASKER)
        crisis.ask(marcus)

        (entry,) = hub.entries(Act.CONTACT_WITHHELD)
        assert entry.details["packs"] == {"US-XX": digest}
        assert any(f"US-XX: its rules, {digest[:12]}" in line for line in explained(hub, entry.seq))

    def test_that_is_not_loaded_is_named_as_such(self, hub: Hub, crisis: Partner, marcus: Story) -> None:
        place(hub, ASKER)
        crisis.ask(marcus)

        (entry,) = hub.entries(Act.CONTACT_RELEASED)
        assert entry.details["packs"] == {"US-XX": None}
        assert any("US-XX: its rules were not loaded" in line for line in explained(hub, entry.seq))

    def test_of_no_state_leaves_nothing_to_name(self, hub: Hub, crisis: Partner, marcus: Story) -> None:
        load(hub)
        crisis.ask(marcus)

        (entry,) = hub.entries(Act.CONTACT_RELEASED)
        assert entry.details["packs"] == {}


def explained(hub: Hub, seq: int) -> list[str]:
    with transaction(hub.engine) as session:
        return list(explain(session, hub.keys, seq, at=datetime.now(UTC), actor="hub:cli"))
