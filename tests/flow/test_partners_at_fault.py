"""A partner that hangs, drips, rambles, redirects or breaks off: an attempt ends in time and memory.

The parcel is put off, and in the end parked where a person sees it and can send it again.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from sqlmodel import col, select

from adapters.http import DEADLINE, HttpSender, NotTaken
from hub.demo.county import Story, story
from hub.flow.outbox import Courier
from hub.store.accounts import HubRole, UserRow, WebSessions
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.parcels import LEASE, PATIENCE, Parcels, ParcelState, lease_for
from schemas.messages import OutboundMessage
from tests.flow import bad_partners as bad
from tests.flow.bad_partners import BadPartner, Behaviour, misbehaving
from tests.flow.conftest import Hub, Partner
from tests.flow.test_handoffs import offer
from tests.flow.test_outbox import listens, states
from tests.soak.partner import checking

MESSAGE = OutboundMessage(media_type="application/json", content=b"{}")
MEGABYTE = 2**20
NEVER = timedelta(days=2)


def send(url: str, *, deadline: float = 2.0) -> None:
    HttpSender(attempts=1, deadline=deadline).send(url, MESSAGE, idempotency_key="one")


class TestAttempt:
    @pytest.mark.parametrize(
        ("behave", "status"),
        [
            (bad.hangs, None),
            (bad.drips, None),
            (bad.talks_garbage, None),
            (bad.never_ends_its_headers, None),
            (bad.resets, None),
            (bad.hangs_up, None),
            (bad.says(500), 500),
            (bad.says(302, b"location: http://127.0.0.1:1/elsewhere"), 302),
            (bad.sends_a_huge_body(503), 503),
        ],
        ids=["hangs", "drips", "garbage", "headers", "resets", "hangs-up", "500", "redirect", "huge-body"],
    )
    def test_ends_in_time_and_memory_and_says_that_it_was_not_taken(
        self, behave: Behaviour, status: int | None
    ) -> None:
        before = psutil.Process().memory_info().rss
        began = time.monotonic()
        with misbehaving(behave) as partner, pytest.raises(NotTaken) as failure:
            send(partner.url)

        assert time.monotonic() - began < 30
        assert psutil.Process().memory_info().rss - before < 20 * MEGABYTE
        assert failure.value.status == status
        assert len(partner.requests) == 1, "an attempt sends once"

    def test_believes_a_status_and_reads_no_body_that_follows(self) -> None:
        """One that says yes and then goes on for a terabyte has said yes."""
        with misbehaving(bad.sends_a_huge_body(200)) as partner:
            send(partner.url)

    def test_where_tls_is_expected_and_not_spoken_sends_nothing(self) -> None:
        with misbehaving(bad.says(200)) as partner, pytest.raises(NotTaken):
            send(partner.url.replace("http:", "https:"))

        assert not any(b"idempotency-key" in asked for asked in partner.requests)

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://", "gopher://127.0.0.1/", "http://[::1/"])
    def test_at_an_address_that_leads_nowhere_says_so(self, url: str) -> None:
        with pytest.raises(NotTaken):
            send(url)

    def test_is_shorter_than_the_lease(self) -> None:
        """Else a second worker would take up a parcel that the first is still sending."""
        assert timedelta(seconds=DEADLINE) < LEASE
        assert lease_for(DEADLINE * 3) > timedelta(seconds=DEADLINE * 3)


@pytest.fixture
def courier(hub: Hub) -> Courier:
    return Courier(hub.engine, hub.keys, sender=HttpSender(attempts=1, deadline=1.0))


@pytest.fixture
def broken(hub: Hub) -> Iterator[BadPartner]:
    """The shelter's system, which answers 500."""
    with misbehaving(bad.says(500)) as partner:
        listens(hub, "open-door-shelter", partner.url)
        yield partner


class TestParcel:
    def test_is_put_off_longer_each_time_and_then_parked(
        self, hub: Hub, courier: Courier, broken: BadPartner, crisis: Partner, marcus: Story
    ) -> None:
        handoff = crisis.post("/api/handoffs", offer(marcus)).json()["id"]
        now, waits = datetime.now(UTC), []
        while states(hub, handoff) == [ParcelState.QUEUED]:
            assert courier.deliver_next(now)
            with transaction(hub.engine) as session:
                (row,) = Parcels(session).of_handoff(handoff)
            waits.append((row.not_before - now).total_seconds())
            now = row.not_before

        assert states(hub, handoff) == [ParcelState.FAILED]
        assert waits[:-1] == list(PATIENCE)
        assert not courier.deliver_next(now + NEVER)
        assert len(broken.requests) == len(PATIENCE) + 1 == len(hub.entries(Act.PARCEL_SENT))
        (parked,) = hub.entries(Act.PARCEL_FAILED)
        assert parked.details["status"] == 500

    def test_that_cannot_even_be_made_is_put_off_too(
        self, hub: Hub, courier: Courier, broken: BadPartner, crisis: Partner, marcus: Story
    ) -> None:
        """A damaged secret is no reason to try for ever."""
        handoff = crisis.post("/api/handoffs", offer(marcus)).json()["id"]
        with hub.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE participant SET sealed_webhook_secret = 'broken'")
        for turn in range(1, 10):
            courier.round(datetime.now(UTC) + NEVER * turn)

        assert states(hub, handoff) == [ParcelState.FAILED]
        assert not broken.requests

    def test_for_one_that_hangs_holds_up_no_other_partner(
        self, hub: Hub, crisis: Partner, marcus: Story, stranger: Story
    ) -> None:
        """Two attempts at a time hang there; the third courier finds what is for someone else."""
        people = (marcus, stranger, story("withheld"))
        with misbehaving(bad.hangs) as hanging, misbehaving(bad.says(204)) as well:
            listens(hub, "open-door-shelter", hanging.url)
            listens(hub, "willow-peer-respite", well.url)
            for one in people:
                crisis.post("/api/handoffs", offer(one))
            crisis.post("/api/handoffs", {**offer(marcus), "to": "willow-peer-respite"})
            threads = [threading.Thread(target=patient(hub).deliver_next) for _ in range(3)]
            for thread, reached in zip(threads, ((1, 0), (2, 0), (2, 1)), strict=True):
                thread.start()
                assert soon(lambda: (len(hanging.requests), len(well.requests)), reached)
        for thread in threads:
            thread.join()


