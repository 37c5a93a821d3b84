"""A court's orders to seal and to expunge: two people, nothing left, and a log that still verifies, over the county."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session, SQLModel, select

from hub.demo import load
from hub.demo.county import Story
from hub.errors import Conflict, Invalid, NotAllowed, NotFound
from hub.flow.orders import Bailiff, OrderDesk
from hub.flow.search import Search
from hub.store import audit
from hub.store.accounts import Caller, CallerKind, HubRole
from hub.store.audit import Act, AuditLog, Flaw
from hub.store.crypto import Broken, custodian
from hub.store.db import transaction
from hub.store.messages import MessageRow, Messages, name_place
from hub.store.orders import OrderRow
from hub.store.people import People
from hub.store.removal import ELSEWHERE, HELD, Removal
from hub.store.walls import Part, as_part
from schemas.contacts import PersonAsked
from schemas.vocab import Role
from schemas.vocab.orders import OrderKind, OrderState
from tests.doors.conftest import Doors, Knock
from tests.flow.conftest import Hub, Partner, question
from tests.flow.homeless import Sender

REFERENCE = "CV-2026-0117"


def officer(name: str) -> Caller:
    return Caller(
        kind=CallerKind.USER,
        id=f"user:{name}",
        name=name,
        participant="riverbend-hmis",
        role=Role.AUDITOR,
        roles=frozenset({HubRole.PRIVACY_OFFICER}),
    )


INES, SAM = officer("ines"), officer("sam")


class Court:
    """Two officers and a custodian, at this county's hub."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        self.hub = hub
        self.private = folder / "court"
        self.public = custodian.make(self.private)

    def propose(self, kind: OrderKind, one: Story, by: Caller = INES) -> UUID:
        person = PersonAsked(given=one.given, family=one.family, birth_date=one.born)
        with transaction(self.hub.engine) as session:
            return OrderDesk(session, self.hub.keys, by, at=datetime.now(UTC)).propose(kind, person, REFERENCE).id

    def approve(self, order: UUID, by: Caller = SAM, *, later: timedelta = timedelta()) -> None:
        with transaction(self.hub.engine) as session:
            OrderDesk(session, self.hub.keys, by, at=datetime.now(UTC) + later).approve(order)

    def carry_out(self, order: UUID, key: Path | None = None) -> OrderRow:
        with transaction(self.hub.engine) as session:
            bailiff = Bailiff(
                session, self.hub.engine, self.hub.keys, at=datetime.now(UTC), actor="hub:cli", custodian_key=key
            )
            return bailiff.carry_out(order)

    def order(self, kind: OrderKind, one: Story, key: Path | None = None) -> OrderRow:
        order = self.propose(kind, one)
        self.approve(order)
        return self.carry_out(order, key)

    def lift(self, sealed: OrderRow, key: Path) -> OrderRow:
        with transaction(self.hub.engine) as session:
            desk = OrderDesk(session, self.hub.keys, INES, at=datetime.now(UTC))
            order = desk.propose_to_lift(sealed.id, REFERENCE).id
        self.approve(order)
        return self.carry_out(order, key)


@pytest.fixture
def court(hub: Hub, tmp_path: Path) -> Court:
    return Court(hub, tmp_path)


def told(answer: Any) -> bytes:
    """What an answer says, save what differs from question to question."""
    said = {name: value for name, value in answer.json().items() if name not in {"query_id", "asked_at"}}
    return json.dumps(said, sort_keys=True).encode()


def person_of(hub: Hub, one: Story) -> UUID:
    asked = PersonAsked(given=one.given, family=one.family, birth_date=one.born)
    with Session(hub.engine) as session:
        found = People(session, hub.keys).find(asked).person_id
    assert found is not None
    return found


def verified(hub: Hub) -> audit.Report:
    audit.sequence(hub.engine)
    audit.checkpoint(hub.engine, hub.keys, datetime.now(UTC))
    return audit.verify(hub.engine, hub.keys)


def tokens_of(engine: Engine, person: UUID) -> list[bytes]:
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT token FROM person_token WHERE person_id = :one UNION "
                "SELECT token FROM person_subject WHERE person_id = :one UNION "
                "SELECT wrapped_key FROM person WHERE id = :one"
            ),
            {"one": person},
        )
        return [bytes(row[0]) for row in rows]


