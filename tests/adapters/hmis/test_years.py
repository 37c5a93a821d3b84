"""Sets of earlier years: recognized by their columns, and given as sets of FY2026."""

from collections.abc import Callable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from adapters.base import Read, Unreadable
from adapters.hmis import HmisCsv
from adapters.hmis.archive import Archive
from adapters.hmis.changes import FROM_2022, FROM_2024, Change
from adapters.hmis.fileset import FileSet, headers
from adapters.hmis.frames import EXTRA, LINE
from adapters.hmis.members import members
from adapters.hmis.spec import fy2026, specification
from adapters.hmis.version import recognized
from schemas.messages import Problem
from tests.adapters.hmis.conftest import SHARED, Files, files_in, message, zipped

Send = Callable[..., list[Read]]
Rows = list[dict[str, str]]

CLIENT = {2022: ["PersonalID", "Female"], 2024: ["personalid", "WOMAN"], 2026: ["PersonalID", "Sex"]}
LATER = ["EnrollmentID", "MentalHealthConsultation"]


class TestRecognize:
    @pytest.mark.parametrize("year", [2022, 2024, 2026])
    def test_a_set_by_its_name_and_columns(self, year: int) -> None:
        assert recognized(f"{year} v1.3", {"Client": CLIENT[year]}) == (year, None)

    def test_by_its_columns_where_the_name_is_another(self) -> None:
        year, fault = recognized("2020 v1", {"Client": CLIENT[2024]})

        assert year == 2024
        assert fault is not None
        assert (fault.code, fault.field) == ("csv-version", "CSVVersion")

    def test_by_its_name_where_no_column_tells(self) -> None:
        assert recognized("2022", {"Client": ["PersonalID"]}) == (2022, None)

    def test_by_a_file_that_only_fy2022_has(self) -> None:
        assert recognized("2024 v1", {"Client": ["PersonalID"], "EnrollmentCoC": []})[0] == 2022

    def test_a_column_kept_from_an_earlier_year_does_not_mislead(self) -> None:
        assert recognized("2026 v1", {"Client": [*CLIENT[2026], "Woman"], "Enrollment": LATER}) == (2026, None)

    @pytest.mark.parametrize(
        ("named", "client"), [("2020 v1", ["PersonalID", "Gender"]), ("2020", ["PersonalID"]), ("2028 v1", [])]
    )
    def test_another_year_is_refused_and_told_which_are_read(self, named: str, client: list[str]) -> None:
        with pytest.raises(Unreadable, match="FY2022, FY2024 or FY2026"):
            recognized(named, {"Client": client})

    @pytest.mark.parametrize("named", ["", "v1", "twenty"])
    def test_a_version_without_a_year_is_refused(self, named: str) -> None:
        with pytest.raises(Unreadable, match="such as 2026 v1"):
            recognized(named, {"Client": CLIENT[2026]})

    def test_files_of_different_years_are_refused(self) -> None:
        with pytest.raises(Unreadable, match="files of one version"):
            recognized("2026 v1", {"Client": CLIENT[2024], "Enrollment": LATER})