def patient(hub: Hub) -> Courier:
    """One that waits for longer than the test lasts."""
    return Courier(hub.engine, hub.keys, sender=HttpSender(attempts=1, deadline=60))


def soon(what: Callable[[], object], value: object) -> bool:
    deadline = time.monotonic() + 30
    while what() != value and time.monotonic() < deadline:
        time.sleep(0.02)
    return what() == value


class TestPerson:
    """What is parked is seen by a person, who sends it again or lets it go; both are on record."""

    @pytest.fixture
    def keeper(self, hub: Hub) -> Partner:
        """The administrator, signed in."""
        with transaction(hub.engine) as session:
            (user,) = session.exec(select(UserRow).where(col(UserRow.roles).contains([HubRole.ADMINISTRATOR]))).all()
            token = WebSessions(session, hub.keys).begin(user, at=datetime.now(UTC))
        with transaction(hub.engine) as session:
            signed_in = WebSessions(session, hub.keys).resume(token, at=datetime.now(UTC))
        assert signed_in is not None
        keeper = Partner(hub.http, "tomas", "")
        keeper.headers = {"cookie": f"hub_session={token}", "x-csrf-token": signed_in.csrf}
        return keeper

    @pytest.fixture
    def parked(self, hub: Hub, courier: Courier, broken: BadPartner, crisis: Partner, marcus: Story) -> str:
        """The handoff whose offer is parked and whose withdrawal waits behind it."""
        handoff: str = crisis.post("/api/handoffs", offer(marcus)).json()["id"]
        crisis.post(f"/api/handoffs/{handoff}/withdraw")
        for turn in range(1, 10):
            courier.round(datetime.now(UTC) + NEVER * turn)
        assert states(hub, handoff) == [ParcelState.FAILED, ParcelState.QUEUED]
        return handoff

    def test_sends_it_again_and_what_waits_follows_in_order(
        self, hub: Hub, courier: Courier, keeper: Partner, parked: str
    ) -> None:
        (shown,) = keeper.get("/api/parcels").json()
        with checking() as mended:
            mended.secret = listens(hub, "open-door-shelter", mended.url)
            answer = keeper.post(f"/api/parcels/{shown['id']}/resend")
            courier.round(datetime.now(UTC))

        assert (shown["state"], shown["last_status"], shown["handoff_id"]) == ("failed", 500, parked)
        assert answer.status_code == 200
        assert states(hub, parked) == [ParcelState.DELIVERED, ParcelState.DELIVERED]
        assert [news["type"] for news in mended.news.values()] == ["handoff.offered", "handoff.withdrawn"]
        (again,) = hub.entries(Act.PARCEL_SENT_AGAIN)
        assert again.actor.startswith("user:")
        assert keeper.get("/api/parcels").json() == []

    def test_lets_it_go_and_the_lane_goes_on(self, hub: Hub, courier: Courier, keeper: Partner, parked: str) -> None:
        (shown,) = keeper.get("/api/parcels").json()
        with misbehaving(bad.says(204)) as mended:
            listens(hub, "open-door-shelter", mended.url)
            keeper.post(f"/api/parcels/{shown['id']}/drop")
            courier.round(datetime.now(UTC))

        assert states(hub, parked) == [ParcelState.DROPPED, ParcelState.DELIVERED]
        assert len(hub.entries(Act.PARCEL_DROPPED)) == 1

    def test_twice_is_told_that_it_is_not_parked(self, keeper: Partner, parked: str) -> None:
        (shown,) = keeper.get("/api/parcels").json()
        again = [keeper.post(f"/api/parcels/{shown['id']}/resend").status_code for _ in range(2)]

        assert again == [200, 409]

    def test_needs_to_be_the_administrator(self, crisis: Partner, parked: str) -> None:
        assert crisis.get("/api/parcels").status_code == 403
