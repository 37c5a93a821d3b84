"""FHIR becomes canonical records; what is not understood is set aside, and what is protected is not filed bare."""

from datetime import UTC, date, datetime

import pytest

from adapters.base import Feed
from adapters.fhir import Fhir
from schemas.canonical import Coded, Encounter, Identifier, Medications, PersonFacts
from schemas.messages import Severity
from schemas.showing import shown
from schemas.vocab import Field, Sensitivity, SeparatedNotes
from schemas.vocab.records import Change, EncounterClass, Sex
from tests.adapters.fhir.conftest import Json, Reader, Result, resource

MARCUS = Identifier(system="urn:hub:fhir:ehr.example.org/fhir/Patient", value="p1")
LABELS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"


def labelled(*codes: str) -> Json:
    return {"security": [{"system": LABELS, "code": code} for code in codes]}


def person(result: Result) -> PersonFacts:
    (found,) = [one.body for one in result.records if isinstance(one.body, PersonFacts)]
    return found


def encounter(result: Result) -> Encounter:
    (found,) = [one.body for one in result.records if isinstance(one.body, Encounter)]
    return found


def codes_of(stay: Encounter) -> list[str]:
    """The codes of all its diagnoses, wherever they stand."""
    return [one.code for name in type(stay).model_fields if name.endswith("diagnoses") for one in getattr(stay, name)]


class TestPatient:
    def test_is_known_by_the_official_name_and_the_others_are_aliases(self, read: Reader, visit: Json) -> None:
        facts = person(read(visit))

        assert (facts.given, facts.middle, facts.family, facts.suffix) == ("Marcus", "Anthony", "Delgado", "Jr.")
        assert facts.aliases == ("Marc Delgado", "Marco Delgado", "Reyes")

    def test_keeps_what_tells_a_person_apart(self, read: Reader, visit: Json) -> None:
        facts = person(read(visit))

        assert (facts.birth_date, facts.sex, facts.ssn) == (date(1987, 4, 9), Sex.MALE, "999120101")
        assert facts.identifiers == (MARCUS, Identifier(system="https://ehr.example.org/mrn", value="M-1001"))

    def test_is_reached_where_it_lives_now(self, read: Reader, visit: Json) -> None:
        facts = person(read(visit))

        assert facts.phones == ("+1 555 0100",)
        assert facts.address == "12 River Road, Sampleton, CO 80001"

    @pytest.mark.parametrize("partial", ["1987", "1987-04"])
    def test_with_part_of_a_birth_date_has_none_and_says_so(self, read: Reader, visit: Json, partial: str) -> None:
        resource(visit, 1)["birthDate"] = partial
        result = read(visit)

        assert person(result).birth_date is None
        assert ("entry 1 Patient.birthDate", "partial-date") in {(one.field, one.code) for one in result.problems}

    @pytest.mark.parametrize(
        ("written", "kept"), [("XXX-XX-0101", "0101"), ("999 12 0101", "999120101"), ("unknown", None)]
    )
    def test_keeps_of_a_number_what_is_there(self, read: Reader, visit: Json, written: str, kept: str | None) -> None:
        resource(visit, 1)["identifier"][1]["value"] = written
        result = read(visit)

        assert person(result).ssn == kept
        assert ("bad-ssn" in result.codes) is (kept is None)
        assert not any(one.value == written for one in person(result).identifiers)

    def test_who_has_died_is_said_not_to_be_kept_as_such(self, read: Reader, visit: Json) -> None:
        resource(visit, 1)["deceasedDateTime"] = "2026-06-15"

        assert "deceased" in read(visit).codes

    def test_says_when_the_source_last_changed_it(self, read: Reader, visit: Json) -> None:
        assert read(visit).record("Patient/p1").updated_at == datetime(2026, 6, 15, 3, 0, tzinfo=UTC)

    def test_taken_back_in_a_history_is_a_deletion(self, read: Reader) -> None:
        history = {
            "resourceType": "Bundle",
            "type": "history",
            "entry": [
                {
                    "request": {"method": "DELETE", "url": "Patient/p1"},
                    "response": {"status": "204", "lastModified": "2026-06-15T01:00:00Z"},
                },
                {
                    "request": {"method": "PUT", "url": "Patient/p1"},
                    "resource": {"resourceType": "Patient", "id": "p1"},
                },
            ],
        }
        result = read(history)

        assert [one.change for one in result.records] == [Change.UPSERT, Change.DELETE]
        assert result.records[1].updated_at == datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
        assert result.records[0].subject == result.records[1].subject


