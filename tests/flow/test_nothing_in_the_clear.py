"""Nothing of a person lies in the clear: not in the database's files, the write-ahead log, other logs or temp files.

A hub of its own is told unmistakable names, birth dates, numbers, addresses and words through every way in; what it
leaves on disk is then searched for each of them, as text and as the encodings that text may hide in.
"""

import json
import logging
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey
from sqlalchemy import text

from adapters.oauth import BackendClient
from hub import logs
from hub.demo import home as demo
from hub.demo import load
from hub.demo.home import DemoHome
from hub.flow import files, intake
from hub.flow.intake import Reader
from hub.flow.outbox import Courier
from hub.store import audit, db
from hub.store.accounts import HubRole, Users
from hub.store.walls import Part, as_part
from schemas.vocab import Role
from tests.apps import app_of
from tests.conftest import quickest

PERSON = {
    "given name": "Quillonzeph",
    "family name": "Vardenhosky",
    "birth date": "1961-02-23",
    "birth date as HL7 writes it": "19610223",
    "birth date as the jail writes it": "02/23/1961",
    "social security number": "612483097",
    "social security number with hyphens": "612-48-3097",
    "phone": "555-7391",
    "address": "4417 Zanzibroke Lane",
    "where they were last seen": "Behind Zanzibroke Mill",
}
STAFF = {
    "a worker's given name": "Brunhilde",
    "a worker's family name": "Oxtewart",
    "a worker's phone": "8085550199",
    "a worker's login": "quendella.marsh",
    "who accepts a handoff": "Ignatziusz Fellbrick",
    "who signed for medical personnel": "Hazelmyre Plunketfax",
}
WORDS = {
    "a justification": "he calls himself the Zorbinger",
    "a handoff's need": "limping on the Quaverton leg",
    "a handoff's place": "under the Mirzapole bridge",
    "the person's own words": "only with Snorribald",
    "a file's name": "Vardenhosky-discharge.csv",
}
PLANTED = PERSON | STAFF | WORDS

AS_THE_COUNTY_HAS_IT = (
    ("Marcus", "Quillonzeph"),
    ("Delgado", "Vardenhosky"),
    ("1987-04-09", "1961-02-23"),
    ("19870409", "19610223"),
    ("04/09/1987", "02/23/1961"),
    ("xxxxx7920", "612483097"),
    ("XXX-XX-7920", "612-48-3097"),
    ("||||||7920", "||||||612483097"),
    ("555-0101", "555-7391"),
    ("NO FIXED ADDRESS", "4417 ZANZIBROKE LANE"),
    ('"Riverside Park"', '"Behind Zanzibroke Mill"'),
    ('"Ana","Reyes",,', '"Brunhilde","Oxtewart",8085550199,'),
    ("Ana Reyes", "Brunhilde Oxtewart"),
    ("ana.reyes", "brunhilde.oxtewart"),
)


def plant(county: Path) -> None:
    """Puts the person and the worker in the place of two whom every feed of the county speaks of."""
    for file in county.rglob("*.*"):
        said = file.read_text("utf-8")
        for there, here in AS_THE_COUNTY_HAS_IT:
            said = said.replace(there, here).replace(there.upper(), here.upper())
        file.write_text(said, "utf-8")


class Told:
    """A hub that was told everything, and where it leaves things."""

    def __init__(self, home: DemoHome, temporary: Path, log: Path) -> None:
        self.home = home
        self.temporary = temporary
        self.log = log

    def settle(self) -> None:
        """Everything that is in the server's memory is in its files too."""
        with self.home.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))

    @property
    def places(self) -> Iterator[Path]:
        """Every file it left, but for what it was fed with."""
        for folder in (self.home.settings.home, self.temporary):
            for path in folder.rglob("*"):
                if path.is_file() and "county" not in path.relative_to(folder).parts:
                    yield path
        yield self.log

    def _tables(self) -> dict[str, str]:
        """The table or index that each file of the database holds."""
        with self.home.engine.connect() as connection:
            rows = connection.execute(text("SELECT relfilenode, CAST(CAST(oid AS regclass) AS text) FROM pg_class"))
            return {str(number): f"base/{name}" for number, name in rows}

    def found(self, planted: Mapping[str, str]) -> set[str]:
        """Which planted values are found, each with the files."""
        forms = {name: list(_forms(value)) for name, value in planted.items()}
        said, names = set(), self._tables()
        for path in self.places:
            content = path.read_bytes().replace(b"\x00", b"")  # what is left of UTF-16 is plain
            lowered = content.lower()
            for name, (plain, exact) in ((name, _sorted(form)) for name, form in forms.items()):
                if any(one in lowered for one in plain) or any(one in content for one in exact):
                    said.add(f"{name}: {names.get(path.name, path.name)}")
        return said


