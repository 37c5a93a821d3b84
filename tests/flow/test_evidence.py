"""Filing the papers that disclosures rest on: whoever files one is told all that it lacks, over HTTP."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.demo.county import Story
from hub.demo.play import personal_id, release
from hub.store.audit import Act
from tests.flow.conftest import CountyHome, Hub, Partner, opened


@pytest.fixture
def filing(hub: Hub, rosalind: Story) -> dict[str, Any]:
    """A release that Rosalind signed, as the HMIS files it."""
    return release(personal_id(hub.home.county.truth, rosalind))


@pytest.fixture
def restriction(filing: dict[str, Any]) -> dict[str, Any]:
    """That the crisis team is told nothing, as Rosalind asked and the shelter agreed; its HMIS files it."""
    asked = {
        "id": "x1",
        "source": "open-door-shelter",
        "agreed": True,
        "against": [{"organization": "harbor-mobile-crisis"}],
        "information": {"all": True},
    }
    return {"person": filing["person"], "restriction": asked}


class TestFiling:
    def test_a_whole_release_lacks_nothing(self, hmis: Partner, filing: dict[str, Any]) -> None:
        answer = hmis.post("/api/consents", filing)

        assert answer.status_code == 201
        assert answer.json()["lacking"] == []

    def test_a_bare_one_is_told_everything_with_paragraph_and_cure(self, hmis: Partner, filing: dict[str, Any]) -> None:
        filing["consent"] |= {"purposes": [], "signatures": []}

        answer = hmis.post("/api/consents", filing)

        assert answer.status_code == 201
        assert answer.json()["lacking"] == [
            {
                "what": "It does not say what for.",
                "paragraph": "HMIS release policy",
                "cure": "State each purpose.",
            },
            {
                "what": "The person has not given it, or it bears no date.",
                "paragraph": "HMIS release policy",
                "cure": "Have the person give it, with the date.",
            },
        ]

    def test_is_for_persons_whom_the_organization_sent(self, hmis: Partner, filing: dict[str, Any]) -> None:
        filing["person"]["value"] = "nobody-at-all"

        assert hmis.post("/api/consents", filing).status_code == 404


WEST, EAST = "Pacific/Pago_Pago", "Pacific/Kiritimati"
"""25 hours apart: whenever it is, their days differ."""


class TestLastDay:
    @pytest.mark.parametrize(("zone", "told"), [(WEST, 1), (EAST, 0)])
    def test_of_a_paper_ends_where_the_community_is(
        self, home: CountyHome, rosalind: Story, filing: dict[str, Any], zone: str, told: int
    ) -> None:
        filing["consent"]["expiration"] = {"date": f"{datetime.now(ZoneInfo(WEST)):%Y-%m-%d}"}
        with opened(home, time_zone=zone) as hub:
            assert hub.partner("riverbend-hmis").post("/api/consents", filing).status_code == 201

            answer = hub.partner("harbor-mobile-crisis").ask(rosalind).json()

        assert len(answer["contacts"]) == told


class TestRevoking:
    def test_is_not_undone_by_the_same_paper_sent_again_but_by_one_signed_anew(
        self, hmis: Partner, crisis: Partner, rosalind: Story, filing: dict[str, Any]
    ) -> None:
        """A sender that had no answer sends again, and its first sending may arrive after the revocation."""
        signed = filing["consent"]["signatures"][0]
        anew = {**filing, "consent": {**filing["consent"], "signatures": [{**signed, "method": "ink"}]}}
        hmis.post("/api/consents", filing)
        hmis.post("/api/consents/revocations", {"consent_id": filing["consent"]["id"], "form": "oral"})
        told = []
        for paper in (filing, anew):
            assert hmis.post("/api/consents", paper).status_code == 201
            told.append(bool(crisis.ask(rosalind).json()["contacts"]))

        assert told == [False, True]


class TestRestricting:
    def test_binds_once_it_is_agreed(
        self, hmis: Partner, crisis: Partner, marcus: Story, hub: Hub, restriction: dict[str, Any]
    ) -> None:
        restriction["person"] = release(personal_id(hub.home.county.truth, marcus))["person"]
        unagreed = {**restriction, "restriction": {**restriction["restriction"], "agreed": False}}

        not_binding = hmis.post("/api/consents/restrictions", unagreed).json()["lacking"]
        before = crisis.ask(marcus).json()["contacts"]
        binding = hmis.post("/api/consents/restrictions", restriction)

        assert [lack["what"] for lack in not_binding] == ["The holder has not agreed to it."]
        assert "Open Door Shelter" in {contact["organization"] for contact in before}
        assert (binding.status_code, binding.json()["lacking"]) == (201, [])
        after = crisis.ask(marcus).json()["contacts"]
        assert "Open Door Shelter" not in {contact["organization"] for contact in after}

    def test_is_on_record(self, hub: Hub, hmis: Partner, restriction: dict[str, Any]) -> None:
        hmis.post("/api/consents/restrictions", restriction)

        assert hub.entries(Act.CONSENT_FILED)[0].details["kind"] == "restriction"

    @pytest.mark.parametrize(("holder", "status"), [("riverbend-hmis", 201), ("mercy-hospital", 422)])
    def test_is_for_what_the_organization_itself_brings(
        self, hmis: Partner, restriction: dict[str, Any], holder: str, status: int
    ) -> None:
        restriction["restriction"]["source"] = holder

        assert hmis.post("/api/consents/restrictions", restriction).status_code == status


class TestChecking:
    def test_papers_of_any_kind_says_of_each_what_it_lacks(
        self, hmis: Partner, filing: dict[str, Any], restriction: dict[str, Any]
    ) -> None:
        papers = {
            "consents": [filing["consent"]],
            "restrictions": [{**restriction["restriction"], "against": []}],
            "legal_process": [
                {"id": "p1", "kind": "subpoena", "directed_to": ["open-door-shelter"], "information": {"all": True}}
            ],
        }

        answer = hmis.post("/api/consents/checks", papers)

        assert answer.status_code == 200
        assert {one["place"]: [lack["paragraph"] for lack in one["lacking"]] for one in answer.json()} == {
            "consents.0": [],
            "restrictions.0": ["45 CFR 164.522(a)(1)(i), 42 CFR 2.26(a)(1)"],
            "legal_process.0": ["45 CFR 164.512(e)(1)(ii)"],
        }

    def test_keeps_nothing(self, hub: Hub, hmis: Partner, filing: dict[str, Any]) -> None:
        filed = hub.entries(Act.CONSENT_FILED)

        hmis.post("/api/consents/checks", {"consents": [filing["consent"]]})

        assert hub.entries(Act.CONSENT_FILED) == filed

    def test_of_a_paper_that_cannot_be_read_names_the_field_and_repeats_nothing(self, hmis: Partner) -> None:
        answer = hmis.post("/api/consents/checks", {"emergency": {"attested_at": "Marcus"}})

        assert answer.status_code == 422
        assert "emergency.attested_at" in answer.text
        assert "Marcus" not in answer.text

    def test_is_not_for_those_who_file_nothing(self, crisis: Partner) -> None:
        assert crisis.post("/api/consents/checks", {}).status_code == 403