class TestEncounter:
    def test_tells_what_kind_when_and_where(self, read: Reader, visit: Json) -> None:
        stay = encounter(read(visit))

        assert stay.care is EncounterClass.EMERGENCY
        assert (stay.started_at, stay.ended_at) == (
            datetime(2026, 6, 15, 0, 30, tzinfo=UTC),
            datetime(2026, 6, 15, 4, 10, tzinfo=UTC),
        )
        assert (stay.facility, stay.disposition) == ("Sample General Hospital", "Discharged to crisis respite")

    def test_is_about_its_patient_and_speaks_of_what_its_labels_say(self, read: Reader, visit: Json) -> None:
        record = read(visit).record("Encounter/e1")

        assert (record.subject, record.occurred_at) == (MARCUS, datetime(2026, 6, 15, 0, 30, tzinfo=UTC))
        assert record.sensitivity == {Sensitivity.PSY}
        assert record.place == "entry 2 Encounter"

    def test_hands_on_its_diagnoses_with_their_codes_and_tells_no_one(self, read: Reader, visit: Json) -> None:
        stay = encounter(read(visit))

        assert stay.unsorted_diagnoses[1] == Coded(system=ICD10, code="I10", display="Hypertension")
        assert codes_of(stay) == ["F32.2", "I10"]
        assert Field.DIAGNOSIS not in [field for fields in shown(stay).values() for field in fields]

    def test_leaves_out_a_diagnosis_that_has_no_code(self, read: Reader, visit: Json) -> None:
        resource(visit, 4)["code"] = {"text": "in words alone"}
        result = read(visit)

        assert "in words alone" not in encounter(result).model_dump_json()
        assert ("entry 4 Condition.code", "diagnosis-uncoded") in {(one.field, one.code) for one in result.problems}

    def test_does_not_put_the_words_for_several_codes_beside_one_of_them(self, read: Reader, visit: Json) -> None:
        codings = [{"system": ICD10, "code": "B99.9"}, {"system": "http://snomed.info/sct", "code": "86406008"}]
        resource(visit, 4)["code"] = {"text": "what both say", "coding": codings}

        assert "what both say" not in encounter(read(visit)).model_dump_json()

    def test_takes_a_senders_word_that_a_diagnosis_is_ordinary_or_is_not(self, read: Reader, visit: Json) -> None:
        resource(visit, 4)["code"]["coding"] = [{"system": "http://snomed.info/sct", "code": "99999999"}]
        resource(visit, 4)["meta"] = labelled("N")
        assert [one.code for one in encounter(read(visit)).diagnoses] == ["99999999"]

        resource(visit, 4)["meta"] = labelled("SUD")
        assert [one.code for one in encounter(read(visit)).substance_use_diagnoses] == ["99999999"]

    def test_has_no_diagnosis_that_was_refuted(self, read: Reader, visit: Json) -> None:
        resource(visit, 4)["verificationStatus"] = {"coding": [{"code": "refuted"}]}

        assert codes_of(encounter(read(visit))) == ["F32.2"]

    def test_takes_no_diagnosis_of_another_person(self, read: Reader, visit: Json) -> None:
        resource(visit, 4)["subject"] = {"reference": "Patient/p2"}
        result = read(visit)

        assert codes_of(encounter(result)) == ["F32.2"]
        assert ("entry 4 Condition.subject", "another-person") in {(one.field, one.code) for one in result.problems}

    def test_takes_no_diagnosis_whose_meaning_is_changed(self, read: Reader, visit: Json) -> None:
        resource(visit, 4)["modifierExtension"] = [{"url": "urn:example:not", "valueBoolean": True}]
        result = read(visit)

        assert codes_of(encounter(result)) == ["F32.2"]
        assert result.codes.count("modified") == 1

    def test_only_planned_says_neither_when_nor_where(self, read: Reader, visit: Json) -> None:
        resource(visit, 2)["status"] = "planned"
        stay = encounter(read(visit))

        assert (stay.care, stay.started_at, stay.facility) == (EncounterClass.PREADMISSION, None, None)

    @pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
    def test_that_never_was_is_taken_back(self, read: Reader, visit: Json, status: str) -> None:
        resource(visit, 2)["status"] = status

        assert read(visit).record("Encounter/e1").change is Change.DELETE

    def test_on_a_bare_day_has_no_time_and_says_so(self, read: Reader, visit: Json) -> None:
        resource(visit, 2)["period"] = {"start": "2026-06-14"}
        result = read(visit)

        assert encounter(result).started_at is None
        assert "partial-date" in result.codes


