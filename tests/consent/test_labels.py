"""Labels say what a record speaks of, and put what gives something away behind the door it belongs to."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.codes import Codes, CodeSet, Range
from consent.codes.systems import SNOMED_CT
from consent.labels import label, unknown
from schemas.canonical import (
    Booking,
    CanonicalRecord,
    Coded,
    Encounter,
    Enrollment,
    LivingSituation,
    Medications,
    PersonFacts,
    Service,
    SourceRow,
    StaffAssignment,
    TreatmentEnrollment,
)
from schemas.disclosure import InHmis, Provenance
from schemas.showing import keeping, shown
from schemas.vocab import Category, Field, Funding, Sensitivity, SeparatedNotes
from schemas.vocab.records import BookingEvent, ContactKind, EncounterClass, LivingSetting

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
HOPWA, PATH, RHY = (
    Provenance(hmis=InHmis(funding=frozenset({one}))) for one in (Funding.HOPWA, Funding.PATH, Funding.RHY)
)
PLACES = (
    "diagnoses",
    "hiv_diagnoses",
    "substance_use_diagnoses",
    "mental_health_diagnoses",
    "violence_diagnoses",
    "unsorted_diagnoses",
)


def sent(body: Any, provenance: Provenance = Provenance(), **said: Any) -> CanonicalRecord:  # noqa: B008 - frozen
    return CanonicalRecord(feed="any", key="1", body=body, provenance=provenance, **said)


def labelled(body: Any, provenance: Provenance = Provenance(), **said: Any) -> CanonicalRecord:  # noqa: B008 - frozen
    return label(sent(body, provenance, **said))


def visit(*codes: str, **said: Any) -> Encounter:
    diagnoses = tuple(Coded(system=ICD, code=code) for code in codes)
    return Encounter(care=EncounterClass.INPATIENT, unsorted_diagnoses=diagnoses, **said)


def stay(**said: Any) -> Enrollment:
    return Enrollment(program="Project/7", entry_date="2026-01-01", **said)


def seen(**said: Any) -> LivingSituation:
    there = {"setting": LivingSetting.PLACE_NOT_MEANT_FOR_HABITATION, **said}
    return LivingSituation(
        enrollment="e", program="Project/7", contacted_on="2026-01-01", seen_on="2026-01-01", **there
    )


def category_of(record: CanonicalRecord, attribute: str) -> Category:
    """Under which category an attribute is decided."""
    held = shown(record.body, record.reveals)
    (category,) = [
        category for category, fields in held.items() if attribute in keeping(record.body, fields, record.reveals)
    ]
    return category


def codes_in(record: CanonicalRecord) -> dict[str, list[str]]:
    """The codes of an encounter's diagnoses by where they stand."""
    return {place: [one.code for one in found] for place in PLACES if (found := getattr(record.body, place))}


