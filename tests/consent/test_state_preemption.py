"""Whatever a state writes, it opens nothing of a substance use program or of a victim service (42 CFR 2.20)."""

from itertools import product
from typing import Any, NamedTuple, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.cases import read_cases
from consent.engine import decide
from consent.provenance import regimes_of
from schemas.disclosure import Case, Piece
from schemas.frozen import Frozen
from schemas.instruments import MinorConsentAges, StatePack
from schemas.overlays import LOOSENING, Overlay, Then, Unless, When
from schemas.vocab import (
    Capacity,
    Category,
    Channel,
    ExpressCover,
    Field,
    Obligation,
    ParentAccess,
    Purpose,
    Regime,
    Relationship,
    StateForm,
    StateMandate,
    StateRule,
    Team,
)
from schemas.vocab.word import Word
from tests.consent.stories import shared_cases, stories

STATE = "US-XX"
Value = TypeVar("Value", bound=Frozen)


def some(words: type[Word], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(words), min_size=least, max_size=4, unique=True).map(tuple)


def some_or_none(words: type[Word]) -> st.SearchStrategy[tuple[Any, ...] | None]:
    return st.none() | some(words, 1)


whens = st.builds(
    When,
    categories=some_or_none(Category),
    fields=some_or_none(Field),
    sources=some_or_none(Capacity),
    recipients=some_or_none(Capacity),
    purposes=some_or_none(Purpose),
    channels=some_or_none(Channel),
)
unlesses = st.builds(
    Unless, recipients=some(Capacity), state_forms=some(StateForm), expressly_covers=some(ExpressCover)
) | st.builds(Unless)
owed = st.lists(st.sampled_from(sorted(set(Obligation) - LOOSENING)), max_size=3).map(tuple)
thens = st.just(Then(withhold=True)) | st.builds(Then, limit_to=some(Field, 1), owe=owed)
overlays = st.builds(Overlay, id=st.just("any"), words=st.just("Any."), cite=st.just("any"), when=whens,
                     unless=unlesses, then=thens)  # fmt: skip
age = st.none() | st.integers(0, 18)
ages = st.none() | st.builds(
    lambda *by_care: MinorConsentAges.model_validate(
        dict(zip(("substance-use", "mental-health", "victim-services"), by_care, strict=True))
    ),
    age, age, age,
)  # fmt: skip
packs = st.builds(
    StatePack,
    jurisdiction=st.just(STATE),
    minor_consent_ages=ages,
    parent_access=st.sampled_from(ParentAccess),
    rules=some(StateRule),
    mandates=some(StateMandate),
    overlays=st.lists(overlays, max_size=2).map(tuple),
)


def told_under(regime: Regime) -> list[Case]:
    """The stories, and the decided cases where they lie beside the checkout, that speak of a piece under a regime."""
    shared = shared_cases()
    decided = [] if shared is None else read_cases((shared / "cases_open.jsonl").read_text("utf-8").splitlines())
    return [
        case for case in (*stories(), *decided) if any(regime in regimes_of(piece) for piece in case.request.records)
    ]


UNDER = {regime: told_under(regime) for regime in (Regime.PART2, Regime.VAWA)}


def changed(value: Value, **changes: Any) -> Value:
    return value.model_copy(update=changes)


class Twist(NamedTuple):
    """How a question differs from the one told, so that every door a state could open is tried on every piece."""

    purpose: Purpose | None
    also: Capacity
    relationship: Relationship


DOORS = (
    None,
    Purpose.COC,
    Purpose.FAMRQT,
    Purpose.PATRQT,
    Purpose.CHILD_PROTECTION,
    Purpose.ADULT_PROTECTION,
    Purpose.MANDATED_REPORT,
)
AUTHORITIES = (
    Capacity.HOMELESS_SERVICES,
    Capacity.CHILD_PROTECTION_AGENCY,
    Capacity.ADULT_PROTECTION_AGENCY,
    Capacity.LAW_ENFORCEMENT,
    Capacity.PUBLIC_HEALTH_AUTHORITY,
)
TWISTS = [Twist(*each) for each in product(DOORS, AUTHORITIES, (Relationship.NONE, Relationship.PARENT))]