class TestExpunge:
    def test_leaves_nothing_but_the_leaves(
        self, court: Court, hub: Hub, crisis: Partner, marcus: Story, stranger: Story
    ) -> None:
        assert crisis.ask(marcus).json()["contacts"]
        person = person_of(hub, marcus)
        tokens, before = tokens_of(hub.engine, person), verified(hub)
        released = hub.entries(Act.CONTACT_RELEASED)[0]
        assert len(tokens) > 3

        done = court.order(OrderKind.EXPUNGE, marcus)

        kept = hub.everything_kept()
        assert not [token for token in tokens if token in kept], "no key, no blind token"
        assert str(person).encode() not in kept
        assert released.subject is not None
        assert released.subject.encode() not in kept, "no pseudonym either"
        assert told(crisis.ask(marcus)) == told(crisis.ask(stranger))
        after = verified(hub)
        assert (after.problem, after.entries > before.entries) == (None, True)
        assert [released.seq] in [[seq] for first, last in done.leaves for seq in range(first, last + 1)]

    def test_shows_in_the_log_that_and_which_but_not_whom(
        self, court: Court, hub: Hub, crisis: Partner, marcus: Story
    ) -> None:
        crisis.ask(marcus)
        released = hub.entries(Act.CONTACT_RELEASED)[0]

        done = court.order(OrderKind.EXPUNGE, marcus)

        (tombstone,) = hub.entries(Act.ORDER_EXPUNGED)
        assert tombstone.subject is None
        assert tombstone.details["by"] == [INES.id, SAM.id]
        assert tombstone.details["leaves"] == done.leaves
        assert REFERENCE not in str(tombstone.details)
        verified(hub)
        with Session(hub.engine) as session:
            log = AuditLog(session, hub.keys)
            with pytest.raises(NotFound, match="expunged by order"):
                log.entry(released.seq)
            assert released.seq not in [entry.seq for entry in log.walk()]
            place = audit.prove(session, hub.keys, released.seq)
            other = audit.prove(session, hub.keys, tombstone.seq)
        assert place["fields"] == {}
        audit.check_bundle(place)
        assert audit.check_bundle(other)["act"] == "hub:order:expunged"

    def test_takes_the_raw_messages_and_nobody_else(
        self, court: Court, hub: Hub, crisis: Partner, marcus: Story
    ) -> None:
        with hub.engine.connect() as connection:
            count = text("SELECT count(*) FROM person")
            people = connection.scalar(count)
            others = connection.scalar(
                text("SELECT count(*) FROM record WHERE person_id <> :one"), {"one": person_of(hub, marcus)}
            )

        court.order(OrderKind.EXPUNGE, marcus)

        with hub.engine.connect() as connection:
            assert connection.scalar(count) == people - 1
            assert connection.scalar(text("SELECT count(*) FROM record")) == others
            states = text("SELECT count(*) FROM raw_message WHERE state = 'emptied'")
            assert connection.scalar(states)

    def test_takes_a_message_that_only_repeated_what_was_known(
        self, court: Court, hub: Hub, marcus: Story, rosalind: Story
    ) -> None:
        with hub.engine.begin() as connection:
            connection.execute(text("UPDATE raw_message SET idempotency_token = CAST(id::text AS bytea)"))
        again = [load.import_file(hub.home, file) for file in hub.home.county.files]
        assert sum(report.unchanged for report in again) > 0
        person, other = person_of(hub, marcus), person_of(hub, rosalind)

        court.order(OrderKind.EXPUNGE, marcus)

        with Session(hub.engine) as session:
            messages, people = Messages(session, hub.keys), People(session, hub.keys)
            still = Search(session, hub.keys, person, set(session.exec(select(MessageRow.source)).all()))
            still.run()
            kept = list(messages.kept_of(set(session.exec(select(MessageRow.source)).all())))
            assert not [row for row in kept if marcus.family.encode() in messages.open(row).content]
            assert people.facts_of(other), "whoever else they brought is still here"
        assert (still.found, len(kept) > 0) == (set(), True)

    def test_takes_the_name_of_a_message_and_tells_its_sender_nothing(
        self, court: Court, hub: Hub, marcus: Story
    ) -> None:
        with Session(hub.engine) as session:
            brought = Removal(session.connection(), hub.keys, person_of(hub, marcus)).messages()
            sources = {one: Messages(session, hub.keys).row(one).source for one in brought}
        message = next(one for one, source in sources.items() if source == "riverbend-hmis")

        court.order(OrderKind.EXPUNGE, marcus)

        with Session(hub.engine) as session:
            row = Messages(session, hub.keys).row(message)
            assert hub.keys.messages.open(row.sealed_name, name_place(row.id)) == b""
            with pytest.raises(NotFound, match="kept no longer"):
                Messages(session, hub.keys).open(row)
        shown = hub.partner("riverbend-hmis").get(f"/api/feeds/messages/{message}").json()
        assert shown["state"] == "read"

    def test_names_whoever_stands_in_a_table(self) -> None:
        """A new table that names people goes on the list, or onto the one beside it with its reason."""
        naming = {
            table.name
            for table in SQLModel.metadata.sorted_tables
            if {"person_id", "other_id", "subject", "handoff_id"} & set(table.columns.keys())
        }

        assert naming == (set(HELD) | set(ELSEWHERE)) - {"person"}