class TestDiagnoses:
    def test_are_put_under_what_they_speak_of(self) -> None:
        record = labelled(visit("E11.9", "F11.20", "F20.9", "B20", "F17.210", "T74.21XA"))

        assert codes_in(record) == {
            "diagnoses": ["E11.9", "F17.210"],
            "hiv_diagnoses": ["B20"],
            "substance_use_diagnoses": ["F11.20"],
            "mental_health_diagnoses": ["F20.9"],
            "violence_diagnoses": ["T74.21XA"],
        }
        assert record.sensitivity == {Sensitivity.SUD, Sensitivity.PSY, Sensitivity.HIV, Sensitivity.SDV}

    def test_that_no_set_knows_are_kept_and_told_to_no_one(self) -> None:
        drug_dependence = Coded(system=SNOMED, code="191816009")
        record = labelled(Encounter(care=EncounterClass.INPATIENT, unsorted_diagnoses=(drug_dependence,)))

        assert unknown(record) == (drug_dependence,)
        assert shown(record.body, record.reveals) == {Category.GENERAL_HEALTH: (Field.TREATMENT_TIME,)}

    def test_are_told_once_a_set_knows_them(self) -> None:
        drug_dependence = Coded(system=SNOMED, code="191816009")
        encounter = Encounter(care=EncounterClass.INPATIENT, unsorted_diagnoses=(drug_dependence,))
        dependence = Range("191816009", "191816009", Sensitivity.SUD, "Drug dependence.")
        licensed = CodeSet("ours", SNOMED_CT, "2026", datetime(2026, 3, 1, tzinfo=UTC).date(), "", False, (dependence,))

        record = label(sent(encounter), Codes([licensed]))

        assert codes_in(record) == {"substance_use_diagnoses": ["191816009"]}
        assert unknown(record) == ()

    def test_are_ordinary_on_the_senders_word_unless_their_code_says_otherwise(self) -> None:
        ordinary = (Coded(system=SNOMED, code="40055000"), Coded(system=ICD, code="B20"))

        record = labelled(Encounter(care=EncounterClass.INPATIENT, diagnoses=ordinary))

        assert codes_in(record) == {"diagnoses": ["40055000"], "hiv_diagnoses": ["B20"]}

    def test_stay_where_the_sender_put_them_unless_there_is_a_narrower_door(self) -> None:
        put = (Coded(system=SNOMED, code="1"), Coded(system=ICD, code="F11.20"), Coded(system=ICD, code="I10"))

        record = labelled(Encounter(care=EncounterClass.INPATIENT, mental_health_diagnoses=put))

        assert codes_in(record) == {"substance_use_diagnoses": ["F11.20"], "mental_health_diagnoses": ["1", "I10"]}

    def test_are_read_by_the_edition_of_their_day(self) -> None:
        march = datetime(2026, 3, 1, tzinfo=UTC)
        one, other = (Range("1", "1", speaks_of, "x") for speaks_of in (Sensitivity.HIV, Sensitivity.PSY))
        first = CodeSet("ours", SNOMED_CT, "1", datetime(2025, 1, 1, tzinfo=UTC).date(), "", True, (one,))
        second = CodeSet("ours", SNOMED_CT, "2", march.date(), "", True, (other,))
        body = Encounter(care=EncounterClass.INPATIENT, unsorted_diagnoses=(Coded(system=SNOMED, code="1"),))

        before, since, undated = (
            label(sent(body, occurred_at=at), Codes([second, first]))
            for at in (datetime(2026, 2, 28, tzinfo=UTC), march, None)
        )

        assert before.sensitivity == {Sensitivity.HIV}
        assert since.sensitivity == {Sensitivity.PSY}
        assert undated.sensitivity == {Sensitivity.HIV, Sensitivity.PSY}


class TestSensitivity:
    @pytest.mark.parametrize(
        ("body", "speaks"),
        [
            (PersonFacts(given="Ana"), {"DEMO"}),
            (stay(fleeing_violence=True), {"SOC", "SDV", "LOCIS"}),
            (stay(fleeing_violence=False), {"SOC"}),
            (stay(prior_setting=LivingSetting.SUBSTANCE_USE_FACILITY), {"SOC", "SUD"}),
            (stay(prior_setting=LivingSetting.HOSPITAL), {"SOC"}),
            (seen(setting=LivingSetting.PSYCHIATRIC_FACILITY), {"SOC", "LOCIS", "PSY"}),
            (seen(place="behind the methadone clinic"), {"SOC", "LOCIS", "SUD"}),
            (seen(), {"SOC", "LOCIS"}),
            (Medications(current=("buprenorphine-naloxone 8-2 mg", "lisinopril 10 mg")), {"SUD"}),
            (Medications(current=("BIKTARVY 50/200/25 MG",)), {"HIV"}),
            (Medications(current=("daily dose",), codes=(Coded(system=RXNORM, code="6813"),)), {"SUD"}),
            (Medications(current=("lisinopril 10 mg",)), set()),
            (TreatmentEnrollment(enrolled=True), {"SUD"}),
            (Booking(event=BookingEvent.BOOKED, facility="County Jail"), {"LOCIS"}),
            (Booking(event=BookingEvent.BOOKED, facility="County Jail MOUD Unit"), {"LOCIS", "SUD"}),
            (SourceRow(table="Exit", values={"Destination": "205"}), set()),
        ],
    )
    def test_is_read_from_the_elements(self, body: Any, speaks: set[str]) -> None:
        assert labelled(body).sensitivity == speaks

    def test_of_the_sender_stays(self) -> None:
        record = labelled(PersonFacts(given="Ana"), sensitivity=frozenset({Sensitivity.SEX}))

        assert record.sensitivity == {Sensitivity.SEX, Sensitivity.DEMO}

    @pytest.mark.parametrize(
        ("provenance", "speaks"),
        [
            (HOPWA, {"SOC", "HIV"}),
            (PATH, {"SOC", "PSY"}),
            (RHY, {"SOC"}),
            (Provenance(separated_notes=SeparatedNotes.SUD_COUNSELING), {"SOC", "SUD"}),
        ],
    )
    def test_is_read_from_where_the_record_lies(self, provenance: Provenance, speaks: set[str]) -> None:
        assert labelled(stay(), provenance).sensitivity == speaks

    def test_decides_no_law(self) -> None:
        record = sent(Medications(current=("Methadone 40 mg",)))

        assert label(record).provenance == record.provenance


