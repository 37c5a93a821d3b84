"""What the rules of states say of themselves, to officers and sources."""

from collections.abc import Iterator
from typing import Any

import pytest

from consent.engine import decide
from schemas.disclosure import Case, Step, Verdict
from schemas.instruments import Facts, Policies, StatePack
from schemas.overlays import Overlay, Then, Unless, When
from schemas.vocab import Category, Obligation, StateForm
from tests.consent.stories import stories

TOLD = {case.id: case for case in stories()}


def overlay_step(*overlays: Overlay) -> Step:
    """What `state.overlay` says to one who asks for a hospital's record, with these rules of the state."""
    case: Case = TOLD["overlay-of-a-category"]
    pack = StatePack(jurisdiction="US-XX", overlays=overlays)
    facts: Facts = case.facts.model_copy(update={"policies": Policies(state_packs=(pack,))})
    (piece,) = decide(case.request, facts).records
    (step,) = (step for step in piece.trace if step.rule == "state.overlay")
    return step


def overlay(name: str, then: Then | None = None, **unless: Any) -> Overlay:
    return Overlay(
        id=name,
        words=f"The rule {name}.",
        cite=f"statute {name}",
        when=When(categories=(Category.MENTAL_HEALTH,)),
        unless=Unless.model_validate(unless),
        then=then or Then(withhold=True),
    )


class TestOverlay:
    def test_that_speaks_is_told_in_its_own_words_with_its_own_law(self) -> None:
        step = overlay_step(overlay("one"), overlay("two", recipients=("covered-entity",)), overlay("three"))

        assert step.verdict is Verdict.NARROWS
        assert step.because == "The rule one. (statute one) The rule three. (statute three)"

    def test_that_yields_is_not_told(self) -> None:
        step = overlay_step(overlay("one", recipients=("covered-entity",)))

        assert (step.verdict, step.would_help) == (Verdict.DOES_NOT_APPLY, None)

    @pytest.mark.parametrize(
        ("unless", "help_"),
        [
            ({}, "Nothing that could be filed."),
            ({"written_consent": True}, "A written consent."),
            ({"court_order": True, "recipient_treats": True}, "A recipient that treats the person, or a court order."),
            ({"emergency": True}, "An attested emergency."),
            ({"state_forms": (StateForm.US_CA_5328,)}, "The state's own form."),
            ({"expressly_covers": ("RHY",)}, "A consent that expressly covers it."),
        ],
    )
    def test_says_what_it_would_yield_to(self, unless: dict[str, Any], help_: str) -> None:
        assert overlay_step(overlay("one", **unless)).would_help == help_

    def test_says_so_once_for_several(self) -> None:
        rules = (overlay("one", written_consent=True), overlay("two", written_consent=True), overlay("three"))

        assert overlay_step(*rules).would_help == "A written consent. Nothing that could be filed."

    def test_that_only_asks_for_more_needs_no_help(self) -> None:
        step = overlay_step(overlay("one", Then(owe=(Obligation.CARRY_LABELS,)), written_consent=True))

        assert (step.fields, step.would_help) == (frozenset(), None)


def steps_of(rule: str) -> Iterator[tuple[str, Step]]:
    for case in TOLD.values():
        for piece in decide(case.request, case.facts).records:
            yield from ((case.id, step) for step in piece.trace if step.rule == rule)


@pytest.mark.parametrize("rule", ["state.not-loaded", "state.us-ca-5328", "state.us-ny-27-f"])
def test_a_rule_of_code_that_holds_back_says_what_would_help(rule: str) -> None:
    silent = [story for story, step in steps_of(rule) if step.verdict is Verdict.NARROWS and not step.would_help]

    assert silent == []
