"""The terms of sharing are kept between questions, and never used once they were changed."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, text
from sqlmodel import Session

from hub.store.db import transaction
from hub.store.directory import Directory, ParticipantRow
from hub.store.terms import terms
from schemas.instruments import Agreement, HmisPolicy, Policies, PrivacyNotice
from schemas.vocab import AgreementKind, Capacity, Field, LawEnforcementDoor, Purpose, SharingBasis

AGREEMENT = Agreement(kind=AgreementKind.HMIS_DATA_SHARING, parties=("hub", "lead"), since=date(2026, 1, 1), until=None)


A_DAY = timedelta(days=1)


def hmis(
    notice: str,
    *,
    since: date | None = None,
    until: date | None = None,
    doors: tuple[LawEnforcementDoor, ...] = (),
) -> Policies:
    """Policies of homeless services under that posted notice."""
    policy = HmisPolicy(
        sharing_within=SharingBasis.INFERRED,
        external_sharing=SharingBasis.WRITTEN,
        notice=PrivacyNotice(version=notice, recipients=(Capacity.CRISIS_PROVIDER,), purposes=(Purpose.COC,)),
        shared_fields=(Field.NAME,),
        law_enforcement_doors=doors,
        since=since,
        until=until,
    )
    return Policies(hmis=policy)


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

    def test_hold_the_homeless_services_policy_of_the_day(self, engine: Engine) -> None:
        july, october = date(2026, 7, 1), date(2026, 10, 1)
        court = (LawEnforcementDoor.COURT_PROCESS,)
        with transaction(engine) as session:
            directory = Directory(session)
            directory.lay_down(
                hmis("2026.1", until=date(2026, 9, 30), doors=court), at=datetime(2026, 1, 1, tzinfo=UTC)
            )
            directory.lay_down(hmis("2026.2", since=july), at=datetime(2026, 2, 1, tzinfo=UTC))
            known = terms(session)
            before, after = (known.policies_on(day).hmis for day in (july - A_DAY, july))
            assert before is not None
            assert (before.notice.version, before.law_enforcement_doors) == ("2026.1", court)
            assert after is not None
            assert (after.notice.version, after.law_enforcement_doors) == ("2026.2", ())

            directory.lay_down(hmis("2026.3", since=july, until=october - A_DAY), at=datetime(2026, 3, 1, tzinfo=UTC))
            corrected = terms(session)
            assert [one and one.notice.version for one in map(corrected.hmis_on, (july - A_DAY, july))] == [
                "2026.1",
                "2026.3",
            ]
            assert corrected.hmis_on(october - A_DAY) is not None
            assert corrected.hmis_on(october) is None, "none that was replaced comes back"

    def test_hold_the_newest_policies(self, engine: Engine) -> None:
        with transaction(engine) as session:
            Directory(session).lay_down(Policies(), at=datetime(2026, 1, 1, tzinfo=UTC))
            assert terms(session).policies == Policies()
