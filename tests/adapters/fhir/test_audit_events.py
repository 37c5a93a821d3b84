"""Entries of the log as AuditEvents: what each BALP profile requires is there, and nothing that was not told."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.fhir.audit_events import AuditEvent, audit_events, searchset
from schemas.events import Decided, Event, Told

CEDAR = Told(discloser="cedar", records=("r1", "r2"), description=("Name and phone of the case manager.",))
RELEASED = Event(
    number=17,
    at=datetime(2026, 6, 15, 2, 10, tzinfo=UTC),
    act="hub:contact:released",
    meaning="Contacts were released to the asker.",
    actor="client:harbor-mobile-crisis",
    organization="harbor-mobile-crisis",
    person="0f" * 16,
    purpose="TREAT",
    decided=Decided.PERMIT,
    failed=False,
    reason=None,
    papers=("tpo-7",),
    told=(CEDAR,),
    recipient="Harbor Mobile Crisis",
)


def told(**changes: Any) -> list[dict[str, Any]]:
    """The resources as another system reads them."""
    event = RELEASED.model_copy(update=changes)
    return [json.loads(one.model_dump_json(exclude_none=True)) for one in audit_events(event)]


def agents(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {agent["type"]["coding"][0]["code"]: agent for agent in resource["agent"]}


class TestDecision:
    def test_has_all_that_its_profile_requires(self) -> None:
        decision = told()[0]

        assert decision["meta"]["profile"][0].endswith("/IHE.BasicAudit.AuthZconsent")
        assert (decision["type"]["code"], decision["subtype"][0]["code"]) == ("110113", "AuthZ-Consent")
        assert (decision["action"], decision["outcome"], decision["id"]) == ("E", "0", "17")
        assert decision["recorded"] == "2026-06-15T02:10:00Z"
        found = agents(decision)
        assert set(found) == {"110150", "IRCP", "PROV", "authserver"}
        assert found["IRCP"]["requestor"] is True
        assert "network" in found["110150"]
        assert found["authserver"]["who"] == decision["source"]["observer"]
        kinds = [entity["type"]["code"] for entity in decision["entity"]]
        assert kinds == ["1", "Consent"]

    @pytest.mark.parametrize(("decided", "outcome"), [(Decided.PERMIT, "0"), (Decided.DENY, "8")])
    def test_says_what_it_came_to(self, decided: Decided, outcome: str) -> None:
        assert told(decided=decided, told=())[0]["outcome"] == outcome

    def test_names_a_person_by_pseudonym_and_a_stranger_not_at_all(self) -> None:
        known, stranger = told()[0]["entity"][0]["what"], told(person=None)[0]["entity"][0]["what"]

        assert known == {
            "type": "Patient",
            "identifier": {"system": "urn:handoff-hub:audit-subject", "value": "0f" * 16},
        }
        assert stranger == {"type": "Patient", "display": "Nobody known"}

    def test_that_rests_on_no_paper_or_on_one_that_is_not_told_says_the_same(self) -> None:
        assert told(papers=())[0]["entity"][1]["what"] == {"type": "Consent", "display": "None that can be told"}


class TestDisclosure:
    def test_has_all_that_its_profile_requires(self) -> None:
        disclosure = told()[1]

        assert disclosure["meta"]["profile"][0].endswith("/IHE.BasicAudit.PrivacyDisclosure.Source")
        assert (disclosure["type"]["code"], disclosure["subtype"][0]["code"]) == ("110106", "disclose")
        assert (disclosure["action"], disclosure["outcome"], disclosure["id"]) == ("R", "0", "17.1")
        assert disclosure["purposeOfEvent"][0]["coding"][0]["code"] == "TREAT"
        found = agents(disclosure)
        assert set(found) == {"110153", "110152", "IRCP", "CUST"}
        assert found["110152"]["who"]["display"] == "Harbor Mobile Crisis"
        assert found["CUST"]["who"]["identifier"]["value"] == "cedar"
        person, *data = disclosure["entity"]
        assert person["role"]["code"] == "1"
        assert [one["what"]["identifier"]["value"] for one in data] == ["r1", "r2"]
        assert {one["description"] for one in data} == {"Name and phone of the case manager."}

    def test_comes_once_a_holder_and_not_without_any(self) -> None:
        other = CEDAR.model_copy(update={"discloser": "lakeside"})

        assert [one["id"] for one in told(told=(CEDAR, other))] == ["17", "17.1", "17.2"]
        assert [one["id"] for one in told(told=())] == ["17"]


class TestAnythingElse:
    @pytest.mark.parametrize(
        ("act", "kind"),
        [
            ("hub:user:signed-in", "110114"),
            ("hub:audit:read", "110101"),
            ("hub:feed:imported", "110107"),
            ("hub:consent:filed", "110110"),
            ("hub:directory:changed", "110100"),
        ],
    )
    def test_claims_no_profile_and_names_the_act(self, act: str, kind: str) -> None:
        (resource,) = told(act=act, decided=None, told=(), person=None)

        assert "meta" not in resource
        assert (resource["type"]["code"], resource["subtype"][0]["code"]) == (kind, act)
        assert resource["entity"][0]["what"]["identifier"] == {"system": "urn:handoff-hub:audit-seq", "value": "17"}

    @pytest.mark.parametrize(("failed", "outcome"), [(False, "0"), (True, "4")])
    def test_says_whether_it_came_about(self, failed: bool, outcome: str) -> None:
        assert told(decided=None, told=(), failed=failed)[0]["outcome"] == outcome


class TestSearchset:
    def test_has_its_place_and_the_next_and_no_total(self) -> None:
        page = searchset(list(audit_events(RELEASED)), base="https://hub/fhir", this="https://a", following="https://b")

        said = json.loads(page.model_dump_json(exclude_none=True))
        links = [(link["relation"], link["url"]) for link in said["link"]]
        assert links == [("self", "https://a"), ("next", "https://b")]
        places = [entry["fullUrl"] for entry in said["entry"]]
        assert places == [f"https://hub/fhir/AuditEvent/{number}" for number in ("17", "17.1")]
        assert "total" not in said
        assert AuditEvent.model_validate(said["entry"][0]["resource"]).id == "17"

    def test_without_a_find_is_a_bundle_all_the_same(self) -> None:
        said = json.loads(searchset([], base="b", this="https://a", following=None).model_dump_json(exclude_none=True))

        assert (said["type"], "entry" in said, len(said["link"])) == ("searchset", False, 1)
