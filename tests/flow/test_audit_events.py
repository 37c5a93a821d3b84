"""FHIR AuditEvent over HTTP, of a loaded county: each repository sees what its organization has standing for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import ECKey

from hub.demo.county import Story, story
from hub.store import audit
from hub.store.accounts import Clients
from hub.store.audit import Act
from hub.store.db import transaction
from tests.flow.conftest import Hub, Partner
from tests.flow.test_obligations import CEDAR, counsels

KEY = ECKey.generate_key("P-384", {"kid": "k"})
SEARCH = "/fhir/AuditEvent"
HARBOR, LAKESIDE = "harbor-mobile-crisis", "lakeside-clinic"
Repository = Callable[..., "Reads"]


class Reads:
    """An audit repository with a token."""

    def __init__(self, hub: Hub, token: str) -> None:
        self.hub = hub
        self.headers = {"authorization": f"Bearer {token}"}

    def get(self, path: str, **asked: Any) -> httpx.Response:
        audit.sequence(self.hub.engine)
        return self.hub.http.get(path, params=asked or None, headers=self.headers)

    def found(self, **asked: Any) -> list[dict[str, Any]]:
        answer = self.get(SEARCH, **asked)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/fhir+json"
        return [entry["resource"] for entry in answer.json().get("entry", [])]


@pytest.fixture
def repository(hub: Hub) -> Repository:
    """A repository of an organization's, with the scope that it was given."""

    def of(participant: str, scope: str = "system/AuditEvent.rs") -> Reads:
        client_id = uuid4().hex
        with transaction(hub.engine) as session:
            clients = Clients(session)
            keys = {"keys": [KEY.as_dict(private=False)]}
            clients.register(client_id=client_id, name="R", participant=participant, scopes={scope}, keys=keys)
            client = clients.active(client_id)
            assert client is not None
            return Reads(hub, clients.grant(client, [scope], at=datetime.now(UTC)).token)

    return of


@pytest.fixture
def theodora(hub: Hub, crisis: Partner) -> Story:
    """Cedar's patient, about whom the crisis team was told something."""
    one = story("part2-consent")
    counsels(hub, one)
    crisis.ask(one, purpose="TREAT")
    return one