def twisted(case: Case, twist: Twist) -> Case:
    """The case with this one state in play, about a minor, asked for by a member of a team, and so twisted."""
    asked = case.request
    recipient = changed(
        asked.recipient,
        teams=frozenset(Team),
        capacities=asked.recipient.capacities | {twist.also},
        relationship=twist.relationship,
    )
    request = changed(
        asked,
        jurisdictions=("US", STATE),
        purpose=twist.purpose or asked.purpose,
        recipient=recipient,
        subject=changed(asked.subject, age_years=15),
        records=tuple(with_a_report(piece) for piece in asked.records),
    )
    return changed(case, request=request)


def with_a_report(piece: Piece) -> Piece:
    """The piece, of care that the minor consented to alone, with what a report would say."""
    report = {Category.MANDATED_REPORT: (Field.REPORT_FACTS,)}
    held = {category: fields for category, fields in piece.contents.items() if category not in report}
    return changed(piece, contents=held | report, minor_consented_alone=True)


def released(case: Case, pack: StatePack, regime: Regime) -> set[tuple[str, Field]]:
    """What leaves of the pieces under a regime, with these rules of the state loaded."""
    under = {piece.id for piece in case.request.records if regime in regimes_of(piece)}
    policies = changed(case.facts.policies, state_packs=(pack,))
    decision = decide(case.request, changed(case.facts, policies=policies))
    return {(piece.id, field) for piece in decision.records if piece.id in under for field in piece.fields_released}


def as_federal_law_refers_to_it(pack: StatePack, regime: Regime) -> StatePack:
    """The same state with no more than federal law itself leaves to it.

    That is the age from which a minor consents alone (42 CFR 2.14; 34 U.S.C. 12291(b)(2)(B)(ii)), and the reports that
    its statutes compel: for Part 2 those of child abuse alone (2.12(c)(6)), for victim services all (12291(b)(2)(C)).
    """
    child_abuse = tuple(mandate for mandate in pack.mandates if mandate is StateMandate.CHILD_ABUSE)
    return StatePack(
        jurisdiction=pack.jurisdiction,
        minor_consent_ages=pack.minor_consent_ages,
        mandates=child_abuse if regime is Regime.PART2 else pack.mandates,
    )


OPENING = StatePack(
    jurisdiction=STATE,
    parent_access=ParentAccess.PERMITTED,
    rules=(StateRule.US_CA_HOMELESS_TEAM,),
    mandates=tuple(StateMandate),
)
"""A state that opens whatever a state can open."""


class TestState:
    @pytest.mark.parametrize("regime", UNDER)
    def test_with_every_opening_there_is_opens_nothing_of_these(self, regime: Regime) -> None:
        baseline = as_federal_law_refers_to_it(OPENING, regime)
        asked = [(case, twist, twisted(case, twist)) for case in UNDER[regime] for twist in TWISTS]
        opened = {
            (case.id, twist)
            for case, twist, question in asked
            if not released(question, OPENING, regime) <= released(question, baseline, regime)
        }

        assert opened == set()

    @pytest.mark.parametrize("regime", UNDER)
    @given(data=st.data(), pack=packs, twist=st.sampled_from(TWISTS))
    @settings(max_examples=300, deadline=None)
    def test_opens_nothing_of_these_whatever_it_writes(
        self, regime: Regime, data: st.DataObject, pack: StatePack, twist: Twist
    ) -> None:
        case = twisted(data.draw(st.sampled_from(UNDER[regime])), twist)

        assert released(case, pack, regime) <= released(case, as_federal_law_refers_to_it(pack, regime), regime)

    @pytest.mark.parametrize("regime", UNDER)
    def test_is_tried_on_pieces_of_which_something_leaves(self, regime: Regime) -> None:
        told = [case for case in UNDER[regime] if released(case, StatePack(jurisdiction=STATE), regime)]

        assert len(told) >= 2
