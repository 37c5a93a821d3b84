"""The texts that travel: the regulation's statement of the day, and the scope of the consent, no wider than it is."""

from datetime import date, timedelta

import pytest

from consent.engine import decide
from consent.leaving.notices import notices
from consent.leaving.reliance import Reliance, Scope, reliance
from consent.leaving.statements import EDITIONS, STATEMENT_1, STATEMENT_2, statement
from schemas.disclosure import Case, PieceDecision
from schemas.instruments import (
    ClassOfPersons,
    Expiration,
    NamedOrganization,
    NamedRecipient,
    NeverExpires,
    OnDate,
    OnEvent,
    ThroughIntermediary,
)
from schemas.vocab import Event, Field, Obligation, Outcome, Purpose, RecipientClass
from schemas.vocab.leaving import Room
from tests.consent.stories import stories

TODAY = date(2026, 6, 15)
FOREVER = NeverExpires(none=True)
LAST_DAY_OF_OLD_RULE = date(2024, 4, 15)
BY_ID = {case.id: case for case in stories()}


def text(owed: Obligation, *, on: date = TODAY, room: Room = Room.AMPLE, scopes: tuple[Scope, ...] = ()) -> str:
    told = notices((owed,), (Field.LAST_DOSE,), on=on, room=room, scopes=scopes)
    assert told is not None
    return "\n".join(notice.text for notice in told)


class TestStatement:
    @pytest.mark.parametrize(("room", "said"), [(Room.AMPLE, STATEMENT_1), (Room.SCANT, STATEMENT_2)])
    def test_is_the_one_in_force_and_as_long_as_fits(self, room: Room, said: str) -> None:
        assert text(Obligation.PART2_NOTICE, room=room) == said

    @pytest.mark.parametrize("edition", EDITIONS)
    def test_is_that_of_the_day_on_either_side_of_every_change(self, edition: tuple[date, str, str | None]) -> None:
        since, long, short = edition
        before = [one for one in EDITIONS if one.since < since]

        assert (statement(since, Room.AMPLE), statement(since, Room.SCANT)) == (long, short)
        assert statement(since - timedelta(days=1), Room.AMPLE) == (before[-1].long if before else None)

    def test_spoke_until_2024_of_further_disclosure_and_not_of_proceedings(self) -> None:
        old = text(Obligation.PART2_NOTICE, on=LAST_DAY_OF_OLD_RULE)

        assert "any further disclosure of this record" in old
        assert "legislative proceedings" not in old
        assert "legislative proceedings" in text(Obligation.PART2_NOTICE, on=date(2024, 4, 16))

    def test_was_short_without_a_word_on_use_until_2024(self) -> None:
        said = "42 CFR part 2 prohibits unauthorized disclosure of these records."

        assert text(Obligation.PART2_NOTICE, on=LAST_DAY_OF_OLD_RULE, room=Room.SCANT) == said

    def test_is_none_where_the_rule_of_the_day_had_none_that_fits(self) -> None:
        owed = (Obligation.PART2_NOTICE,)

        assert notices(owed, (), on=date(2018, 2, 1), room=Room.SCANT) is None
        assert notices(owed, (), on=date(2018, 2, 2), room=Room.SCANT) is not None


def scope(
    to: NamedRecipient,
    expiration: Expiration | None = FOREVER,
    fields: tuple[Field, ...] = (Field.LAST_DOSE,),
) -> Scope:
    return Scope("c1", (to,), (Purpose.TREAT, Purpose.HOPERAT), expiration, fields)


CLASS = ClassOfPersons(class_of_persons=RecipientClass.TREATING_PROVIDERS)


