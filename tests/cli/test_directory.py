"""`hub directory`: a county enters how its agencies and programs are reached."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.store import db
from hub.store.directory import Directory
from hub.store.terms import terms
from schemas.canonical import CanonicalRecord, Program
from schemas.disclosure import InHmis, Provenance
from schemas.vocab.records import ProgramType
from tests.cli.conftest import Command

LINE = ("directory", "set", "--source", "riverbend-hmis", "--program", "Project/31", "--kind", "phone")
DAY_LINE = (*LINE, "--value", "+1 555 0100", "--hours", "Mon-Fri 08:00-17:00; Sat 10:00-14:00")
HEADER = "agency,source,program,kind,value,hours,after-hours,since,until,as-of\n"
TABLE = (
    "mercy-hospital,,,phone,+1 555 0199,24/7,,,,2026-11-01\n"
    ",riverbend-hmis,Project/31,phone,+1 555 0100,daily 06:00-22:00,no,2026-12-01,,\n"
    ",riverbend-hmis,Project/31,place,12 Mill Road,,,,,\n"
)

MISTAKES: list[tuple[tuple[str, ...], str]] = [
    ((*LINE, "--value", "call us"), "value: expected a telephone number, as +1 555 0100 or 988"),
    ((*LINE, "--value", "988", "--hours", "weekdays"), "hours: expected 24/7, or days and times"),
    ((*LINE, "--value", "988", "--hours", "Mon 08:00-17:00; by chance"), "hours: expected 24/7, or days"),
    ((*LINE[:-1], "email", "--value", "intake"), "value: expected an e-mail address"),
    ((*LINE[:-1], "url", "--value", "ftp://shelter.example"), "value: expected an address that begins with https://"),
    ((*LINE[:-1], "pigeon", "--value", "988"), "kind: expected 'phone', 'sms'"),
    (
        (*LINE, "--value", "988", "--since", "2026-03-02", "--until", "2026-03-01"),
        "until: expected a day that is not before since",
    ),
    ((*LINE, "--value", "988", "--agency", "mercy-hospital"), "expected an agency, or a source and a program"),
    ((*LINE[:4], "--kind", "phone", "--value", "988"), "expected an agency, or a source and a program"),
]
BAD_TABLES = [
    (TABLE + ",riverbend-hmis,Project/31,phone,nine,,,,,\n", "contacts.csv: line 5, value: expected a tele"),
    (TABLE.replace("2026-12-01", "Dec 1"), "contacts.csv: line 3, since: expected a day, as 2026-03-01"),
    (TABLE.replace(",no,", ",perhaps,"), "contacts.csv: line 3, after_hours: expected yes or no"),
    (TABLE.replace("24/7", "always open"), "contacts.csv: line 2, hours: expected 24/7, or days and times"),
    (TABLE + "a,b,c,d,e,f,g,h,i,j,k\n", "line 5, more than the header names: expected no key of this name"),
    ("", "contacts.csv: line 2: expected an entry"),
    (TABLE.replace("Project/31", "Project/99"), "The source has no such program here."),
    (TABLE.replace("mercy-hospital", "nobody-here"), "There is no participant"),
]


@pytest.fixture
def programs(county: Command, engine: Engine) -> Command:
    """The county's HMIS has named a shelter and a safe house."""
    with db.transaction(engine) as session:
        for key, hides in (("Project/31", False), ("Project/32", True)):
            body = Program(organization="Organization/1", name=key, type=ProgramType.EMERGENCY_SHELTER)
            provenance = Provenance(hmis=InHmis(for_victims=hides))
            Directory(session).take(
                "riverbend-hmis", CanonicalRecord(feed="hmis-csv", key=key, provenance=provenance, body=body)
            )
    return county


def told(engine: Engine) -> list[tuple[str, str, str | None]]:
    """How Project/31 is reached, as an answer has it."""
    with db.transaction(engine) as session:
        known = terms(session).programs["riverbend-hmis", "Project/31"].reach
    return [(one.kind, one.value, one.hours) for one in known]


