"""The people a reader should remember are in every county, and the feeds hold of them what their story says."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.demo.county import STORIES, Answer, County, FiledConsent, generate, story
from hub.demo.county.stories import lives
from schemas.instruments import OnDate

NOW = datetime(2026, 6, 15, 15, 30, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(scope="module", params=[(300, 7), (500, 8)], ids=["300 people", "500 people, another seed"])
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> County:
    people, seed = request.param
    return generate(tmp_path_factory.mktemp("county"), people=people, seed=seed, now=NOW)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def clients(county: County, given: str, family: str) -> list[dict[str, str]]:
    found = rows(county.root / "hmis" / "Client.csv")
    return [row for row in found if (row["FirstName"], row["LastName"]) == (given, family)]


def papers(county: County, person: str) -> list[FiledConsent]:
    return [paper for paper in county.consents() if paper.person == person]


def stays(county: County, person: str) -> list[dict[str, str]]:
    return [row for row in rows(county.root / "hmis" / "Enrollment.csv") if row["PersonalID"] == person]


def everything_sent(county: County) -> str:
    """All that any organization sends, the wrong file left out, in lower case."""
    wrong = county.wrong_file.path
    sent = (path for path in county.root.rglob("*") if path.is_file() and wrong not in path.parents)
    return "\n".join(path.read_text("utf-8") for path in sent).lower()


class TestStories:
    def test_have_keys_and_names_of_their_own(self) -> None:
        assert len({told.key for told in STORIES}) == len(STORIES)
        assert len({(told.given, told.family) for told in STORIES}) == len(STORIES)

    def test_number_their_people_without_a_gap(self) -> None:
        assert [life.person.number for life in lives()] == list(range(1, len(lives()) + 1))

    def test_tell_of_people_with_the_name_and_birth_date_asked_for(self) -> None:
        for told in STORIES:
            for life in told.people[:1]:
                person = life.person
                assert (person.given, person.family, person.born) == (told.given, told.family, told.born)

    def test_are_told_in_the_feeds(self, county: County) -> None:
        sent = everything_sent(county)

        for told in STORIES:
            assert (told.family.lower() in sent) == bool(told.people), told.key

    def test_cover_every_answer(self) -> None:
        assert {told.answer for told in STORIES} == set(Answer)


class TestMarcus:
    def test_was_seen_by_riverside_park_three_days_ago(self, county: County) -> None:
        (client,) = clients(county, "Marcus", "Delgado")
        seen = [
            row
            for row in rows(county.root / "hmis" / "CurrentLivingSituation.csv")
            if row["PersonalID"] == client["PersonalID"]
        ]

        assert seen[0]["InformationDate"] == (TODAY - timedelta(days=3)).isoformat()
        assert (seen[0]["CurrentLivingSituation"], seen[0]["LocationDetails"]) == ("116", "Riverside Park")

    def test_waits_on_the_housing_list_with_an_open_referral(self, county: County) -> None:
        (event,) = [row for row in rows(county.root / "hmis" / "Event.csv") if row["PersonalID"] == "P-100001"]
        (assessed,) = [row for row in rows(county.root / "hmis" / "Assessment.csv") if row["PersonalID"] == "P-100001"]

        assert (event["Event"], event["ReferralResult"]) == ("7", "")
        assert assessed["PrioritizationStatus"] == "1"

    def test_is_helped_by_ana_reyes(self, county: County) -> None:
        (paper,) = [paper for paper in county.assignments() if paper.person == "P-100001"]

        assert (paper.assignment.worker, paper.participant) == ("Ana Reyes", "open-door-shelter")
        assert paper.assignment.phone == "+1 555 0100"

    def test_left_jail_yesterday(self, county: County) -> None:
        rosters = [rows(file.path) for file in county.files if file.feed == "jail"]
        booked = [next(row for row in roster if row["Booking No"] == "B-2211") for roster in rosters]

        assert [row["Status"] for row in booked] == ["IN CUSTODY", "IN CUSTODY", "RELEASED"]
        assert booked[-1]["Release Date"] == (TODAY - timedelta(days=1)).strftime("%m/%d/%Y 14:00")

    def test_takes_lithium_by_the_clinics_list(self, county: County) -> None:
        (clinic, *_) = [file for file in county.files if file.source == "lakeside-clinic"]
        entries = [entry["resource"] for entry in json.loads(clinic.path.read_bytes())["entry"]]
        taken = [
            entry["medicationCodeableConcept"]["text"]
            for entry in entries
            if entry["resourceType"] == "MedicationStatement" and entry["subject"]["reference"] == "Patient/LC-20001"
        ]

        assert taken[1].startswith("lithium")

    def test_signed_a_release_that_is_in_force_and_names_crisis_providers(self, county: County) -> None:
        (paper,) = papers(county, "P-100001")

        assert isinstance(paper.consent.expiration, OnDate)
        assert paper.consent.expiration.date > TODAY
        assert "crisis-providers" in paper.consent.model_dump_json()
        assert paper.consent.revocation is None


class TestReleases:
    def test_of_the_withheld_person_there_is_none(self, county: County) -> None:
        (client,) = clients(county, "Rosalind", "Achterberg")

        assert stays(county, client["PersonalID"])
        assert papers(county, client["PersonalID"]) == []

    @pytest.mark.parametrize(("family", "days"), [("Brightwater", 1), ("Arceneaux", -30)])
    def test_end_when_the_story_says(self, county: County, family: str, days: int) -> None:
        (client,) = [row for row in rows(county.root / "hmis" / "Client.csv") if row["LastName"] == family]
        (paper,) = papers(county, client["PersonalID"])

        assert paper.consent.expiration == OnDate(date=TODAY + timedelta(days=days))

    def test_of_june_is_revoked_and_the_hub_knows(self, county: County) -> None:
        (client,) = clients(county, "June", "Tallgrass")
        (paper,) = papers(county, client["PersonalID"])

        assert paper.consent.revocation is not None
        assert paper.consent.revocation.learned_at < NOW

    def test_cover_the_youth_program_and_not_the_hopwa_one(self, county: County) -> None:
        (skye,) = papers(county, clients(county, "Skye", "Larkspur")[0]["PersonalID"])
        (bernard,) = papers(county, clients(county, "Bernard", "Lindqvist")[0]["PersonalID"])

        assert skye.consent.expressly_covers == ("RHY",)
        assert bernard.consent.expressly_covers == ()

    def test_one_patient_signed_a_part2_consent_and_one_did_not(self, county: County) -> None:
        assert len(papers(county, "CO-5007")) == 1
        assert papers(county, "CO-5008") == []


class TestLookAlikes:
    def test_share_name_and_birth_date_and_not_the_last_four(self, county: County) -> None:
        one, other = clients(county, "Luis", "Barragan")

        assert one["DOB"] == other["DOB"]
        assert one["SSN"][-4:] != other["SSN"][-4:]
        assert one["PersonalID"] != other["PersonalID"]

    def test_twins_differ_in_name_and_in_release(self, county: County) -> None:
        (imani,), (amani,) = clients(county, "Imani", "Okonjo"), clients(county, "Amani", "Okonjo")

        assert imani["DOB"] == amani["DOB"]
        assert papers(county, imani["PersonalID"])
        assert not papers(county, amani["PersonalID"])


class TestJailGap:
    def test_leaves_walter_out_of_one_roster_and_has_him_again(self, county: County) -> None:
        rosters = [rows(file.path) for file in county.files if file.feed == "jail"]

        assert [any(row["Last Name"] == "PRUITT" for row in roster) for roster in rosters] == [True, False, True]


class TestSurvivor:
    def test_is_in_the_wrong_file_and_in_no_other(self, county: County) -> None:
        survivor = story("survivor")
        wrong = county.wrong_file.path
        (client,) = rows(wrong / "Client.csv")
        sent = everything_sent(county)

        assert (client["FirstName"], client["LastName"]) == (survivor.given, survivor.family)
        assert client["LastName"].lower() not in sent
        assert f'"{client["PersonalID"].lower()}"' not in sent

    def test_the_wrong_file_owns_up_to_a_victim_service_provider(self, county: County) -> None:
        (organization,) = rows(county.wrong_file.path / "Organization.csv")
        (export,) = rows(county.wrong_file.path / "Export.csv")

        assert organization["VictimServiceProvider"] == "1"
        assert export["ExportDirective"] == "1"
