"""`hub import` on samples of others: what is not understood is set aside, nothing is lost, and nothing crashes."""

from pathlib import Path

import pytest

from tests.cli.conftest import SHARED, Command

HMIS = SHARED / "hmis" / "eva-demo-fy2026"
ROWS, CLIENTS = 77_694, 4_146
ABOUT_NOBODY = 249
"""Rows of the eight files on users, organizations and projects; the directory takes them and the records do not."""
HL7V2 = SHARED / "hl7v2"
FHIR = SHARED / "fhir"


def some(folder: Path, *endings: str, most: int) -> list[Path]:
    """A handful of the files below a folder, spread evenly; none where the folder is absent."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in endings and path.stat().st_size < 200_000)
    return found[:: max(1, len(found) // most)][:most]


def require(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip(f"the samples {folder.name} are not beside this checkout; set HUB_SHARED_DATA")


class TestImport:
    def test_of_the_fy2026_sample_takes_every_row_or_says_why_not(self, county: Command) -> None:
        require(HMIS)

        ran = county("import", "hmis-csv", HMIS, "--source", "riverbend-hmis", "--json")

        assert ran.code == 0
        assert (ran.report["received"], ran.report["set_aside"]) == (ROWS - 1, 0), "all but the row of Export.csv"
        assert ran.report["stored"] + ABOUT_NOBODY == ROWS - 1
        assert county.rows("person") == CLIENTS
        assert {one["severity"] for one in ran.report["problems"]} == {"warning"}

    @pytest.mark.parametrize(
        ("feed", "folder", "endings"),
        [("hl7v2", HL7V2, (".hl7", ".txt", ".dat")), ("fhir", FHIR, (".json",))],
        ids=["hl7v2", "fhir"],
    )
    def test_of_samples_never_crashes(self, county: Command, feed: str, folder: Path, endings: tuple[str, ...]) -> None:
        require(folder)
        samples = some(folder, *endings, most=25)

        runs = [county("import", feed, path, "--source", "mercy-hospital", "--json") for path in samples]

        assert {ran.code for ran in runs} <= {0, 1, 2}
        assert all(ran.report["feed"] == feed for ran in runs)
        assert any(ran.report["stored"] for ran in runs)
