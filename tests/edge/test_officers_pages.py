"""Pages for officers: accountings to be printed, and declared emergencies to be reviewed."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from hub.store import db
from hub.store.accounts import HubRole
from hub.store.audit import JSON, Act, AuditLog, Entry, checkpoint, sequence
from hub.store.crypto import Keys
from hub.store.declarations import Declarations
from hub.store.directory import Directory, ParticipantRow
from hub.store.people import People
from schemas.canonical import Identifier, PersonFacts
from schemas.emergencies import Stated
from schemas.vocab import EmergencyKind, Purpose, Role, UnobtainableBecause
from tests.edge.conftest import MIDNIGHT, OFFICER, WORKER, Person

PRIVACY = Person(
    "odile.marchetti",
    "Odile Marchetti",
    "county-compliance",
    HubRole.PRIVACY_OFFICER,
    Role.ADMINISTRATOR,
    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
)
MARCUS = {"law": "part2", "given": "Marcus", "family": "Delgado", "birth_date": "1987-04-09"}
VERIFIED = {"received_on": MIDNIGHT.date().isoformat(), "identity_verified": "yes"}
PROGRAM = "cedar-opioid-treatment"


def post(browser: TestClient, path: str, form: dict[str, str]) -> httpx.Response:
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)
    assert csrf is not None
    response: httpx.Response = browser.post(path, data={"csrf_token": csrf[1], **form})
    return response


@pytest.fixture
def disclosed(engine: Engine, keys: Keys, county: None) -> None:
    """Marcus is a program's patient, of whom the night team was told something."""
    with db.transaction(engine) as session:
        program = ParticipantRow(slug=PROGRAM, name="Cedar Opioid Treatment", capacities=["part2-program"])
        Directory(session).add(program)
        facts = PersonFacts.model_validate({"given": "Marcus", "family": "Delgado", "birth_date": "1987-04-09"})
        patient = Identifier(system="urn:cedar", value="C-1")
        person = People(session, keys).identify(PROGRAM, patient, facts, at=MIDNIGHT).person_id
        piece: dict[str, JSON] = {
            "source": PROGRAM,
            "fields_released": ["case-manager"],
            "description": ["Name and phone of the case manager."],
            "ledgers": ["part2-accounting"],
            "obligations": ["part2-accounting"],
            "cites": ["42 CFR 2.31(a)"],
            "rests_on": {"consents": ["tpo-7"], "process": []},
        }
        AuditLog(session, keys).append(
            Act.CONTACT_RELEASED,
            at=MIDNIGHT - timedelta(days=1),
            actor="user:dana",
            participant="night-team",
            subject=person,
            details={"purpose": "TREAT", "recipient": "County Night Team", "decisions": [piece]},
        )
    sequence(engine)
    checkpoint(engine, keys, at=MIDNIGHT)


class TestAccounting:
    def test_by_a_privacy_officer_is_the_persons_own_ready_to_hand_over(
        self, disclosed: None, sign_in: Callable[[Person], TestClient], trail: Callable[[], list[Entry]]
    ) -> None:
        page = post(sign_in(PRIVACY), "/accountings", {**MARCUS, **VERIFIED}).text

        for said in ("For the person", "Cedar Opioid Treatment", "County Night Team", "tpo-7", "checkpoint 1", "2.25"):
            assert said in page
        given = trail()[-1]
        assert (given.act, given.details["told"]) == (Act.ACCOUNTING_GIVEN, 1)
        assert "Delgado" not in given.model_dump_json()

    def test_by_another_officer_is_cut_to_their_standing(self, disclosed: None, as_officer: TestClient) -> None:
        page = post(as_officer, "/accountings", MARCUS).text

        assert "For the officer" in page
        assert "No disclosure is on record" in page
        assert "Cedar" not in page

    def test_of_a_stranger_looks_the_same_to_that_officer(self, disclosed: None, as_officer: TestClient) -> None:
        known, unknown = (
            post(as_officer, "/accountings", {**MARCUS, "family": family}).text for family in ("Delgado", "Nobodyy")
        )

        def but_for_the_accounting(page: str) -> str:
            return re.sub(r"checkpoint \d+|[0-9a-f-]{36}|Delgado|Nobodyy", "…", page)

        assert but_for_the_accounting(known) == but_for_the_accounting(unknown)

    @pytest.mark.parametrize(
        ("form", "field"),
        [
            ({"law": "part2"}, "given"),
            ({**MARCUS, "law": ""}, "law"),
            ({**MARCUS, "birth_date": "April"}, "birth_date"),
            ({**MARCUS, "system": "urn:cedar"}, "value"),
            ({**MARCUS, "since": "long ago"}, "since"),
        ],
    )
    def test_names_what_is_wrong_with_the_form(
        self, disclosed: None, as_officer: TestClient, form: dict[str, str], field: str
    ) -> None:
        response = post(as_officer, "/accountings", form)

        assert response.status_code == 422
        assert f'id="{field}-error"' in response.text

    @pytest.mark.parametrize(
        ("form", "field"),
        [
            ({"received_on": "2026-06-15"}, "identity_verified"),
            ({**VERIFIED, "received_on": "2026-06-16"}, "received_on"),
            ({**VERIFIED, "received_on": ""}, "received_on"),
        ],
    )
    def test_for_the_person_needs_their_own_request(
        self, disclosed: None, sign_in: Callable[[Person], TestClient], form: dict[str, str], field: str
    ) -> None:
        response = post(sign_in(PRIVACY), "/accountings", {**MARCUS, **form})

        assert response.status_code == 422
        assert f'id="{field}-error"' in response.text

    def test_keeps_names_out_of_addresses(self, disclosed: None, as_officer: TestClient) -> None:
        page = post(as_officer, "/accountings", MARCUS).text

        assert "Delgado" not in "".join(re.findall(r'(?:href|action)="([^"]*)"', page))

    def test_is_not_for_a_crisis_worker(self, as_worker: TestClient) -> None:
        assert as_worker.get("/accountings").status_code == 403
        assert as_worker.get("/emergencies").status_code == 403


