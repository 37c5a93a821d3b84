"""`hub accounting` as an operator runs it: a text to hand over, JSON, CSV; a name only on standard input."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Engine

from hub.settings import settings
from hub.store import db
from hub.store.audit import Act, AuditLog
from hub.store.crypto import load
from hub.store.declarations import Declarations
from schemas.emergencies import Stated
from schemas.vocab import EmergencyKind, Purpose, Role, UnobtainableBecause
from tests.cli.conftest import FIXTURES, Command

ADMISSION = FIXTURES / "hl7v2" / "a01_emergency.hl7"
NAMED = {"given": "Marcus", "family": "Delgado", "birth_date": "1987-04-09"}


def disclosure(source: str, ledger: str, recipient: str) -> dict[str, Any]:
    piece = {
        "record": "r1",
        "source": source,
        "kind": "encounter",
        "outcome": "limit",
        "fields_released": ["admission"],
        "description": ["Admission."],
        "cites": ["45 CFR 164.512(f)(1)"],
        "obligations": [ledger],
        "ledgers": [ledger],
        "rests_on": {"consents": [], "process": ["warrant-12"], "privacy_notice": None},
    }
    return {"purpose": "LAW_ENFORCEMENT", "recipient": recipient, "decisions": [piece]}


@pytest.fixture
def person(county: Command, engine: Engine, place: Path) -> str:
    """The id of a patient of Mercy Hospital's of whom something was disclosed twice, and once under another law."""
    county("import", "hl7v2", ADMISSION, "--source", "mercy-hospital")
    with psycopg.connect(county.database_url) as connection:
        ((found,),) = connection.execute("SELECT id FROM person").fetchall()
    keys, now = load(settings().keys), datetime.now(UTC)
    with db.transaction(engine) as session:
        log = AuditLog(session, keys)
        for ledger, recipient, days in (
            ("hipaa-accounting", "Cedar Jail", 2),
            ("hipaa-accounting", "Cedar Jail", 1),
            ("part2-accounting", "=HYPERLINK", 1),
        ):
            log.append(
                Act.CONTACT_RELEASED,
                at=now - timedelta(days=days),
                actor="client:cedar-jail",
                participant="cedar-jail",
                subject=found,
                details=disclosure("mercy-hospital", ledger, recipient),
            )
    return str(found)


class TestAccounting:
    def test_is_a_text_that_can_be_handed_over(self, county: Command, person: str) -> None:
        ran = county("accounting", person)

        assert ran.code == 0
        for said in (
            "45 CFR 164.528",
            "For the person",
            "To be given by",
            "1. ",
            "2. ",
            "From:    Mercy-Hospital",
            "To:      Cedar Jail",
            "What:    Admission.",
            "Papers:  warrant-12",
            "Stands under checkpoint",
            "(45 CFR 164.528(a)(1))",
        ):
            assert said in ran.out
        assert "\n3. " not in ran.out

    def test_finds_by_identifier_and_by_a_name_on_standard_input(self, county: Command, person: str) -> None:
        by_name = county("accounting", "-", "--json", stdin=json.dumps(NAMED).encode()).report
        by_id = county("accounting", person, "--json").report

        assert by_name["disclosures"] == by_id["disclosures"]
        assert len(by_id["disclosures"]) == 2

    def test_as_csv_has_a_line_a_disclosure_and_runs_no_formula(self, county: Command, person: str) -> None:
        rows = list(csv.DictReader(io.StringIO(county("accounting", person, "--law", "part2", "--csv").out)))

        assert [(row["recipient"], row["description"]) for row in rows] == [("'=HYPERLINK", "Admission.")]

    def test_puts_like_disclosures_together_when_asked(self, county: Command, person: str) -> None:
        (one,) = county("accounting", person, "--summarised", "--json").report["disclosures"]

        assert one["times"] == 2

    def test_for_officers_is_cut_to_their_standing(self, county: Command, person: str) -> None:
        own, others = (
            county("accounting", person, "--officer-of", who, "--json").report
            for who in ("mercy-hospital", "cedar-jail")
        )

        assert (len(own["disclosures"]), own["copy_for"]) == (2, "officer")
        assert others["disclosures"] == []

    def test_is_itself_on_record_without_a_name(self, county: Command, person: str) -> None:
        county("accounting", "-", stdin=json.dumps(NAMED).encode())

        (line,) = county("audit", "export", "--form", "jsonl", "--act", "hub:accounting:given").out.splitlines()
        assert json.loads(line)["actor"] == "hub:cli"
        assert "Delgado" not in line

    def test_of_nobody_known_is_none(self, county: Command, person: str) -> None:
        ran = county("accounting", "urn:nowhere|X-1")

        assert ran.code == 1
        assert "this is no accounting" in ran.out

    @pytest.mark.parametrize("whom", ["Marcus Delgado", "urn:nowhere|", "|X-1"])
    def test_takes_no_name_on_the_command_line(self, county: Command, whom: str) -> None:
        ran = county("accounting", whom)

        assert ran.is_a_plain_refusal
        assert "Delgado" not in ran.err

    @pytest.mark.parametrize(
        ("stdin", "place"), [(b"", "Standard input"), (b'{"given": "Marcus", "birth_date": "9.4.87"}', "birth_date")]
    )
    def test_of_what_is_no_person_says_where_and_not_what(self, county: Command, stdin: bytes, place: str) -> None:
        ran = county("accounting", "-", stdin=stdin)

        assert ran.is_a_plain_refusal
        assert place in ran.err
        assert "9.4.87" not in ran.err

    def test_of_an_organization_or_person_that_is_not_there_is_refused(self, county: Command, person: str) -> None:
        assert county("accounting", person, "--officer-of", "nobody").is_a_plain_refusal
        assert county("accounting", str(UUID(int=1))).is_a_plain_refusal


class TestEmergencies:
    def test_lists_none_where_none_waits(self, county: Command) -> None:
        ran = county("emergencies")

        assert (ran.code, ran.out.strip()) == (0, "None is waiting.")

    @pytest.mark.parametrize(("days_ago", "code", "said"), [(0, 0, ""), (3, 1, "OVERDUE")])
    def test_lists_what_waits_and_fails_where_one_is_overdue(
        self, county: Command, engine: Engine, days_ago: int, code: int, said: str
    ) -> None:
        county("participant", "list")  # makes the key file
        stated = Stated(
            kind=EmergencyKind.MEDICAL,
            medical_person="Imani Cole",
            affiliation="mercy-hospital",
            consent_unobtainable_because=UnobtainableBecause.UNCONSCIOUS,
            declared_at=datetime.now(UTC) - timedelta(days=days_ago),
            role=Role.NURSE,
            purpose=Purpose.ETREAT,
            justification="",
        )
        with db.transaction(engine) as session:
            declarations = Declarations(session, load(settings().keys))
            declarations.keep(uuid4(), stated, "user:x", "mercy-hospital", "who", timedelta(minutes=30))

        ran, listed = county("emergencies"), json.loads(county("emergencies", "--json").out)

        assert (ran.code, said in ran.out, "Imani Cole" in ran.out) == (code, True, True)
        assert [one["overdue"] for one in listed] == [bool(code)]


class TestRegistry:
    def test_of_whom_no_paper_is_on_file_says_so(self, county: Command, person: str) -> None:
        ran = county("registry", person)

        assert (ran.code, ran.out.strip()) == (0, "No paper is on file that this reader may see.")
        assert json.loads(county("registry", person, "--json").out) == []
        assert county("registry", person, "--officer-of", "nobody").is_a_plain_refusal