Form = tuple[bool, bytes]


def _forms(value: str) -> Iterator[Form]:
    """A value in lower case as text, and in every case in hexadecimal and, at each of three offsets, in base64."""
    yield False, value.lower().encode()
    for written in {value, value.lower(), value.upper(), value.title()}:
        yield False, written.encode().hex().encode()
        for offset in range(3):
            whole = b64encode(b"\x00" * offset + written.encode())
            yield True, whole[4 if offset else 0 : len(whole) // 4 * 4 - 4]


def _sorted(forms: list[Form]) -> tuple[list[bytes], list[bytes]]:
    return [form for exact, form in forms if not exact], [form for exact, form in forms if exact]


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory(prefix="hub-temp-", dir=quickest()) as temporary,
    ):
        patch.setenv("TMPDIR", temporary)
        patch.setattr(tempfile, "tempdir", str(quickest()))
        with demo.passing(people=300) as home, (log := Path(temporary) / "log").open("w") as stream:
            patch.setattr(tempfile, "tempdir", temporary)
            handler = logging.StreamHandler(stream)
            logging.getLogger().addHandler(handler)
            with redirect_stderr(stream):
                logs.set_up("DEBUG")
                _tell(home)
                logs.set_up("ERROR")
            logging.getLogger().removeHandler(handler)
            stream.flush()
            told = Told(home, Path(temporary), log)
            told.settle()
            yield told
        logs.set_up("ERROR")


def _tell(home: DemoHome) -> None:
    """Everything, through every way in."""
    _ = home.county
    plant(home.settings.home / "county")
    for _ in load.load(home):
        pass
    with db.transaction(home.engine) as session:
        Users(session, home.keys).create(
            login=STAFF["a worker's login"],
            name=" ".join([STAFF["a worker's given name"], STAFF["a worker's family name"]]),
            participant="harbor-mobile-crisis",
            roles=[HubRole.CRISIS_WORKER],
            role=Role.CLINICIAN,
            password="correct horse battery",
        )
        load.listens_at(session, home.keys, "open-door-shelter", "http://127.0.0.1:1/news")
    app = app_of(home.settings, as_part(home.engine, Part.WEB), home.keys)
    with TestClient(app, base_url=home.settings.public_url, raise_server_exceptions=False) as http:
        _ask(http, home)
        _hand_over(http, home)
        _send(http, home)
        http.post("/sign-in", data={"login": STAFF["a worker's login"], "password": "wrong", "code": "000000"})
    worker = as_part(home.engine, Part.WORKER)
    Reader(worker, home.keys, auto_link=8.0).round(datetime.now(UTC))
    Courier(worker, home.keys).round(datetime.now(UTC))
    audit.sequence(home.engine)
    audit.checkpoint(home.engine, home.keys, datetime.now(UTC))


