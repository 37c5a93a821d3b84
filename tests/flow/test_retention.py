"""What is kept long enough, over the county: with the rights of the worker, and what the database refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from hub.flow.retention import empty_what_is_over
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.messages import MessageState
from tests.flow.conftest import Hub

DAYS = 30


def swept(hub: Hub, days_later: int) -> int:
    with transaction(hub.at_work) as session:
        return empty_what_is_over(session, hub.keys, DAYS, at=datetime.now(UTC) + timedelta(days=days_later))


def count(hub: Hub, query: str) -> int:
    with Session(hub.engine) as session:
        return int(session.connection().scalar(text(query)) or 0)


class TestMessages:
    def test_give_up_their_content_once_their_time_is_over(self, hub: Hub) -> None:
        whole = count(
            hub,
            "SELECT count(*) FROM raw_message AS one WHERE state = 'read' AND NOT EXISTS "
            "(SELECT FROM set_aside WHERE message_id = one.id AND resolved_at IS NULL)",
        )
        assert whole

        assert swept(hub, DAYS - 1) == 0
        done = swept(hub, DAYS + 1)

        assert done == min(whole, 100)
        assert count(hub, "SELECT count(*) FROM raw_message WHERE state = 'emptied'") == done
        assert not count(
            hub, "SELECT count(*) FROM raw_chunk JOIN raw_message ON message_id = id WHERE state = 'emptied'"
        )
        named = hub.entries(Act.MESSAGE_EMPTIED)[0].details["messages"]
        assert isinstance(named, list)
        assert len(named) == done

    @pytest.mark.parametrize("state", [MessageState.RECEIVED, MessageState.REFUSED, MessageState.PARKED])
    def test_keep_it_while_they_are_not_in(self, hub: Hub, state: MessageState) -> None:
        with hub.engine.begin() as connection:
            connection.execute(text("UPDATE raw_message SET state = :state"), {"state": state})

        assert swept(hub, 10_000) == 0

    def test_keep_it_while_a_part_is_set_aside(self, hub: Hub) -> None:
        with hub.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO set_aside (id, message_id, code, severity, expected, at) "
                    "SELECT gen_random_uuid(), id, 'x', 'set-aside', 'y', now() FROM raw_message"
                )
            )

        assert swept(hub, 10_000) == 0


class TestInstruments:
    def test_are_kept_by_the_database_itself(self, hub: Hub) -> None:
        for statement in ("DELETE FROM instrument", "TRUNCATE instrument"):
            with pytest.raises(ProgrammingError, match="six years"), hub.engine.begin() as connection:
                connection.execute(text(statement))

    @pytest.mark.parametrize(("ago", "goes"), [("5 years 364 days", False), ("6 years 1 day", True)])
    def test_go_after_six_years(self, hub: Hub, ago: str, goes: bool) -> None:
        with hub.engine.begin() as connection:
            connection.execute(
                text("UPDATE instrument SET superseded_at = now() - CAST(:ago AS interval)"), {"ago": ago}
            )

        if goes:
            with hub.engine.begin() as connection:
                assert connection.execute(text("DELETE FROM instrument")).rowcount
        else:
            with pytest.raises(ProgrammingError, match="six years"), hub.engine.begin() as connection:
                connection.execute(text("DELETE FROM instrument"))
