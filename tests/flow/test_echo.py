"""What the hub wrote to an HMIS comes back in that HMIS's exports, and is nobody else's contact with the person."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.demo.county import Story
from hub.demo.play import HMIS
from hub.flow.intake import Reader
from hub.store.crypto import Keys
from tests.flow.conftest import Hub, Partner, county_in, opened
from tests.flow.test_writeback import CRISIS, Authorize, WrittenBack, authorize, hand_over, rows, written_back

__all__ = ["authorize", "written_back"]

TABLES = ("User.csv", "Event.csv", "CurrentLivingSituation.csv", "Assessment.csv")

Sent = dict[str, list[dict[str, str]]]


@pytest.fixture
def sent(crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack) -> Sent:
    """The rows of a handoff that the HMIS was told of, as it sends them on."""
    authorize(CRISIS)
    found = {"found_in": "place not meant for habitation", "assessment": {"how": "in-person", "prioritized": True}}
    hand_over(crisis, marcus, **found)
    content = written_back()
    return {file: rows(content, file) for file in TABLES}


@pytest.fixture
def other(county_folder: Path, server: str, keys: Keys) -> Iterator[Hub]:
    """A second hub, with a database of its own, into which the same feeds came."""
    with county_in(county_folder, server, keys) as home, opened(home) as hub:
        yield hub


def comes_back(hub: Hub, hmis: Partner, sent: Sent) -> None:
    receipt = hmis.post("/hmis/v1/csvimport", sent)
    assert receipt.status_code == 202, receipt.text
    Reader(hub.at_work, hub.keys, auto_link=hub.home.settings.auto_link).round(datetime.now(UTC))
    status = hmis.get(f"/hmis/v1/csvimport/{receipt.json()['id']}").json()
    assert (status["state"], status["set_aside"]) == ("read", [])


def under_other_keys(sent: Sent) -> Sent:
    own = {"EventID", "CurrentLivingSitID", "AssessmentID"}
    return {
        file: [{name: f"b-{value[2:]}" if name in own else value for name, value in row.items()} for row in some]
        for file, some in sent.items()
    }


def of_coordinated_entry(crisis: Partner, one: Story) -> Any:
    return next(told for told in contacts(crisis, one) if told["program"] == "Coordinated Entry")


def contacts(crisis: Partner, one: Story) -> Any:
    return crisis.ask(one).json()["contacts"]


class TestWhatTheHubWrote:
    def test_comes_back_and_changes_no_answer(
        self, hub: Hub, hmis: Partner, crisis: Partner, marcus: Story, sent: Sent
    ) -> None:
        before = contacts(crisis, marcus)
        comes_back(hub, hmis, sent)

        assert contacts(crisis, marcus) == before

    def test_changes_none_either_where_an_importer_gave_it_another_key(
        self, hub: Hub, hmis: Partner, crisis: Partner, marcus: Story, sent: Sent
    ) -> None:
        before = contacts(crisis, marcus)
        comes_back(hub, hmis, under_other_keys(sent))

        assert contacts(crisis, marcus) == before

    def test_is_not_shown_to_the_receiver_as_somebody_elses(
        self, hub: Hub, hmis: Partner, crisis: Partner, shelter: Partner, marcus: Story, sent: Sent
    ) -> None:
        (handoff,) = crisis.get("/api/handoffs").json()
        place = f"/api/handoffs/{handoff['id']}"
        shelter.post(f"{place}/accept", {"worker": "Ana Reyes", "role": "outreach worker"})
        shelter.post(f"{place}/receive")
        before = shelter.post(f"{place}/packet").json()["pieces"]
        comes_back(hub, hmis, sent)

        assert shelter.post(f"{place}/packet").json()["pieces"] == before != []

    def test_is_given_back_to_the_hmis_as_any_row_of_its_own(self, hub: Hub, hmis: Partner, sent: Sent) -> None:
        comes_back(hub, hmis, sent)
        person = sent["Event.csv"][0]["PersonalID"]
        told = hmis.get(f"/hmis/v1/csvexport?PersonalID={person}").json()

        assert sent["Event.csv"][0]["EventID"] in [row["EventID"] for row in told["Event.csv"]]


class TestWhatAnotherHubWrote:
    """The second hub takes the county's HMIS too, and has no part in the handoff."""

    def test_is_news_of_the_person(self, other: Hub, marcus: Story, sent: Sent) -> None:
        crisis, met = other.partner(CRISIS), sent["CurrentLivingSituation.csv"][0]["InformationDate"]
        before = of_coordinated_entry(crisis, marcus)
        comes_back(other, other.partner(HMIS), sent)
        after = of_coordinated_entry(crisis, marcus)

        assert before["last_contact"]["on"] < met
        assert before["last_seen"] is None
        assert after["last_contact"]["on"] == met
        assert (after["last_seen"]["area"], after["last_seen"]["on"]) == ("Riverside Park", met)
        assert after["coordinated_entry"] == {"prioritized": True, "open_referral": "emergency-shelter"}
        assert met in [ground["as_of"] for ground in after["rests_on"]]

    def test_names_no_hub_as_whoever_recorded_it(self, other: Hub, marcus: Story, sent: Sent) -> None:
        crisis = other.partner(CRISIS)
        before = of_coordinated_entry(crisis, marcus)
        comes_back(other, other.partner(HMIS), under_other_keys(sent))

        assert of_coordinated_entry(crisis, marcus)["worker"] == before["worker"]
        assert "Handoff Hub" not in str(contacts(crisis, marcus))