@pytest.fixture
def declared(engine: Engine, keys: Keys, county: None) -> UUID:
    """An emergency that the night team declared yesterday; the officers' organization administers the team."""
    declaration = uuid4()
    with db.transaction(engine) as session:
        team = ParticipantRow(
            slug="night-team",
            name="County Night Team",
            capacities=["crisis-provider"],
            administered_by="county-compliance",
        )
        Directory(session).add(team)
        stated = Stated(
            kind=EmergencyKind.MEDICAL,
            medical_person="Imani Cole",
            affiliation="night-team",
            consent_unobtainable_because=UnobtainableBecause.UNCONSCIOUS,
            declared_at=MIDNIGHT - timedelta(days=1),
            role=Role.NURSE,
            purpose=Purpose.ETREAT,
            justification="<b>on scene</b>",
        )
        Declarations(session, keys).keep(declaration, stated, "user:dana", "night-team", "who", timedelta(minutes=30))
    return declaration


class TestEmergency:
    def test_stands_in_the_queue_with_its_date(self, declared: UUID, as_officer: TestClient) -> None:
        page = as_officer.get("/emergencies").text

        assert f'href="/emergencies/{declared}"' in page
        assert "Imani Cole" in page
        assert "overdue</span>" not in page

    def test_stands_out_once_it_is_overdue(self, engine: Engine, declared: UUID, as_officer: TestClient) -> None:
        with db.transaction(engine) as session:
            session.connection().exec_driver_sql("UPDATE emergency_declaration SET review_by = '2026-06-15'")

        assert "overdue</span>" in as_officer.get("/emergencies").text
        assert "None is overdue" not in as_officer.get("/emergencies?queue=overdue").text

    def test_none_says_so(self, as_officer: TestClient) -> None:
        assert "None is waiting." in as_officer.get("/emergencies").text

    def test_tells_what_was_stated_and_escapes_it(self, declared: UUID, as_officer: TestClient) -> None:
        page = as_officer.get(f"/emergencies/{declared}").text

        for said in ("Imani Cole", "Unconscious.", "Medical emergency.", "nurse", "&lt;b&gt;on scene"):
            assert said in page

    def test_is_reviewed_once(self, declared: UUID, as_officer: TestClient, trail: Callable[[], list[Entry]]) -> None:
        form = {"verdict": "not-justified", "note": "The person could be asked."}
        first, path = post(as_officer, f"/emergencies/{declared}", form), f"/emergencies/{declared}"

        assert (first.status_code, first.headers["location"]) == (303, path)
        assert trail()[-1].act is Act.EMERGENCY_REVIEWED
        page = as_officer.get(path).text
        assert "The person could be asked." in page
        assert '<button class="usa-button usa-button--big"' not in page
        assert "None is waiting." in as_officer.get("/emergencies").text
        assert "not justified" in as_officer.get("/emergencies?queue=reviewed").text

    @pytest.mark.parametrize(("form", "field"), [({"verdict": "justified"}, "note"), ({"note": "x"}, "verdict")])
    def test_is_not_reviewed_without_finding_and_reason(
        self, declared: UUID, as_officer: TestClient, form: dict[str, str], field: str
    ) -> None:
        response = post(as_officer, f"/emergencies/{declared}", form)

        assert response.status_code == 422
        assert f'id="{field}-error"' in response.text

    def test_of_another_organization_is_not_there(self, engine: Engine, declared: UUID, as_officer: TestClient) -> None:
        with db.transaction(engine) as session:
            session.connection().exec_driver_sql("UPDATE participant SET administered_by = NULL")

        assert "None is waiting." in as_officer.get("/emergencies").text
        assert as_officer.get(f"/emergencies/{declared}").status_code == 404


class TestHome:
    @pytest.mark.parametrize(("person", "path"), [(WORKER, "/contacts"), (OFFICER, "/log"), (PRIVACY, "/accountings")])
    def test_leads_each_to_the_page_they_work_with(
        self, sign_in: Callable[[Person], TestClient], person: Person, path: str
    ) -> None:
        assert sign_in(person).get("/").headers["location"] == path
