"""A hub with something sealed in every column that turns, and a key file to turn."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from hub.store import db
from hub.store.accounts import HubRole, Users
from hub.store.accounts.providers import IdentityProviderRow, Providers
from hub.store.audit import JSON, Act, AuditLog, sequence
from hub.store.chunks import CHUNK
from hub.store.crypto import KeyFile, Keys
from hub.store.declarations import Declarations
from hub.store.descriptors import Descriptors
from hub.store.directory import Directory, ParticipantRow, webhook_place
from hub.store.handoffs import HandoffRow, names_place
from hub.store.ledgers import UNMASKED
from hub.store.messages import Messages
from hub.store.people import People
from hub.store.pulls import Place, Places
from hub.store.rotation import turning
from hub.store.staff import Staff
from schemas.canonical import CanonicalRecord, Identifier, PersonFacts, SourceRow, StaffMember
from schemas.emergencies import Stated
from schemas.messages import Problem, RawMessage, Severity
from schemas.vocab import EmergencyKind, Purpose, Role, UnobtainableBecause
from schemas.vocab.ledgers import Verdict

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
MASTER = b"\x07" * 32
STATED = Stated(
    kind=EmergencyKind.MEDICAL,
    medical_person="Nora Quist",
    affiliation="a",
    consent_unobtainable_because=UnobtainableBecause.UNCONSCIOUS,
    declared_at=NOW,
    role=Role.NURSE,
    purpose=Purpose.ETREAT,
    justification="on scene",
)
ASKED: dict[str, JSON] = {"purpose": "COC"}
CONTENT = b"MSH|Delgado" * (CHUNK // 8)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else is at work unless the test says so."""
    monkeypatch.setattr(turning, "SETTLE", 0.01)
    monkeypatch.setattr(turning, "BETWEEN_ROUNDS", 0.05)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A key file of the first kind."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"master": MASTER.hex()}))
    path.chmod(0o600)
    return path


@pytest.fixture
def file(path: Path) -> KeyFile:
    return KeyFile(path)


@pytest.fixture
def held(file: KeyFile) -> Keys:
    """The keys as a process has them that runs meanwhile."""
    return Keys(file.read(), file)


