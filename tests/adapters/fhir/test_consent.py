"""A Consent becomes the paper it tells of, or nothing: never a wider one."""

from datetime import date
from typing import Any

import pytest

from schemas.canonical import CanonicalRecord, ConsentOnFile
from schemas.instruments import ClassOfPersons, Consent, Described, Everything, NamedOrganization, OnDate, Signature
from schemas.vocab import (
    Category,
    ConsentKind,
    Field,
    Purpose,
    RecipientClass,
    SignatureMethod,
    Signer,
    Statement,
)
from schemas.vocab.records import Change
from tests.adapters.fhir.conftest import Json, Reader, Result, resource

KEY = "Consent/con-1"


def filed(result: Result) -> Consent:
    record = result.record(KEY)
    assert isinstance(record.body, ConsentOnFile)
    assert record.change is Change.UPSERT
    return record.body.consent


def withdrawn(result: Result) -> CanonicalRecord:
    record = result.record(KEY)
    assert record.change is Change.DELETE
    return record


def at(paper: Json, path: str) -> tuple[Any, Any]:
    """The holder of an element of the consent, and the key of it there."""
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    holder: Any = resource(paper, 3)
    for step in steps:
        holder = holder[step]
    return holder, last


class TestFile:
    def test_tells_all_that_the_paper_states(self, read: Reader, paper: Json) -> None:
        assert filed(read(paper)) == Consent(
            id=KEY,
            kind=ConsentKind.PART2_CONSENT,
            disclosers=(NamedOrganization(organization="cedar-opioid-treatment"),),
            information=Described(fields=(Field.ENROLLMENT_STATUS, Field.DOSING_TIMES)),
            recipients=(NamedOrganization(organization="open-door-shelter"),),
            purposes=(Purpose.COC,),
            expiration=OnDate(date=date(2026, 12, 31)),
            signatures=(Signature(by=Signer.SUBJECT, method=SignatureMethod.INK, on=date(2026, 5, 20)),),
            statements=(Statement.RIGHT_TO_REVOKE, Statement.CONSEQUENCES_OF_REFUSAL),
        )

    @pytest.mark.parametrize(
        ("element", "attribute", "empty"),
        [
            ("organization", "disclosers", ()),
            ("provision.code", "information", None),
            ("provision.actor", "recipients", ()),
            ("provision.purpose", "purposes", ()),
            ("provision.period", "expiration", None),
            ("sourceReference", "signatures", ()),
            ("performer", "signatures", ()),
            ("extension", "statements", ()),
        ],
    )
    def test_leaves_empty_what_the_paper_lacks(
        self, read: Reader, paper: Json, element: str, attribute: str, empty: object
    ) -> None:
        holder, last = at(paper, element)
        del holder[last]

        assert getattr(filed(read(paper)), attribute) == empty

    @pytest.mark.parametrize(
        ("system", "code", "kind"),
        [
            ("http://terminology.hl7.org/CodeSystem/consentpolicycodes", "hipaa-auth", ConsentKind.HIPAA_AUTHORIZATION),
            ("http://terminology.hl7.org/CodeSystem/v3-ActCode", "42CFRPart2", ConsentKind.PART2_CONSENT),
            ("urn:hub:consent-kind", "hmis-release", ConsentKind.HMIS_RELEASE),
        ],
    )
    def test_knows_the_law_by_its_code(
        self, read: Reader, paper: Json, system: str, code: str, kind: ConsentKind
    ) -> None:
        resource(paper, 3)["policyRule"] = {"coding": [{"system": system, "code": code}]}

        assert filed(read(paper)).kind is kind

    def test_names_a_class_of_recipients_by_the_hubs_own_word(self, read: Reader, paper: Json) -> None:
        identifier = {"system": "urn:hub:recipient-class", "value": "treating-providers"}
        resource(paper, 3)["provision"]["actor"][0]["reference"] = {"identifier": identifier}

        expected = ClassOfPersons(class_of_persons=RecipientClass.TREATING_PROVIDERS)
        assert filed(read(paper)).recipients == (expected,)

    def test_takes_everything_only_where_it_says_so(self, read: Reader, paper: Json) -> None:
        resource(paper, 3)["provision"]["code"] = [{"coding": [{"system": "urn:hub:category", "code": "all"}]}]

        assert filed(read(paper)).information == Everything(all=True)

    def test_takes_a_label_as_the_kind_of_information(self, read: Reader, paper: Json) -> None:
        provision = resource(paper, 3)["provision"]
        del provision["code"]
        provision["securityLabel"] = [{"code": "PSY"}]

        assert filed(read(paper)).information == Described(categories=(Category.MENTAL_HEALTH,))

    def test_that_ends_within_a_day_ends_the_day_before(self, read: Reader, paper: Json) -> None:
        resource(paper, 3)["provision"]["period"]["end"] = "2026-12-31T10:00:00-05:00"

        assert filed(read(paper)).expiration == OnDate(date=date(2026, 12, 30))

    def test_answered_in_a_questionnaire_was_signed_electronically(self, read: Reader, paper: Json) -> None:
        resource(paper, 3)["sourceReference"] = {"reference": "QuestionnaireResponse/q1"}

        assert filed(read(paper)).signatures[0].method is SignatureMethod.ELECTRONIC

    @pytest.mark.parametrize(("relation", "signer"), [("MTH", Signer.PARENT), ("GUARD", Signer.GUARDIAN)])
    def test_of_someone_else_tells_by_what_right_they_signed(
        self, read: Reader, paper: Json, relation: str, signer: Signer
    ) -> None:
        related = {
            "resourceType": "RelatedPerson",
            "id": "r1",
            "patient": {"reference": "Patient/p1"},
            "relationship": [{"coding": [{"code": relation}]}],
        }
        paper["entry"].append({"fullUrl": "https://ehr.example.org/fhir/RelatedPerson/r1", "resource": related})
        resource(paper, 3)["performer"] = [{"reference": "RelatedPerson/r1"}]

        assert filed(read(paper)).signatures[0].by is signer

    def test_is_not_hindered_by_a_part_2_label_since_it_is_never_passed_on(self, read: Reader, paper: Json) -> None:
        resource(paper, 3)["meta"] = {"security": [{"code": "42CFRPart2"}]}

        assert filed(read(paper)).kind is ConsentKind.PART2_CONSENT