class TestWhatGivesSomethingAway:
    """A value that reveals is decided under what it reveals; beside each stands one that reveals nothing."""

    @pytest.mark.parametrize(
        ("body", "attribute", "category", "ordinary"),
        [
            (
                stay(prior_setting=LivingSetting.SUBSTANCE_USE_FACILITY),
                "prior_setting",
                Category.SUBSTANCE_USE,
                stay(prior_setting=LivingSetting.EMERGENCY_SHELTER),
            ),
            (seen(setting=LivingSetting.PSYCHIATRIC_FACILITY), "setting", Category.MENTAL_HEALTH, seen()),
            (seen(setting=LivingSetting.SUBSTANCE_USE_FACILITY), "seen_on", Category.SUBSTANCE_USE, seen()),
            (stay(fleeing_violence=True), "program", Category.LOCATION, stay(fleeing_violence=False)),
            (
                visit(facility="Mercy Detox Unit"),
                "facility",
                Category.SUBSTANCE_USE,
                visit(facility="Mercy Emergency Department"),
            ),
            (
                Booking(event=BookingEvent.BOOKED, facility="Jail, Behavioral-Health Pod"),
                "facility",
                Category.MENTAL_HEALTH,
                Booking(event=BookingEvent.BOOKED, facility="Jail, Pod C"),
            ),
            (
                Booking(event=BookingEvent.BOOKED, screening="opioid withdrawal"),
                "screening",
                Category.SUBSTANCE_USE,
                Booking(event=BookingEvent.BOOKED, screening="asthma"),
            ),
            (
                StaffAssignment(worker="A", role="HIV case manager", since="2026-01-01"),
                "role",
                Category.HIV,
                StaffAssignment(worker="A", role="case manager", since="2026-01-01"),
            ),
            (
                Medications(current=("methadone 40 mg",), last_dose="40 mg"),
                "last_dose",
                Category.SUBSTANCE_USE,
                Medications(current=("lisinopril",), last_dose="10 mg"),
            ),
        ],
    )
    def test_is_decided_under_it(self, body: Any, attribute: str, category: Category, ordinary: Any) -> None:
        assert category_of(labelled(body), attribute) is category
        assert category_of(labelled(ordinary), attribute) is category_of(sent(ordinary), attribute) is not category

    @pytest.mark.parametrize(
        ("provenance", "category"),
        [
            (HOPWA, Category.HIV),
            (PATH, Category.MENTAL_HEALTH),
            (RHY, Category.HOUSING),
            (Provenance(), Category.HOUSING),
        ],
    )
    def test_is_a_project_by_its_funding(self, provenance: Provenance, category: Category) -> None:
        record = labelled(stay(), provenance)

        assert category_of(record, "program") is category
        assert category_of(record, "entry_date") is Category.HOUSING

    def test_is_a_service_that_only_such_a_project_gives(self) -> None:
        service = Service(enrollment="e", contacted_on="2026-01-01", contact=ContactKind.SERVICE, what="PATH service")

        assert category_of(labelled(service, PATH), "what") is Category.MENTAL_HEALTH
        assert category_of(labelled(service, PATH), "contacted_on") is Category.CASE_MANAGEMENT
        assert category_of(labelled(service), "what") is Category.HOUSING

    def test_is_where_a_survivor_is_served_before_all_else(self) -> None:
        survivor = labelled(stay(), HOPWA, sensitivity=frozenset({Sensitivity.SDV}))

        assert category_of(survivor, "program") is Category.LOCATION
        assert Sensitivity.LOCIS in survivor.sensitivity

    def test_goes_through_the_narrowest_door(self) -> None:
        assert category_of(labelled(visit(facility="HIV and Addiction Clinic")), "facility") is Category.HIV

    def test_stays_a_medication_and_a_disposition(self) -> None:
        methadone = labelled(Medications(current=("methadone 40 mg",)))
        left = labelled(visit(disposition="psychiatric hospital or unit"))

        assert shown(methadone.body, methadone.reveals) == {Category.SUBSTANCE_USE: (Field.CURRENT_MEDICATIONS,)}
        assert Field.DISPOSITION in shown(left.body, left.reveals)[Category.MENTAL_HEALTH]

    def test_is_left_out_where_it_is_not_told(self) -> None:
        record = labelled(seen(setting=LivingSetting.SUBSTANCE_USE_FACILITY, place="by the river"))

        told = keeping(record.body, {Field.LIVING_SITUATION, Field.LAST_CONTACT}, record.reveals)

        assert told.keys() == {"contacted_on"}


