"""Whom a consent means, whose record it opens, and for what: one part of the same paper changed at a time."""

from typing import Any

import pytest

from consent.engine import decide
from consent.purposes import covers
from schemas.disclosure import DisclosureRequest
from schemas.instruments import Facts
from schemas.vocab import Purpose

HOUSE = {"organization": "alder-recovery", "capacities": ["holds-out-sud-services", "federally-assisted"]}
OTHER_PROGRAM = {"organization": "birch-methadone", "capacities": ["part2-program"]}
RECORD = {"id": "r1", "source": HOUSE, "contents": {"attendance": ["enrollment-status"]}}
PASSED_ON = {
    "how": "received",
    "origin": OTHER_PROGRAM,
    "under": "tpo-consent",
    "consent": None,
    "on": "2026-01-01",
    "notice_attached": True,
}
SERVED = {"kind": "qualified-service-organization", "parties": ["hub", "alder-recovery"], "since": "2000-01-01"}
PAPER = {
    "id": "c1",
    "kind": "part2-tpo-consent",
    "disclosers": [{"organization": "alder-recovery"}],
    "information": {"all": True},
    "recipients": [{"organization": "open-door"}],
    "purposes": ["TREAT", "HPAYMT", "HOPERAT"],
    "expiration": {"none": True},
    "signatures": [{"by": "subject", "method": "ink", "on": "2024-01-01"}],
    "statements": ["right-to-revoke", "hipaa-redisclosure", "redisclosure-risk", "consequences-of-refusal"],
}
FOR_A_CASE = PAPER | {
    "kind": "part2-proceedings-consent",
    "purposes": ["HLEGAL"],
    "case": "case-1",
    "expiration": {"date": "2027-12-31"},
}


def opens(
    *capacities: str,
    paper: dict[str, Any] | None = None,
    record: dict[str, Any] | None = None,
    agreements: tuple[dict[str, Any], ...] = (SERVED,),
    organization: str | None = "open-door",
    relationship: str = "none",
    **request: Any,
) -> bool:
    """Whether this paper lets the record go to a recipient of these capacities."""
    recipient = {
        "organization": organization,
        "capacities": capacities,
        "role": "case-manager",
        "identity_verified": True,
        "relationship": relationship,
    }
    asked = {
        "at": "2026-06-15T10:00:00-05:00",
        "channel": "query",
        "purpose": "COC",
        "recipient": recipient,
        "subject": {"match": "unique", "age_years": 41},
        "records": [RECORD | (record or {})],
    }
    on_file = {
        "agreements": [{"until": None} | each for each in agreements],
        "consents": [PAPER | (paper or {})],
    }
    decision = decide(DisclosureRequest.model_validate(asked | request), Facts.model_validate(on_file))
    return bool(decision.records[0].fields_released)


def to_class(name: str) -> dict[str, Any]:
    return {"recipients": [{"class_of_persons": name}]}


def through(*participants: dict[str, str], intermediary: str = "hub") -> dict[str, Any]:
    return {"recipients": [{"intermediary": intermediary, "participants": participants}]}


@pytest.mark.parametrize(
    ("named", "capacity", "purpose"),
    [
        ("health-plans", "health-plan", "HPAYMT"),
        ("third-party-payers", "health-plan", "HPAYMT"),
        ("third-party-payers", "third-party-payer", "HPAYMT"),
        ("crisis-providers", "crisis-provider", "COC"),
        ("homeless-services", "homeless-services", "COC"),
        ("social-services-providers", "homeless-services", "COC"),
        ("social-services-providers", "housing-authority", "COC"),
        ("social-services-providers", "social-services-agency", "COC"),
        ("social-services-providers", "peer-support", "COC"),
    ],
)
def test_a_class_means_those_of_its_capacity_and_no_landlord(named: str, capacity: str, purpose: str) -> None:
    assert opens(capacity, paper=to_class(named), purpose=purpose)
    assert not opens("landlord", paper=to_class(named), purpose=purpose)


HELPERS = to_class("program-helpers")
BESIDE = {"kind": "service-data", "parties": ["open-door", "alder-recovery"], "since": "2000-01-01"}


class TestProgramHelpers:
    def test_are_those_under_an_agreement_with_the_program(self) -> None:
        assert opens("homeless-services", paper=HELPERS, agreements=(SERVED, BESIDE))
        assert not opens("homeless-services", paper=HELPERS)
        assert not opens("individual", paper=HELPERS, agreements=(SERVED, BESIDE), organization=None)


