"""Breaking the glass over HTTP: who may, for how long, and the review that follows; a stranger's beside a patient's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlmodel import Session

from hub.demo.county import Story, story
from hub.errors import Conflict, NotAllowed, NotFound
from hub.flow import contacts
from hub.flow.reviews import Reviews
from hub.store.accounts import Caller, CallerKind, HubRole
from hub.store.audit import Act
from hub.store.db import transaction
from hub.store.declarations import Declarations
from schemas.contacts import ContactQuery
from schemas.emergencies import Queue, Review
from schemas.vocab import Role
from schemas.vocab.ledgers import Verdict
from tests.flow.conftest import Hub, Partner, question
from tests.flow.test_contact_queries import seen
from tests.flow.test_obligations import NORA, counsels

HARBOR = "harbor-mobile-crisis"
FOUND = Review(verdict=Verdict.JUSTIFIED, note="Agrees with the run report.")


@pytest.fixture
def calvin(hub: Hub) -> Story:
    """Cedar's patient, without a consent."""
    one = story("part2-no-consent")
    counsels(hub, one)
    return one


def breaks_glass(partner: Partner, one: Story, **changes: Any) -> dict[str, Any]:
    answer = partner.ask(one, **{"purpose": "ETREAT", "emergency": NORA, **changes})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def refers(partner: Partner, one: Story, declaration: str, **changes: Any) -> Any:
    return partner.ask(one, **{"purpose": "ETREAT", "emergency": {"declaration": declaration}, **changes})


def officer(name: str = "Ines Wolfe", *, of: str = HARBOR, kind: CallerKind = CallerKind.USER) -> Caller:
    roles = frozenset({HubRole.COMPLIANCE_OFFICER})
    return Caller(kind=kind, id=f"user:{name}", name=name, participant=of, role=Role.ADMINISTRATOR, roles=roles)


@pytest.fixture
def reviews(hub: Hub) -> Callable[..., Any]:
    """Does something with the queue as an officer, after so long."""

    def of(caller: Caller, do: Callable[[Reviews], Any], *, later: timedelta = timedelta()) -> Any:
        with transaction(hub.engine) as session:
            return do(Reviews(session, hub.keys, caller, at=datetime.now(UTC) + later))

    return of


def ask_later(hub: Hub, one: Story, declaration: str, after: timedelta) -> int:
    """How many contacts a question gets that refers to a declaration, so long after now."""
    caller = Caller(kind=CallerKind.CLIENT, id=f"client:{HARBOR}", name=HARBOR, participant=HARBOR, role=Role.CLINICIAN)
    said = {**question(one), "purpose": "ETREAT", "emergency": {"declaration": declaration}}
    with Session(hub.engine) as session:
        query = ContactQuery.model_validate(said)
        return len(contacts.ask(session, hub.keys, caller, query, at=datetime.now(UTC) + after).contacts)


class TestDeclaring:
    @pytest.mark.parametrize("key", ["part2-no-consent", "stranger"])
    def test_goes_into_the_queue_and_the_log_at_once_whoever_is_meant(
        self, hub: Hub, crisis: Partner, calvin: Story, key: str, reviews: Callable[..., Any]
    ) -> None:
        query_id = breaks_glass(crisis, story(key))["query_id"]

        (waiting,) = reviews(officer(), lambda one: one.queue(Queue.WAITING))
        (entry,) = hub.entries(Act.EMERGENCY_DECLARED)
        assert (str(waiting.id), waiting.stated.medical_person) == (query_id, "Nora Quist")
        assert waiting.review_by.date() == datetime.now(UTC).date() + timedelta(days=2)
        assert (entry.details["declaration"], entry.subject) == (query_id, None)

    def test_keeps_the_same_of_a_stranger_as_of_a_patient(
        self, hub: Hub, crisis: Partner, calvin: Story, stranger: Story
    ) -> None:
        for one in (calvin, stranger):
            breaks_glass(crisis, one)

        first, second = hub.entries(Act.EMERGENCY_DECLARED)
        with psycopg.connect(hub.home.url) as connection:
            lengths = connection.execute(
                "SELECT DISTINCT length(sealed), length(question_token) FROM emergency_declaration"
            ).fetchall()
        assert first.details.keys() == second.details.keys()
        assert len(lengths) == 1

    def test_is_sealed(self, hub: Hub, crisis: Partner, calvin: Story) -> None:
        breaks_glass(crisis, calvin, justification="found under the bridge at Elm Street")

        with psycopg.connect(hub.home.url) as connection:
            kept = str(connection.execute("SELECT * FROM emergency_declaration").fetchall())
        assert not any(word in kept for word in ("Nora", "Elm Street", calvin.family))

    @pytest.mark.parametrize("purpose", ["TREAT", "ETREAT", "COC"])
    def test_is_for_medical_personnel_alone_whoever_is_meant(
        self, hub: Hub, crisis: Partner, calvin: Story, stranger: Story, purpose: str
    ) -> None:
        with psycopg.connect(hub.home.url) as connection:
            connection.execute("UPDATE client SET role = 'peer-specialist' WHERE client_id = %s", [HARBOR])

        answers = [crisis.ask(one, purpose=purpose, emergency=NORA) for one in (calvin, stranger)]

        assert [answer.status_code for answer in answers] == [403, 403]
        assert "medical personnel" in answers[0].json()["detail"]
        assert answers[0].json()["detail"] == answers[1].json()["detail"]
        assert hub.entries(Act.EMERGENCY_DECLARED) == []
        assert len(hub.entries(Act.CONTACT_REFUSED)) == 2