class Filled:
    """What was sealed, and whether it still opens."""

    def __init__(self, session: Session, keys: Keys) -> None:
        Directory(session).add(ParticipantRow(slug="a", name="A", capacities=["crisis-provider"]))
        Directory(session).add(ParticipantRow(slug="b", name="B", capacities=["hmis-lead"]))
        Directory(session).participant("a").sealed_webhook_secret = keys.accounts.seal(b"hook", webhook_place("a"))
        self.people = [someone(session, keys, str(number)) for number in range(3)]
        self.message = uuid4()
        Messages(session, keys).keep(
            RawMessage(id=self.message, feed="hl7v2", source="a", received_at=NOW, name="Delgado.hl7", content=CONTENT)
        )
        self.user = Users(session, keys).create(
            login="nora",
            name="Nora",
            participant="a",
            roles=[next(iter(HubRole))],
            role=Role.INTERFACE,
            password="x" * 12,
        )
        provider = IdentityProviderRow(
            slug="p",
            name="P",
            participant="a",
            issuer="https://login.example",
            client_id="hub",
            sealed_secret=b"",
            algorithms=["RS256"],
        )
        Providers(session, keys).register(provider, secret="its own")
        Staff(session, keys).take("a", "11", StaffMember(name="Ana Reyes"))
        bed = SourceRow(table="Inventory", values={"InventoryID": "1", "ProjectID": "2"})
        Descriptors(session, keys).take("a", [CanonicalRecord(feed="hmis-csv", key="Inventory/1", body=bed)], at=NOW)
        Places(session, keys, "a", "x").keep(Place(None, NOW, "https://hmis.example/next"))
        aside = Problem(file="Delgado.hl7", code="x", severity=Severity.SET_ASIDE, expected="y")
        session.flush()
        Messages(session, keys).set_aside(self.message, [aside], NOW)
        self.handoff = uuid4()
        session.flush()
        session.add(self._handoff(keys))
        self.declaration = uuid4()
        declarations = Declarations(session, keys)
        AuditLog(session, keys).append(
            Act.CONTACT_ASKED, at=NOW, actor="user:nora", subject=self.people[0], details=ASKED
        )
        row = declarations.keep(self.declaration, STATED, "user:nora", "a", "who", timedelta(minutes=30))
        declarations.review(row, Verdict.JUSTIFIED, "It was one.", "user:ines", at=NOW)
        session.commit()

    def _handoff(self, keys: Keys) -> HandoffRow:
        """With names sealed as they used to be, bound to no person."""
        once = names_place(self.handoff, self.people[0])[1]
        return HandoffRow(
            id=self.handoff,
            person_id=self.people[0],
            sender="a",
            receiver="b",
            holder="a",
            purpose="TREAT",
            urgency="routine",
            sealed_agreement=b"",
            sealed_names=keys.accounts.seal(b"Ana", once),
            offered_at=NOW,
        )

    def insist_that_all_opens(self, session: Session, keys: Keys) -> None:
        """Everything reads as it was written."""
        people, messages = People(session, keys), Messages(session, keys)
        sequence(session.get_bind())  # type: ignore[arg-type]
        assert [entry.details for entry in AuditLog(session, keys).walk(act=Act.CONTACT_ASKED)] == [ASKED]
        names = [facts.family for one in set(self.people) for _, facts in people.facts_of(one)]
        assert names == ["Delgado"] * 3
        message = messages.open(messages.row(self.message))
        assert (message.name, message.content) == ("Delgado.hl7", CONTENT)
        ((user, caller),) = Users(session, keys).everyone()
        assert caller.name == "Nora"
        assert keys.accounts.open(user.sealed_totp, f"user_account|totp|{user.id}")
        hook = Directory(session).participant("a").sealed_webhook_secret
        assert keys.accounts.open(hook or b"", webhook_place("a")) == b"hook"
        (provider,) = Providers(session, keys).all()
        assert Providers(session, keys).secret(provider) == "its own"
        declarations = Declarations(session, keys)
        declared = declarations.get(self.declaration, UNMASKED)
        assert (declarations.stated(declared), declarations.note(declared)) == (STATED, "It was one.")
        member = Staff(session, keys).member("a", "11")
        assert member is not None
        assert member.name == "Ana Reyes"
        assert [one.values["ProjectID"] for one in Descriptors(session, keys).of(["a"])] == ["2"]
        assert Places(session, keys, "a", "x").under_way == Place(None, NOW, "https://hmis.example/next")
        assert [problem.file for problem in messages.problems(self.message)] == ["Delgado.hl7"]
        handoff = session.get_one(HandoffRow, self.handoff)
        assert keys.accounts.open(handoff.sealed_names or b"", *names_place(self.handoff, self.people[0])) == b"Ana"


def someone(session: Session, keys: Keys, key: str, *, family: str = "Delgado") -> UUID:
    """A person of whom `a` speaks for the first time; with a family name of their own they are compared with nobody."""
    born = date(1987, 4, int(key) + 1) if family == "Delgado" else None
    facts = PersonFacts(given=f"{key}{key}Marcus", family=family, birth_date=born)
    return People(session, keys).identify("a", Identifier(system="urn:test", value=key), facts, at=NOW).person_id


@pytest.fixture
def filled(engine: Engine, held: Keys) -> Filled:
    with Session(engine, expire_on_commit=False) as session:
        return Filled(session, held)


@pytest.fixture
def opens(engine: Engine, filled: Filled) -> Callable[[Keys], None]:
    """Insists that under these keys everything opens."""

    def all_of_it(keys: Keys) -> None:
        with db.transaction(engine) as session:
            filled.insist_that_all_opens(session, keys)

    return all_of_it