class TestSet:
    def test_lists_a_way_from_the_next_question_on(self, programs: Command, engine: Engine) -> None:
        assert told(engine) == []

        ran = programs(*DAY_LINE)

        assert ran.code == 0, ran.err
        assert told(engine) == [("phone", "+1 555 0100", "Mon-Fri 08:00-17:00; Sat 10:00-14:00")]

    def test_again_replaces_and_from_another_day_on_adds(self, programs: Command, engine: Engine) -> None:
        programs(*DAY_LINE)
        programs(*LINE, "--value", "+1 555 0100", "--hours", "24/7")
        assert told(engine) == [("phone", "+1 555 0100", "24/7")]

        programs(*LINE, "--value", "+1 555 0100", "--since", "2027-01-01")
        assert programs.rows("listing") == 2

    def test_is_on_record_by_its_number(self, programs: Command) -> None:
        number = programs(*DAY_LINE).out.split()[-1].rstrip(".")
        (line,) = programs("audit", "export", "--form", "jsonl", "--act", "hub:directory:changed").out.splitlines()

        assert json.loads(line)["details"] == {"contact": number}
        assert "0100" not in line

    def test_of_what_is_none_says_what_was_expected(self, programs: Command) -> None:
        for said, expected in MISTAKES:
            ran = programs(*said)

            assert ran.is_a_plain_refusal, said
            assert expected in ran.err
            assert not any(word in ran.err for word in ("call us", "weekdays", "chance", "intake\n", "ftp", "pigeon"))
        assert programs.rows("listing") == 0

    def test_for_nobody_and_no_program_is_refused(self, programs: Command) -> None:
        for where in (("--agency", "nobody"), ("--source", "riverbend-hmis", "--program", "31")):
            assert programs("directory", "set", *where, "--kind", "phone", "--value", "988").is_a_plain_refusal

    def test_keeps_a_safe_houses_number_and_never_its_place(self, programs: Command) -> None:
        house = ("directory", "set", "--source", "riverbend-hmis", "--program", "Project/32")
        place = programs(*house, "--kind", "place", "--value", "12 Mill Road")

        assert place.is_a_plain_refusal
        assert "34 U.S.C. 12291(b)(2)" in place.err
        assert programs(*house, "--kind", "phone", "--value", "+1 555 0150").code == 0
        assert programs(*LINE[:-1], "place", "--value", "12 Mill Road").code == 0

    def test_stops_telling_a_place_once_a_program_serves_victims(self, programs: Command, engine: Engine) -> None:
        programs(*DAY_LINE)
        programs(*LINE[:-1], "place", "--value", "12 Mill Road")
        assert [kind for kind, _, _ in told(engine)] == ["phone", "place"]

        with db.transaction(engine) as session:
            Directory(session).close("riverbend-hmis", {"Project/31"})
        assert [kind for kind, _, _ in told(engine)] == ["phone"]


class TestImport:
    def test_takes_a_whole_table(self, programs: Command, engine: Engine, place: Path) -> None:
        (place / "contacts.csv").write_text(HEADER + TABLE, "utf-8-sig")
        ran = programs("directory", "import", "contacts.csv")

        assert ran.code == 0, ran.err
        assert "3 entries" in ran.out
        assert told(engine) == [("phone", "+1 555 0100", "daily 06:00-22:00"), ("place", "12 Mill Road", None)]
        assert programs("directory", "import", "contacts.csv").code == 0
        assert programs.rows("listing") == 3

    def test_of_one_bad_line_takes_nothing_and_says_where(self, programs: Command, place: Path) -> None:
        for table, said in BAD_TABLES:
            (place / "contacts.csv").write_text(HEADER + table)
            ran = programs("directory", "import", "contacts.csv")

            assert ran.is_a_plain_refusal, table
            assert said in ran.err
        assert programs.rows("listing") == 0

    def test_of_a_file_that_is_none_is_refused(self, programs: Command, place: Path) -> None:
        (place / "latin.csv").write_bytes((HEADER + "caf\xe9").encode("latin-1"))

        assert programs("directory", "import", "nowhere.csv").is_a_plain_refusal
        assert "text in UTF-8" in programs("directory", "import", "latin.csv").err


class TestList:
    def test_shows_every_entry_and_how_to_begin_where_there_is_none(self, programs: Command) -> None:
        assert "hub directory set" in programs("directory", "list").out

        programs(*DAY_LINE, "--until", "2020-01-01")
        shown = programs("directory", "list").out

        assert all(word in shown for word in ("+1 555 0100", "2020-01-01", "Riverbend-Hmis"))
        assert "+1 555" not in programs("directory", "list", "--agency", "mercy-hospital").out

    def test_names_the_programs_that_nobody_can_reach(self, programs: Command) -> None:
        programs(*DAY_LINE)
        shown = programs("directory", "missing").out

        assert "Project/32" in shown
        assert "Project/31" not in shown
        assert "nothing" in shown


class TestRemove:
    def test_takes_an_entry_out_and_a_second_time_finds_none(self, programs: Command, engine: Engine) -> None:
        number = programs(*DAY_LINE).out.split()[-1].rstrip(".")

        assert programs("directory", "remove", number).code == 0
        assert told(engine) == []
        assert programs("directory", "remove", number).is_a_plain_refusal
