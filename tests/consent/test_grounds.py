"""What a decision says of its grounds: the regimes, the rules relied on, their citations, and every rule that spoke."""

from collections.abc import Iterator
from typing import Any

from consent import rulebook
from consent.engine import decide
from consent.provenance import CLOSED_BY, regimes_of
from consent.rule import Effect, Rule
from schemas.disclosure import Case, Decision, Piece, PieceDecision, Verdict
from schemas.vocab import Field, Regime
from tests.consent.stories import stories

DECIDED = tuple((case, decide(case.request, case.facts)) for case in stories())


def past_the_gates() -> Iterator[tuple[Case, Piece, PieceDecision]]:
    for case, decision in DECIDED:
        if decision.gate is None:
            for held, piece in zip(case.request.records, decision.records, strict=True):
                yield case, held, piece


def by_id(case: Case) -> dict[str, Rule[Any]]:
    return {rule.id: rule for rule in rulebook.rules_on(case.request.at.date())}


def spoke(piece: PieceDecision, *verdicts: Verdict) -> dict[str, frozenset[Field]]:
    """The rules of the trace with one of these verdicts, and the fields of each."""
    return {step.rule: step.fields for step in piece.trace if step.verdict in verdicts}


class TestADecision:
    def test_names_the_gate_that_refused_and_the_edition_of_the_book(self) -> None:
        for _, decision in DECIDED:
            assert decision.rulebook == rulebook.digest()
            for piece in decision.records if decision.gate else ():
                assert decision.gate is not None
                assert piece.rules == (decision.gate.rule,)
                assert piece.basis == decision.gate.cites
                assert piece.trace == (decision.gate,)

        assert any(decision.gate for _, decision in DECIDED)

    def test_names_the_regimes_of_each_piece(self) -> None:
        for _, held, piece in past_the_gates():
            assert piece.regimes == regimes_of(held)

    def test_cites_what_its_rules_cite_and_what_closes_a_piece_that_stays(self) -> None:
        for case, _, piece in past_the_gates():
            rules = by_id(case)
            closed: tuple[Regime | None, ...] = () if piece.fields_released else piece.regimes or (None,)
            cited = [cite.text for rule in piece.rules for cite in rules[rule].cites]
            cited += [CLOSED_BY[regime].text for regime in closed]

            assert [cite.text for cite in piece.basis] == list(dict.fromkeys(cited)), case.id

    def test_relies_on_no_permission_that_adds_nothing(self) -> None:
        for case, _, piece in past_the_gates():
            permitting = spoke(piece, Verdict.PERMITS)
            covered: dict[object, frozenset[Field]] = {}
            for rule in piece.rules:
                if rule in permitting:
                    regime = by_id(case)[rule].regime
                    adds = permitting[rule].intersection(piece.fields_released)
                    assert adds - covered.get(regime, frozenset()), (case.id, rule)
                    covered[regime] = covered.get(regime, frozenset()) | adds

            assert all(covered[regime].issuperset(piece.fields_released) for regime in covered), case.id

    def test_names_all_that_took_something_away_and_with_a_release_all_that_added_a_duty(self) -> None:
        for case, _, piece in past_the_gates():
            narrowing = spoke(piece, Verdict.BARS, Verdict.NARROWS)
            wanted = {rule for rule, fields in narrowing.items() if fields or piece.fields_released}

            assert wanted == set(piece.rules) - spoke(piece, Verdict.PERMITS).keys(), case.id

    def test_hears_every_rule_that_speaks_to_the_purpose_until_permission_is_whole(self) -> None:
        for case, held, piece in past_the_gates():
            heard = {step.rule for step in piece.trace}
            whole = {by_id(case)[rule].regime for rule, f in spoke(piece, Verdict.PERMITS).items() if f == held.fields}
            missed = {
                rule.id for rule in _speaking(case, piece) if rule.regime not in whole or rule.effect is Effect.BAR
            }

            assert missed <= heard, case.id
            assert heard <= {rule.id for rule in _speaking(case, piece)}, case.id


def _speaking(case: Case, piece: PieceDecision) -> Iterator[Rule[Any]]:
    """The rules that a piece under these regimes falls under; what is under none is permitted or not, and no more."""
    for rule in by_id(case).values():
        places: tuple[Regime | None, ...] = piece.regimes or (None,)
        if rule.effect is not Effect.PERMIT:
            places = (None, *piece.regimes) if piece.regimes else ()
        if rule.effect is not Effect.GATE and rule.speaks_to(case.request.purpose) and rule.regime in places:
            yield rule


def test_a_decision_says_what_it_says_of_a_piece_also_where_it_is_one_of_many() -> None:
    for case, decision in DECIDED:
        for held, piece in zip(case.request.records, decision.records, strict=True):
            alone = decide(case.request.model_copy(update={"records": (held,)}), case.facts)
            assert alone == Decision.model_copy(decision, update={"records": (piece,), "response": alone.response})