class TestSeal:
    def test_makes_a_stranger_until_it_is_lifted(
        self, court: Court, hub: Hub, crisis: Partner, marcus: Story, stranger: Story
    ) -> None:
        before = told(crisis.ask(marcus))
        released = hub.entries(Act.CONTACT_RELEASED)[0]

        sealed = court.order(OrderKind.SEAL, marcus, court.public)

        assert told(crisis.ask(marcus)) == told(crisis.ask(stranger))
        assert verified(hub).problem is None
        with Session(hub.engine) as session:
            assert AuditLog(session, hub.keys).entry(released.seq).details == {"closed": "sealed by order"}

        court.lift(sealed, court.private)

        assert told(crisis.ask(marcus)) == before
        assert verified(hub).problem is None
        with Session(hub.engine) as session:
            assert AuditLog(session, hub.keys).entry(released.seq) == released

    def test_is_not_undone_by_what_sources_send(
        self, court: Court, hub: Hub, crisis: Partner, marcus: Story, stranger: Story
    ) -> None:
        court.order(OrderKind.SEAL, marcus, court.public)
        with hub.engine.connect() as connection:
            people = connection.scalar(text("SELECT count(*) FROM person"))

        for file in hub.home.county.files:
            with transaction(hub.engine) as session:
                session.connection().execute(text("UPDATE raw_message SET idempotency_token = CAST(id::text AS bytea)"))
            load.import_file(hub.home, file)

        with hub.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM person")) == people
        assert told(crisis.ask(marcus)) == told(crisis.ask(stranger))
        with Session(hub.engine) as session:
            messages = Messages(session, hub.keys)
            kept = messages.kept_of(set(session.exec(select(MessageRow.source)).all()))
            assert not [row for row in kept if marcus.family.encode() in messages.open(row).content]

    def test_shows_in_no_word_about_a_delta_that_refers_to_what_was_sealed(
        self, court: Court, hub: Hub, marcus: Story
    ) -> None:
        """Services and exits alone, of stays that came with the county."""

        def told(export: str) -> tuple[int, int, set[str]]:
            delta = {"ExportID": export, "ExportDirective": "1", "ExportPeriodType": "1"}
            report = Sender(hub).send("Services", "Exit", Export=lambda _: delta)
            return report.received, report.set_aside, {problem.code for problem in report.problems}

        before = told("X7")
        court.order(OrderKind.SEAL, marcus, court.public)

        assert told("X8") == before
        assert "orphan" not in before[2]

    def test_opens_with_no_key_of_the_hubs(self, court: Court, hub: Hub, marcus: Story, tmp_path: Path) -> None:
        sealed = court.order(OrderKind.SEAL, marcus, court.public)
        other = tmp_path / "other"
        custodian.make(other)

        with pytest.raises(Broken):
            court.lift(sealed, other)

        assert sealed.custody is not None
        assert marcus.family.encode() not in sealed.custody
        with Session(hub.engine) as session:
            row = session.get(OrderRow, sealed.id)
            assert row is not None
            assert row.custody == sealed.custody, "nothing half done"

    def test_needs_the_custodians_public_key(self, court: Court, marcus: Story, crisis: Partner) -> None:
        order = court.propose(OrderKind.SEAL, marcus)
        court.approve(order)

        for key in (None, court.private.with_name("nothing")):
            with pytest.raises(Invalid, match="custodian"):
                court.carry_out(order, key)

        assert crisis.ask(marcus).json()["contacts"], "nothing was done"