class TestSetAside:
    @pytest.mark.parametrize(
        ("element", "value", "named"),
        [
            ("scope", {"coding": [{"code": "treatment"}]}, "scope"),
            ("policyRule", {"coding": [{"code": "OPTIN"}]}, "policyRule"),
            ("policyRule", {"coding": [{"code": "OPTOUT"}, {"code": "hipaa-auth"}]}, "policyRule"),
            ("verification", [{"verified": False}], "verification.verified"),
            ("performer", [{"reference": "Practitioner/d1"}], "performer"),
            ("organization", [{"reference": "Organization/open-door-shelter"}], "organization"),
            ("provision.type", "deny", "provision.type"),
            ("provision.provision", [{"type": "deny"}], "provision.provision"),
            ("provision.dataPeriod", {"end": "2026-01-01"}, "provision.dataPeriod"),
            ("provision.class", [{"code": "Encounter"}], "provision.class"),
            (
                "provision.data",
                [{"meaning": "instance", "reference": {"reference": "Encounter/e1"}}],
                "provision.data",
            ),
            ("provision.action", [{"coding": [{"code": "collect"}]}], "provision.action"),
            ("provision.period.start", "2026-06-01", "provision.period.start"),
            ("provision.period.start", "2026", "provision.period.start"),
            ("provision.period.end", "2026-12", "provision.period.end"),
            ("provision.purpose", [{"code": "BTG"}], "provision.purpose"),
            ("provision.code", [{"coding": [{"system": "http://loinc.org", "code": "1-8"}]}], "provision.code"),
            ("provision.securityLabel", [{"code": "N"}], "provision.securityLabel"),
            (
                "provision.actor.0.reference",
                {"reference": "Organization/open-door-shelter"},
                "provision.actor.reference",
            ),
            ("provision.actor.0.role", {"coding": [{"code": "AUT"}]}, "provision.actor.role"),
            ("extension.0.valueCode", "anything", "extension"),
        ],
    )
    def test_names_the_element_and_withdraws_what_was_filed_before(
        self, read: Reader, paper: Json, element: str, value: object, named: str
    ) -> None:
        holder, last = at(paper, element)
        holder[last] = value
        result = read(paper)

        assert [(one.field, one.code) for one in result.problems] == [(f"entry 3 Consent.{named}", "consent-unmapped")]
        assert withdrawn(result)

    def test_withdraws_also_where_the_resource_is_no_fhir(self, read: Reader, paper: Json) -> None:
        resource(paper, 3)["provision"]["type"] = ["permit"]
        result = read(paper)

        assert result.codes == ["invalid"]
        assert withdrawn(result)

    def test_withdraws_also_where_an_extension_changes_the_meaning(self, read: Reader, paper: Json) -> None:
        resource(paper, 3)["provision"]["modifierExtension"] = [{"url": "urn:example:not", "valueBoolean": True}]

        assert withdrawn(read(paper))


class TestStatus:
    @pytest.mark.parametrize("status", ["inactive", "rejected", "entered-in-error", "draft", "proposed"])
    def test_other_than_active_takes_the_consent_back(self, read: Reader, paper: Json, status: str) -> None:
        resource(paper, 3)["status"] = status
        result = read(paper)

        assert result.codes == ["consent-not-active"]
        assert withdrawn(result)
