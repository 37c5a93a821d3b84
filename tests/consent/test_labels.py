"""Labels say what a record speaks of, and move coded diagnoses behind the door they belong to."""

from typing import Any

import pytest

from consent.codes import speaks_of
from consent.labels import label
from schemas.canonical import (
    CanonicalRecord,
    Coded,
    Encounter,
    Enrollment,
    LivingSituation,
    Medications,
    PersonFacts,
)
from schemas.disclosure import InHmis, Provenance
from schemas.vocab import Funding, Sensitivity
from schemas.vocab.records import EncounterClass, LivingSetting

ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def labelled(body: Any, provenance: Provenance = Provenance()) -> CanonicalRecord:  # noqa: B008 - frozen
    return label(CanonicalRecord(feed="any", key="1", body=body, provenance=provenance))


class TestSpeaksOf:
    @pytest.mark.parametrize(
        ("code", "of"),
        [
            ("F11.20", {Sensitivity.SUD, Sensitivity.PSY}),
            ("F19.99", {Sensitivity.SUD, Sensitivity.PSY}),
            ("F17.210", set()),
            ("F20.9", {Sensitivity.PSY}),
            ("F64.0", {Sensitivity.SEX, Sensitivity.PSY}),
            ("B20", {Sensitivity.HIV}),
            ("B19.20", set()),
            ("Z21", {Sensitivity.HIV}),
            ("O98.711", {Sensitivity.HIV, Sensitivity.SEX}),
            ("R75", {Sensitivity.HIV}),
            ("R45.851", {Sensitivity.PSY}),
            ("T74.21XA", {Sensitivity.SDV}),
            ("T76.11", {Sensitivity.SDV}),
            ("T75.4", set()),
            ("T40.2X1A", {Sensitivity.SUD}),
            ("Z59.01", {Sensitivity.SOC}),
            ("E11.9", set()),
            ("f1120", {Sensitivity.SUD, Sensitivity.PSY}),
        ],
    )
    def test_an_icd_10_cm_code(self, code: str, of: set[Sensitivity]) -> None:
        assert speaks_of(ICD, code) == of

    def test_nothing_in_a_system_it_does_not_know(self) -> None:
        assert speaks_of("http://loinc.org", "F11.20") == frozenset()


class TestLabel:
    def test_moves_each_diagnosis_to_its_own_place(self) -> None:
        codes = {code: Coded(system=ICD, code=code) for code in ("E11.9", "F11.20", "F20.9", "B20", "F17.210")}

        record = labelled(Encounter(care=EncounterClass.INPATIENT, diagnoses=tuple(codes.values())))

        body = record.body
        assert isinstance(body, Encounter)
        assert body.diagnoses == (codes["E11.9"], codes["F17.210"])
        assert body.substance_use_diagnoses == (codes["F11.20"],)
        assert body.mental_health_diagnoses == (codes["F20.9"],)
        assert body.hiv_diagnoses == (codes["B20"],)
        assert record.sensitivity == {Sensitivity.SUD, Sensitivity.PSY, Sensitivity.HIV}

    def test_twice_is_the_same_as_once(self) -> None:
        diagnoses = (Coded(system=ICD, code="F11.20"), Coded(system=ICD, code="E11.9"))
        once = labelled(Encounter(care=EncounterClass.EMERGENCY, diagnoses=diagnoses))

        assert label(once) == once

    def test_keeps_what_the_sender_labelled(self) -> None:
        sent = CanonicalRecord(
            feed="any", key="1", sensitivity=frozenset({Sensitivity.SEX}), body=PersonFacts(given="Ana")
        )

        assert label(sent).sensitivity == {Sensitivity.SEX, Sensitivity.DEMO}

    def test_never_touches_provenance(self) -> None:
        record = CanonicalRecord(feed="any", key="1", body=Medications(current=("Methadone 40 mg",)))

        assert label(record).provenance == record.provenance

    @pytest.mark.parametrize(
        ("body", "speaks"),
        [
            (Enrollment(program="p", entry_date="2026-01-01", fleeing_violence=True), {"SOC", "SDV", "LOCIS"}),
            (Enrollment(program="p", entry_date="2026-01-01", fleeing_violence=False), {"SOC"}),
            (
                Enrollment(program="p", entry_date="2026-01-01", prior_setting=LivingSetting.SUBSTANCE_USE_FACILITY),
                {"SOC", "SUD"},
            ),
            (
                LivingSituation(
                    enrollment="e",
                    contacted_on="2026-01-01",
                    seen_on="2026-01-01",
                    setting=LivingSetting.PSYCHIATRIC_FACILITY,
                ),
                {"SOC", "LOCIS", "PSY"},
            ),
            (Medications(current=("buprenorphine-naloxone 8-2 mg", "lisinopril 10 mg")), {"SUD"}),
            (Medications(current=("emtricitabine/tenofovir 200-300 mg",)), {"HIV"}),
            (Medications(current=("lisinopril 10 mg",)), set()),
        ],
    )
    def test_reads_elements(self, body: Any, speaks: set[str]) -> None:
        assert labelled(body).sensitivity == speaks

    def test_reads_the_funding_of_the_project(self) -> None:
        hopwa = Provenance(hmis=InHmis(funding=frozenset({Funding.HOPWA})))

        assert Sensitivity.HIV in labelled(Enrollment(program="p", entry_date="2026-01-01"), hopwa).sensitivity
