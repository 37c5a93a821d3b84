"""`hub policy`: a county lays down what its homeless services share and what each source finds necessary."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.store.db import transaction
from hub.store.terms import terms
from schemas.instruments import Policies
from schemas.vocab import Field, Purpose, SharingBasis
from tests.cli.conftest import Command

HMIS = """
[hmis]
sharing-within = "inferred"
external-sharing = "written"
shared-fields = ["name", "active-enrollment"]
law-enforcement-doors = ["court-process"]

[hmis.notice]
version = "2026.1"
recipients = ["homeless-services", "crisis-provider"]
purposes = ["TREAT", "COC"]
"""
PROTOCOL = """
[[protocol]]
source = "mercy-hospital"
recipients = ["homeless-services"]
purposes = ["COC"]
fields = ["presence", "follow-up-appointment"]
"""


@pytest.fixture
def file(place: Path) -> Path:
    """A policy file of the county, in the current folder."""
    path = place / "county.toml"
    path.write_text(HMIS + PROTOCOL)
    return path


def policies(engine: Engine) -> Policies:
    with transaction(engine) as session:
        return terms(session).policies


class TestLoad:
    def test_lays_down_what_the_file_says_from_now_on(self, county: Command, engine: Engine, file: Path) -> None:
        ran = county("policy", "load", file)
        found = policies(engine)

        assert ran.code == 0, ran.err
        assert found.hmis is not None
        assert found.hmis.external_sharing is SharingBasis.WRITTEN
        assert [one.fields for one in found.field_protocols] == [(Field.PRESENCE, Field.FOLLOW_UP_APPOINTMENT)]
        assert found.field_protocols[0].purposes == (Purpose.COC,)

    def test_leaves_a_part_that_is_left_out_as_it_was(self, county: Command, engine: Engine, file: Path) -> None:
        county("policy", "load", file)
        before = policies(engine)
        file.write_text(PROTOCOL.replace('["COC"]', '["TREAT"]'))
        county("policy", "load", file)
        after = policies(engine)

        assert after.hmis == before.hmis
        assert [one.purposes for one in after.field_protocols] == [(Purpose.TREAT,)]

    def test_keeps_every_version_and_says_which(self, county: Command, file: Path) -> None:
        first = county("policy", "load", file).out.split()[-1]
        file.write_text(PROTOCOL)
        again = county("policy", "load", file).out.split()[-1]
        file.write_text(PROTOCOL.replace('"presence", ', ""))
        other = county("policy", "load", file).out.split()[-1]

        assert first == again != other
        assert county.rows("policy") == 3

    def test_holds_from_the_first_day_that_it_names_and_what_was_holds_until_then(
        self, county: Command, engine: Engine, file: Path
    ) -> None:
        county("policy", "load", file)
        file.write_text(HMIS.replace("2026.1", "2030.1").replace("[hmis]\n", "[hmis]\nsince = 2030-01-01\n", 1))
        ran = county("policy", "load", file)
        shown = county("policy", "show").out

        assert "holds from 2030-01-01 on" in ran.out
        with transaction(engine) as session:
            known = terms(session)
        before, after = (known.hmis_on(day) for day in (date(2029, 12, 31), date(2030, 1, 1)))
        assert before is not None
        assert after is not None
        assert (before.notice.version, after.notice.version) == ("2026.1", "2030.1")
        assert shown.index("2026.1") < shown.index("2030.1")

    def test_of_protocols_alone_does_not_begin_the_other_part_anew(
        self, county: Command, engine: Engine, file: Path
    ) -> None:
        file.write_text(HMIS.replace("2026.1", "2020.1").replace("[hmis]\n", "[hmis]\nsince = 2020-01-01\n", 1))
        county("policy", "load", file)
        file.write_text(HMIS.replace("[hmis]\n", "[hmis]\nsince = 2019-01-01\n", 1))
        county("policy", "load", file)
        file.write_text(PROTOCOL)
        county("policy", "load", file)

        with transaction(engine) as session:
            in_force = terms(session).hmis_on(date(2026, 1, 1))
        assert in_force is not None
        assert in_force.notice.version == "2020.1"

    def test_that_is_over_is_shown_as_none_in_force(self, county: Command, file: Path) -> None:
        file.write_text(HMIS.replace("[hmis]\n", "[hmis]\nuntil = 2020-12-31\n", 1))
        county("policy", "load", file)

        assert "No policy of homeless services is in force today" in county("policy", "show").out

    def test_is_in_the_log_by_its_version(self, county: Command, file: Path) -> None:
        version = county("policy", "load", file).out.split()[-1].rstrip(".")
        (line,) = county("audit", "export", "--form", "jsonl", "--act", "hub:policy:changed").out.splitlines()

        assert json.loads(line)["details"]["digest"].startswith(version)
        assert json.loads(line)["details"]["protocols"] == 1


class TestLoadRefused:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "county.toml: the document: expected [hmis] or [[protocol]]"),
            ("[hmis\n", "county.toml: line 1: expected TOML"),
            ("protocols = []\n", "county.toml: protocols: expected no key of this name"),
            ("protocol = []\n", "county.toml: protocol: expected at least one"),
            (PROTOCOL.replace('"presence"', '"secret"'), "county.toml: protocol 1, fields 1: expected "),
            (PROTOCOL.replace('"COC"', '"COFFEE"'), "county.toml: protocol 1, purposes 1: expected "),
            (
                PROTOCOL.replace("recipients", "receivers"),
                "county.toml: protocol 1, recipients: expected it to be there",
            ),
            (
                PROTOCOL.replace("mercy-hospital", "nobody-here"),
                "county.toml: protocol 1, source: expected a participant",
            ),
            (
                HMIS.replace("[hmis]\n", "[hmis]\nsince = 2026-02-01\nuntil = 2026-01-31\n", 1),
                "county.toml: hmis: expected until: a day that is not before since",
            ),
            (HMIS.replace('"inferred"', '"assumed"'), "county.toml: hmis, sharing-within: expected 'inferred'"),
            (HMIS.replace("version", "edition"), "county.toml: hmis, notice, version: expected it to be there"),
        ],
    )
    def test_says_in_which_file_at_which_key_and_what_was_expected(
        self, county: Command, file: Path, text: str, said: str
    ) -> None:
        file.write_text(text)
        ran = county("policy", "load", file)

        assert ran.is_a_plain_refusal
        assert said in ran.err
        assert not any(word in ran.err for word in ("secret", "COFFEE", "nobody-here", "assumed"))
        assert county.rows("policy") == 0

    def test_for_a_file_that_is_not_there(self, county: Command) -> None:
        assert county("policy", "load", "nowhere.toml").is_a_plain_refusal


class TestShow:
    def test_of_nothing_says_how_to_begin(self, county: Command) -> None:
        assert "hub policy load" in county("policy", "show").out

    def test_shows_what_holds_now(self, county: Command, file: Path) -> None:
        version = county("policy", "load", file).out.split()[-1].rstrip(".")
        shown = county("policy", "show").out

        assert version in shown
        assert all(word in shown for word in ("2026.1", "court-process", "mercy-hospital", "follow-up-appointment"))

    @pytest.mark.parametrize(("text", "there", "missing"), [(HMIS, "2026.1", "mercy"), (PROTOCOL, "mercy", "2026.1")])
    def test_shows_no_part_that_nobody_laid_down(
        self, county: Command, file: Path, text: str, there: str, missing: str
    ) -> None:
        file.write_text(text)
        county("policy", "load", file)
        shown = county("policy", "show").out

        assert there in shown
        assert missing not in shown
