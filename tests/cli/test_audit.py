"""`hub audit` and `hub explain`: an officer proves what happened, and sees it when someone meddled."""

import csv
import io
import json
from pathlib import Path

import psycopg
import pytest

from adapters.fhir.audit_events import AuditEvent
from tests.cli.conftest import FIXTURES, Command

ADMISSION = FIXTURES / "hl7v2" / "a01_emergency.hl7"


@pytest.fixture
def trail(county: Command) -> Command:
    """A log with entries: 0 and 1 of an import, 2 of a new participant."""
    county("import", "hl7v2", ADMISSION, "--source", "mercy-hospital")
    county("participant", "add", "night-team", "--name", "Night Team", "--capacity", "crisis-provider")
    return county


def meddle(url: str, statement: str) -> None:
    """Changes the database as its owner can who takes the guards off first."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)


class TestVerify:
    def test_of_an_untouched_log_exits_0(self, trail: Command) -> None:
        ran = trail("audit", "verify")

        assert ran.code == 0
        assert "Intact: 3 entries" in ran.out

    @pytest.mark.parametrize(
        ("change", "flaw"),
        [
            ("UPDATE audit_entry SET actor = 'nobody'", "changed"),
            ("DELETE FROM audit_entry", "missing"),
        ],
    )
    def test_of_a_log_that_someone_changed_exits_1_and_names_the_entry(
        self, trail: Command, change: str, flaw: str
    ) -> None:
        meddle(trail.database_url, f"{change} WHERE id = (SELECT entry FROM audit_leaf WHERE seq = 1)")

        told, report = trail("audit", "verify"), trail("audit", "verify", "--json")

        assert (told.code, report.code) == (1, 1)
        assert "NOT intact. entry 1" in told.out
        assert (report.report["problem"]["seq"], report.report["problem"]["flaw"]) == (1, f"entry-{flaw}")

    def test_sees_a_change_made_before_the_entry_had_its_place(self, county: Command) -> None:
        county("participant", "add", "night-team", "--name", "Night Team", "--capacity", "crisis-provider")
        with psycopg.connect(county.database_url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("INSERT INTO audit_pending (entry) SELECT id FROM audit_entry")
            connection.execute("TRUNCATE audit_leaf, audit_checkpoint CASCADE")
            connection.execute("UPDATE audit_entry SET act = 'hub:audit:read'")

        ran = county("audit", "verify")

        assert ran.code == 1
        assert "entry 0" in ran.out

    def test_keeps_a_command_from_adding_to_a_log_that_was_cut(self, trail: Command) -> None:
        meddle(trail.database_url, "DELETE FROM audit_leaf WHERE seq = 2")

        ran = trail("participant", "add", "day-team", "--name", "Day Team", "--capacity", "crisis-provider")

        assert ran.is_a_plain_refusal
        assert "hub audit verify" in ran.err
        assert "day-team" not in trail("participant", "list").out


class TestProve:
    def test_gives_a_bundle_that_needs_no_hub(
        self, trail: Command, place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (place / "proof.json").write_text(trail("audit", "prove", "1").out)
        monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

        ran = trail("audit", "check-bundle", "proof.json")

        assert ran.code == 0
        assert "Proven" in ran.out

    def test_lays_open_the_fields_asked_for_and_no_other(self, trail: Command) -> None:
        bundle = json.loads(trail("audit", "prove", "1", "--field", "act", "--field", "at").out)

        assert set(bundle["fields"]) == {"act", "at"}

    def test_is_not_believed_once_a_field_says_something_else(self, trail: Command, place: Path) -> None:
        proof = trail("audit", "prove", "1").out
        (place / "forged.json").write_text(proof.replace("hub:feed:imported", "hub:feed:refused"))

        ran = trail("audit", "check-bundle", "forged.json")

        assert ran.code == 1
        assert "Not proven" in ran.out

    @pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\xfe", b'{"seq": 1}'])
    def test_of_what_is_no_bundle_is_no_proof(self, bare: Command, place: Path, content: bytes) -> None:
        (place / "proof.json").write_bytes(content)

        assert bare("audit", "check-bundle", "proof.json").code == 1
        assert bare("audit", "check-bundle", "nowhere.json").code == 1

    def test_of_an_entry_or_field_that_is_not_there_is_refused(self, trail: Command) -> None:
        assert trail("audit", "prove", "999").is_a_plain_refusal
        assert trail("audit", "prove", "1", "--field", "name").is_a_plain_refusal


class TestExport:
    def test_as_csv_has_a_line_an_entry(self, trail: Command) -> None:
        rows = list(csv.DictReader(io.StringIO(trail("audit", "export").out)))

        acts = ["hub:message:received", "hub:feed:imported", "hub:directory:changed"]
        assert [row["act"] for row in rows] == acts

    def test_as_json_lines_takes_the_filters(self, trail: Command) -> None:
        out = trail("audit", "export", "--form", "jsonl", "--act", "hub:feed:imported").out

        assert [json.loads(line)["participant"] for line in out.splitlines()] == ["mercy-hospital"]
        assert trail("audit", "export", "--form", "jsonl", "--until", "2020-01-01").out == ""

    def test_is_itself_on_record(self, trail: Command) -> None:
        trail("audit", "export")

        assert "hub:audit:exported" in trail("audit", "export").out

    def test_of_an_act_that_is_none_is_refused(self, trail: Command) -> None:
        assert trail("audit", "export", "--act", "hub:nothing:done").is_a_plain_refusal


class TestExplain:
    def test_of_an_entry_without_a_decision_says_what_was_done(self, trail: Command) -> None:
        ran = trail("explain", "1")

        assert ran.code == 0
        assert "Entry 1" in ran.out
        assert "Today" not in ran.out

    def test_of_an_entry_that_is_not_there_is_refused(self, trail: Command) -> None:
        assert trail("explain", "999").is_a_plain_refusal
        assert trail("explain", "--", "-1").is_a_plain_refusal


class TestExportToRepositories:
    def test_is_an_audit_event_a_line(self, trail: Command) -> None:
        lines = trail("audit", "export", "--form", "fhir").out.splitlines()

        events = [AuditEvent.model_validate_json(line) for line in lines]
        assert [event.id for event in events] == ["0", "1", "2"]
        assert [event.type.code for event in events] == ["110107", "110107", "110100"]

    def test_for_officers_of_nobody_is_refused(self, trail: Command) -> None:
        assert trail("audit", "export", "--officer-of", "nobody").is_a_plain_refusal
