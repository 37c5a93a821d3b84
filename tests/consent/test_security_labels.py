"""Security labels: the recipes of HL7 DS4P, one confidentiality, and never a word of what was withheld."""

from collections.abc import Iterable

import pytest

from consent.labels import label
from consent.leaving.security_labels import (
    ACT_CODE,
    BLANKET,
    CONFIDENTIALITY,
    NO_PROCEEDINGS,
    security_labels,
    together,
)
from schemas.canonical import CanonicalRecord, Encounter, Enrollment, Medications, PersonFacts, TreatmentEnrollment
from schemas.disclosure import PieceDecision, Provenance
from schemas.messages import SecurityLabel
from schemas.vocab import Field, Obligation, Outcome, Regime, Sensitivity, SeparatedNotes
from schemas.vocab.leaving import Axis
from schemas.vocab.records import LivingSetting

CONSENTED = (Obligation.PART2_NOTICE, Obligation.NO_USE_IN_PROCEEDINGS, Obligation.CARRY_LABELS)
TREATMENT = CanonicalRecord(
    feed="fhir", key="e/1", sensitivity=frozenset({Sensitivity.SUD}), body=TreatmentEnrollment(enrolled=True)
)
SHELTERED = Enrollment(program="p", entry_date="2026-01-01", prior_setting=LivingSetting.SUBSTANCE_USE_FACILITY)


def labelled(
    record: CanonicalRecord, *told: Field, regimes: Iterable[Regime], owing: tuple[Obligation, ...] = ()
) -> tuple[SecurityLabel, ...]:
    decision = PieceDecision(
        id="r1", outcome=Outcome.LIMIT, fields_released=told, obligations=owing, regimes=tuple(regimes)
    )
    return security_labels(record, decision, told)


def codes(labels: Iterable[SecurityLabel], *axes: Axis) -> set[str]:
    return {one.code for one in labels if not axes or one.axis in axes}


def part2(*owing: Obligation) -> set[str]:
    return codes(labelled(TREATMENT, Field.ENROLLMENT_STATUS, regimes=[Regime.PART2], owing=(*CONSENTED, *owing)))


class TestPart2:
    BOTH = frozenset(
        {
            "R",
            "SUD",
            "42CFRPart2",
            "PERSISTLABEL",
            "PRIVMARK",
            "CPLYPOL",
            "RedisclosureProhibitionMark",
            "no-proceedings",
        }
    )

    def test_to_a_covered_entity_for_treatment_may_be_passed_on(self) -> None:
        assert part2(Obligation.REDISCLOSURE_UNDER_HIPAA) == self.BOTH

    def test_to_anyone_else_may_not(self) -> None:
        assert part2(Obligation.REDISCLOSURE_BY_CONSENT_ONLY) == self.BOTH | {"NORDSCLCD", "CPLYCD"}

    def test_without_a_word_on_redisclosure_may_not_either(self) -> None:
        assert "NORDSCLCD" in part2()

    def test_of_two_permissions_the_narrower_word_counts(self) -> None:
        both = (Obligation.REDISCLOSURE_UNDER_HIPAA, Obligation.REDISCLOSURE_BY_CONSENT_ONLY)

        assert "NORDSCLCD" in part2(*both)

    def test_to_the_patient_forbids_nothing(self) -> None:
        own = labelled(TREATMENT, Field.ENROLLMENT_STATUS, regimes=[Regime.PART2])

        assert codes(own, Axis.REFRAIN, Axis.MARK) == set()