class Partner:
    """A system of the county, signed in as any."""

    def __init__(self, http: httpx.Client, home: DemoHome, client: str) -> None:
        url = f"{home.settings.public_url}/oauth2/token"
        key = ECKey.import_key(json.loads((home.client_keys / f"{client}.json").read_bytes()))
        granted = http.post("/oauth2/token", data=BackendClient(client, key).form(url, load.CLIENTS[client][1]))
        self.http, self.headers = http, {"authorization": f"Bearer {granted.json()['access_token']}"}

    def post(self, path: str, body: Any = None, *, content: bytes | None = None) -> Any:
        answer = self.http.post(path, json=body, content=content, headers=self.headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


def _person() -> dict[str, Any]:
    names = {"given": PERSON["given name"], "family": PERSON["family name"]}
    return {**names, "birth_date": PERSON["birth date"]}


def _ask(http: httpx.Client, home: DemoHome) -> None:
    crisis = Partner(http, home, "harbor-mobile-crisis")
    question = {"purpose": "COC", "treating_relationship": True, "justification": WORDS["a justification"]}
    answer = crisis.post("/api/contact-queries", {**question, "person": _person()})
    assert answer["contacts"], "the person is known, and something is told"
    emergency = {"kind": "medical", "consent_unobtainable_because": "unconscious"}
    emergency["medical_person"] = STAFF["who signed for medical personnel"]
    ssn = PERSON["social security number"][-4:]
    crisis.post(
        "/api/contact-queries",
        {**question, "purpose": "ETREAT", "emergency": emergency, "person": {**_person(), "ssn_last4": ssn}},
    )
    hmis = Partner(http, home, "riverbend-hmis")
    today = datetime.now(UTC).date()
    consent = {
        "id": f"{PERSON['family name']}-release",
        "kind": "hmis-release",
        "disclosers": [{"class_of_persons": "hmis-participants"}],
        "information": {"all": True},
        "recipients": [{"class_of_persons": "crisis-providers"}],
        "purposes": ["TREAT", "COC"],
        "expiration": {"date": date(today.year + 1, 12, 31).isoformat()},
        "signatures": [{"by": "subject", "method": "electronic", "on": (today - timedelta(days=1)).isoformat()}],
    }
    person = {"system": load.PERSON_SYSTEMS["riverbend-hmis"], "value": "P-100001"}
    hmis.post("/api/consents", {"person": person, "consent": consent})


def _hand_over(http: httpx.Client, home: DemoHome) -> None:
    crisis, shelter = (Partner(http, home, client) for client in ("harbor-mobile-crisis", "open-door-shelter"))
    said = {
        "to": "open-door-shelter",
        "need": WORDS["a handoff's need"],
        "urgency": "now",
        "area": WORDS["a handoff's place"],
        "agreement": {"agreed": True, "words": WORDS["the person's own words"]},
    }
    place = f"/api/handoffs/{crisis.post('/api/handoffs', {**_person(), **said})['id']}"
    shelter.post(f"{place}/accept", {"worker": STAFF["who accepts a handoff"], "role": "outreach worker"})
    assert shelter.post(f"{place}/packet")["pieces"]


def _send(http: httpx.Client, home: DemoHome) -> None:
    """Messages of which something cannot be read: names in what is set aside, and in the name of a file."""
    clinic = Partner(http, home, "lakeside-clinic")
    patient = {"resourceType": "Patient", "id": PERSON["family name"], "birthDate": PERSON["family name"]}
    broken = json.dumps({**patient, "name": [_person()]}).encode()
    clinic.post("/api/feeds/fhir/messages", content=broken)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / WORDS["a file's name"]).write_bytes(broken + b" ")
        message = files.from_path(
            Path(folder) / WORDS["a file's name"], feed="fhir", source="lakeside-clinic", limit=1000
        )
        with db.transaction(home.engine) as session:
            intake.receive(session, home.keys, message, actor="hub:cli")


class TestDisk:
    def test_holds_nothing_that_was_told(self, told: Told) -> None:
        assert told.found(PLANTED) == set()

    @pytest.mark.parametrize("form", ["text", "upper case", "UTF-16", "hexadecimal", "base64"])
    def test_is_searched_well_enough_to_find_what_is_not_sealed(self, told: Told, form: str) -> None:
        """The same search finds a value in each of its forms once somebody puts it into a table unsealed."""
        control = f"Thistlequark {form}"
        assert told.found({"control": control}) == set()

        with told.home.engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS left_open (said bytea)"))
            connection.execute(text("INSERT INTO left_open VALUES (:said)"), {"said": _written(control, form)})
        told.settle()

        assert any(": 00000001" in place for place in told.found({"control": control}))
        assert any("base/left_open" in place for place in told.found({"control": control}))


def _written(value: str, form: str) -> bytes:
    match form:
        case "upper case":
            return value.upper().encode()
        case "UTF-16":
            return value.encode("utf-16-le")
        case "hexadecimal":
            return value.encode().hex().encode()
        case "base64":
            return b64encode(b"x" + value.encode() + b"xyz")
        case _:
            return value.encode()
