"""What officers and sources read: what was asked, what was answered, why, and what would help."""

import pytest

from consent.engine import decide
from consent.explain import for_officer, for_source
from schemas.disclosure import Case
from tests.consent.stories import stories

BY_ID = {case.id: case for case in stories()}


def officer(case: Case) -> str:
    return "\n".join(for_officer(decide(case.request, case.facts), case.request))


class TestForOfficer:
    def test_says_who_asked_what_for_and_by_which_book(self) -> None:
        told = officer(BY_ID["treatment-by-treating-team"])

        assert "night-owl-crisis" in told
        assert "Treatment." in told
        assert "hipaa.treatment permits" in told
        assert "45 CFR 164.506(c)(2)" in told
        assert "Rulebook " in told

    def test_says_what_would_help(self) -> None:
        told = officer(BY_ID["part2-consent-oral"])

        assert "A consent on file does not serve. It is not in writing." in told
        assert "Would help: " in told

    def test_says_which_gate_refused(self) -> None:
        assert "Refused at the gate, from the request alone" in officer(BY_ID["gate-unverified"])

    @pytest.mark.parametrize("case", BY_ID.values(), ids=lambda case: case.id)
    def test_never_names_a_person(self, case: Case) -> None:
        emergency, represented = case.facts.emergency, case.facts.custody_representation
        told = officer(case)

        assert emergency is None or emergency.medical_person is None or emergency.medical_person not in told
        assert represented is None or represented.by not in told


class TestForSource:
    @pytest.fixture
    def case(self) -> Case:
        return BY_ID["part2-order-ordinary"]

    def test_speaks_of_its_own_pieces_only(self, case: Case) -> None:
        told = for_source(decide(case.request, case.facts), case.request, "county-hospital")

        assert any(line.startswith("r2:") for line in told)
        assert not any("r1" in line for line in told)

    def test_says_what_would_help(self, case: Case) -> None:
        told = for_source(decide(case.request, case.facts), case.request, "birch-methadone")

        assert any("An order under 42 CFR 2.64 or 2.65" in line for line in told)