class TestOtherLaw:
    @pytest.mark.parametrize(
        ("regimes", "kept_as"),
        [
            ([], "L"),
            ([Regime.HMIS], "M"),
            ([Regime.HIPAA], "N"),
            ([Regime.HIPAA, Regime.PART2], "R"),
            ([Regime.VAWA, Regime.HMIS], "V"),
        ],
    )
    def test_has_one_confidentiality_the_highest_that_applies(self, regimes: list[Regime], kept_as: str) -> None:
        person = CanonicalRecord(feed="f", key="p/1", body=PersonFacts(given="Sam"))
        labels = labelled(person, Field.NAME, regimes=regimes)

        assert [one.code for one in labels if one.axis is Axis.CONFIDENTIALITY] == [kept_as]
        assert next(one.system for one in labels if one.axis is Axis.CONFIDENTIALITY) == CONFIDENTIALITY

    @pytest.mark.parametrize("regime", Regime)
    def test_of_every_regime_is_labelled(self, regime: Regime) -> None:
        assert len(labelled(TREATMENT, Field.ENROLLMENT_STATUS, regimes=[regime])) >= 2

    def test_of_a_victim_service_lets_nothing_be_joined_or_linked(self) -> None:
        labels = labelled(TREATMENT, Field.ENROLLMENT_STATUS, regimes=[Regime.VAWA])

        assert {"V", "SDV", "NOAUTH", "NOINTEGRATE", "NORELINK"} <= codes(labels)

    @pytest.mark.parametrize(
        ("notes", "law"), [(SeparatedNotes.PSYCHOTHERAPY, {"HIPAAPsyNotes"}), (SeparatedNotes.SUD_COUNSELING, set())]
    )
    def test_of_separated_notes_is_very_restricted(self, notes: SeparatedNotes, law: set[str]) -> None:
        apart = TREATMENT.model_copy(update={"provenance": Provenance(separated_notes=notes)})
        labels = labelled(apart, Field.ENROLLMENT_STATUS, regimes=[Regime.HIPAA])

        assert codes(labels, Axis.CONFIDENTIALITY) == {"V"}
        assert codes(labels, Axis.POLICY) == law

    def test_of_veterans_names_its_own_statute(self) -> None:
        labels = labelled(TREATMENT, Field.ENROLLMENT_STATUS, regimes=[Regime.VETERANS])

        assert codes(labels, Axis.POLICY) == {"Title38Section7332"}

    def test_of_homeless_services_speaks_of_living_arrangement(self) -> None:
        labels = labelled(
            CanonicalRecord(feed="f", key="e", body=SHELTERED), Field.ACTIVE_ENROLLMENT, regimes=[Regime.HMIS]
        )

        assert codes(labels) == {"M", "LIVARG"}


class TestWhatIsWithheld:
    """Labels of a part are the same whether or not the rest of the record speaks of more."""

    def test_of_an_enrollment_is_not_told_by_its_labels(self) -> None:
        whole = label(CanonicalRecord(feed="f", key="e", body=SHELTERED))
        plain = label(CanonicalRecord(feed="f", key="e", body=SHELTERED.model_copy(update={"prior_setting": None})))
        told = [labelled(one, Field.ACTIVE_ENROLLMENT, regimes=[Regime.HMIS]) for one in (whole, plain)]

        assert Sensitivity.SUD in whole.sensitivity
        assert told[0] == told[1]

    def test_of_an_encounter_is_not_told_by_the_labels_its_sender_put_on_it(self) -> None:
        visit = Encounter(care="emergency", hiv_diagnoses=({"system": "s", "code": "B20"},))
        sent = CanonicalRecord(feed="f", key="v", sensitivity=frozenset({Sensitivity.HIV}), body=visit)
        part, whole = (
            labelled(sent, *told, regimes=[Regime.HIPAA])
            for told in ((Field.TREATMENT_TIME,), (Field.TREATMENT_TIME, Field.HIV_STATUS))
        )

        assert (codes(part), codes(whole)) == ({"N"}, {"R", "HIV"})

    def test_of_a_sender_stands_where_the_whole_is_told(self) -> None:
        sent = CanonicalRecord(
            feed="f", key="m", sensitivity=frozenset({Sensitivity.PSY}), body=Medications(current=("aspirin",))
        )

        assert codes(labelled(sent, Field.CURRENT_MEDICATIONS, regimes=[Regime.HIPAA])) == {"R", "PSY"}


class TestTogether:
    def test_keeps_the_highest_confidentiality_and_whatever_sticks(self) -> None:
        shelter = labelled(
            CanonicalRecord(feed="f", key="e", body=SHELTERED), Field.ACTIVE_ENROLLMENT, regimes=[Regime.HMIS]
        )
        program = labelled(TREATMENT, Field.ENROLLMENT_STATUS, regimes=[Regime.PART2], owing=CONSENTED)
        built = together([*shelter, *program])

        assert codes(built, Axis.CONFIDENTIALITY) == {"R"}
        assert NO_PROCEEDINGS in built
        assert {"LIVARG", "SUD"} <= codes(built)
        assert len(built) == len(set(built))

    def test_of_nothing_is_nothing(self) -> None:
        assert together([]) == ()

    def test_does_not_mind_in_what_order_pieces_come(self) -> None:
        program = labelled(TREATMENT, Field.ENROLLMENT_STATUS, regimes=[Regime.PART2], owing=CONSENTED)

        assert set(together(program)) == set(together(reversed(program))) == set(program)


def test_a_message_without_content_is_labelled_strictly_and_carries_the_sticky_one() -> None:
    assert NO_PROCEEDINGS in BLANKET
    assert codes(BLANKET, Axis.SENSITIVITY, Axis.POLICY) == set()
    assert {one.system for one in BLANKET} == {CONFIDENTIALITY, ACT_CODE, NO_PROCEEDINGS.system}