bodies = st.one_of(
    st.builds(
        visit,
        *(st.sampled_from(("E11.9", "F11.20", "F20.9", "B20", "T74.21XA", "O98.711", "no code")) for _ in range(4)),
        facility=st.sampled_from((None, "Mercy", "Mercy Detox", "Safe House")),
    ),
    st.builds(
        stay,
        fleeing_violence=st.sampled_from((None, True, False)),
        prior_setting=st.sampled_from((None, *LivingSetting)),
    ),
    st.builds(seen, setting=st.sampled_from(LivingSetting), place=st.sampled_from((None, "river", "sober home"))),
    st.builds(Medications, current=st.lists(st.sampled_from(("methadone", "Truvada", "aspirin"))).map(tuple)),
    st.builds(Booking, event=st.just(BookingEvent.BOOKED), facility=st.sampled_from((None, "Jail", "Jail MOUD"))),
)
records = st.builds(
    sent,
    bodies,
    st.sampled_from((Provenance(), HOPWA, PATH, RHY)),
    sensitivity=st.frozensets(st.sampled_from(Sensitivity), max_size=3),
)


class TestLabel:
    @given(records)
    def test_twice_is_the_same_as_once(self, record: CanonicalRecord) -> None:
        assert label(label(record)) == label(record)

    @given(records, st.frozensets(st.sampled_from(Sensitivity)))
    def test_only_adds(self, record: CanonicalRecord, more: frozenset[Sensitivity]) -> None:
        told_more = record.model_copy(update={"sensitivity": record.sensitivity | more})

        assert record.sensitivity <= label(record).sensitivity <= label(told_more).sensitivity
        assert label(record).reveals.keys() <= label(told_more).reveals.keys()

    @given(st.lists(st.sampled_from(("E11.9", "F11.20", "F20.9", "B20", "x")), min_size=1), st.randoms())
    def test_does_not_depend_on_the_order_of_codes(self, codes: list[str], random: Any) -> None:
        shuffled = random.sample(codes, len(codes))
        one, other = labelled(visit(*codes)), labelled(visit(*shuffled))

        assert one.sensitivity == other.sensitivity
        assert one.reveals == other.reveals
        assert {place: set(found) for place, found in codes_in(one).items()} == {
            place: set(found) for place, found in codes_in(other).items()
        }

    @given(records)
    def test_leaves_every_field_under_one_category(self, record: CanonicalRecord) -> None:
        held = shown(label(record).body, label(record).reveals)

        fields = [field for under in held.values() for field in under]
        assert len(fields) == len(set(fields))
