"""A source is told what becomes of its own records and what would help, and nothing of anyone else's."""

import json
from datetime import UTC, datetime

import pytest

from hub.demo.county import Story, story
from hub.flow.explanation import explain_to
from hub.flow.intake import Reader
from hub.store.audit import Act
from hub.store.db import transaction
from tests.flow.conftest import Hub, Partner
from tests.flow.test_contact_queries import release_of
from tests.flow.test_handoffs import offer

PATIENT = json.dumps(
    {
        "resourceType": "Patient",
        "id": "p-1",
        "name": [{"family": "Okafor", "given": ["Benedict"]}],
        "birthDate": "1971-02-03",
    }
).encode()
OTHERS = ("mercy", "lakeside", "cedar", "jail", "booking", "encounter", "medication")


class TestTheSenderOfAHandoff:
    def test_is_told_what_stays_and_what_would_help(self, shelter: Partner, rosalind: Story) -> None:
        told = shelter.post("/api/handoffs", offer(rosalind, to="harbor-mobile-crisis")).json()["explanation"]

        assert any(line.startswith("enrollment: Nothing may go") for line in told)
        assert any("Would help: A signed release of information." in line for line in told)

    def test_is_told_that_it_goes_once_the_release_is_signed(
        self, hub: Hub, shelter: Partner, hmis: Partner, rosalind: Story
    ) -> None:
        offered = shelter.post("/api/handoffs", offer(rosalind, to="harbor-mobile-crisis")).json()
        hmis.post("/api/consents", release_of(hub, rosalind))
        told = shelter.get(f"/api/handoffs/{offered['id']}").json()["explanation"]

        assert any(line.startswith("  Goes: ") and "active-enrollment" in line for line in told)

    def test_is_told_nothing_of_anyone_elses_records(self, shelter: Partner, marcus: Story) -> None:
        told = shelter.post("/api/handoffs", offer(marcus, to="harbor-mobile-crisis")).text.lower()

        assert "enrollment" in told
        assert not any(word in told for word in OTHERS)

    def test_alone_is_told(self, shelter: Partner, crisis: Partner, rosalind: Story) -> None:
        place = shelter.post("/api/handoffs", offer(rosalind, to="harbor-mobile-crisis")).json()["id"]

        assert crisis.get(f"/api/handoffs/{place}").json()["explanation"] == []
        assert shelter.get(f"/api/handoffs/{place}").json()["explanation"] != []

    def test_learns_nothing_by_offering_someone_it_does_not_know(
        self, crisis: Partner, marcus: Story, stranger: Story
    ) -> None:
        """A crisis team that holds nothing of either is told the same of both."""
        known, unknown = (crisis.post("/api/handoffs", offer(one)).json()["explanation"] for one in (marcus, stranger))

        assert known == unknown


class TestTheSenderOfAMessage:
    def test_is_told_nothing_where_all_of_it_can_be_of_use(self, hub: Hub) -> None:
        assert sent(hub) == []

    def test_is_told_which_agreement_is_missing(self, hub: Hub) -> None:
        with hub.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM agreement WHERE document->'parties' ? 'lakeside-clinic'")
        told = sent(hub)

        assert any(line.startswith("lakeside-clinic: person: Nothing may go") for line in told)
        assert any("Would help: A business associate agreement with the holder." in line for line in told)


def sent(hub: Hub) -> list[str]:
    """What a clinic is told of a message once it was read."""
    clinic = hub.partner("lakeside-clinic")
    message = clinic.send("/api/feeds/fhir/messages", PATIENT, **{"content-type": "application/fhir+json"}).json()["id"]
    Reader(hub.at_work, hub.keys, auto_link=hub.home.settings.auto_link).round(datetime.now(UTC))
    told: list[str] = clinic.get(f"/api/feeds/messages/{message}").json()["explanation"]
    return told


class TestAnEntryExplainedToASource:
    def test_says_what_left_to_whom_and_what_would_help(self, hub: Hub, crisis: Partner, marcus: Story) -> None:
        crisis.ask(marcus)
        told = explained(hub, "open-door-shelter", Act.CONTACT_RELEASED)

        assert any("told to Harbor Mobile Crisis: " in line and "active-enrollment" in line for line in told)
        assert not any(word in "\n".join(told).lower() for word in OTHERS)

    def test_says_nothing_of_who_asked_in_vain(self, hub: Hub, crisis: Partner, rosalind: Story) -> None:
        crisis.ask(rosalind)
        told = explained(hub, "open-door-shelter", Act.CONTACT_WITHHELD)

        assert any("nothing told" in line for line in told)
        assert any("Would help: A signed release of information." in line for line in told)
        assert "harbor" not in "\n".join(told).lower()

    @pytest.mark.parametrize("key", ["contact", "stranger"])
    def test_says_to_one_that_holds_nothing_only_that(self, hub: Hub, crisis: Partner, key: str) -> None:
        crisis.ask(story(key))
        (act,) = (act for act in (Act.CONTACT_RELEASED, Act.CONTACT_WITHHELD) if hub.entries(act))

        assert explained(hub, "willow-peer-respite", act)[1:] == ["Nothing of its records was decided on."]


def explained(hub: Hub, source: str, act: Act) -> list[str]:
    entry = hub.entries(act)[0]
    with transaction(hub.engine) as session:
        return list(explain_to(source, session, hub.keys, entry.seq, at=datetime.now(UTC), actor="hub:test"))
