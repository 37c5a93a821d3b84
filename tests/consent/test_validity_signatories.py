"""Who may sign for whom: each way that the law leaves open, and no other."""

from datetime import UTC, datetime

import pytest

from consent.validity import Circumstances, signers
from consent.validity.circumstances import Alone
from schemas.disclosure import Subject
from schemas.vocab import DecisionCapacity, Match, Purpose, Signer

AT = datetime(2026, 6, 15, 10, tzinfo=UTC)
TEEN = Subject(match=Match.UNIQUE, age_years=15)
UNABLE = Subject(match=Match.UNIQUE, age_years=41, decision_capacity=DecisionCapacity.INCAPABLE)
SUBJECT = frozenset({Signer.SUBJECT})


@pytest.mark.parametrize("alone", [Alone(substance_use=True), Alone(mental_health=True)], ids=["sud", "mental"])
def test_a_minor_who_may_consent_alone_to_either_care_signs_an_authorization_alone(alone: Alone) -> None:
    assert signers.for_hipaa(Circumstances(AT, TEEN, alone)) == (SUBJECT,)


def test_a_minor_who_may_not_is_signed_for() -> None:
    assert SUBJECT not in signers.for_hipaa(Circumstances(AT, TEEN))


def test_for_payment_the_director_or_the_patient_signs_where_no_court_has_spoken() -> None:
    known = Circumstances(AT, UNABLE, purpose=Purpose.HPAYMT)

    assert set(signers.for_part2(known)) == {SUBJECT, frozenset({Signer.PROGRAM_DIRECTOR})}


def test_a_young_survivor_signs_with_a_parent_or_with_a_guardian() -> None:
    assert set(signers.for_victim_services(Circumstances(AT, TEEN))) == {
        SUBJECT | {Signer.PARENT},
        SUBJECT | {Signer.GUARDIAN},
    }
