"""Partners are told by signed webhooks, once, and only as long as consent lets them be told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.http import HttpSender
from hub.demo import load, partner
from hub.demo.county import Story
from hub.demo.partner import Partner as Listening
from hub.flow.outbox import Courier
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.parcels import Parcels, ParcelState
from tests.flow.conftest import Hub, Partner
from tests.flow.test_handoffs import offer

LATER = timedelta(days=2)


@pytest.fixture
def system(hub: Hub) -> Iterator[Listening]:
    """The shelter's own system, listening."""
    with partner.listening() as listening:
        with transaction(hub.engine) as session:
            listening.secret = load.listens_at(session, hub.keys, "open-door-shelter", listening.url)
        yield listening


@pytest.fixture
def courier(hub: Hub) -> Courier:
    return Courier(hub.at_work, hub.keys, sender=HttpSender(attempts=1))


def states(hub: Hub, handoff: str) -> list[str]:
    from uuid import UUID

    with transaction(hub.engine) as session:
        return [parcel.state for parcel in Parcels(session).of_handoff(UUID(handoff))]


class TestDelivering:
    def test_tells_by_id_alone_and_once(
        self, hub: Hub, system: Listening, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        handoff = crisis.post("/api/handoffs", offer(marcus)).json()["id"]

        assert courier.round(datetime.now(UTC)) == 1
        assert courier.round(datetime.now(UTC)) == 0
        (news,) = system.news.values()
        assert news["type"] == "handoff.offered"
        assert news["data"] == {"handoff_id": handoff}
        assert states(hub, handoff) == [ParcelState.DELIVERED]

    def test_is_signed_so_that_a_forgery_is_seen(
        self, system: Listening, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        system.secret = b"another secret"
        crisis.post("/api/handoffs", offer(marcus))
        courier.round(datetime.now(UTC))

        assert system.forged == 1
        assert not system.news

    def test_to_a_partner_that_is_down_is_tried_again_later(
        self, hub: Hub, system: Listening, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        with transaction(hub.engine) as session:
            row = Directory(session).participant("open-door-shelter")
            up, row.webhook_url = row.webhook_url, "http://127.0.0.1:9/hooks"
            session.add(row)
        crisis.post("/api/handoffs", offer(marcus))
        now = datetime.now(UTC)

        assert courier.round(now) == 1
        assert courier.round(now) == 0
        with transaction(hub.engine) as session:
            row = Directory(session).participant("open-door-shelter")
            row.webhook_url = up
            session.add(row)
        assert courier.round(now + LATER) == 1
        assert len(system.news) == 1

    def test_is_given_up_after_many_attempts_and_that_is_on_record(
        self, hub: Hub, system: Listening, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        system.secret = b"not what the hub knows"
        handoff = crisis.post("/api/handoffs", offer(marcus)).json()["id"]
        rounds = [courier.round(datetime.now(UTC) + LATER * turn) for turn in range(1, 10)]

        assert sum(rounds) == 7
        assert states(hub, handoff) == [ParcelState.FAILED]
        assert len(hub.entries(Act.PARCEL_FAILED)) == 1

    def test_survives_a_courier_that_died_with_the_parcel(
        self, hub: Hub, system: Listening, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        crisis.post("/api/handoffs", offer(marcus))
        with transaction(hub.engine) as session:
            Parcels(session).lease(datetime.now(UTC))

        assert courier.round(datetime.now(UTC)) == 0
        assert courier.round(datetime.now(UTC) + timedelta(seconds=61)) == 1
        assert len(system.news) == 1


class TestAskingConsentAgain:
    def test_before_the_attempt_withholds_what_may_no_longer_be_told(
        self, hub: Hub, system: Listening, courier: Courier, crisis: Partner, stranger: Story
    ) -> None:
        handoff = crisis.post("/api/handoffs", offer(stranger)).json()["id"]
        _let_agreements_lapse(hub)
        courier.round(datetime.now(UTC))

        assert not system.news
        assert states(hub, handoff) == [ParcelState.WITHHELD]
        assert len(hub.entries(Act.PARCEL_WITHHELD)) == 1

    def test_when_queued_queues_nothing_that_may_not_be_told(
        self, hub: Hub, system: Listening, courier: Courier, crisis: Partner, stranger: Story
    ) -> None:
        _let_agreements_lapse(hub)
        crisis.post("/api/handoffs", offer(stranger))

        assert courier.round(datetime.now(UTC)) == 0
        assert not system.news


def _let_agreements_lapse(hub: Hub) -> None:
    with hub.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE agreement SET document = jsonb_set(document, '{until}', '\"2020-01-01\"') "
            "WHERE document->'parties' ? 'harbor-mobile-crisis'"
        )