class TestTimeBox:
    def test_lets_the_same_asker_ask_the_same_again_without_stating_it_anew(
        self, hub: Hub, crisis: Partner, calvin: Story
    ) -> None:
        first = breaks_glass(crisis, calvin)

        again = refers(crisis, calvin, first["query_id"]).json()

        assert again["contacts"] == first["contacts"] != []
        assert len(hub.entries(Act.EMERGENCY_DECLARED)) == 1
        assert [entry.details["declaration"] for entry in hub.entries(Act.CONTACT_RELEASED)] == [first["query_id"]] * 2

    @pytest.mark.parametrize(("minutes", "told"), [(29, 1), (31, None)])
    def test_ends(self, hub: Hub, crisis: Partner, calvin: Story, minutes: int, told: int | None) -> None:
        declaration, after = breaks_glass(crisis, calvin)["query_id"], timedelta(minutes=minutes)

        if told is not None:
            assert ask_later(hub, calvin, declaration, after) == told
        else:
            with pytest.raises(NotAllowed, match="No declaration of yours holds"):
                ask_later(hub, calvin, declaration, after)

    def test_holds_for_no_other_question_asker_or_declaration(
        self, hub: Hub, crisis: Partner, calvin: Story, stranger: Story
    ) -> None:
        declaration = breaks_glass(crisis, calvin)["query_id"]
        refused = [
            refers(crisis, stranger, declaration),
            refers(crisis, calvin, declaration, purpose="TREAT"),
            refers(crisis, calvin, str(uuid4())),
            refers(crisis, stranger, str(uuid4())),
        ]

        assert {answer.status_code for answer in refused} == {403}
        assert len({answer.json()["detail"] for answer in refused}) == 1
        with Session(hub.engine) as session:
            kept = Declarations(session, hub.keys)
            assert kept.in_force(UUID(declaration), "client:someone-else", "…", at=datetime.now(UTC)) is None

    def test_gives_a_stranger_what_it_gives_a_patient_of_whom_nothing_is_told(
        self, crisis: Partner, rosalind: Story, stranger: Story
    ) -> None:
        declared = {one.key: breaks_glass(crisis, one)["query_id"] for one in (rosalind, stranger)}

        assert seen(refers(crisis, rosalind, declared[rosalind.key])) == seen(
            refers(crisis, stranger, declared[stranger.key])
        )

    def test_is_not_referred_to_and_stated_at_once(self, crisis: Partner, calvin: Story) -> None:
        declaration = breaks_glass(crisis, calvin)["query_id"]

        answer = crisis.ask(calvin, purpose="ETREAT", emergency={**NORA, "declaration": declaration})

        assert answer.status_code == 422