class TestMedication:
    def test_that_is_active_is_on_the_list(self, read: Reader, visit: Json) -> None:
        record = read(visit).record("MedicationRequest/m1")

        assert (record.subject, record.body) == (MARCUS, Medications(current=("sertraline 50 mg daily",)))

    @pytest.mark.parametrize("change", [{"status": "stopped"}, {"doNotPerform": True}, {"intent": "proposal"}])
    def test_that_is_not_taken_is_taken_back(self, read: Reader, visit: Json, change: Json) -> None:
        resource(visit, 5).update(change)
        record = read(visit).record("MedicationRequest/m1")

        assert (record.change, record.body) == (Change.DELETE, Medications())

    def test_is_named_by_what_it_contains(self, read: Reader) -> None:
        statement = {
            "resourceType": "MedicationStatement",
            "id": "m2",
            "status": "active",
            "contained": [{"resourceType": "Medication", "id": "med", "code": {"text": "naloxone nasal spray"}}],
            "medicationReference": {"reference": "#med"},
            "subject": {"reference": "Patient/p1"},
        }
        record = read(statement).record("MedicationStatement/m2")

        assert record.body == Medications(current=("naloxone nasal spray",))
        assert record.subject == Identifier(system="urn:hub:fhir:sample-general/Patient", value="p1")


class TestReference:
    @pytest.mark.parametrize(
        ("written", "system", "value"),
        [
            ({"reference": "Patient/p9"}, "urn:hub:fhir:sample-general/Patient", "p9"),
            ({"reference": "Patient/p9/_history/3"}, "urn:hub:fhir:sample-general/Patient", "p9"),
            (
                {"reference": "https://other.example.org/r4/Patient/p9"},
                "urn:hub:fhir:other.example.org/r4/Patient",
                "p9",
            ),
            ({"reference": "Patient?identifier=https://ehr.example.org/mrn|M-9"}, "https://ehr.example.org/mrn", "M-9"),
            (
                {"identifier": {"system": "https://ehr.example.org/mrn", "value": "M-9"}},
                "https://ehr.example.org/mrn",
                "M-9",
            ),
            ({"reference": "#p"}, "urn:hub:fhir:sample-general/Patient", "e9.p"),
        ],
    )
    def test_names_the_person(self, read: Reader, written: Json, system: str, value: str) -> None:
        visit = {
            "resourceType": "Encounter",
            "id": "e9",
            "status": "finished",
            "class": {"code": "AMB"},
            "contained": [{"resourceType": "Patient", "id": "p", "name": [{"family": "Fern"}]}],
            "subject": written,
        }
        assert read(visit).record("Encounter/e9").subject == Identifier(system=system, value=value)

    def test_to_a_patient_being_created_means_their_identifier(self, read: Reader, paper: Json) -> None:
        paper["type"] = "transaction"
        for entry in paper["entry"]:
            entry["request"] = {"method": "POST", "url": entry["resource"]["resourceType"]}
        result = read(paper)
        expected = Identifier(system="https://ehr.example.org/mrn", value="M-1001")

        assert {one.subject for one in result.records} == {expected}

    def test_without_a_server_means_the_entry_of_that_id(self, read: Reader, visit: Json) -> None:
        visit["entry"][1]["fullUrl"] = "urn:uuid:0f9a3c52-6f4b-4c86-9a52-6b1c7f0f0003"

        assert read(visit).record("Encounter/e1").subject == MARCUS

    def test_by_social_security_number_alone_names_nobody(self, read: Reader, visit: Json) -> None:
        ssn = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-12-0101"}
        resource(visit, 5)["subject"] = {"identifier": ssn}

        assert ("entry 5 MedicationRequest.subject", "no-subject") in {
            (one.field, one.code) for one in read(visit).problems
        }

    def test_to_a_group_names_nobody(self, read: Reader, visit: Json) -> None:
        resource(visit, 2)["subject"] = {"reference": "Group/g1"}

        assert ("entry 2 Encounter.subject", "no-subject") in {(one.field, one.code) for one in read(visit).problems}