class TestScopeOfTheConsent:
    @pytest.mark.parametrize(
        ("to", "said"),
        [
            (NamedOrganization(organization="night-owl-crisis"), "tells you, by name,"),
            (CLASS, "tells you, as one of a class it names (my treating providers),"),
            (
                ThroughIntermediary(intermediary="hub", participants=(CLASS,)),
                "as a participant of the exchange it names",
            ),
        ],
    )
    def test_says_how_it_means_the_recipient_and_names_nobody(self, to: NamedRecipient, said: str) -> None:
        told = text(Obligation.CONSENT_COPY, scopes=(scope(to),))

        assert said in told
        assert "night-owl" not in told

    @pytest.mark.parametrize(
        ("expiration", "said"),
        [
            (OnDate(date=date(2026, 12, 31)), "until 2026-12-31 included"),
            (OnEvent(event=Event.END_OF_TREATMENT, occurred_on=None), "until this event: end of the treatment"),
            (NeverExpires(none=True), "until it is revoked"),
            (None, "until it is revoked"),
        ],
    )
    def test_says_how_long_it_lasts(self, expiration: Expiration | None, said: str) -> None:
        assert said in text(Obligation.CONSENT_COPY, scopes=(scope(CLASS, expiration),))

    def test_says_what_for_and_which_of_the_fields_told(self) -> None:
        told = text(Obligation.CONSENT_COPY, scopes=(scope(CLASS),))

        assert "for treatment, health care operations," in told
        assert "Told within that consent: last dose and time" in told

    def test_is_told_for_each_consent_relied_on(self) -> None:
        told = text(Obligation.CONSENT_COPY, scopes=(scope(CLASS), scope(CLASS, OnDate(date=TODAY))))

        assert told.count("The person consented in writing") == 2

    def test_is_the_bare_one_where_the_papers_are_not_known_or_describe_nothing_told(self) -> None:
        bare = text(Obligation.CONSENT_COPY)

        assert "no more than: last dose and time" in bare
        assert text(Obligation.CONSENT_COPY, scopes=(scope(CLASS, fields=()),)) == bare

    def test_is_owed_for_a_consent_alone(self) -> None:
        assert text(Obligation.PART2_ACCOUNTING, scopes=(scope(CLASS),)) == ""


def relied_on(case: Case, place: int = 0) -> Reliance:
    decided = decide(case.request, case.facts).records[place]
    return reliance(case.request, case.facts, case.request.records[place], decided)


RELEASING = [
    (case, place)
    for case in BY_ID.values()
    for place, piece in enumerate(decide(case.request, case.facts).records)
    if piece.outcome in {Outcome.PERMIT, Outcome.LIMIT}
]


class TestReliance:
    def test_on_a_written_consent_is_found_whenever_its_explanation_is_owed(self) -> None:
        for case, place in RELEASING:
            owed = decide(case.request, case.facts).records[place].obligations
            found = relied_on(case, place)

            assert bool(found.scopes) or Obligation.CONSENT_COPY not in owed, case.id
            assert bool(found.process) or Obligation.WITHIN_ORDER not in owed, case.id

    def test_never_tells_of_more_than_is_released_or_than_was_consented_to(self) -> None:
        for case, place in RELEASING:
            released = set(decide(case.request, case.facts).records[place].fields_released)
            papers = {paper.id: paper for paper in case.facts.consents}

            for one in relied_on(case, place).scopes:
                assert set(one.fields) <= released, case.id
                assert set(one.purposes) <= set(papers[one.consent].purposes), case.id
                assert set(one.to) <= set(papers[one.consent].recipients), case.id

    def test_passes_over_a_paper_that_the_release_does_not_need(self) -> None:
        case = BY_ID["treatment-by-treating-team"]

        assert relied_on(case) == Reliance()

    def test_is_on_the_posted_notice_where_consent_is_inferred(self) -> None:
        inferred = [case for case, place in RELEASING if relied_on(case, place).privacy_notice]

        assert inferred
        assert all(case.facts.policies.hmis is not None for case in inferred)


def test_a_decision_keeps_its_texts_whatever_was_decided() -> None:
    """Every text is that of its obligation and says something."""
    decided = PieceDecision(id="r1", outcome=Outcome.LIMIT, obligations=tuple(Obligation))
    told = notices(decided.obligations, (Field.LAST_DOSE,), on=TODAY)

    assert told is not None
    assert all(notice.text for notice in told)
