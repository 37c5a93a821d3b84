"""`hub parcels`: what partners have not taken, seen and settled from the command line."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from hub.store import db
from hub.store.parcels import ParcelRow, Parcels, ParcelState
from tests.cli.conftest import Command


@pytest.fixture
def parked(county: Command, engine: Engine) -> str:
    """A parcel that the hospital has not taken."""
    handoff, person, now = uuid4(), uuid4(), datetime.now(UTC)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO person (id, wrapped_key, created_at) VALUES (%s, '', now())", (person,))
        connection.exec_driver_sql(
            "INSERT INTO handoff (id, person_id, sender, receiver, holder, state, mode, purpose, need, urgency, area, "
            "sealed_agreement, offered_at) VALUES (%s, %s, 'cedar-jail', 'mercy-hospital', 'cedar-jail', 'offered', "
            "'in-person', 'COC', '', 'now', '', '', now())",
            (handoff, person),
        )
    parcel = ParcelRow(
        id=uuid4(),
        recipient="mercy-hospital",
        event="handoff.offered",
        handoff_id=handoff,
        person_id=person,
        purpose="COC",
        queued_at=now,
        not_before=now,
        attempts=7,
        last_status=500,
    )
    with db.transaction(engine) as session:
        Parcels(session).queue(parcel)
        Parcels(session).settle(parcel, ParcelState.FAILED)
    return str(parcel.id)


def state(engine: Engine, parcel: str) -> str:
    with Session(engine) as session:
        rows = {str(row.id): row for row in Parcels(session).unsettled()}
        return rows[parcel].state if parcel in rows else "settled"


class TestList:
    def test_shows_what_is_parked_and_what_the_partner_answered(self, county: Command, parked: str) -> None:
        shown = county("parcels", "list").out

        assert all(word in shown for word in (parked, "mercy-hospital", "handoff.offered", "failed", "500"))
        assert parked not in county("parcels", "list", "--recipient", "cedar-jail").out

    def test_of_none_says_so(self, county: Command) -> None:
        assert "taken at once" in county("parcels", "list").out


class TestResend:
    def test_has_it_tried_again_and_is_on_record(self, county: Command, engine: Engine, parked: str) -> None:
        ran = county("parcels", "resend", parked)

        assert (ran.code, "mercy-hospital" in ran.out) == (0, True)
        with db.transaction(engine) as session:
            due = Parcels(session).lease(db.now(session) + timedelta(seconds=1))
        assert due is not None
        assert str(due.id) == parked
        assert "hub:parcel:sent-again" in county("audit", "export").out

    def test_of_one_that_is_not_parked_is_refused(self, county: Command, parked: str) -> None:
        county("parcels", "resend", parked)

        assert county("parcels", "resend", parked).is_a_plain_refusal
        assert county("parcels", "resend", str(uuid4())).is_a_plain_refusal
        assert county("parcels", "resend", "the-last-one").is_a_plain_refusal


class TestDrop:
    def test_lets_go_of_it_and_is_on_record(self, county: Command, engine: Engine, parked: str) -> None:
        assert county("parcels", "drop", parked).code == 0
        assert state(engine, parked) == "settled"
        assert "hub:parcel:dropped" in county("audit", "export").out