class TestReview:
    @pytest.fixture
    def declared(self, crisis: Partner, stranger: Story) -> UUID:
        return UUID(breaks_glass(crisis, stranger)["query_id"])

    @pytest.mark.parametrize(("days", "overdue"), [(1, False), (2, True)])
    def test_is_due_by_the_end_of_the_next_day(
        self, hub: Hub, declared: UUID, reviews: Callable[..., Any], days: int, overdue: bool
    ) -> None:
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        later = midnight + timedelta(days=days, seconds=1) - datetime.now(UTC)

        (waiting,) = reviews(officer(), lambda one: one.queue(Queue.WAITING), later=later)

        assert waiting.overdue is overdue
        assert bool(reviews(officer(), lambda one: one.queue(Queue.OVERDUE), later=later)) is overdue

    def test_is_written_once_sealed_and_on_record(self, hub: Hub, declared: UUID, reviews: Callable[..., Any]) -> None:
        found = reviews(officer(), lambda one: one.review(declared, FOUND))

        assert (found.review.verdict, found.review.note) == (Verdict.JUSTIFIED, FOUND.note)
        assert reviews(officer(), lambda one: one.queue(Queue.WAITING)) == []
        with pytest.raises(Conflict):
            reviews(officer("Another"), lambda one: one.review(declared, FOUND))
        (entry,) = hub.entries(Act.EMERGENCY_REVIEWED)
        assert (entry.actor, entry.details["verdict"]) == ("user:Ines Wolfe", "justified")
        assert FOUND.note.encode() not in hub.everything_kept()

    @pytest.mark.parametrize(
        "caller",
        [
            officer().model_copy(update={"id": f"client:{HARBOR}"}),
            officer("nora  QUIST"),
            officer(kind=CallerKind.CLIENT),
        ],
        ids=["who-declared", "the-medical-person", "a-system"],
    )
    def test_is_not_written_by_whoever_declared_nor_for_them(
        self, declared: UUID, reviews: Callable[..., Any], caller: Caller
    ) -> None:
        with pytest.raises(NotAllowed, match="does not review"):
            reviews(caller, lambda one: one.review(declared, FOUND))

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE emergency_declaration SET reviewed_at = now(), verdict = 'justified', reviewed_by = actor",
            "UPDATE emergency_declaration SET reviewed_at = now()",
            "DELETE FROM emergency_declaration",
        ],
    )
    def test_is_kept_from_it_by_the_database_too(self, hub: Hub, declared: UUID, change: str) -> None:
        with psycopg.connect(hub.home.url) as connection, pytest.raises(psycopg.Error):
            connection.execute(change)

    def test_once_written_is_changed_by_nobody(self, hub: Hub, declared: UUID, reviews: Callable[..., Any]) -> None:
        reviews(officer(), lambda one: one.review(declared, FOUND))

        with psycopg.connect(hub.home.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE emergency_declaration SET verdict = 'not-justified'")

    def test_is_for_officers_of_whom_has_standing(self, declared: UUID, reviews: Callable[..., Any]) -> None:
        elsewhere = officer(of="lakeside-clinic")

        assert reviews(elsewhere, lambda one: one.queue(Queue.WAITING)) == []
        for act in (lambda one: one.get(declared), lambda one: one.review(declared, FOUND)):
            with pytest.raises(NotFound):
                reviews(elsewhere, act)

    def test_links_to_the_answer_in_the_log(self, hub: Hub, declared: UUID, reviews: Callable[..., Any]) -> None:
        (answer,) = hub.entries(Act.CONTACT_WITHHELD)

        assert reviews(officer(), lambda one: one.get(declared)).entry == answer.seq

    def test_comes_by_the_page(self, crisis: Partner, stranger: Story, reviews: Callable[..., Any]) -> None:
        declared = [UUID(breaks_glass(crisis, stranger)["query_id"]) for _ in range(3)]

        first = reviews(officer(), lambda one: one.queue(Queue.WAITING, limit=2))
        rest = reviews(officer(), lambda one: one.queue(Queue.WAITING, limit=2, after=first[-1].id))

        assert [one.id for one in (*first, *rest)] == declared

    def test_that_waits_is_counted(self, hub: Hub, declared: UUID) -> None:
        assert 'hub_emergencies{queue="waiting"} 1.0' in hub.http.get("/metrics").text
        with psycopg.connect(hub.home.url) as connection:
            connection.execute("UPDATE emergency_declaration SET review_by = now()")

        assert 'hub_emergencies{queue="overdue"} 1.0' in hub.http.get("/metrics").text

    def test_is_written_by_no_system(self, hub: Hub, crisis: Partner, declared: UUID) -> None:
        answer = crisis.post(f"/api/emergencies/{declared}/review", FOUND.model_dump(mode="json"))

        assert answer.status_code == 403
        assert hub.entries(Act.EMERGENCY_REVIEWED) == []
