"""What lies on the table, and what a description reaches: seen on the question itself."""

from typing import Any

import pytest

from consent.given import Given, by_piece
from consent.question import Asked, Question
from schemas.disclosure import DisclosureRequest
from schemas.instruments import Described, Everything, Facts
from schemas.vocab import Field, StateMandate

CHART = {"id": "r1", "source": {"organization": "clinic", "capacities": ["covered-entity"]}}
CHILD_ABUSE = {"jurisdiction": "US-CA", "mandates": ["child-abuse"]}


def question(
    contents: dict[str, list[str]] | None = None,
    packs: tuple[dict[str, Any], ...] = (),
    piece: dict[str, Any] | None = None,
    **request: Any,
) -> Question:
    asked = {
        "at": "2026-06-15T10:00:00-05:00",
        "channel": "query",
        "purpose": "TREAT",
        "recipient": {"organization": "ward", "capacities": [], "role": "clinician", "identity_verified": True},
        "subject": {"match": "unique"},
        "records": [CHART | {"contents": contents or {"general-health": ["diagnosis"]}} | (piece or {})],
    }
    found = DisclosureRequest.model_validate(asked | request)
    facts = Facts.model_validate({"policies": {"state_packs": packs}})
    return Question(Asked(found, facts), found.records[0])


class TestGiven:
    @pytest.mark.parametrize(
        ("jurisdictions", "in_play"), [([], False), (["US"], False), (["US-CA"], True), (["US", "US-CA"], True)]
    )
    def test_holds_a_state_where_one_is_in_play(self, jurisdictions: list[str], in_play: bool) -> None:
        assert (Given.STATE in question(jurisdictions=jurisdictions).given) is in_play

    @pytest.mark.parametrize("notes", ["psychotherapy-notes", "sud-counseling-notes"])
    def test_holds_notes_where_the_piece_has_some(self, notes: str) -> None:
        assert Given.NOTES in by_piece(question({notes: ["session-notes"]}).piece)
        assert Given.NOTES not in by_piece(question().piece)


class TestADescription:
    BOTH = {"general-health": ["diagnosis"], "sud-counseling-notes": ["session-notes"]}  # noqa: RUF012 - never changed

    def test_of_everything_reaches_no_notes(self) -> None:
        everything = Everything(all=True)

        assert question(self.BOTH).described(everything) == {Field("diagnosis")}
        assert question(self.BOTH, piece={"separated_notes": "sud-counseling"}).described(everything) == set()

    def test_that_is_missing_reaches_nothing(self) -> None:
        assert question().described(None) == set()

    def test_by_name_reaches_notes_too(self) -> None:
        named = Described.model_validate({"fields": ["session-notes"]})

        assert question(self.BOTH).described(named) == {Field("session-notes")}


@pytest.mark.parametrize("covered", [True, False])
def test_a_paper_is_judged_knowing_whether_the_recipient_is_covered(covered: bool) -> None:
    recipient = {
        "organization": "ward",
        "capacities": ["covered-entity"] if covered else [],
        "role": "clinician",
        "identity_verified": True,
    }

    assert question(recipient=recipient).circumstances.to_covered is covered


class TestAMandate:
    STATES = ("US-CA", "US-NV")

    def test_of_one_state_in_play_is_enough(self) -> None:
        q = question(packs=(CHILD_ABUSE, {"jurisdiction": "US-NV"}), jurisdictions=self.STATES)

        assert q.state_demands(StateMandate.CHILD_ABUSE)
        assert not q.state_demands(StateMandate.ELDER_ABUSE)

    def test_of_another_state_is_none(self) -> None:
        q = question(packs=(CHILD_ABUSE,), jurisdictions=("US-NV",))

        assert not q.state_demands(StateMandate.CHILD_ABUSE)
