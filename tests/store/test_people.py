"""The person index: who is meant, by sources and by questions, with nothing readable in the database."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, event, text
from sqlmodel import Session, func, select

from hub.errors import NotFound
from hub.store import db
from hub.store.crypto import Broken, Keys
from hub.store.people import People, PersonRow, ReviewRow, SubjectRow, TokenRow
from schemas.canonical import Identifier, PersonFacts
from schemas.contacts import PersonAsked
from schemas.vocab import Match

NOW = datetime(2026, 6, 15, 2, 10, tzinfo=UTC)
BOOKING = Identifier(system="urn:hub:jail:booking", value="B-2211")
MARCUS = PersonFacts(given="Marcus", family="Delgado", birth_date=date(1987, 4, 9), ssn="412558731")
TANYA = PersonFacts(given="Tanya", family="Whitfield", birth_date=date(1990, 2, 3))
ASKED = PersonAsked(given="Marcus", family="Delgado", birth_date=date(1987, 4, 9))


def client(number: int | str) -> Identifier:
    return Identifier(system="urn:hub:hmis:PersonalID", value=str(number))


def but(facts: PersonFacts, **changes: object) -> PersonFacts:
    return facts.model_copy(update=changes)


def hexed(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


def count(session: Session, table: type[PersonRow | ReviewRow | SubjectRow | TokenRow]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


@pytest.fixture(scope="module")
def index(server: str) -> Iterator[Engine]:
    """One database for all of these tests: none of them commits, so each finds it empty."""
    name = f"people_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE hub_template").format(sql.Identifier(name)))
    engine = db.connect(server.replace("/postgres?", f"/{name}?", 1))
    yield engine
    engine.dispose()


@pytest.fixture
def session(index: Engine) -> Iterator[Session]:
    with Session(index, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def people(session: Session, keys: Keys) -> People:
    return People(session, keys)


@pytest.fixture
def marcus(people: People) -> UUID:
    """Marcus as the shelter knows him."""
    return people.identify("shelter", client(1), MARCUS, at=NOW).person_id


class TestIdentify:
    def test_makes_a_person_of_somebody_new(self, people: People, marcus: UUID) -> None:
        tanya = people.identify("shelter", client(2), TANYA, at=NOW)

        assert tanya.outcome == "new"
        assert tanya.person_id != marcus

    def test_knows_a_subject_again_whatever_is_said_of_it(self, people: People, marcus: UUID) -> None:
        for facts in (MARCUS, None, but(MARCUS, given="Markus"), TANYA):
            assert people.identify("shelter", client(1), facts, at=NOW) == (marcus, "known", ())

    def test_links_what_another_source_says_of_the_same_person(self, people: People, marcus: UUID) -> None:
        linked = people.identify("jail", BOOKING, but(MARCUS, given="Marc", ssn=None), at=NOW)

        assert (linked.person_id, linked.outcome) == (marcus, "linked")
        assert "given name: nickname" in linked.reasons[0]

    def test_keeps_why_it_linked(self, session: Session, people: People, marcus: UUID) -> None:
        linked = people.identify("jail", BOOKING, MARCUS, at=NOW)
        row = session.exec(select(SubjectRow).where(SubjectRow.source == "jail")).one()

        assert (row.person_id, tuple(row.reasons)) == (marcus, linked.reasons)
        assert row.weight is not None
        assert row.weight > 8

    def test_takes_one_sources_key_for_nothing_at_another(self, people: People, marcus: UUID) -> None:
        assert people.identify("clinic", client(1), None, at=NOW).person_id != marcus

    def test_puts_the_doubtful_before_a_human_and_joins_nothing(
        self, session: Session, people: People, marcus: UUID
    ) -> None:
        doubtful = people.identify("jail", BOOKING, but(MARCUS, ssn="511229907"), at=NOW)
        review = session.exec(select(ReviewRow)).one()

        assert (doubtful.outcome, doubtful.reasons[0]) == ("review", "Social Security numbers differ.")
        assert {review.person_id, review.other_id} == {marcus, doubtful.person_id}
        assert review.reasons == list(doubtful.reasons)

    def test_keeps_twins_apart(self, session: Session, people: People, marcus: UUID) -> None:
        twin = people.identify("jail", BOOKING, but(MARCUS, given="Steven", ssn=None), at=NOW)

        assert (twin.outcome, count(session, ReviewRow)) == ("new", 0)
        assert twin.person_id != marcus

    def test_keeps_father_and_son_apart(self, people: People) -> None:
        father = people.identify("shelter", client(1), but(MARCUS, suffix="Sr", ssn=None), at=NOW)
        son = people.identify("jail", BOOKING, but(MARCUS, suffix="Jr", ssn=None), at=NOW)

        assert son.outcome == "review"
        assert son.person_id != father.person_id

    def test_links_hashed_names_by_number_and_birth_date_only(self, people: People, marcus: UUID) -> None:
        hashed = PersonFacts(given="9f8a01", family="77b1c2", birth_date=MARCUS.birth_date, hashed=True)

        assert people.identify("other", client(8), hashed, at=NOW).outcome == "new"
        assert people.identify("other", client(9), but(hashed, ssn="412558731"), at=NOW).person_id == marcus

    @pytest.mark.parametrize("digest", [hashlib.sha256, hashlib.sha1])
    def test_puts_a_hashed_name_with_a_birth_date_and_no_number_before_a_human(
        self, session: Session, people: People, marcus: UUID, digest: Callable[[bytes], Any]
    ) -> None:
        without = but(MARCUS, ssn=None, given=digest(b"M622").hexdigest(), family=digest(b"D423").hexdigest())
        doubtful = people.identify("other", client(8), but(without, hashed=True), at=NOW)
        review = session.exec(select(ReviewRow)).one()

        assert (doubtful.outcome, doubtful.reasons[0]) == ("review", "Names are known by their sound alone.")
        assert doubtful.person_id != marcus
        assert {review.person_id, review.other_id} == {marcus, doubtful.person_id}

    def test_finds_who_was_hashed_before_they_came_in_the_clear(self, session: Session, people: People) -> None:
        hashed = but(MARCUS, ssn=None, given=hexed("M622"), family=hexed("D423"), hashed=True)
        people.identify("other", client(8), hashed, at=NOW)

        assert people.identify("shelter", client(1), but(MARCUS, ssn=None), at=NOW).outcome == "review"
        assert count(session, ReviewRow) == 1

    @pytest.mark.parametrize(
        "other",
        [{"given": "S315"}, {"family": "R200"}, {"birth_date": date(1990, 1, 2)}],
        ids=["first name", "family name", "birth date"],
    )
    def test_takes_a_hashed_record_that_differs_for_somebody_new(
        self, session: Session, people: People, marcus: UUID, other: dict[str, Any]
    ) -> None:
        said = {"given": "M622", "family": "D423", **other}
        names = {name: hexed(said.pop(name)) for name in ("given", "family")}
        hashed = but(MARCUS, ssn=None, hashed=True, **{**said, **names})

        assert people.identify("other", client(8), hashed, at=NOW).outcome == "new"
        assert count(session, ReviewRow) == 0

    def test_does_not_compare_digests_as_names(self, people: People) -> None:
        hashed = PersonFacts(given="Marcus", family="Delgado", birth_date=MARCUS.birth_date, hashed=True)
        people.identify("shelter", client(1), hashed, at=NOW)

        assert people.identify("other", client(2), hashed, at=NOW).outcome == "new"

    def test_asks_a_human_when_facts_come_after_the_person(
        self, session: Session, people: People, marcus: UUID
    ) -> None:
        nameless = people.identify("jail", BOOKING, None, at=NOW)
        named = people.identify("jail", BOOKING, MARCUS, at=NOW)

        assert (nameless.outcome, named.outcome) == ("new", "known")
        assert named.person_id == nameless.person_id != marcus
        assert count(session, ReviewRow) == 1

    def test_replaces_what_a_source_said_before(self, session: Session, people: People, marcus: UUID) -> None:
        before = count(session, TokenRow)
        people.identify("shelter", client(1), TANYA, at=NOW + timedelta(days=1))

        assert people.facts_of(marcus) == [("shelter", TANYA)]
        assert people.find(ASKED).match is Match.NONE
        assert count(session, TokenRow) < before

    def test_does_not_go_back_to_what_was_said_earlier(self, people: People, marcus: UUID) -> None:
        people.identify("shelter", client(1), TANYA, at=NOW - timedelta(days=1))

        assert people.facts_of(marcus) == [("shelter", MARCUS)]

    def test_keeps_a_bucket_that_another_source_still_vouches_for(self, people: People, marcus: UUID) -> None:
        people.identify("jail", BOOKING, MARCUS, at=NOW)
        people.identify("shelter", client(1), TANYA, at=NOW + timedelta(days=1))

        assert people.find(ASKED).person_id == marcus


class TestIdentifyMany:
    def test_says_the_same_as_one_by_one(self, people: People, marcus: UUID) -> None:
        doubtful = but(MARCUS, ssn="511229907")
        told = [(client(1), MARCUS), (client(2), TANYA), (client(3), doubtful), (client(4), None)]

        outcomes = [identified.outcome for identified in people.identify_many("clinic", told, at=NOW)]

        assert outcomes == ["linked", "new", "review", "new"]

    def test_sees_one_person_twice_in_one_batch(self, people: People) -> None:
        first, second = people.identify_many("shelter", [(client(1), MARCUS), (client(2), MARCUS)], at=NOW)

        assert (first.outcome, second.outcome) == ("new", "linked")
        assert first.person_id == second.person_id

    def test_takes_a_subject_that_is_told_of_twice_for_one(self, session: Session, people: People) -> None:
        told = [(client(1), None), (client(2), TANYA), (client(1), MARCUS)]

        first, _, again = people.identify_many("shelter", told, at=NOW)

        assert first == again
        assert people.facts_of(first.person_id) == [("shelter", MARCUS)]
        assert count(session, PersonRow) == 2

    def test_of_the_same_again_changes_nothing(self, session: Session, people: People) -> None:
        told = [(client(1), MARCUS), (client(2), TANYA), (client(3), None)]
        before = people.identify_many("shelter", told, at=NOW)
        sizes = [count(session, table) for table in (PersonRow, SubjectRow, TokenRow, ReviewRow)]

        again = people.identify_many("shelter", told, at=NOW + timedelta(days=1))

        assert [one.person_id for one in again] == [one.person_id for one in before]
        assert {one.outcome for one in again} == {"known"}
        assert [count(session, table) for table in (PersonRow, SubjectRow, TokenRow, ReviewRow)] == sizes

    def test_of_nobody_does_nothing(self, session: Session, people: People) -> None:
        assert people.identify_many("shelter", [], at=NOW) == []
        assert count(session, PersonRow) == 0

    def test_needs_no_more_statements_for_more_people(self, session: Session, people: People) -> None:
        few = self._statements(session, people, source="a", size=100)

        assert self._statements(session, people, source="b", size=300) == few

    def _statements(self, session: Session, people: People, *, source: str, size: int) -> int:
        seen: list[str] = []
        told = [(client(n), but(TANYA, birth_date=date(1950, 1, 2) + timedelta(days=n))) for n in range(size)]
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
        people.identify_many(source, told, at=NOW)
        return len(seen)

    def test_does_not_compare_all_who_share_a_placeholder(self, people: People) -> None:
        placeholder = PersonFacts(ssn="412558731")
        people.identify_many("shelter", [(client(n), placeholder) for n in range(60)], at=NOW)

        assert people.identify("jail", BOOKING, placeholder, at=NOW).outcome == "new"


class TestTakeTurns:
    """Eight workers who meet the same unknown people at once."""

    WORKERS = 8

    def _together(self, engine: Engine, keys: Keys, batch: int) -> list[UUID]:
        crowd = [but(MARCUS, ssn=None, birth_date=date(1950, 1, 2) + timedelta(days=40 * n)) for n in range(12)]
        ready = Barrier(self.WORKERS)

        def work(worker: int) -> list[UUID]:
            told = [(client(n), facts) for n, facts in enumerate(crowd)]
            ready.wait()
            found: list[UUID] = []
            for start in range(0, len(told), batch):
                with db.transaction(engine) as session:
                    part = People(session, keys).identify_many(f"source-{worker}", told[start : start + batch], at=NOW)
                    found.extend(one.person_id for one in part)
            return found

        with ThreadPoolExecutor(self.WORKERS) as pool:
            return [one for found in pool.map(work, range(self.WORKERS)) for one in found]

    @pytest.mark.parametrize("batch", [1, 12], ids=["token by token", "whole index"])
    def test_makes_each_person_once(self, engine: Engine, keys: Keys, batch: int) -> None:
        found = self._together(engine, keys, batch)

        assert len(found) == 12 * self.WORKERS
        assert len(set(found)) == 12
        with Session(engine) as session:
            assert count(session, PersonRow) == 12


class TestKnown:
    def test_gives_those_of_whom_the_source_has_spoken(self, people: People, marcus: UUID) -> None:
        assert people.known("shelter", [client(1), client(2)]) == {client(1): marcus}
        assert people.known("jail", [client(1)]) == {}
        assert people.known("shelter", []) == {}


class TestFind:
    def test_finds_by_name_and_birth_date(self, people: People, marcus: UUID) -> None:
        found = people.find(ASKED)

        assert (found.match, found.person_id, found.candidates) == (Match.UNIQUE, marcus, 1)

    @pytest.mark.parametrize("changes", [{"given": "Marc"}, {"given": "Markus"}, {"family": "Delgato"}])
    def test_forgives_one_slip(self, people: People, marcus: UUID, changes: dict[str, str]) -> None:
        assert people.find(ASKED.model_copy(update=changes)).person_id == marcus

    @pytest.mark.parametrize(
        ("changes", "match"),
        [
            ({"given": "Steven"}, Match.NONE),
            ({"birth_date": None}, Match.NONE),
            ({"birth_date": date(1987, 4, 19)}, Match.AMBIGUOUS),
            ({"given": None}, Match.AMBIGUOUS),
            ({"ssn_last4": "8732"}, Match.AMBIGUOUS),
        ],
    )
    def test_names_nobody_in_doubt(
        self, people: People, marcus: UUID, changes: dict[str, object], match: Match
    ) -> None:
        found = people.find(ASKED.model_copy(update=changes))

        assert (found.match, found.person_id) == (match, None)

    def test_finds_by_name_and_last_four_digits(self, people: People, marcus: UUID) -> None:
        asked = PersonAsked(given="Marcus", family="Delgado", ssn_last4="8731")

        assert people.find(asked).person_id == marcus
        assert people.find(asked.model_copy(update={"given": "Steven"})).person_id is None

    def test_of_a_stranger_finds_nobody(self, people: People, marcus: UUID) -> None:
        found = people.find(PersonAsked(given="Ana", family="Reyes", birth_date=date(1980, 5, 6)))

        assert (found.match, found.person_id, found.candidates) == (Match.NONE, None, 0)

    def test_does_not_choose_between_two_with_one_name_and_birth_date(self, people: People, marcus: UUID) -> None:
        people.identify("jail", BOOKING, but(MARCUS, ssn="511229907"), at=NOW)

        found = people.find(ASKED)

        assert (found.match, found.person_id, found.candidates) == (Match.AMBIGUOUS, None, 2)

    def test_finds_the_twin_that_is_asked_for(self, people: People, marcus: UUID) -> None:
        twin = people.identify("jail", BOOKING, but(MARCUS, given="Steven", ssn=None), at=NOW)

        assert people.find(ASKED).person_id == marcus
        assert people.find(ASKED.model_copy(update={"given": "Steve"})).person_id == twin.person_id

    def test_asks_the_same_of_the_database_for_a_stranger(self, session: Session, people: People, marcus: UUID) -> None:
        seen: list[str] = []
        event.listen(session.connection(), "before_cursor_execute", lambda *args: seen.append(args[2]))

        people.find(ASKED)
        known, seen[:] = list(seen), []
        people.find(PersonAsked(given="Ana", family="Reyes", birth_date=date(1980, 5, 6)))

        assert seen == known


class TestFindByIdentifier:
    @pytest.fixture(params=["subject", "facts"])
    def booked(self, request: pytest.FixtureRequest, people: People) -> UUID:
        """Marcus, whose booking number the jail uses as its own key, or tells among his identifiers."""
        if request.param == "subject":
            return people.identify("jail", BOOKING, MARCUS, at=NOW).person_id
        facts = but(MARCUS, identifiers=(BOOKING,))
        return people.identify("jail", Identifier(system="urn:hub:jail:person", value="7"), facts, at=NOW).person_id

    @pytest.mark.parametrize(
        "asked",
        [
            PersonAsked(identifiers=(BOOKING,)),
            PersonAsked(identifiers=(BOOKING,), given="Marc"),
            PersonAsked(identifiers=(BOOKING,), given="Marcus", birth_date=date(1961, 12, 30)),
        ],
    )
    def test_is_enough_where_nothing_contradicts(self, people: People, booked: UUID, asked: PersonAsked) -> None:
        assert people.find(asked).person_id == booked

    @pytest.mark.parametrize(
        ("asked", "match"),
        [
            (PersonAsked(identifiers=(BOOKING,), given="Steven", family="Delgado"), Match.AMBIGUOUS),
            (PersonAsked(identifiers=(BOOKING,), birth_date=date(1961, 12, 30)), Match.AMBIGUOUS),
            (PersonAsked(identifiers=(Identifier(system="urn:x", value="B-2211"),)), Match.NONE),
        ],
    )
    def test_is_not_where_something_does(self, people: People, booked: UUID, asked: PersonAsked, match: Match) -> None:
        assert people.find(asked)[:2] == (match, None)

    def test_finds_a_subject_of_whom_nothing_else_is_known(self, people: People) -> None:
        nameless = people.identify("jail", BOOKING, None, at=NOW)

        assert people.find(PersonAsked(identifiers=(BOOKING,))).person_id == nameless.person_id

    def test_does_not_choose_between_two_sources_that_use_one_key(self, people: People) -> None:
        people.identify("shelter", client(1), MARCUS, at=NOW)
        people.identify("clinic", client(1), TANYA, at=NOW)

        assert people.find(PersonAsked(identifiers=(client(1),))).match is Match.AMBIGUOUS
        assert people.find(PersonAsked(identifiers=(client(1),), given="Tanya")).match is Match.UNIQUE


class TestFactsOf:
    def test_gives_what_each_source_says_the_latest_last(self, people: People, marcus: UUID) -> None:
        jailed = but(MARCUS, given="Marc")
        people.identify("jail", BOOKING, jailed, at=NOW + timedelta(days=1))

        assert people.facts_of(marcus) == [("shelter", MARCUS), ("jail", jailed)]

    def test_of_a_person_of_whom_nothing_is_said_is_empty(self, people: People) -> None:
        assert people.facts_of(people.identify("jail", BOOKING, None, at=NOW).person_id) == []

    def test_of_nobody_says_not_found(self, people: People) -> None:
        with pytest.raises(NotFound):
            people.facts_of(uuid4())


class TestSealer:
    def test_opens_what_it_sealed_and_nobody_elses(self, people: People, marcus: UUID) -> None:
        tanya = people.identify("shelter", client(2), TANYA, at=NOW).person_id
        sealers = people.sealers([marcus, tanya])
        sealed = sealers[marcus].seal(b"a note", "note|1")

        assert people.sealer(marcus).open(sealed, "note|1") == b"a note"
        with pytest.raises(Broken):
            sealers[tanya].open(sealed, "note|1")

    def test_of_nobody_says_not_found(self, people: People, marcus: UUID) -> None:
        with pytest.raises(NotFound):
            people.sealers([marcus, uuid4()])


def test_the_database_holds_nothing_that_can_be_read(session: Session, people: People) -> None:
    """Not in any table or column of the index, in plain bytes or letters."""
    planted = PersonFacts(
        given="Zebulon",
        family="Quackenbush",
        birth_date=date(1971, 8, 23),
        ssn="733918264",
        phones=("5550147733",),
        address="9 Plumtree Court",
        identifiers=(Identifier(system="urn:hub:jail:booking", value="BK-77123"),),
    )
    people.identify("shelter", client("PERSONAL-99"), planted, at=NOW)
    people.identify("jail", client("PERSONAL-98"), but(planted, ssn="733918265"), at=NOW)
    people.identify("clinic", client("PERSONAL-97"), planted, at=NOW)
    words = ["zebulon", "quackenbush", "1971-08-23", "733918264", "5550147733", "plumtree", "bk-77123", "personal-9"]

    for table in ("person", "person_token", "person_subject", "person_review"):
        rows = session.connection().execute(text(f"SELECT * FROM {table}")).all()  # a name of ours
        written = b" ".join(bytes(v) if isinstance(v, bytes) else str(v).encode() for row in rows for v in row).lower()
        assert rows
        assert not [word for word in words if word.encode() in written], table


def test_sealed_facts_do_not_open_in_another_place(session: Session, people: People, marcus: UUID) -> None:
    tanya = people.identify("shelter", client(2), TANYA, at=NOW).person_id
    swap = "UPDATE person_subject SET sealed_facts = (SELECT sealed_facts FROM person_subject WHERE person_id = :one)"
    session.connection().execute(text(f"{swap} WHERE person_id = :other"), {"one": marcus, "other": tanya})

    with pytest.raises(Broken):
        people.facts_of(tanya)
