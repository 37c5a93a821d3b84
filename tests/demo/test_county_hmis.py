"""The county's HMIS export against HUD's FY2026 specification: columns, types, keys, references, and dates in order."""

import csv
import json
import os
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hub.demo.county import County, generate
from hub.demo.county.hmis_files import columns

NOW = datetime(2026, 6, 15, 15, 30, tzinfo=UTC)

Table = list[dict[str, str]]

PATTERNS = {
    "integer": r"\d*",
    "date": r"(\d{4}-\d\d-\d\d)?",
    "datetime": r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)?",
    "money": r"",
    "money_nonneg": r"",
    "string": r"[^<>\[\]{}]*",
}
PARENTS = {
    "Project": ("OrganizationID", "Organization"),
    "Funder": ("ProjectID", "Project"),
    "ProjectCoC": ("ProjectID", "Project"),
    "HMISParticipation": ("ProjectID", "Project"),
    "Inventory": ("ProjectID", "Project"),
    "Enrollment": ("ProjectID", "Project"),
    "Exit": ("EnrollmentID", "Enrollment"),
    "Services": ("EnrollmentID", "Enrollment"),
    "CurrentLivingSituation": ("EnrollmentID", "Enrollment"),
    "Event": ("EnrollmentID", "Enrollment"),
    "Assessment": ("EnrollmentID", "Enrollment"),
}
FILLED = (*PARENTS, "Export", "User", "Organization", "Client")


def table(folder: Path, name: str) -> Table:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return generate(tmp_path_factory.mktemp("county"), people=800, now=NOW)


@pytest.fixture(scope="module")
def hmis(county: County) -> dict[str, Table]:
    return {name: table(county.root / "hmis", name) for name in columns()}


class TestColumns:
    def test_are_24_files_each_with_its_header_in_order(self, county: County) -> None:
        headers = {
            path.stem: path.read_text("utf-8").splitlines()[0].replace('"', "").split(",")
            for path in (county.root / "hmis").iterdir()
        }

        assert headers == {name: list(kinds) for name, kinds in columns().items()}
        assert len(headers) == 24

    def test_are_those_of_the_published_specification(self) -> None:
        beside = Path(__file__).parents[3] / "shared" / "data"
        shared = Path(os.environ.get("HUB_SHARED_DATA", beside)) / "hmis" / "spec" / "hmis_csv_spec.json"
        if not shared.exists():
            pytest.skip("the shared HMIS specification does not lie beside the checkout")
        published = json.loads(shared.read_bytes())["files"]

        for name, kinds in columns().items():
            listed = [column["name"] for column in published[f"{name}.csv"]]
            retired = {"TranslationNeeded", "PreferredLanguage", "PreferredLanguageDifferent"}
            assert list(kinds) == [column for column in listed if column not in retired]

    def test_the_files_that_matter_have_rows_and_the_others_a_header_only(self, hmis: dict[str, Table]) -> None:
        assert {name for name, rows in hmis.items() if rows} == set(FILLED)

    def test_hold_what_their_type_allows(self, hmis: dict[str, Table]) -> None:
        for name, rows in hmis.items():
            for row in rows:
                for column, kind in columns()[name].items():
                    assert re.fullmatch(PATTERNS[kind], row[column]), f"{name}.{column} should be {kind}"

    def test_strings_are_quoted_and_dates_are_not(self, county: County) -> None:
        first = (county.root / "hmis" / "Client.csv").read_text("utf-8").splitlines()[1]

        assert first.startswith('"P-100001","Marcus","Antonio","Delgado","",1,"')
        assert ",1987-04-09,1,1,0," in first


class TestKeys:
    def test_name_one_row_each(self, hmis: dict[str, Table]) -> None:
        for name in FILLED:
            keys = Counter(row[next(iter(columns()[name]))] for row in hmis[name])
            assert set(keys.values()) == {1}, name

    @pytest.mark.parametrize("child", PARENTS)
    def test_of_a_parent_are_found(self, hmis: dict[str, Table], child: str) -> None:
        key, parent = PARENTS[child]

        assert {row[key] for row in hmis[child]} <= {row[key] for row in hmis[parent]}

    def test_of_people_are_the_same_in_a_contact_and_its_enrollment(self, hmis: dict[str, Table]) -> None:
        person = {row["EnrollmentID"]: row["PersonalID"] for row in hmis["Enrollment"]}

        assert set(person.values()) == {row["PersonalID"] for row in hmis["Client"]}
        for name in ("Exit", "Services", "CurrentLivingSituation", "Event", "Assessment"):
            assert all(person[row["EnrollmentID"]] == row["PersonalID"] for row in hmis[name])

    def test_of_users_and_of_the_export_are_found(self, hmis: dict[str, Table]) -> None:
        (export,) = hmis["Export"]
        users = {row["UserID"] for row in hmis["User"]}

        for rows in hmis.values():
            assert {row["ExportID"] for row in rows} <= {export["ExportID"]}
            assert {row["UserID"] for row in rows if "UserID" in row} <= users


class TestDates:
    def test_of_a_stay_lie_in_order_and_not_in_the_future(self, hmis: dict[str, Table]) -> None:
        entered = {row["EnrollmentID"]: row["EntryDate"] for row in hmis["Enrollment"]}
        left = {row["EnrollmentID"]: row["ExitDate"] for row in hmis["Exit"]}
        today = date(2026, 6, 15).isoformat()

        assert all(entered[key] <= day <= today for key, day in left.items())
        for name, column in {
            "Services": "DateProvided",
            "CurrentLivingSituation": "InformationDate",
            "Event": "EventDate",
            "Assessment": "AssessmentDate",
        }.items():
            for row in hmis[name]:
                key = row["EnrollmentID"]
                assert entered[key] <= row[column] <= left.get(key, today), f"{name} {key}"

    def test_of_a_bed_night_are_before_the_day_of_leaving(self, hmis: dict[str, Table]) -> None:
        left = {row["EnrollmentID"]: row["ExitDate"] for row in hmis["Exit"]}

        for row in hmis["Services"]:
            if row["RecordType"] == "200" and row["EnrollmentID"] in left:
                assert row["DateProvided"] < left[row["EnrollmentID"]]


class TestParticipation:
    def test_is_of_several_organizations_and_of_no_victim_service_provider(self, hmis: dict[str, Table]) -> None:
        assert len(hmis["Organization"]) == 6
        assert {row["VictimServiceProvider"] for row in hmis["Organization"]} == {"0"}

    def test_covers_outreach_shelter_housing_and_coordinated_entry(self, hmis: dict[str, Table]) -> None:
        assert {row["ProjectType"] for row in hmis["Project"]} == {"0", "1", "2", "3", "4", "13", "14"}