class TestUpgradeFrom2022:
    def test_living_situations_with_their_subsidies(self) -> None:
        now = upgraded({"Enrollment": [{"LivingSituation": "16"}, {"LivingSituation": "19"}, {"LivingSituation": "8"}]})

        assert now["Enrollment"].select("LivingSituation", "RentalSubsidyType").rows() == [
            ("116", ""),
            ("435", "419"),
            ("8", ""),
        ]

    def test_destinations_and_current_situations(self) -> None:
        now = upgraded({"Exit": [{"Destination": "3"}], "CurrentLivingSituation": [{"CurrentLivingSituation": "36"}]})

        assert now["Exit"].select("Destination", "DestinationSubsidyType").rows() == [("435", "440")]
        assert now["CurrentLivingSituation"].select("CurrentLivingSituation", "CLSSubsidyType").rows() == [("336", "")]

    def test_a_code_that_fy2022_did_not_know_stays_for_the_checks(self) -> None:
        assert upgraded({"Exit": [{"Destination": "999"}]})["Exit"]["Destination"].to_list() == ["999"]

    def test_shelters_by_how_they_count_nights(self) -> None:
        told = [("1", "0"), ("1", "3"), ("1", ""), ("4", "3")]
        now = upgraded({"Project": [{"ProjectType": kind, "TrackingMethod": by} for kind, by in told]})

        assert now["Project"]["ProjectType"].to_list() == ["0", "1", "0", "4"]

    def test_the_coc_of_a_household_at_its_start(self) -> None:
        now = upgraded(
            {
                "Enrollment": [{"HouseholdID": "h1"}, {"HouseholdID": "h2"}, {"HouseholdID": "h1"}],
                "EnrollmentCoC": [
                    {"HouseholdID": "h1", "CoCCode": "XX-502", "DataCollectionStage": "2"},
                    {"HouseholdID": "h1", "CoCCode": "XX-501", "DataCollectionStage": "1"},
                    {"HouseholdID": "h2", "CoCCode": "XX-501", "DataCollectionStage": "1", "DateDeleted": "2023-01-01"},
                ],
            }
        )

        assert now["Enrollment"]["EnrollmentCoC"].to_list() == ["XX-501", "", "XX-501"]

    def test_race_and_ethnicity_become_one_question(self) -> None:
        answers = [("1", "99"), ("0", ""), ("8", "8")]
        now = upgraded({"Client": [{"Ethnicity": one, "RaceNone": none, "Asian": "99"} for one, none in answers]})

        assert now["Client"].select("HispanicLatinao", "RaceNone", "Asian", "+Ethnicity").rows() == [
            ("1", "", "0", "1"),
            ("0", "", "0", "0"),
            ("0", "8", "0", "8"),
        ]

    def test_renamed_columns(self) -> None:
        now = upgraded(
            {
                "HealthAndDV": [{"DomesticViolenceVictim": "1"}],
                "IncomeBenefits": [{"VAMedicalServices": "1", "HIVAIDSAssistance": "0"}],
            }
        )

        assert now["HealthAndDV"]["DomesticViolenceSurvivor"].to_list() == ["1"]
        assert now["IncomeBenefits"].select("VHAServices", "+HIVAIDSAssistance").rows() == [("1", "0")]


class TestUpgrade:
    def test_a_gender_never_becomes_a_sex(self) -> None:
        before, after = upgraded({"Client": [{"Female": "1"}]}), upgraded({"Client": [{"Woman": "1"}]}, year=2024)

        for now in (before, after):
            assert now["Client"].select("Sex", "+Woman").rows() == [("", "1")]

    @pytest.mark.parametrize("year", [2022, 2024])
    def test_gives_every_table_the_columns_of_fy2026(self, year: int) -> None:
        for name, frame in upgraded({name: [{}] for name in specification(year).tables}, year=year).items():
            own = [column for column in frame.columns if not column.startswith(EXTRA)]
            assert own == [LINE, *fy2026().tables[name].columns]

    @pytest.mark.parametrize(("changes", "old", "new"), [(FROM_2022, 2022, 2024), (FROM_2024, 2024, 2026)])
    def test_speaks_of_columns_that_there_are(self, changes: Mapping[str, Change], old: int, new: int) -> None:
        before, after = specification(old).tables, specification(new).tables
        for table, change in changes.items():
            assert set(change.renamed) <= set(before[table].columns)
            assert {*change.renamed.values(), *change.made} <= set(after[table].columns)

    def test_the_senders_own_column_stays_though_named_as_a_retired_one(self, county: Files) -> None:
        heading = b"PersonalID,Female,Female,Pet\n1,0,1,cat\n"
        files = opened({"Export.csv": county["Export.csv"], "Client.csv": heading}, 2022)

        (frame,) = files.frames("Client")
        assert frame.select("+Woman", "+Pet").rows() == [("0", "cat")]

    def test_of_open_paths_sample_gives_what_open_path_makes_of_it(self, shared: Callable[[str], Files]) -> None:
        """Save that its Export.csv names the new version, and that genders go to a file of their own."""
        sent = shared("openpath-migrate-24to26/in/merged/source")
        expected = opened(files_in(SHARED / "openpath-migrate-24to26" / "out"), 2026)
        files = opened(sent, headers_year(sent))

        assert [table.name for table in files.tables] == [table.name for table in expected.tables]
        for table in files.tables:
            columns = [name for name in table.columns if name != "CSVVersion"]
            ours, theirs = whole(files, table.name, columns), whole(expected, table.name, columns)
            assert_frame_equal(ours.sort(table.key), theirs.sort(table.key))

    def test_of_the_eva_demo_of_fy2024_gives_the_people_of_fy2026(self, shared: Callable[[str], Files]) -> None:
        then, now = shared("coc-chatbot-eva-demo-fy2024"), shared("eva-demo-fy2026")
        columns = ["PersonalID", "FirstName", "HispanicLatinao", "Sex", "RaceNone", "VeteranStatus"]
        ours = whole(opened(then, headers_year(then)), "Client", columns)
        theirs = whole(opened(now, headers_year(now)), "Client", columns)

        assert headers_year(then) == 2024
        assert_frame_equal(ours.drop("Sex"), theirs.drop("Sex"))
        assert set(ours["Sex"]) == {""}


