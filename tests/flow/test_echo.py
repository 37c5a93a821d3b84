"""What the hub wrote to an HMIS comes back in that HMIS's exports, and is nobody else's contact with the person."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.demo.county import Story
from hub.flow.intake import Reader
from tests.flow.conftest import Hub, Partner
from tests.flow.test_writeback import CRISIS, Authorize, WrittenBack, authorize, hand_over, rows, written_back

__all__ = ["authorize", "written_back"]

TABLES = ("User.csv", "Event.csv", "CurrentLivingSituation.csv", "Assessment.csv")
KEYS = {"EventID", "CurrentLivingSitID", "AssessmentID"}

Sent = dict[str, list[dict[str, str]]]


@pytest.fixture
def sent(crisis: Partner, marcus: Story, authorize: Authorize, written_back: WrittenBack) -> Sent:
    """The rows of a handoff that the HMIS was told of, as it sends them on."""
    authorize(CRISIS)
    found = {"found_in": "place not meant for habitation", "assessment": {"how": "in-person", "prioritized": True}}
    hand_over(crisis, marcus, **found)
    content = written_back()
    return {file: rows(content, file) for file in TABLES}


def comes_back(hub: Hub, hmis: Partner, sent: Sent) -> None:
    receipt = hmis.post("/hmis/v1/csvimport", sent)
    assert receipt.status_code == 202, receipt.text
    Reader(hub.at_work, hub.keys, auto_link=hub.home.settings.auto_link).round(datetime.now(UTC))
    status = hmis.get(f"/hmis/v1/csvimport/{receipt.json()['id']}").json()
    assert (status["state"], status["set_aside"]) == ("read", [])


def contacts(crisis: Partner, one: Story) -> Any:
    return crisis.ask(one).json()["contacts"]


class TestWhatTheHubWrote:
    def test_comes_back_and_changes_no_answer(
        self, hub: Hub, hmis: Partner, crisis: Partner, marcus: Story, sent: Sent
    ) -> None:
        before = contacts(crisis, marcus)
        comes_back(hub, hmis, sent)

        assert contacts(crisis, marcus) == before

    def test_is_given_back_to_the_hmis_as_any_row_of_its_own(self, hub: Hub, hmis: Partner, sent: Sent) -> None:
        comes_back(hub, hmis, sent)
        person = sent["Event.csv"][0]["PersonalID"]
        told = hmis.get(f"/hmis/v1/csvexport?PersonalID={person}").json()

        assert sent["Event.csv"][0]["EventID"] in [row["EventID"] for row in told["Event.csv"]]

    def test_is_news_where_another_wrote_it_and_names_no_hub_as_a_worker(
        self, hub: Hub, hmis: Partner, crisis: Partner, marcus: Story, sent: Sent
    ) -> None:
        """Another hub tells the same HMIS of the same person: these keys are not of this one."""
        before = contacts(crisis, marcus)
        others = {
            file: [{name: f"b-{value[2:]}" if name in KEYS else value for name, value in row.items()} for row in some]
            for file, some in sent.items()
        }
        comes_back(hub, hmis, others)
        after = contacts(crisis, marcus)

        assert after != before
        assert sent["CurrentLivingSituation.csv"][0]["InformationDate"] in [one["last_contact"]["on"] for one in after]
        assert "Handoff Hub" not in str(after)
