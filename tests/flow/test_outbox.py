"""Partners are told by signed webhooks, once, and only as long as consent lets them be told."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from adapters.http import HttpSender
from hub.demo import load
from hub.demo.county import Story
from hub.flow.outbox import Courier
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.directory import Directory
from hub.store.parcels import LEASE, Overtaken, Parcels, ParcelState
from schemas.messages import OutboundMessage
from tests.flow.conftest import Hub, Partner
from tests.flow.homeless import Sender
from tests.flow.test_handoffs import offer
from tests.soak.partner import CheckingPartner, checking

LATER = timedelta(days=2)

WHOLE = ("Organization", "User", "Project", "Funder", "ProjectCoC", "HMISParticipation", "Client", "Exit")
"""What the rows of a set refer to."""

Look = Callable[[], None]


@pytest.fixture
def system(hub: Hub) -> Iterator[CheckingPartner]:
    """The shelter's own system, listening."""
    with checking() as listening:
        listening.secret = listens(hub, "open-door-shelter", listening.url)
        yield listening


@pytest.fixture
def courier(hub: Hub) -> Courier:
    return Courier(hub.at_work, hub.keys, sender=HttpSender(attempts=1))


def listens(hub: Hub, participant: str, url: str) -> bytes:
    """From now on a partner is told at that address; gives the secret that it is signed with."""
    with transaction(hub.engine) as session:
        return load.listens_at(session, hub.keys, participant, url)


def states(hub: Hub, handoff: str) -> list[str]:
    with transaction(hub.engine) as session:
        return [parcel.state for parcel in Parcels(session).of_handoff(UUID(handoff))]


