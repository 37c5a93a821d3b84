"""The terms of sharing are kept between questions, and never used once they were changed."""

from datetime import UTC, date, datetime

from sqlalchemy import Engine, text
from sqlmodel import Session

from hub.store.db import transaction
from hub.store.directory import Directory, ParticipantRow
from hub.store.terms import terms
from schemas.instruments import Agreement, Policies
from schemas.vocab import AgreementKind, Capacity

AGREEMENT = Agreement(kind=AgreementKind.HMIS_DATA_SHARING, parties=("hub", "lead"), since=date(2026, 1, 1), until=None)


def participant(slug: str, administered_by: str | None = None) -> ParticipantRow:
    return ParticipantRow(
        slug=slug, name=slug, capacities=[Capacity.HMIS_PARTICIPANT.value], administered_by=administered_by
    )


class TestTerms:
    def test_are_the_same_until_something_changes(self, engine: Engine) -> None:
        with transaction(engine) as session:
            Directory(session).add(participant("lead"))
        with Session(engine) as session:
            assert terms(session) is terms(session)

    def test_show_an_agreement_as_soon_as_it_is_filed(self, engine: Engine) -> None:
        with transaction(engine) as session:
            Directory(session).add(participant("lead"))
            before = terms(session).agreements
            Directory(session).agree(AGREEMENT)
            assert (before, terms(session).agreements) == ((), (AGREEMENT,))

    def test_follow_a_change_that_was_made_past_this_code(self, engine: Engine) -> None:
        with transaction(engine) as session:
            Directory(session).agree(AGREEMENT)
            assert terms(session).agreements
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM agreement"))
        with Session(engine) as session:
            assert not terms(session).agreements

    def test_of_a_transaction_that_came_to_nothing_are_forgotten(self, engine: Engine) -> None:
        with Session(engine) as session:
            Directory(session).agree(AGREEMENT)
            assert terms(session).agreements
            session.rollback()
            assert not terms(session).agreements

    def test_bind_the_agencies_for_which_an_hmis_lead_signs(self, engine: Engine) -> None:
        with transaction(engine) as session:
            directory = Directory(session)
            directory.add(participant("lead"))
            directory.add(participant("shelter", administered_by="lead"))
            directory.add(participant("clinic"))
            directory.agree(AGREEMENT)
            assert terms(session).agreements[0].parties == ("hub", "lead", "shelter")

    def test_hold_the_newest_policies(self, engine: Engine) -> None:
        with transaction(engine) as session:
            Directory(session).lay_down(Policies(), at=datetime(2026, 1, 1, tzinfo=UTC))
            assert terms(session).policies == Policies()