class TestTwoPeople:
    def test_are_needed(self, court: Court, marcus: Story, crisis: Partner) -> None:
        order = court.propose(OrderKind.EXPUNGE, marcus)

        with pytest.raises(NotAllowed, match="takes two"):
            court.approve(order, INES)
        with pytest.raises(Conflict, match="second person"):
            court.carry_out(order)

        assert crisis.ask(marcus).json()["contacts"]

    def test_cannot_be_one_in_the_database_either(self, court: Court, hub: Hub, marcus: Story) -> None:
        order = court.propose(OrderKind.EXPUNGE, marcus)

        with pytest.raises(Exception, match="an_order_takes_two"), hub.engine.begin() as connection:
            connection.execute(
                text("UPDATE person_order SET state = 'approved', decided_by = proposed_by WHERE id = :one"),
                {"one": order},
            )

    def test_have_a_week(self, court: Court, marcus: Story) -> None:
        order = court.propose(OrderKind.EXPUNGE, marcus)

        with pytest.raises(Conflict, match="waited too long"):
            court.approve(order, later=timedelta(days=8))

    def test_may_refuse_and_then_it_names_nobody(self, court: Court, hub: Hub, marcus: Story) -> None:
        order = court.propose(OrderKind.EXPUNGE, marcus)
        with pytest.raises(Conflict, match="under way"):
            court.propose(OrderKind.SEAL, marcus)
        with transaction(hub.engine) as session:
            refused = OrderDesk(session, hub.keys, SAM, at=datetime.now(UTC)).refuse(order)

        assert (refused.state, refused.person_id) == (OrderState.REFUSED, None)
        assert [entry.details["order"] for entry in hub.entries(Act.ORDER_REFUSED)] == [str(order)]
        with pytest.raises(Conflict):
            court.approve(order)

    def test_must_mean_one_person(self, court: Court, stranger: Story) -> None:
        with pytest.raises(NotFound, match="exactly one"):
            court.propose(OrderKind.EXPUNGE, stranger)


class TestOverHttp:
    @pytest.fixture
    def officers(self, hub: Hub) -> tuple[Knock, Knock]:
        doors = Doors(hub)
        both = [HubRole.PRIVACY_OFFICER], [HubRole.PRIVACY_OFFICER, HubRole.COMPLIANCE_OFFICER]
        first, second = (doors.person(roles) for roles in both)
        return first, second

    def test_one_proposes_another_approves_and_the_operator_carries_it_out(
        self, court: Court, hub: Hub, officers: tuple[Knock, Knock], marcus: Story, crisis: Partner
    ) -> None:
        doors, (first, second) = Doors(hub), officers
        proposal = {"kind": "expunge", "reference": REFERENCE, "person": question(marcus)["person"]}
        proposed = doors.knock(first, "POST", "/api/orders", proposal)
        assert proposed.status_code == 201, proposed.text
        path = f"/api/orders/{proposed.json()['id']}"

        own = doors.knock(first, "POST", f"{path}/approve")
        other = doors.knock(second, "POST", f"{path}/approve")

        assert (own.status_code, "takes two" in own.json()["detail"]) == (403, True)
        assert (other.status_code, other.json()["state"]) == (200, "approved")
        assert crisis.ask(marcus).json()["contacts"], "nothing is done by that"
        court.carry_out(UUID(proposed.json()["id"]))
        assert crisis.ask(marcus).json()["contacts"] == []
        listed = doors.knock(first, "GET", "/api/orders")
        assert [one["state"] for one in listed.json()] == ["carried-out"]
        assert marcus.family not in listed.text

    def test_either_refuses_and_what_is_incomplete_is_told(
        self, hub: Hub, officers: tuple[Knock, Knock], marcus: Story
    ) -> None:
        doors, (first, second) = Doors(hub), officers
        person = question(marcus)["person"]
        proposed = doors.knock(first, "POST", "/api/orders", {"kind": "seal", "reference": "CV-1", "person": person})
        refused = doors.knock(second, "POST", f"/api/orders/{proposed.json()['id']}/refuse")
        incomplete = doors.knock(first, "POST", "/api/orders", {"kind": "seal", "reference": "CV-1"})

        assert (refused.status_code, refused.json()["state"]) == (200, "refused")
        assert (incomplete.status_code, "lifts" in incomplete.json()["detail"]) == (422, True)