class TestDelivering:
    def test_tells_by_id_alone_and_once(
        self, hub: Hub, system: CheckingPartner, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        handoff = crisis.post("/api/handoffs", offer(marcus)).json()["id"]

        assert courier.round(datetime.now(UTC)) == 1
        assert courier.round(datetime.now(UTC)) == 0
        (news,) = system.news.values()
        assert news["type"] == "handoff.offered"
        assert news["data"] == {"handoff_id": handoff}
        assert states(hub, handoff) == [ParcelState.DELIVERED]

    def test_is_signed_so_that_a_forgery_is_seen(
        self, system: CheckingPartner, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        system.secret = b"another secret"
        crisis.post("/api/handoffs", offer(marcus))
        courier.round(datetime.now(UTC))

        assert system.forged == 1
        assert not system.news

    def test_to_a_partner_that_is_down_is_tried_again_later(
        self, hub: Hub, system: CheckingPartner, courier: Courier, crisis: Partner, marcus: Story
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
        self, hub: Hub, system: CheckingPartner, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        system.secret = b"not what the hub knows"
        handoff = crisis.post("/api/handoffs", offer(marcus)).json()["id"]
        rounds = [courier.round(datetime.now(UTC) + LATER * turn) for turn in range(1, 10)]

        assert sum(rounds) == 7
        assert states(hub, handoff) == [ParcelState.FAILED]
        assert len(hub.entries(Act.PARCEL_FAILED)) == 1

    def test_survives_a_courier_that_died_with_the_parcel(
        self, hub: Hub, system: CheckingPartner, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        crisis.post("/api/handoffs", offer(marcus))
        with transaction(hub.engine) as session:
            Parcels(session).lease(datetime.now(UTC))

        assert courier.round(datetime.now(UTC)) == 0
        assert courier.round(datetime.now(UTC) + LEASE + timedelta(seconds=1)) == 1
        assert len(system.news) == 1


class TestNewsOfThePerson:
    """Whoever is accountable in a handoff under way hears that there is news of the person, and by no name."""

    def test_goes_out_when_a_record_is_stored(
        self, hub: Hub, courier: Courier, crisis: Partner, marcus: Story, system: CheckingPartner
    ) -> None:
        handoff = self._offered(hub, crisis, marcus, system)
        changed = Sender(hub).send(*WHOLE, Enrollment=lambda row: {"DisablingCondition": "8"})

        assert changed.stored
        courier.round(datetime.now(UTC))
        assert self._heard(system) == [("person.updated", {"handoff_id": handoff})]

    def test_is_none_when_all_is_as_it_was(
        self, hub: Hub, courier: Courier, crisis: Partner, marcus: Story, system: CheckingPartner
    ) -> None:
        self._offered(hub, crisis, marcus, system)
        again = Sender(hub).send(*WHOLE, "Enrollment")

        assert (again.stored, again.unchanged > 0) == (0, True)
        courier.round(datetime.now(UTC))
        assert self._heard(system) == []

    @staticmethod
    def _offered(hub: Hub, crisis: Partner, marcus: Story, system: CheckingPartner) -> str:
        """A handoff for which its holder, who offers it, is told at the system's address."""
        system.secret = listens(hub, "harbor-mobile-crisis", system.url)
        handoff: str = crisis.post("/api/handoffs", offer(marcus)).json()["id"]
        return handoff

    @staticmethod
    def _heard(system: CheckingPartner) -> list[tuple[object, object]]:
        return [(news["type"], news["data"]) for news in system.news.values()]


class TestLane:
    """What one partner is told about one person comes in order and one at a time, whoever delivers it."""

    def test_is_not_entered_by_a_second_courier(
        self, hub: Hub, crisis: Partner, marcus: Story, stranger: Story, system: CheckingPartner
    ) -> None:
        for one in (marcus, marcus, stranger):
            crisis.post("/api/handoffs", offer(one))
        with transaction(hub.engine) as session:
            parcels = Parcels(session)
            first, other, none = (parcels.lease(datetime.now(UTC)) for _ in range(3))
            assert first is not None
            assert other is not None
            assert first.person_id != other.person_id
            assert none is None, "the second of Marcus waits for the first"
            parcels.settle(first, ParcelState.DELIVERED)
            session.flush()
            second = parcels.lease(datetime.now(UTC))
            assert second is not None
            assert second.person_id == first.person_id

    def test_waits_for_what_was_put_off_and_others_do_not(
        self, hub: Hub, crisis: Partner, marcus: Story, stranger: Story, system: CheckingPartner, courier: Courier
    ) -> None:
        crisis.post("/api/handoffs", offer(marcus))
        system.secret, secret = b"lost for a while", system.secret
        courier.round(datetime.now(UTC))
        system.secret = secret
        crisis.post("/api/handoffs", offer(marcus))
        crisis.post("/api/handoffs", offer(stranger))

        assert courier.round(datetime.now(UTC)) == 1, "only the stranger's"
        assert courier.round(datetime.now(UTC) + LATER) == 2
        assert len(system.news) == 3

    def test_keeps_its_order_among_couriers_and_failures(
        self, hub: Hub, crisis: Partner, marcus: Story, stranger: Story, system: CheckingPartner
    ) -> None:
        handoffs = [crisis.post("/api/handoffs", offer(one)).json()["id"] for one in (marcus, stranger) * 6]
        system.manners = lambda number: "no" if number in {2, 3, 7, 11} else "yes"
        courier = Courier(hub.engine, hub.keys, sender=HttpSender(attempts=1))
        for turn in range(1, 6):
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(courier.round, [datetime.now(UTC) + LATER * turn] * 4))

        told = [news["data"]["handoff_id"] for news in system.news.values()]  # type: ignore[index]
        assert [one for one in told if one in handoffs[::2]] == handoffs[::2]
        assert [one for one in told if one in handoffs[1::2]] == handoffs[1::2]


class TestLease:
    def test_that_ran_out_lets_nobody_settle_what_another_has(
        self, hub: Hub, system: CheckingPartner, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        handoff = crisis.post("/api/handoffs", offer(marcus)).json()["id"]
        now = datetime.now(UTC)
        other = threading.Thread(target=courier.round, args=[now + LEASE + timedelta(seconds=1)])

        def meanwhile() -> None:
            other.start()
            other.join()

        late = Slow(wait_for=meanwhile)
        Courier(hub.engine, hub.keys, sender=late).deliver_next(now)

        assert len(system.news) == 1
        assert late.sent == 0, "at its last look it saw that the parcel was another's"
        assert states(hub, handoff) == [ParcelState.DELIVERED]
        assert len(hub.entries(Act.PARCEL_SENT)) == len(hub.entries(Act.PARCEL_DELIVERED)) == 1

    @pytest.mark.parametrize("minutes", [5, -5])
    def test_is_reckoned_by_the_databases_clock_and_not_by_a_workers(
        self,
        hub: Hub,
        system: CheckingPartner,
        crisis: Partner,
        marcus: Story,
        minutes: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        off = SimpleNamespace(now=lambda zone: datetime.now(zone) + timedelta(minutes=minutes))
        monkeypatch.setattr("hub.flow.outbox.datetime", off)
        wrong = Courier(hub.engine, hub.keys, sender=HttpSender(attempts=1))
        crisis.post("/api/handoffs", offer(marcus))
        with transaction(hub.engine) as session:
            parcels = Parcels(session)
            leased = parcels.lease(parcels.now())
        assert not wrong.deliver_next(), "another has it"
        with transaction(hub.engine) as session:
            assert leased is not None
            assert Parcels(session).put_off(Parcels(session).held(leased), datetime.now(UTC) - LEASE, None)
        assert wrong.deliver_next(), "it is due"
        assert len(system.news) == 1

    def test_that_ran_out_after_sending_leaves_the_others_word(
        self, hub: Hub, system: CheckingPartner, crisis: Partner, marcus: Story
    ) -> None:
        """The partner said no to the first and yes to the second; the first, coming late, changes nothing."""
        handoff = crisis.post("/api/handoffs", offer(marcus)).json()["id"]
        now = datetime.now(UTC)
        with transaction(hub.engine) as session:
            lost = Parcels(session).lease(now)
        assert lost is not None
        Courier(hub.engine, hub.keys).round(now + LEASE + timedelta(seconds=1))

        with transaction(hub.engine) as session, pytest.raises(Overtaken):
            Parcels(session).held(lost)
        assert states(hub, handoff) == [ParcelState.DELIVERED]


class Slow(HttpSender):
    """Something happens between the taking up of a parcel and the moment when its first byte would leave."""

    def __init__(self, *, wait_for: Callable[[], object]) -> None:
        super().__init__(attempts=1)
        self.wait_for = wait_for
        self.sent = 0

    def send(self, url: str, message: OutboundMessage, *, idempotency_key: str, last_look: Look = lambda: None) -> None:
        def looked() -> None:
            self.wait_for()
            last_look()
            self.sent += 1

        super().send(url, message, idempotency_key=idempotency_key, last_look=looked)


class TestRecording:
    def test_that_it_leaves_comes_before_the_first_byte(
        self, hub: Hub, system: CheckingPartner, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        """A worker that dies after sending leaves a disclosure on record, never one that nobody knows of."""
        seen: list[int] = []
        system.on_arrival = lambda: seen.append(len(hub.entries(Act.PARCEL_SENT)))
        crisis.post("/api/handoffs", offer(marcus))
        courier.round(datetime.now(UTC))

        assert seen == [1]
        assert len(hub.entries(Act.PARCEL_DELIVERED)) == 1

    def test_says_by_which_book_it_was_decided_and_nothing_of_the_pieces(
        self, hub: Hub, system: CheckingPartner, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        crisis.post("/api/handoffs", offer(marcus))
        courier.round(datetime.now(UTC))
        (queued,), (sent,) = hub.entries(Act.PARCEL_QUEUED), hub.entries(Act.PARCEL_SENT)

        assert sent.details["rulebook"] == queued.details["rulebook"] != ""
        assert "decisions" not in sent.details

    def test_of_a_partner_that_was_not_reached_says_nothing(
        self, hub: Hub, courier: Courier, crisis: Partner, marcus: Story
    ) -> None:
        listens(hub, "open-door-shelter", "http://127.0.0.1:9/hooks")
        crisis.post("/api/handoffs", offer(marcus))
        courier.round(datetime.now(UTC))

        assert hub.entries(Act.PARCEL_SENT) == []


class TestAskingConsentAgain:
    def test_at_the_last_moment_counts_what_came_after_the_lease(
        self, hub: Hub, system: CheckingPartner, crisis: Partner, stranger: Story
    ) -> None:
        handoff = crisis.post("/api/handoffs", offer(stranger)).json()["id"]
        late = Slow(wait_for=lambda: _let_agreements_lapse(hub))
        Courier(hub.engine, hub.keys, sender=late).deliver_next()

        assert not system.news
        assert states(hub, handoff) == [ParcelState.WITHHELD]
        assert len(hub.entries(Act.PARCEL_WITHHELD)) == 1
        assert hub.entries(Act.PARCEL_SENT) == []

    def test_before_the_attempt_withholds_what_may_no_longer_be_told(
        self, hub: Hub, system: CheckingPartner, courier: Courier, crisis: Partner, stranger: Story
    ) -> None:
        handoff = crisis.post("/api/handoffs", offer(stranger)).json()["id"]
        _let_agreements_lapse(hub)
        courier.round(datetime.now(UTC))

        assert not system.news
        assert states(hub, handoff) == [ParcelState.WITHHELD]
        assert len(hub.entries(Act.PARCEL_WITHHELD)) == 1

    def test_when_queued_queues_nothing_that_may_not_be_told(
        self, hub: Hub, system: CheckingPartner, courier: Courier, crisis: Partner, stranger: Story
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