class TestCheck:
    """A set of an earlier year is held against the lists of that year."""

    def test_a_code_of_its_year_is_right(self, county: Files) -> None:
        county["Exit.csv"] = county["Exit.csv"].replace(b",410,", b",10,")

        assert ("list-value", "Destination") not in found(of_year(county, 2022, b"Female"))
        assert ("retired-code", "Destination") not in found(of_year(county, 2022, b"Female"))
        assert ("retired-code", "Destination") in found(county)

    def test_a_code_of_no_year_or_a_later_one_is_wrong(self, county: Files) -> None:
        county["Exit.csv"] = county["Exit.csv"].replace(b",410,", b",435,")

        assert ("list-value", "Destination") in found(of_year(county, 2022, b"Female"))
        assert ("list-value", "Destination") not in found(of_year(county, 2024, b"Woman"))

    def test_a_retired_column_is_checked_as_any_other(self, county: Files) -> None:
        sent = of_year(county, 2024, b"Woman")
        first, *rows = sent["Client.csv"].splitlines()
        sent["Client.csv"] = b"\n".join([first, *(row.rpartition(b",")[0] + b",77" for row in rows)])

        assert ("list-value", "Woman") in found(sent)


class TestRead:
    def test_a_set_of_fy2024_without_a_word(self, county: Files, send: Send) -> None:
        problems = [one for one in send(of_year(county, 2024, b"Woman")) if isinstance(one, Problem)]

        assert "csv-version" not in {one.code for one in problems}
        assert "Sex" not in {one.field for one in problems}

    def test_misses_no_file_that_its_year_had_not(self, county: Files, send: Send) -> None:
        read = send(of_year(county, 2022, b"Female"))
        missing = {one.file for one in read if isinstance(one, Problem) and one.code == "missing-file"}

        assert "EnrollmentCoC.csv" in missing
        assert "CEParticipation.csv" not in missing


def found(files: Mapping[str, bytes]) -> set[tuple[str, str | None]]:
    """Codes and fields of what a check tells."""
    told = HmisCsv().examine(message(zipped(files), None))
    return {(one.code, one.field) for one in told if isinstance(one, Problem)}


def of_year(county: Files, year: int, gender: bytes) -> Files:
    """The county with the columns that tell of a year."""
    client, enrollment = county["Client.csv"], county["Enrollment.csv"]
    return county | {
        "Export.csv": county["Export.csv"].replace(b"2026 v1.0", f"{year} v1.3".encode()),
        "Client.csv": client.replace(b",Sex", b"," + gender, 1),
        "Enrollment.csv": enrollment.replace(b"MentalHealthConsultation", b"Other", 1),
    }


def upgraded(tables: Mapping[str, Rows], year: int = 2022) -> dict[str, pl.DataFrame]:
    """The frames of a set of these rows; each row has a key, and blanks where nothing is given."""
    files = {"Export.csv": b"ExportID,CSVVersion,HashStatus\n1,2022,1\n"}
    for name, rows in tables.items():
        table = specification(year).tables[name]
        filled = [dict.fromkeys(table.columns, "") | {table.key: str(n)} | row for n, row in enumerate(rows)]
        files[table.file] = pl.DataFrame(filled).write_csv().encode()
    made = opened(files, year)
    return {name: pl.concat(made.frames(name)) for name in tables if name in fy2026().tables}


def opened(files: Mapping[str, bytes], year: int) -> FileSet:
    return FileSet(
        Archive(members(message(zipped(files), None))), specification(year), ZoneInfo("UTC"), date(2026, 3, 1)
    )


def headers_year(files: Mapping[str, bytes]) -> int:
    archive = Archive(members(message(zipped(files), None)))
    (row,) = opened(files, 2026).rows("Export")
    return recognized(row["CSVVersion"], headers(archive))[0]


def whole(files: FileSet, table: str, columns: list[str]) -> pl.DataFrame:
    empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    return pl.concat([empty, *(frame.select(columns) for frame in files.frames(table))])