class TestVerifier:
    @pytest.fixture
    def tampered(self, hub: Hub, crisis: Partner, marcus: Story) -> Callable[[str], audit.Report]:
        """The log after somebody with all rights in the database has changed it behind the hub's back."""
        crisis.ask(marcus)
        seq = hub.entries(Act.CONTACT_RELEASED)[0].seq
        verified(hub)

        def after(statement: str) -> audit.Report:
            with hub.engine.begin() as connection:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(text(statement), {"seq": seq})
            return audit.verify(hub.engine, hub.keys)

        return after

    @pytest.mark.parametrize(
        ("statement", "flaw"),
        [
            (
                "UPDATE audit_entry SET at = NULL, act = NULL, actor = NULL, participant = NULL, subject = NULL, "
                "sealed = NULL WHERE id = (SELECT entry FROM audit_leaf WHERE seq = :seq)",
                Flaw.ENTRY_BLANK,
            ),
            (
                "UPDATE audit_entry SET sealed = NULL WHERE id = (SELECT entry FROM audit_leaf WHERE seq = :seq)",
                Flaw.ENTRY_CHANGED,
            ),
            (
                "DELETE FROM audit_key WHERE subject = (SELECT subject FROM audit_entry WHERE id = "
                "(SELECT entry FROM audit_leaf WHERE seq = :seq))",
                Flaw.ENTRY_CLOSED,
            ),
        ],
    )
    def test_takes_nothing_for_an_order_that_was_none(
        self, tampered: Callable[[str], audit.Report], statement: str, flaw: Flaw
    ) -> None:
        problem = tampered(statement).problem

        assert problem is not None
        assert problem.flaw is flaw

    def test_names_an_entry_that_should_be_blank(self, court: Court, hub: Hub, crisis: Partner, marcus: Story) -> None:
        crisis.ask(marcus)
        row = hub.entries(Act.CONTACT_RELEASED)[0]
        with hub.engine.connect() as connection:
            was = (
                connection.execute(text("SELECT * FROM audit_entry WHERE id = :one"), {"one": row.id}).mappings().one()
            )
            key = (
                connection.execute(text("SELECT * FROM audit_key WHERE subject = :one"), {"one": was["subject"]})
                .mappings()
                .one()
            )
        court.order(OrderKind.EXPUNGE, marcus)
        verified(hub)

        with hub.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("INSERT INTO audit_key VALUES (:subject, :wrapped)"), dict(key))
            connection.execute(
                text(
                    "UPDATE audit_entry SET at = :at, act = :act, actor = :actor, participant = :participant, "
                    "subject = :subject, sealed = :sealed WHERE id = :id"
                ),
                dict(was),
            )

        problem = audit.verify(hub.engine, hub.keys).problem
        assert problem is not None
        assert (problem.flaw, problem.seq) == (Flaw.ENTRY_NOT_BLANK, row.seq)


class TestTheDoor:
    @pytest.mark.parametrize("part", [Part.WEB, Part.WORKER])
    def test_through_which_entries_are_blanked_is_shut_to_the_hubs_parts(self, hub: Hub, part: Part) -> None:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            as_part(hub.engine, part).begin() as connection,
        ):
            connection.execute(text("SELECT audit_blank(gen_random_uuid(), '{}')"))

    def test_lets_no_entry_through_without_a_tombstone(self, hub: Hub, crisis: Partner, marcus: Story) -> None:
        crisis.ask(marcus)
        entry = hub.entries(Act.CONTACT_RELEASED)[0].id

        with pytest.raises(ProgrammingError, match="append-only"), hub.engine.begin() as connection:
            connection.execute(text("SELECT audit_blank(:one, ARRAY[:one]::uuid[])"), {"one": entry})
        with pytest.raises(ProgrammingError, match="append-only"), hub.engine.begin() as connection:
            connection.execute(text("SET LOCAL hub.tombstone = 'x'; UPDATE audit_entry SET actor = 'nobody'"))
