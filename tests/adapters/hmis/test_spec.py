"""The specification: how much of HUD's format it holds, and that it says what HUD says."""

import json
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from adapters.hmis import facts
from adapters.hmis.spec import YEARS, Kind, fy2026, specification
from tests.adapters.hmis.conftest import SHARED

KINDS = {"string": "S", "integer": "I", "date": "D", "datetime": "T", "money": "M", "money_nonneg": "N"}
# Codes that HUD's draft left out and published FY2026 exports have.
LEFT_OUT = {"2.06.1": {"32"}, "R11.A": {"99"}}


@pytest.fixture(scope="module")
def hud() -> dict[str, Any]:
    path = SHARED / "spec" / "hmis_csv_spec.json"
    if not path.is_file():
        pytest.skip("HUD's specification is not beside this checkout; set HUB_SHARED_DATA")
    said: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return said


class TestHold:
    def test_24_files_with_522_columns_three_of_which_only_the_draft_had(self) -> None:
        tables = fy2026().tables.values()

        assert len(tables) == 24
        assert sum(len(table.columns) for table in tables) == 519
        assert {name for table in tables for name in table.drafted} == {
            "TranslationNeeded",
            "PreferredLanguage",
            "PreferredLanguageDifferent",
        }

    def test_90_lists_with_a_text_for_every_code(self) -> None:
        lists = {name: one for name, one in fy2026().lists.items() if name not in facts.lists()["subsets"]}

        assert len(lists) == 90
        assert all(one.name and all(one.codes.values()) for one in lists.values())

    @pytest.mark.parametrize(("year", "files", "columns"), [(2022, 23, 517), (2024, 24, 531)])
    def test_earlier_years(self, year: int, files: int, columns: int) -> None:
        tables = specification(year).tables.values()

        assert (len(tables), sum(len(table.columns) for table in tables)) == (files, columns)

    def test_every_day_since_october_2021_in_one_version(self) -> None:
        versions = [specification(year) for year in YEARS]

        assert versions[0].since == date(2021, 10, 1)
        assert [(b.since - a.until).days for a, b in pairwise(versions) if a.until] == [1, 1]
        assert versions[-1].until is None


class TestSay:
    def test_what_a_key_refers_to(self) -> None:
        assert fy2026().tables["Affiliation"].references == {
            "ProjectID": "Project",
            "ResProjectID": "Project",
            "UserID": "User",
            "ExportID": "Export",
        }
        assert "PersonalID" not in fy2026().tables["Client"].references

    def test_which_list_a_service_draws_on(self) -> None:
        by = fy2026().tables["Services"].columns["TypeProvided"].list_by

        assert by is not None
        assert set(by.lists["200"].codes) == {"200"}
        assert by.otherwise is None

    def test_the_codes_of_their_year_and_which_are_retired(self) -> None:
        then, now = (specification(year).tables["Exit"].columns["Destination"] for year in (2022, 2026))

        assert then.codes is not None
        assert now.codes is not None
        assert {"16", "34"} <= then.codes & now.retired
        assert {"116", "435"} <= now.codes - then.codes

    def test_a_length_of_its_year(self) -> None:
        lengths = [specification(year).tables["Export"].columns["SourceID"].longest for year in YEARS]

        assert lengths == [32, 32, 350]

    def test_who_and_what_a_column_tells_of(self) -> None:
        tables = fy2026().tables

        assert {name for name, one in tables["Client"].columns.items() if one.identifying == "direct"} == {
            "FirstName",
            "MiddleName",
            "LastName",
            "NameSuffix",
            "SSN",
            "DOB",
        }
        assert tables["IncomeBenefits"].columns["ADAP"].sensitive == ("hiv",)


class TestAgreeWithHud:
    def test_in_the_columns_and_their_kinds(self, hud: dict[str, Any]) -> None:
        ours = {table.file: {**table.columns, **table.drafted} for table in fy2026().tables.values()}

        assert {file: sorted(columns) for file, columns in ours.items()} == {
            file: sorted(column["name"] for column in columns) for file, columns in hud["files"].items()
        }
        for file, columns in hud["files"].items():
            for column in columns:
                assert ours[file][column["name"]].kind is Kind(KINDS[column["type"]]), (file, column["name"])

    def test_in_the_codes(self, hud: dict[str, Any]) -> None:
        for name, said in hud["lists"].items():
            ours = set(fy2026().lists[name].codes) - LEFT_OUT.get(name, set())
            assert ours == set(said["codes"]), name
