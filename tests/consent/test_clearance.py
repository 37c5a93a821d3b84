"""The one door: only what was decided leaves, with what is owed attached, or not at all."""

import ast
from pathlib import Path

import pytest

from consent.clearance import EVERY, clear
from consent.notices import STATEMENT_1, STATEMENT_2
from schemas.canonical import CanonicalRecord, LivingSituation, StaffAssignment
from schemas.disclosure import PieceDecision
from schemas.vocab import Field, Obligation, Outcome
from schemas.vocab.records import LivingSetting

ROOT = Path(__file__).parents[2]


def record(key: str = "situation/1") -> CanonicalRecord:
    situation = LivingSituation(
        enrollment="e1",
        program="p1",
        contacted_on="2026-06-12",
        seen_on="2026-06-12",
        setting=LivingSetting.PLACE_NOT_MEANT_FOR_HABITATION,
        place="under the footbridge",
        recorded_by="u7",
    )
    return CanonicalRecord(feed="hmis-csv", key=key, body=situation)


def decision(*fields: Field, owing: tuple[Obligation, ...] = ()) -> PieceDecision:
    outcome = Outcome.LIMIT if fields else Outcome.SILENT
    return PieceDecision(id="r1", outcome=outcome, fields_released=fields, obligations=owing)


class TestClear:
    def test_keeps_the_fields_decided_and_no_others(self) -> None:
        (cleared,) = clear([(record(), "harvest-shelter", decision(Field.LIVING_SITUATION))])

        assert set(cleared.values) == {"seen_on", "setting"}
        assert cleared.fields == (Field.LIVING_SITUATION,)
        assert (cleared.source, cleared.kind) == ("harvest-shelter", "living-situation")

    def test_never_lets_an_unmarked_attribute_go(self) -> None:
        (cleared,) = clear([(record(), "harvest-shelter", decision(*Field))])

        assert not {"enrollment", "kind"} & set(cleared.values)

    def test_of_nothing_released_is_nothing(self) -> None:
        assert clear([(record(), "harvest-shelter", decision())]) == clear([])

    def test_of_a_field_the_record_does_not_hold_is_nothing(self) -> None:
        assert clear([(record(), "harvest-shelter", decision(Field.DIAGNOSIS))]) == []

    def test_keeps_the_order_given(self) -> None:
        keys = ["c", "a", "b"]

        cleared = clear((record(key), "harvest-shelter", decision(Field.LAST_CONTACT)) for key in keys)

        assert [each.key for each in cleared] == keys

    def test_attaches_the_notice_that_is_owed(self) -> None:
        owing = (Obligation.PART2_NOTICE, Obligation.CONSENT_COPY, Obligation.PART2_ACCOUNTING)

        (cleared,) = clear([(record(), "birch-methadone", decision(Field.LAST_CONTACT, owing=owing))])

        assert cleared.obligations == owing
        assert [notice.obligation for notice in cleared.notices] == list(owing[:2])
        assert cleared.notices[0].text == STATEMENT_1
        assert "date of last contact" in cleared.notices[1].text

    @pytest.mark.parametrize(("attachable", "leaves"), [(EVERY, 1), (EVERY - {Obligation.PART2_NOTICE}, 0)])
    def test_stops_what_owes_more_than_the_way_out_can_attach(
        self, attachable: frozenset[Obligation], leaves: int
    ) -> None:
        owing = decision(Field.LAST_CONTACT, owing=(Obligation.PART2_NOTICE,))

        assert len(clear([(record(), "birch-methadone", owing)], attachable=attachable)) == leaves

    def test_leaves_a_record_that_owes_less_to_go(self) -> None:
        worker = StaffAssignment(worker="Ana Reyes", role="outreach worker", since="2026-01-01")
        free = CanonicalRecord(feed="hub", key="staff/1", body=worker)
        owing = decision(Field.LAST_CONTACT, owing=(Obligation.PART2_NOTICE,))

        cleared = clear(
            [(record(), "birch-methadone", owing), (free, "harvest-shelter", decision(Field.CASE_MANAGER))],
            attachable=frozenset(),
        )

        assert [each.key for each in cleared] == ["staff/1"]


def test_cleared_is_made_in_one_place() -> None:
    """A record that leaves without a decision is a breach, so there is one door to watch."""
    assert makers_of("Cleared") == {"consent/clearance.py"}


def makers_of(name: str) -> set[str]:
    packages = (ROOT / package for package in ("hub", "adapters", "consent", "schemas"))
    return {
        str(path.relative_to(ROOT))
        for package in packages
        for path in package.rglob("*.py")
        if any(_calls(node, name) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }


def _calls(node: ast.AST, name: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == name:
        return called.attr.startswith("model_")
    return (called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")) == name


def test_both_statements_name_the_rule_they_come_from() -> None:
    assert "42 CFR part 2" in STATEMENT_1
    assert STATEMENT_2.startswith("42 CFR part 2 prohibits")
