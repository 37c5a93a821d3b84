"""What homeless services hold back: adding a mark, an embargo, a safe house or a revocation never opens a door."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from consent.engine import decide
from schemas.disclosure import Case, InHmis, Piece
from schemas.vocab import Funding
from tests.consent.test_engine import STORIES, assert_no_wider

HOMELESS = [case for case in STORIES if any(piece.hmis is not None for piece in case.request.records)]
some_story = st.sampled_from(HOMELESS)
few = settings(max_examples=120, deadline=None)


def marked(piece: Piece, **marks: Any) -> Piece:
    return piece if piece.hmis is None else piece.model_copy(update={"hmis": piece.hmis.model_copy(update=marks)})


def remarked(case: Case, **marks: Any) -> Case:
    records = tuple(marked(piece, **marks) for piece in case.request.records)
    return case.model_copy(update={"request": case.request.model_copy(update={"records": records})})


def with_embargo(case: Case, days: int) -> Case:
    policies = case.facts.policies
    if policies.hmis is None:
        return case
    held_back = policies.hmis.model_copy(update={"embargo_days": max(days, policies.hmis.embargo_days)})
    changed = policies.model_copy(update={"hmis": held_back})
    return case.model_copy(update={"facts": case.facts.model_copy(update={"policies": changed})})


class TestNothingOpens:
    @few
    @given(some_story)
    def test_by_marking_somebody_private(self, case: Case) -> None:
        after = remarked(case, private=True)

        assert_no_wider(decide(after.request, after.facts), decide(case.request, case.facts))

    @few
    @given(some_story)
    def test_when_a_project_turns_out_to_serve_victims(self, case: Case) -> None:
        after = remarked(case, for_victims=True)

        assert_no_wider(decide(after.request, after.facts), decide(case.request, case.facts))

    @few
    @given(some_story, st.sets(st.sampled_from(Funding)))
    def test_when_a_project_wins_a_grant(self, case: Case, grants: set[Funding]) -> None:
        records = tuple(
            marked(piece, funding=(piece.hmis or InHmis()).funding | grants) for piece in case.request.records
        )
        request = case.request.model_copy(update={"records": records})

        assert_no_wider(decide(request, case.facts), decide(case.request, case.facts))

    @few
    @given(some_story, st.integers(0, 366), st.integers(0, 366))
    def test_by_an_embargo_or_a_longer_one_whenever_the_person_became_known(
        self, case: Case, days: int, ago: int
    ) -> None:
        before = remarked(case, known_since=case.request.at - timedelta(ago))
        after = with_embargo(before, days)

        assert_no_wider(decide(after.request, after.facts), decide(before.request, before.facts))

    @few
    @given(some_story, st.integers(1, 366))
    def test_to_who_became_known_later(self, case: Case, ago: int) -> None:
        long_known = with_embargo(remarked(case, known_since=case.request.at - timedelta(ago)), 30)
        new, of_no_day = (remarked(long_known, known_since=since) for since in (case.request.at, None))
        known = decide(long_known.request, long_known.facts)

        assert_no_wider(decide(new.request, new.facts), known)
        assert_no_wider(decide(of_no_day.request, of_no_day.facts), known)
