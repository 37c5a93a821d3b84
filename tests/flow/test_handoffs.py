"""A person goes from one provider to another with both present; each side over HTTP with its own token."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.demo.county import Story
from hub.flow.explanation import explain
from hub.store.audit import Act
from hub.store.db import transaction
from tests.flow.conftest import Hub, Partner


def offer(one: Story, **changes: Any) -> dict[str, Any]:
    said = {
        "given": one.given,
        "family": one.family,
        "birth_date": one.born.isoformat(),
        "to": "open-door-shelter",
        "need": "A bed tonight; comes with a small dog.",
        "urgency": "now",
        "area": "Riverside Park",
        "agreement": {"agreed": True, "words": "I would go with Ana."},
    }
    return {**said, **changes}


def hours(now: datetime, *, since: int, until: int) -> dict[str, str]:
    """Presence from so many minutes ago until so many minutes ago."""
    ago = [(now - timedelta(minutes=minutes)).isoformat() for minutes in (since, until)]
    return {"since": ago[0], "until": ago[1]}


@pytest.fixture
def place(crisis: Partner, marcus: Story) -> str:
    """Where an offered handoff is."""
    return f"/api/handoffs/{crisis.post('/api/handoffs', offer(marcus)).json()['id']}"


@pytest.fixture
def accepted(place: str, shelter: Partner) -> str:
    """Where an accepted handoff is."""
    shelter.post(f"{place}/accept", {"worker": "Ana Reyes", "role": "outreach worker"})
    return place


class TestOffering:
    def test_shows_the_receiver_need_place_and_urgency_and_no_identity(self, place: str, shelter: Partner) -> None:
        seen = shelter.get(place)

        assert seen.json()["need"] == "A bed tonight; comes with a small dog."
        assert "Delgado" not in seen.text
        assert "1987" not in seen.text
        assert shelter.post(f"{place}/packet").json()["pieces"] == []

    def test_leaves_the_sender_accountable(self, place: str, shelter: Partner) -> None:
        assert shelter.get(place).json()["holder"] == "harbor-mobile-crisis"

    def test_needs_the_persons_agreement(self, crisis: Partner, marcus: Story) -> None:
        answer = crisis.post("/api/handoffs", offer(marcus, agreement={"agreed": False}))

        assert answer.status_code == 422
        assert "transport" in answer.json()["next_steps"]

    def test_to_someone_unknown_says_not_found(self, crisis: Partner, marcus: Story) -> None:
        assert crisis.post("/api/handoffs", offer(marcus, to="nobody-here")).status_code == 404

    def test_to_oneself_makes_no_sense(self, crisis: Partner, marcus: Story) -> None:
        assert crisis.post("/api/handoffs", offer(marcus, to="harbor-mobile-crisis")).status_code == 422

    def test_of_someone_nobody_knows_works_all_the_same(self, crisis: Partner, stranger: Story) -> None:
        assert crisis.post("/api/handoffs", offer(stranger)).status_code == 201

    def test_keeps_no_name_in_the_clear(self, hub: Hub, crisis: Partner, stranger: Story) -> None:
        crisis.post("/api/handoffs", offer(stranger))

        assert b"Thornbury" not in hub.everything_kept()


class TestAccepting:
    def test_tells_the_receiver_whom_it_will_meet_and_nothing_clinical(self, accepted: str, shelter: Partner) -> None:
        packet = shelter.post(f"{accepted}/packet")

        assert "Delgado" in packet.text
        assert not any(word in packet.text.lower() for word in ("medication", "diagnos", "charges"))

    def test_names_the_worker_to_the_sender(self, accepted: str, crisis: Partner) -> None:
        assert crisis.get(accepted).json()["accepted_by"] == {"worker": "Ana Reyes", "role": "outreach worker"}

    def test_leaves_the_sender_accountable(self, accepted: str, crisis: Partner) -> None:
        assert crisis.get(accepted).json()["holder"] == "harbor-mobile-crisis"

    def test_twice_says_where_it_stands(self, accepted: str, shelter: Partner) -> None:
        again = shelter.post(f"{accepted}/accept", {"worker": "Grace Adeyemi", "role": "case manager"})

        assert again.status_code == 409

    def test_is_not_the_senders_to_do(self, place: str, crisis: Partner) -> None:
        assert crisis.post(f"{place}/accept", {"worker": "Nora", "role": "clinician"}).status_code == 403

    def test_of_another_organizations_handoff_says_not_found(self, hub: Hub, place: str) -> None:
        other = hub.partner("willow-peer-respite")

        assert other.post(f"{place}/accept", {"worker": "Wren", "role": "peer"}).status_code == 404


class TestReceiving:
    def test_moves_the_holder_and_is_warm_when_both_were_there(
        self, accepted: str, crisis: Partner, shelter: Partner, now: datetime
    ) -> None:
        for side in (crisis, shelter):
            side.post(f"{accepted}/presence", hours(now, since=20, until=1))
        received = shelter.post(f"{accepted}/receive").json()

        assert received["holder"] == "open-door-shelter"
        assert received["warm"] is True

    def test_is_not_warm_when_they_missed_each_other(
        self, accepted: str, crisis: Partner, shelter: Partner, now: datetime
    ) -> None:
        crisis.post(f"{accepted}/presence", hours(now, since=60, until=40))
        shelter.post(f"{accepted}/presence", hours(now, since=20, until=1))

        assert shelter.post(f"{accepted}/receive").json()["warm"] is False

    def test_is_not_warm_when_the_sender_was_not_there(self, accepted: str, shelter: Partner, now: datetime) -> None:
        shelter.post(f"{accepted}/presence", hours(now, since=20, until=1))

        assert shelter.post(f"{accepted}/receive").json()["warm"] is False

    def test_needs_the_receivers_own_word(self, accepted: str, shelter: Partner) -> None:
        assert shelter.post(f"{accepted}/receive").status_code == 409

    def test_is_not_attested_ahead(self, accepted: str, shelter: Partner, now: datetime) -> None:
        assert shelter.post(f"{accepted}/presence", hours(now, since=20, until=-30)).status_code == 422

    def test_opens_what_may_be_told_and_not_the_rest(
        self, accepted: str, crisis: Partner, shelter: Partner, now: datetime
    ) -> None:
        for side in (crisis, shelter):
            side.post(f"{accepted}/presence", hours(now, since=20, until=1))
        shelter.post(f"{accepted}/receive")
        kinds = {piece["kind"] for piece in shelter.post(f"{accepted}/packet").json()["pieces"]}

        assert "person" in kinds
        assert "medications" not in kinds


class TestEnding:
    def test_by_the_receivers_no_leaves_the_sender_accountable(self, place: str, shelter: Partner) -> None:
        declined = shelter.post(f"{place}/decline", {"reason": "no-capacity"}).json()

        assert (declined["state"], declined["holder"]) == ("declined", "harbor-mobile-crisis")
        assert shelter.post(f"{place}/packet").json()["pieces"] == []

    def test_by_withdrawal_closes_the_packet(self, accepted: str, crisis: Partner, shelter: Partner) -> None:
        assert crisis.post(f"{accepted}/withdraw").json()["state"] == "withdrawn"
        assert shelter.post(f"{accepted}/packet").json()["pieces"] == []


class TestRecording:
    def test_every_step_is_in_the_log_with_whose_it_was(
        self, hub: Hub, accepted: str, crisis: Partner, shelter: Partner, now: datetime
    ) -> None:
        for side in (crisis, shelter):
            side.post(f"{accepted}/presence", hours(now, since=20, until=1))
        shelter.post(f"{accepted}/packet")
        shelter.post(f"{accepted}/receive")

        acts = (Act.HANDOFF_OFFERED, Act.HANDOFF_ACCEPTED, Act.HANDOFF_ATTESTED, Act.HANDOFF_REVEALED)
        assert [len(hub.entries(act)) for act in (*acts, Act.HANDOFF_RECEIVED)] == [1, 1, 2, 1, 1]
        assert hub.entries(Act.HANDOFF_RECEIVED)[0].participant == "open-door-shelter"

    def test_a_look_at_a_packet_can_be_explained(self, hub: Hub, accepted: str, shelter: Partner) -> None:
        shelter.post(f"{accepted}/packet")
        (entry,) = hub.entries(Act.HANDOFF_REVEALED)
        with transaction(hub.engine) as session:
            told = list(explain(session, hub.keys, entry.seq, at=datetime.now(UTC), actor="hub:test"))

        assert any(line.startswith("Then") for line in told)
        assert any(line.startswith("Today") for line in told)

    def test_the_database_never_forgets_who_holds(self, hub: Hub, place: str) -> None:
        with pytest.raises(Exception, match="handoff_has_a_holder"), hub.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE handoff SET holder = 'riverbend-police'")