class TestSearch:
    def test_gives_the_program_the_decision_and_its_disclosure(self, theodora: Story, repository: Repository) -> None:
        disclosure, decision = sorted(
            repository(CEDAR).found(subtype="hub:contact:released"), key=lambda one: one["type"]["code"]
        )

        assert (decision["outcome"], decision["type"]["code"]) == ("0", "110113")
        assert disclosure["entity"][1]["description"] == "Name and phone of the case manager."
        assert decision["entity"][1]["what"]["identifier"]["value"] == "tpo-7"

    def test_gives_others_the_decision_and_nothing_of_care(self, theodora: Story, repository: Repository) -> None:
        answer = repository(LAKESIDE).get(SEARCH, subtype="hub:contact:released")

        (entry,) = answer.json()["entry"]
        assert entry["resource"]["type"]["code"] == "110113"
        for said in ("cedar", "tpo-7", "case manager", "Harbor", "harbor", "Theodora", "Vance"):
            assert said not in entry["resource"].__str__()

    def test_by_person_finds_what_is_about_them_by_pseudonym(
        self, hub: Hub, theodora: Story, crisis: Partner, marcus: Story, repository: Repository
    ) -> None:
        crisis.ask(marcus)
        reads = repository(HARBOR)
        newest, *_ = hub.entries(Act.CONTACT_RELEASED)

        for entity in (newest.subject, f"urn:handoff-hub:audit-subject|{newest.subject}"):
            found = reads.found(entity=entity, subtype="hub:contact:released")
            assert {one["id"].partition(".")[0] for one in found} == {str(newest.seq)}
        assert reads.found(entity=f"urn:mrn|{newest.subject}") == []
        assert reads.found(entity="0" * 32) == []

    def test_by_type_and_outcome_finds_those_alone(
        self, theodora: Story, crisis: Partner, stranger: Story, repository: Repository
    ) -> None:
        crisis.ask(stranger)
        reads = repository(CEDAR)

        dcm = "http://dicom.nema.org/resources/ontology/DCM"
        assert {one["outcome"] for one in reads.found(type="110113", outcome="8")} == {"8"}
        assert {one["type"]["code"] for one in reads.found(type=f"{dcm}|110106")} == {"110106"}
        assert reads.found(type="urn:other|110106") == []

    @pytest.mark.parametrize(("how", "told"), [("ge", True), ("lt", False), ("eq", True), ("gt", False), ("", True)])
    def test_by_day_finds_that_day(self, theodora: Story, repository: Repository, how: str, told: bool) -> None:
        today = datetime.now(UTC).date()

        found = repository(CEDAR).found(date=f"{how}{today}", subtype="hub:contact:released")

        assert bool(found) is told

    def test_by_two_dates_finds_what_lies_between(self, theodora: Story, repository: Repository) -> None:
        today = datetime.now(UTC).date()
        week = [f"ge{today - timedelta(days=7)}", f"le{today}"]
        reads = repository(CEDAR)

        assert reads.found(date=week, subtype="hub:contact:released")
        assert reads.found(date=[week[0], f"lt{today - timedelta(days=1)}"], subtype="hub:contact:released") == []

    def test_by_form_is_the_same(self, hub: Hub, theodora: Story, repository: Repository) -> None:
        reads = repository(CEDAR)
        by_address = reads.found(subtype="hub:contact:released")

        answer = hub.http.post(f"{SEARCH}/_search", data={"subtype": "hub:contact:released"}, headers=reads.headers)

        assert [entry["resource"] for entry in answer.json()["entry"]] == by_address

    def test_comes_by_the_page_each_entry_once(self, crisis: Partner, stranger: Story, repository: Repository) -> None:
        for _ in range(5):
            crisis.ask(stranger)
        reads, seen = repository(HARBOR), []
        page = reads.get(SEARCH, subtype="hub:contact:withheld", _count=2).json()
        while True:
            seen += [entry["resource"]["id"] for entry in page.get("entry", [])]
            following = [link["url"] for link in page["link"] if link["relation"] == "next"]
            if not following:
                break
            where = urlsplit(following[0])
            page = reads.get(f"{where.path}?{where.query}").json()

        assert len(seen) == len(set(seen)) == 5
        assert seen == sorted(seen, key=int, reverse=True)

    @pytest.mark.parametrize(
        "asked",
        [
            {"date": "yesterday"},
            {"date": "ge2026-02-30"},
            {"date": "2026-06-01T00:00:00"},
            {"outcome": "7"},
            {"_count": "0"},
            {"patient.name": "Vance"},
        ],
        ids=str,
    )
    def test_refuses_what_it_cannot_search_by_and_repeats_none_of_it(
        self, repository: Repository, asked: dict[str, str]
    ) -> None:
        answer = repository(CEDAR).get(SEARCH, **asked)

        assert answer.status_code == 422
        assert answer.json()["resourceType"] == "OperationOutcome"
        assert not any(said in answer.text for said in ("Vance", "yesterday"))

    def test_needs_its_scope(self, repository: Repository) -> None:
        assert repository(CEDAR, "system/AuditEvent.r").get(SEARCH).status_code == 403
        assert repository(CEDAR, "hub/contact-query").get(SEARCH).status_code == 403
        assert repository(CEDAR, "hub/audit.read").get(SEARCH).status_code == 200

    def test_is_itself_on_record(self, hub: Hub, repository: Repository) -> None:
        repository(CEDAR).found(outcome="8")

        (entry,) = hub.entries(Act.AUDIT_READ)
        assert (entry.participant, entry.details["fhir"], entry.details["outcome"]) == (CEDAR, "AuditEvent", "8")


class TestRead:
    def test_gives_one_by_its_number(self, hub: Hub, theodora: Story, repository: Repository) -> None:
        (entry,) = hub.entries(Act.CONTACT_RELEASED)
        own, others = repository(CEDAR), repository(LAKESIDE)

        decision, disclosure = (own.get(f"{SEARCH}/{number}") for number in (entry.seq, f"{entry.seq}.1"))
        assert (decision.json()["type"]["code"], disclosure.json()["type"]["code"]) == ("110113", "110106")
        assert others.get(f"{SEARCH}/{entry.seq}").status_code == 200
        assert others.get(f"{SEARCH}/{entry.seq}.1").status_code == 404

    @pytest.mark.parametrize(("number", "status"), [("999999", 404), ("0.9", 404), ("abc", 422), ("-1", 422)])
    def test_of_none_is_not_found(self, repository: Repository, number: str, status: int) -> None:
        assert repository(CEDAR).get(f"{SEARCH}/{number}").status_code == status
