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

        assert "on file does not serve. It is not in writing." in told
        assert "Would help: " in told

    def test_says_which_gate_refused(self) -> None:
        assert "Refused at the gate, from the request alone" in officer(BY_ID["gate-unverified"])

    def test_never_names_a_person(self) -> None:
        for case in BY_ID.values():
            emergency, represented = case.facts.emergency, case.facts.custody_representation
            told = officer(case)

            names = [emergency and emergency.medical_person, represented and represented.by]
            assert not [name for name in names if name and name.strip() and name in told], case.id


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

    def test_calls_pieces_as_the_source_does_and_says_the_same_but_once(self, case: Case) -> None:
        pieces = tuple(case.request.records[1].model_copy(update={"id": key}) for key in ("a", "b", "c"))
        request = case.request.model_copy(update={"records": pieces})
        names = {"a": "encounter", "b": "encounter", "c": "medications"}
        told = for_source(decide(request, case.facts), request, "county-hospital", names)

        assert [line.split(":")[0] for line in told if not line.startswith(" ")] == ["encounter", "medications"]

    def test_names_every_field_as_going_or_as_staying(self) -> None:
        for case in BY_ID.values():
            decision = decide(case.request, case.facts)
            for piece, decided in zip(case.request.records, decision.records, strict=True):
                told = for_source(
                    decision.model_copy(update={"records": (decided,)}), case.request, piece.source.organization
                )
                going, staying = (_listed(told, word) for word in ("Goes", "Stays"))

                assert going == {field.value for field in decided.fields_released}, case.id
                assert going | staying == {field.value for field in piece.fields}, case.id

    def test_never_says_who_asked(self) -> None:
        """Also not by a duty: to hide the requester is owed only where a substance use program asks."""
        for case in BY_ID.values():
            asker = case.request.recipient.organization
            told = "\n".join(
                line
                for source in {piece.source.organization for piece in case.request.records}
                for line in for_source(decide(case.request, case.facts), case.request, source)
            )

            assert asker is None or asker not in told, case.id
            assert "substance use program" not in told, case.id
            assert "exchange's name" not in told, case.id
            assert "officer alongside" not in told, case.id


def _listed(lines: list[str], word: str) -> set[str]:
    found = [line.split(": ", 1)[1].rstrip(".") for line in lines if line.startswith(f"  {word}: ")]
    return {field for line in found for field in line.split(", ")}