class TestCaseParticipants:
    PAPER = FOR_A_CASE | to_class("case-participants")

    @pytest.mark.parametrize(
        ("capacity", "case", "are_they"),
        [
            ("party-counsel", "case-1", True),
            ("prosecutor", "case-1", True),
            ("court", "case-1", True),
            ("party-counsel", "case-2", False),
            ("landlord", "case-1", False),
        ],
    )
    def test_are_parties_and_court_of_that_case(self, capacity: str, case: str, are_they: bool) -> None:
        proceeding = {"case": case, "kind": "civil", "against_subject": False}

        assert opens(capacity, paper=self.PAPER, purpose="HLEGAL", proceeding=proceeding) is are_they


class TestThroughTheExchange:
    def test_reaches_a_participant_by_name_and_no_other(self) -> None:
        paper = through({"organization": "open-door"}, {"organization": "third"})

        assert opens("homeless-services", paper=paper)
        assert not opens("homeless-services", paper=paper, organization="another")

    def test_reaches_all_participants_but_no_private_person(self) -> None:
        paper = through({"class_of_persons": "all-participants"})

        assert opens("health-care-provider", paper=paper, purpose="TREAT", relationship="treating")
        assert not opens("individual", paper=paper, organization=None)

    def test_where_it_is_but_an_intermediary_reaches_those_who_treat_and_no_class_beside(self) -> None:
        clinic: dict[str, Any] = {"purpose": "TREAT", "relationship": "treating", "agreements": ()}
        treating, everyone = ({"class_of_persons": name} for name in ("treating-providers", "all-participants"))

        assert opens("health-care-provider", paper=through(treating), **clinic)
        assert not opens("health-care-provider", paper=through(everyone), **clinic)

    def test_reaches_nobody_through_another_intermediary(self) -> None:
        assert not opens("homeless-services", paper=through({"organization": "open-door"}, intermediary="rival"))


class TestDisclosers:
    def test_may_be_one_of_several(self) -> None:
        several = {"disclosers": [{"organization": "birch-methadone"}, {"organization": "alder-recovery"}]}

        assert opens("homeless-services", paper=several)
        assert not opens("homeless-services", paper={"disclosers": [{"organization": "birch-methadone"}]})

    def test_may_be_the_program_that_the_record_came_from(self) -> None:
        first = {"disclosers": [{"organization": "birch-methadone"}]}

        assert opens("homeless-services", paper=first, record={"obtained": PASSED_ON})
        assert not opens(
            "homeless-services",
            paper={"disclosers": [{"organization": "a-third"}]},
            record={"obtained": PASSED_ON},
        )

    def test_may_be_all_who_take_part_in_hmis_and_the_source_does(self) -> None:
        in_hmis = HOUSE | {"capacities": [*HOUSE["capacities"], "hmis-participant"]}

        assert opens(
            "homeless-services",
            paper={"disclosers": [{"class_of_persons": "hmis-participants"}]},
            record={"source": in_hmis},
        )
        assert not opens("homeless-services", paper={"disclosers": [{"class_of_persons": "hmis-participants"}]})


@pytest.mark.parametrize(
    ("stated", "asked", "at_persons_request", "covered"),
    [
        (Purpose.ETREAT, Purpose.ETREAT, False, True),
        (Purpose.TREAT, Purpose.ETREAT, False, True),
        (Purpose.ETREAT, Purpose.TREAT, False, False),
        (Purpose.HQUALIMP, Purpose.HQUALIMP, False, True),
        (Purpose.HOPERAT, Purpose.HQUALIMP, False, True),
        (Purpose.HQUALIMP, Purpose.HOPERAT, False, False),
        (Purpose.TREAT, Purpose.HPAYMT, True, False),
        (Purpose.PATRQT, Purpose.HPAYMT, True, True),
        (Purpose.PATRQT, Purpose.HPAYMT, False, False),
        (Purpose.PATRQT, Purpose.HLEGAL, True, False),
    ],
)
def test_a_purpose_covers(stated: Purpose, asked: Purpose, at_persons_request: bool, covered: bool) -> None:
    assert covers({stated}, asked, at_persons_request=at_persons_request) is covered


def test_a_purpose_is_not_at_the_request_of_the_person_unless_that_is_said() -> None:
    assert not covers({Purpose.PATRQT}, Purpose.HPAYMT)
