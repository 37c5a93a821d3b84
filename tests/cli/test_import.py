"""`hub import`, `replay` and `set-aside`: what the contract says of exit status, report and what is kept."""

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import FIXTURES, Command

COUNTY = FIXTURES / "hmis" / "county"
ADMISSION = FIXTURES / "hl7v2" / "a01_emergency.hl7"
VISIT = FIXTURES / "fhir" / "crisis-visit.json"
JAIL = FIXTURES / "jail"
HOSPITAL = ("--source", "mercy-hospital")
HMIS = ("--source", "riverbend-hmis")

REPORT = ["feed", "source", "received", "stored", "unchanged", "removed", "set_aside", "problems", "seconds"]
PROBLEM = ["file", "line", "field", "code", "severity", "expected"]


def zipped(path: Path, *, without: str = "") -> Path:
    """The county's files as a zip, all but one."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(COUNTY.iterdir()):
            if file.name != without:
                archive.write(file, file.name)
    return path


@pytest.fixture
def half_readable(tmp_path: Path) -> Path:
    """Two messages, the second without a patient."""
    path = tmp_path / "two.hl7"
    whole = ADMISSION.read_bytes()
    path.write_bytes(whole + b"\r" + whole.splitlines()[0].replace(b"MSH", b"MSH", 1) + b"\r")
    return path


class TestImport:
    def test_of_a_sound_file_exits_0(self, county: Command) -> None:
        ran = county("import", "hl7v2", ADMISSION, *HOSPITAL)

        assert (ran.code, county.rows("raw_message")) == (0, 1)
        assert "2 stored" in ran.out

    def test_of_a_file_with_one_bad_message_exits_1_and_keeps_it(self, county: Command, half_readable: Path) -> None:
        ran = county("import", "hl7v2", half_readable, *HOSPITAL, "--json")

        assert (ran.code, ran.report["stored"], ran.report["set_aside"]) == (1, 2, 1)
        assert county.rows("set_aside") == 1

    def test_of_a_file_that_is_none_exits_2_and_changes_nothing(self, county: Command, tmp_path: Path) -> None:
        path = tmp_path / "damaged.zip"
        path.write_bytes(zipped(tmp_path / "whole.zip").read_bytes()[:2000])

        ran = county("import", "hmis-csv", path, *HMIS, "--json")

        assert (ran.code, ran.report["stored"], ran.report["problems"][0]["severity"]) == (2, 0, "refused")
        assert county.rows("record") == 0

    def test_twice_stores_nothing_new(self, county: Command) -> None:
        first = county("import", "hl7v2", ADMISSION, *HOSPITAL, "--json").report
        again = county("import", "hl7v2", ADMISSION, *HOSPITAL, "--json").report

        assert (first["stored"], first["unchanged"]) == (2, 0)
        assert (again["stored"], again["unchanged"]) == (0, 2)

    def test_prints_exactly_the_contracts_report(self, county: Command, half_readable: Path) -> None:
        ran = county("import", "hl7v2", half_readable, *HOSPITAL, "--json")

        assert list(ran.report) == REPORT
        assert {tuple(problem) for problem in ran.report["problems"]} == {tuple(PROBLEM)}
        assert ran.err == ""

    def test_of_a_folder_takes_what_a_zip_of_it_says(self, county: Command, tmp_path: Path) -> None:
        packed = county("import", "hmis-csv", zipped(tmp_path / "county.zip"), *HMIS, "--check", "--json").report
        folder = county("import", "hmis-csv", COUNTY, *HMIS, "--check", "--json").report

        assert {**folder, "seconds": 0} == {**packed, "seconds": 0}

    def test_without_export_csv_is_refused_whole(self, county: Command, tmp_path: Path) -> None:
        path = zipped(tmp_path / "county.zip", without="Export.csv")

        ran = county("import", "hmis-csv", path, *HMIS, "--json")

        assert (ran.code, county.rows("record")) == (2, 0)
        assert "Export.csv" in str(ran.report["problems"])

    def test_of_a_truncated_message_names_the_place(self, county: Command, tmp_path: Path) -> None:
        path = tmp_path / "cut.hl7"
        path.write_bytes(ADMISSION.read_bytes()[:100])

        ran = county("import", "hl7v2", path, *HOSPITAL, "--json")

        assert (ran.code, ran.report["stored"]) == (1, 0)
        assert ("PID-3", "set-aside") in {(one["field"], one["severity"]) for one in ran.report["problems"]}

    def test_of_a_wrong_character_set_never_echoes_what_stood_there(self, county: Command, tmp_path: Path) -> None:
        path = tmp_path / "visit.json"
        path.write_bytes(VISIT.read_text(encoding="utf-8").encode("utf-16"))

        ran = county("import", "fhir", path, *HOSPITAL)

        assert ran.code in {1, 2}
        assert county.rows("record") == 0
        assert "Traceback" not in ran.out + ran.err

    @pytest.mark.parametrize("name", ["[red]admission.hl7", "täglich.hl7"])
    def test_of_a_file_with_an_odd_name_says_the_name_as_it_is(
        self, county: Command, tmp_path: Path, name: str
    ) -> None:
        path = tmp_path / name
        path.write_bytes(ADMISSION.read_bytes()[:100])

        ran = county("import", "hl7v2", path, *HOSPITAL)

        assert ran.code == 1
        assert name in ran.out
        assert name in county("set-aside").out

    def test_is_signed_in_the_audit_log_though_no_worker_runs(self, county: Command) -> None:
        county("import", "hl7v2", ADMISSION, *HOSPITAL)

        verified = county("audit", "verify", "--json").report

        assert (verified["pending"], verified["problem"]) == (0, None)
        assert verified["signed"] == verified["entries"]


class TestMuchRemoved:
    def test_is_held_with_exit_2_until_it_is_confirmed(self, county: Command, tmp_path: Path) -> None:
        folder = tmp_path / "set"
        folder.mkdir()
        for name in ("Export", "Organization", "Project", "Client", "Enrollment"):
            shutil.copy(COUNTY / f"{name}.csv", folder)
        services = folder / "Services.csv"
        header, night = (COUNTY / "Services.csv").read_text().splitlines()[:2]
        nights = [night.replace("s1,", f"n{number},", 1) for number in range(40)]
        services.write_text("\n".join([header, *nights]))
        county("import", "hmis-csv", folder, *HMIS)
        services.write_text(header)

        held = county("import", "hmis-csv", folder, *HMIS)
        parked = county("import", "hmis-csv", folder, *HMIS, "--json")
        seen = county("import", "hmis-csv", folder, *HMIS, "--preview")
        confirmed = county("import", "hmis-csv", folder, *HMIS, "--json", "--confirm-removals")

        assert (held.code, parked.code, seen.code, confirmed.report["removed"]) == (2, 2, 2, 40)
        for told in (held.out, seen.out):
            assert "this would remove 100 % of services (40 of 40); repeat with --confirm-removals" in told


class TestCheck:
    def test_reports_and_stores_nothing(self, county: Command, half_readable: Path) -> None:
        before = county.rows("audit_entry")

        ran = county("import", "hl7v2", half_readable, *HOSPITAL, "--check", "--json")

        assert (ran.code, ran.report["received"], ran.report["stored"]) == (1, 3, 0)
        kept = [county.rows(table) for table in ("raw_message", "record", "person", "set_aside")]
        assert (kept, county.rows("audit_entry")) == ([0, 0, 0, 0], before)

    def test_of_an_unknown_source_is_refused_as_without_it(self, county: Command) -> None:
        assert county("import", "hl7v2", ADMISSION, "--source", "nobody", "--check").is_a_plain_refusal


class TestPreview:
    def test_stores_nothing_but_that_it_was_made(self, county: Command, half_readable: Path) -> None:
        before = county.rows("audit_entry")

        ran = county("import", "hl7v2", half_readable, *HOSPITAL, "--preview", "--json")

        kept = [county.rows(table) for table in ("raw_message", "record", "person", "set_aside")]
        assert (ran.code, ran.report["received"], ran.report["set_aside"], kept) == (1, 3, 1, [0, 0, 0, 0])
        assert county.rows("audit_entry") == before + 1
        assert (ran.report["new_people"], sum(one["added"] for one in ran.report["changes"])) == (1, 2)
        assert {tuple(problem) for problem in ran.report["problems"]} == {tuple(PROBLEM)}

    def test_after_the_import_has_nothing_to_change(self, county: Command) -> None:
        county("import", "hmis-csv", COUNTY, *HMIS)

        ran = county("import", "hmis-csv", COUNTY, *HMIS, "--preview", "--json")

        assert len(ran.report["changes"]) > 10
        assert not any(one[became] for one in ran.report["changes"] for became in ("added", "changed", "removed"))

    def test_for_a_person_is_a_table_and_a_page(self, county: Command, tmp_path: Path) -> None:
        page = tmp_path / "preview.html"

        ran = county("import", "hmis-csv", COUNTY, *HMIS, "--preview", "--html", page)

        text = page.read_text("utf-8")
        assert "nothing was stored" in ran.out
        assert "Enrollment" in ran.out
        assert "new people" in ran.out
        assert "<h1>Preview of county</h1>" in text
        assert '<h2 id="changes">What it would change</h2>' in text

    def test_goes_without_a_check(self, county: Command) -> None:
        assert county("import", "hmis-csv", COUNTY, *HMIS, "--preview", "--check").is_a_plain_refusal


class TestAMistake:
    def test_in_the_feed_says_which_there_are(self, county: Command) -> None:
        ran = county("import", "hmis-cvs", COUNTY, *HMIS)

        assert ran.is_a_plain_refusal
        assert "hmis-csv" in ran.err

    @pytest.mark.parametrize("source", ["nobody", "Not A Slug", ""])
    def test_in_the_source_says_where_to_look(self, county: Command, source: str) -> None:
        ran = county("import", "hl7v2", ADMISSION, "--source", source)

        assert ran.is_a_plain_refusal
        assert "hub participant list" in ran.err

    def test_in_the_path_names_it(self, county: Command) -> None:
        ran = county("import", "hl7v2", "nowhere.hl7", *HOSPITAL)

        assert ran.is_a_plain_refusal
        assert "nowhere.hl7" in ran.err

    def test_of_size_names_the_setting(self, county: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HUB_MAX_FILE_BYTES", "100")

        ran = county("import", "hl7v2", ADMISSION, *HOSPITAL)

        assert ran.is_a_plain_refusal
        assert "HUB_MAX_FILE_BYTES" in ran.err

    def test_of_leaving_the_source_out_shows_the_usage(self, county: Command) -> None:
        ran = county("import", "hl7v2", ADMISSION)

        assert ran.is_a_plain_refusal
        assert "--source" in ran.err


class TestReplay:
    def test_reads_what_was_refused_once_its_definition_is_there(self, county: Command) -> None:
        refused = county("import", "jail", JAIL / "cedar.csv", "--source", "cedar-jail", "--json")
        message = county("set-aside").out.partition("cedar")[0]
        receipt = next(word for word in message.replace("│", " ").split() if word.count("-") == 4)
        county("participant", "define-feed", "cedar-jail", "jail", JAIL / "cedar.toml")

        replayed = county("replay", receipt)

        assert (refused.code, refused.report["stored"]) == (2, 0)
        assert replayed.code in {0, 1}
        assert county.rows("record") > 0

    def test_of_an_unknown_receipt_is_refused(self, county: Command) -> None:
        assert county("replay", "00000000-0000-4000-8000-000000000000").is_a_plain_refusal
        assert county("replay", "not-a-receipt").is_a_plain_refusal


class TestSetAside:
    def test_lists_the_place_and_what_was_expected(self, county: Command, half_readable: Path) -> None:
        county("import", "hl7v2", half_readable, *HOSPITAL)

        assert "PID-3" in county("set-aside").out
        assert "PID-3" in county("set-aside", *HOSPITAL).out

    def test_says_so_when_nothing_waits(self, county: Command, half_readable: Path) -> None:
        assert "Nothing is set aside" in county("set-aside").out
        county("import", "hl7v2", half_readable, *HOSPITAL)
        assert "Nothing is set aside" in county("set-aside", *HMIS).out


class TestCheckForAPerson:
    def test_counts_by_file(self, county: Command) -> None:
        ran = county("import", "hmis-csv", COUNTY, *HMIS, "--check")

        assert "Funder.csv: " in ran.out
        assert " warning" in ran.out

    def test_as_a_page_needs_to_be_a_check(self, county: Command, tmp_path: Path) -> None:
        ran = county("import", "hmis-csv", COUNTY, *HMIS, "--html", tmp_path / "report.html")

        assert ran.code == 2
        assert not (tmp_path / "report.html").exists()

    def test_of_any_feed_is_a_page(self, county: Command, tmp_path: Path) -> None:
        county("import", "hl7v2", ADMISSION, *HOSPITAL, "--check", "--html", tmp_path / "report.html")

        assert "<h1>Check of a01_emergency.hl7</h1>" in (tmp_path / "report.html").read_text("utf-8")

    def test_as_a_page_says_what_the_report_says(self, county: Command, tmp_path: Path) -> None:
        page = tmp_path / "report.html"
        told = county("import", "hmis-csv", COUNTY, *HMIS, "--check", "--json", "--html", page).report
        text = page.read_text("utf-8")

        assert "Marlow County CoC" in text
        assert all(problem["code"] in text for problem in told["problems"])
        assert county.rows("raw_message") == 0
