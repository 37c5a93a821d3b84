"""`hub hmis`: what goes back to an HMIS, from the command line."""

from pathlib import Path

from tests.cli.conftest import Command


class TestExport:
    def test_of_nothing_makes_no_file(self, county: Command, place: Path) -> None:
        ran = county("hmis", "export", "--for", "riverbend-hmis", "--since", "2026-03-01", "--to", "out.zip")

        assert ran.code == 0
        assert "no file was made" in ran.out
        assert not (place / "out.zip").exists()

    def test_for_nobody_known_is_refused(self, county: Command) -> None:
        assert county(
            "hmis", "export", "--for", "nobody", "--since", "2026-03-01", "--to", "out.zip"
        ).is_a_plain_refusal
