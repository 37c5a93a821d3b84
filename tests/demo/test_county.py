"""The county as a whole: the same for the same seed, true to the wire formats, and with the overlap it claims."""

import csv
import hashlib
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.jail import read_definition
from hub.demo.county import County, generate
from hub.demo.county.dice import Dice
from hub.demo.county.lives import Person
from hub.demo.county.mistakes import slipped, swapped
from schemas.instruments import OnDate
from schemas.vocab import AgreementKind, Capacity, ConsentKind

NOW = datetime(2026, 6, 15, 15, 30, tzinfo=UTC)
PEOPLE = 2_000


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return generate(tmp_path_factory.mktemp("county"), people=PEOPLE, now=NOW)


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def known_as(county: County) -> Mapping[str, set[str]]:
    """Person numbers by source."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in table(county.truth):
        found[row["source"]].add(row["person"])
    return found


def bundles(county: County, source: str) -> list[dict[str, object]]:
    """Every resource that a FHIR sender sends."""
    files = [file.path for file in county.files if file.source == source]
    return [entry["resource"] for path in files for entry in json.loads(path.read_bytes())["entry"]]


class TestGenerate:
    def test_gives_the_same_bytes_for_the_same_seed_and_now(self, tmp_path: Path) -> None:
        generate(tmp_path / "one", people=400, seed=11, now=NOW)
        generate(tmp_path / "two", people=400, seed=11, now=NOW)

        assert digests(tmp_path / "one") == digests(tmp_path / "two")

    def test_gives_other_people_for_another_seed(self, tmp_path: Path) -> None:
        generate(tmp_path / "one", people=400, seed=11, now=NOW)
        generate(tmp_path / "two", people=400, seed=12, now=NOW)

        one, two = digests(tmp_path / "one"), digests(tmp_path / "two")
        assert one["hmis/Client.csv"] != two["hmis/Client.csv"]
        assert one["directory.json"] == two["directory.json"], "what was agreed does not depend on chance"

    def test_says_in_which_order_to_import_and_by_which_adapter(self, county: County) -> None:
        assert [(file.feed, file.source) for file in county.files] == [
            ("hmis-csv", "riverbend-hmis"),
            ("hl7v2", "mercy-hospital"),
            ("fhir", "lakeside-clinic"),
            ("fhir", "lakeside-clinic"),
            ("fhir", "cedar-opioid-treatment"),
            ("jail", "riverbend-jail"),
            ("jail", "riverbend-jail"),
            ("jail", "riverbend-jail"),
        ]
        assert all(file.path.exists() for file in (*county.files, county.wrong_file))

    def test_writes_a_thousand_people_a_second_at_the_very_least(self, tmp_path: Path) -> None:
        """A floor that holds on a busy machine; the real figure is many times that."""
        started = time.process_time()
        generate(tmp_path, people=2_500, now=NOW)

        assert time.process_time() - started < 2.5

    def test_refuses_a_county_without_room_beside_the_stories(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="at least 100"):
            generate(tmp_path, people=99, now=NOW)

    def test_refuses_a_now_without_a_zone(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="aware"):
            generate(tmp_path, now=NOW.replace(tzinfo=None))

    @pytest.mark.parametrize(
        "now",
        [
            datetime(2026, 1, 1, 6, 0, tzinfo=UTC),
            datetime(2026, 3, 8, 8, 1, tzinfo=UTC),
            datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
            datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
        ],
        ids=["midnight on new year's day", "the night clocks go forward", "the hour that comes twice", "leap day"],
    )
    def test_holds_on_the_odd_days_of_the_calendar(self, tmp_path: Path, now: datetime) -> None:
        county = generate(tmp_path, now=now)

        messages = (tmp_path / "hospital" / "adt-0001.hl7").read_text("utf-8")
        moments = {
            datetime.strptime(at, "%Y%m%d%H%M%S%z") for at in re.findall(r"EVN\|A\d\d\|(\d{14}[+-]\d{4})", messages)
        }
        assert max(moments) <= now
        assert len(county.files) == 7


class TestTruth:
    def test_names_every_person_and_no_one_else(self, county: County) -> None:
        people = {int(row["person"]) for row in table(county.truth)}

        assert people == set(range(1, PEOPLE + 1))

    def test_gives_no_id_to_two_people(self, county: County) -> None:
        ids = Counter((row["source"], row["source_id"]) for row in table(county.truth))

        assert set(ids.values()) == {1}

    def test_overlaps_as_the_sectors_do(self, county: County) -> None:
        known = known_as(county)
        shares = {source: len(people) / PEOPLE for source, people in known.items()}
        hmis = known["riverbend-hmis"]

        assert 0.50 < shares["riverbend-hmis"] < 0.60
        assert 0.45 < shares["mercy-hospital"] < 0.65
        assert 0.25 < shares["lakeside-clinic"] < 0.38
        assert 0.05 < shares["riverbend-jail"] < 0.11
        assert 0.03 < shares["cedar-opioid-treatment"] < 0.08
        assert 0.35 < len(hmis & known["mercy-hospital"]) / len(hmis) < 0.55
        assert len(hmis & known["mercy-hospital"] & known["riverbend-jail"]) > 0

    def test_files_some_people_twice_in_the_hmis(self, county: County) -> None:
        files = Counter(row["person"] for row in table(county.truth) if row["source"] == "riverbend-hmis")

        assert set(files.values()) == {1, 2}
        assert 0.005 < sum(times == 2 for times in files.values()) / len(files) < 0.05


class TestHospital:
    def test_sends_messages_of_five_segments_ended_by_carriage_returns(self, county: County) -> None:
        text = (county.root / "hospital" / "adt-0001.hl7").read_bytes().decode()
        segments = text.split("\r")

        assert "\n" not in text
        assert segments.pop() == ""
        assert [segment[:3] for segment in segments[:10]] == ["MSH", "EVN", "PID", "PV1", "DG1"] * 2
        assert set(re.findall(r"\|ADT\^(A\d\d)\^ADT_(A\d\d)\|", text)) == {
            ("A01", "A01"),
            ("A03", "A03"),
            ("A04", "A01"),
            ("A08", "A01"),
        }

    def test_puts_fields_where_hl7_counts_them(self, county: County) -> None:
        first = (county.root / "hospital" / "adt-0001.hl7").read_bytes().decode().split("\rMSH|")[0].split("\r")
        msh, pid, pv1 = first[0].split("|"), first[2].split("|"), first[3].split("|")

        assert (msh[8], msh[11], msh[17]) == ("ADT^A04^ADT_A01", "2.5.1", "UNICODE UTF-8")
        assert (pid[5], pid[7], pid[8]) == ("DELGADO^MARCUS^ANTONIO^^^^L", "19870409", "M")
        assert (pv1[2], pv1[19], pv1[44]) == ("E", "V700000001^^^MERCY^VN", "20260603103000-0500")

    def test_numbers_each_message_once(self, county: County) -> None:
        controls = re.findall(r"\|(MERCY\d{9})\|P\|", (county.root / "hospital" / "adt-0001.hl7").read_text("utf-8"))

        assert len(controls) == len(set(controls)) > PEOPLE / 2


class TestFhir:
    @pytest.mark.parametrize("source", ["lakeside-clinic", "cedar-opioid-treatment"])
    def test_references_stay_within_the_bundle(self, county: County, source: str) -> None:
        for file in (file for file in county.files if file.source == source):
            bundle = json.loads(file.path.read_bytes())
            here = {entry["fullUrl"].split(".example/")[1] for entry in bundle["entry"]}
            said = re.findall(r'"reference":"([^"]+)"', file.path.read_text("utf-8"))

            assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
            assert set(said) <= here

    def test_the_clinic_sends_five_kinds_and_one_consent(self, county: County) -> None:
        kinds = Counter(resource["resourceType"] for resource in bundles(county, "lakeside-clinic"))

        assert set(kinds) == {"Patient", "Encounter", "Condition", "MedicationStatement", "Consent"}
        assert kinds["Consent"] == 1

    def test_the_treatment_program_labels_every_resource(self, county: County) -> None:
        for resource in bundles(county, "cedar-opioid-treatment"):
            assert "ETHUD" in json.dumps(resource["meta"])


class TestJail:
    def test_has_a_roster_for_each_of_the_last_three_midnights(self, county: County) -> None:
        rosters = [file for file in county.files if file.feed == "jail"]

        assert [file.path.name for file in rosters] == [
            "roster_20260613_0000.csv",
            "roster_20260614_0000.csv",
            "roster_20260615_0000.csv",
        ]

    def test_comes_with_the_definition_it_is_read_by(self, county: County) -> None:
        (definition,) = {file.definition for file in county.files if file.feed == "jail"}
        assert definition is not None
        read = read_definition(definition.read_text("utf-8"))

        assert set(read.columns) == set(table(county.files[-1].path)[0])

    def test_lists_the_released_for_one_day_and_no_longer(self, county: County) -> None:
        for file in (file for file in county.files if file.feed == "jail"):
            taken = datetime.strptime(file.path.stem, "roster_%Y%m%d_%H%M")
            for row in table(file.path):
                assert (row["Status"] == "RELEASED") == bool(row["Release Date"])
                if row["Release Date"]:
                    released = datetime.strptime(row["Release Date"], "%m/%d/%Y %H:%M")
                    assert taken - timedelta(days=1) < released <= taken


class TestDirectory:
    def test_gives_each_source_the_agreement_that_lets_the_engine_permit(self, county: County) -> None:
        directory = county.directory()
        agreed = {(agreement.kind, party) for agreement in directory.agreements for party in agreement.parties}

        for participant in directory.participants:
            for capacity, kind in {
                Capacity.COVERED_ENTITY: AgreementKind.BUSINESS_ASSOCIATE,
                Capacity.PART2_PROGRAM: AgreementKind.QUALIFIED_SERVICE_ORGANIZATION,
                Capacity.HMIS_PARTICIPANT: AgreementKind.HMIS_DATA_SHARING,
                Capacity.CORRECTIONAL_INSTITUTION: AgreementKind.BOOKING_DATA,
                Capacity.PEER_SUPPORT: AgreementKind.SERVICE_DATA,
            }.items():
                if capacity in participant.capacities:
                    assert (kind, participant.slug) in agreed
        assert all("hub" in agreement.parties for agreement in directory.agreements)
        assert all(
            agreement.until and agreement.since <= NOW.date() <= agreement.until for agreement in directory.agreements
        )

    def test_agrees_nothing_with_the_victim_service_provider(self, county: County) -> None:
        parties = {party for agreement in county.directory().agreements for party in agreement.parties}

        assert "harbor-safe-house" not in parties
        assert "harbor-safe-house" in {participant.slug for participant in county.directory().participants}

    def test_names_only_organizations_that_take_part(self, county: County) -> None:
        directory = county.directory()
        slugs = {participant.slug for participant in directory.participants}

        assert len(slugs) == len(directory.participants)
        assert {program.participant for program in directory.programs} <= slugs
        assert {organization.participant for organization in directory.organizations} <= slugs
        assert {user.participant for user in directory.users} <= slugs
        assert {party for agreement in directory.agreements for party in agreement.parties} <= slugs | {"hub"}
        assert {file.source for file in county.files} <= slugs

    def test_knows_every_organization_and_project_of_the_hmis(self, county: County) -> None:
        directory = county.directory()
        projects = {f"Project/{row['ProjectID']}" for row in table(county.root / "hmis" / "Project.csv")}
        organizations = {
            f"Organization/{row['OrganizationID']}" for row in table(county.root / "hmis" / "Organization.csv")
        }

        assert {program.key for program in directory.programs if program.source == "riverbend-hmis"} == projects
        assert {organization.key for organization in directory.organizations} == organizations


class TestPapers:
    def test_are_of_people_the_source_knows(self, county: County) -> None:
        known = {(row["source"], row["source_id"]) for row in table(county.truth)}

        assert {(paper.source, paper.person) for paper in county.consents()} <= known
        assert {(paper.source, paper.person) for paper in county.assignments()} <= known

    def test_over_half_of_the_hmis_has_a_release_in_force_and_the_rest_is_mixed(self, county: County) -> None:
        releases = [paper.consent for paper in county.consents() if paper.consent.kind is ConsentKind.HMIS_RELEASE]
        expired = [
            release
            for release in releases
            if isinstance(release.expiration, OnDate) and release.expiration.date < NOW.date()
        ]
        revoked = [release for release in releases if release.revocation]
        clients = len(known_as(county)["riverbend-hmis"])

        assert 0.48 < (len(releases) - len(expired) - len(revoked)) / clients < 0.62
        assert 0.06 < len(expired) / clients < 0.14
        assert 0.02 < len(revoked) / clients < 0.07

    def test_some_patients_of_the_treatment_program_consented_and_some_did_not(self, county: County) -> None:
        consented = [paper for paper in county.consents() if paper.consent.kind is ConsentKind.PART2_TPO_CONSENT]
        patients = len(known_as(county)["cedar-opioid-treatment"])

        assert 0.2 < len(consented) / patients < 0.6

    def test_assign_workers_to_programs_of_their_own_organization(self, county: County) -> None:
        programs = {(program.key, program.participant) for program in county.directory().programs}

        for paper in county.assignments():
            assert (paper.assignment.program, paper.participant) in programs


class TestMistakes:
    @given(st.integers(0, 2**32), st.text("abcdefghij", min_size=3, max_size=20))
    def test_a_slip_of_the_keys_keeps_the_name_within_one_letter(self, seed: int, name: str) -> None:
        wrong = slipped(name, Dice(seed))

        assert abs(len(wrong) - len(name)) <= 1
        assert wrong[0] == name[0]

    @given(st.dates())
    def test_changing_day_and_month_twice_gives_the_same_day(self, born: datetime) -> None:
        assert swapped(swapped(born)) == born

    @given(st.integers(0, 1_000_000))
    def test_the_last_four_are_four_digits_and_never_zeros(self, number: int) -> None:
        person = Person(number, "Ada", "", "Low", "", NOW.date(), female=True)

        assert re.fullmatch(r"\d{4}", person.last_four)
        assert person.last_four != "0000"