class TestLabel:
    @pytest.mark.parametrize("code", ["42CFRPart2", "NORDSLCD"])
    def test_of_part_2_sets_the_resource_aside(self, read: Reader, visit: Json, code: str) -> None:
        resource(visit, 2)["meta"] = labelled(code)
        result = read(visit)

        assert not any(isinstance(one.body, Encounter) for one in result.records)
        assert ("entry 2 Encounter.meta.security", "part2-label") in {(one.field, one.code) for one in result.problems}

    def test_of_part_2_on_a_diagnosis_keeps_it_out_of_the_visit(self, read: Reader, visit: Json) -> None:
        resource(visit, 3)["meta"] = labelled("42CFRPart2")
        result = read(visit)

        assert codes_of(encounter(result)) == ["I10"]
        assert result.codes.count("part2-label") == 1

    def test_of_part_2_on_the_bundle_reaches_everything_in_it(self, read: Reader, visit: Json) -> None:
        visit["meta"] = labelled("42CFRPart2")

        assert read(visit).records == []

    def test_on_one_element_counts_for_the_whole(self, read: Reader, visit: Json) -> None:
        url = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label"
        coding = {"system": LABELS, "code": "HIV"}
        resource(visit, 1)["name"][0]["extension"] = [{"url": url, "valueCoding": coding}]

        assert read(visit).record("Patient/p1").sensitivity == {Sensitivity.HIV}

    def test_of_psychotherapy_notes_is_told_in_the_provenance(self, read: Reader, visit: Json) -> None:
        resource(visit, 2)["meta"] = labelled("PSYTHPN")

        assert read(visit).record("Encounter/e1").provenance.separated_notes is SeparatedNotes.PSYCHOTHERAPY


class TestNotUnderstood:
    def test_is_set_aside_with_its_place(self, read: Reader, visit: Json) -> None:
        (problem,) = read(visit).problems

        assert (problem.field, problem.code) == ("entry 7 Observation", "not-interpreted")
        assert problem.severity is Severity.SET_ASIDE

    def test_of_no_known_type_is_set_aside_without_repeating_it(self, read: Reader, visit: Json) -> None:
        resource(visit, 7)["resourceType"] = "MarcusDelgado"
        (problem,) = read(visit).problems

        assert problem.field == "entry 7 resource"

    def test_element_is_named_and_the_rest_goes_on(self, read: Reader, visit: Json) -> None:
        resource(visit, 1)["birthDate"] = "April 9"
        result = read(visit)

        assert ("entry 1 Patient.birthDate", "invalid") in {(one.field, one.code) for one in result.problems}
        assert encounter(result).care is EncounterClass.EMERGENCY

    def test_element_of_the_senders_own_is_not_repeated(self, read: Reader, visit: Json) -> None:
        resource(visit, 1)["Marcus Delgado"] = "x"
        result = read(visit)

        assert ("entry 1 Patient", "invalid") in {(one.field, one.code) for one in result.problems}

    def test_extension_that_changes_the_meaning_stops_the_reading(self, read: Reader, visit: Json) -> None:
        resource(visit, 2)["modifierExtension"] = [{"url": "urn:example:not", "valueBoolean": True}]

        assert "modified" in read(visit).codes

    def test_condition_without_its_encounter_is_set_aside(self, read: Reader, visit: Json) -> None:
        del visit["entry"][1]
        result = read(visit)

        assert [one.field for one in result.problems][:2] == [
            "entry 2 Condition.encounter",
            "entry 3 Condition.encounter",
        ]


class TestAdapter:
    def test_is_a_feed(self) -> None:
        assert isinstance(Fhir(), Feed)
        assert Fhir().name == "fhir"
