"""The one door: only what was decided leaves, with what is owed attached, or not at all."""

import ast
from datetime import date
from pathlib import Path

import pytest

from consent.leaving.clearance import Decided, clear
from consent.leaving.statements import STATEMENT_1, STATEMENT_2
from schemas.canonical import CanonicalRecord, LivingSituation, StaffAssignment
from schemas.disclosure import PieceDecision
from schemas.messages import Cleared, WayOut
from schemas.vocab import Field, Obligation, Outcome
from schemas.vocab.leaving import Room
from schemas.vocab.records import LivingSetting

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 6, 15)
EVERY = frozenset(Obligation)
NOTICE = (Obligation.PART2_NOTICE,)


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


def shelters(decided: PieceDecision, key: str = "situation/1") -> Decided:
    return Decided(record(key), "harvest-shelter", decided)


def cleared(*decided: Decided, on: date = TODAY, way: WayOut | None = None) -> list[Cleared]:
    return clear(decided, on=on, way=way or WayOut())


class TestClear:
    def test_keeps_the_fields_decided_and_no_others(self) -> None:
        (one,) = cleared(shelters(decision(Field.LIVING_SITUATION)))

        assert set(one.values) == {"seen_on", "setting"}
        assert one.fields == (Field.LIVING_SITUATION,)
        assert (one.source, one.kind) == ("harvest-shelter", "living-situation")

    def test_never_lets_an_unmarked_attribute_go(self) -> None:
        (one,) = cleared(shelters(decision(*Field)))

        assert not {"enrollment", "kind"} & set(one.values)

    def test_of_nothing_released_is_nothing(self) -> None:
        assert cleared(shelters(decision())) == cleared()

    def test_of_a_field_the_record_does_not_hold_is_nothing(self) -> None:
        assert cleared(shelters(decision(Field.DIAGNOSIS))) == []

    def test_keeps_the_order_given(self) -> None:
        keys = ["c", "a", "b"]

        assert [one.key for one in cleared(*(shelters(decision(Field.LAST_CONTACT), key) for key in keys))] == keys

    def test_attaches_the_notice_that_is_owed(self) -> None:
        owing = (Obligation.PART2_NOTICE, Obligation.CONSENT_COPY, Obligation.PART2_ACCOUNTING)

        (one,) = cleared(shelters(decision(Field.LAST_CONTACT, owing=owing)))

        assert one.obligations == owing
        assert [notice.obligation for notice in one.notices] == list(owing[:2])
        assert one.notices[0].text == STATEMENT_1
        assert "date of last contact" in one.notices[1].text


class TestWayOut:
    @pytest.mark.parametrize("owed", Obligation)
    def test_that_cannot_attach_what_is_owed_carries_nothing_that_owes_it(self, owed: Obligation) -> None:
        owing = shelters(decision(Field.LAST_CONTACT, owing=(owed,)))

        assert len(cleared(owing, way=WayOut(attaches=EVERY))) == 1
        assert cleared(owing, way=WayOut(attaches=EVERY - {owed})) == []

    def test_carries_a_record_that_owes_less(self) -> None:
        worker = StaffAssignment(worker="Ana Reyes", role="outreach worker", since="2026-01-01")
        staff = CanonicalRecord(feed="hub", key="staff/1", body=worker)
        free = Decided(staff, "harvest-shelter", decision(Field.CASE_MANAGER))
        owing = shelters(decision(Field.LAST_CONTACT, owing=NOTICE))

        assert [one.key for one in cleared(owing, free, way=WayOut(attaches=frozenset()))] == ["staff/1"]

    def test_with_little_room_carries_the_short_statement(self) -> None:
        (one,) = cleared(shelters(decision(Field.LAST_CONTACT, owing=NOTICE)), way=WayOut(room=Room.SCANT))

        assert [notice.text for notice in one.notices] == [STATEMENT_2]

    @pytest.mark.parametrize(("room", "leaves"), [(Room.AMPLE, 1), (Room.SCANT, 0)])
    def test_with_little_room_carries_nothing_on_a_day_that_knew_no_short_statement(
        self, room: Room, leaves: int
    ) -> None:
        owing = shelters(decision(Field.LAST_CONTACT, owing=NOTICE))

        assert len(cleared(owing, on=date(2017, 6, 1), way=WayOut(room=room))) == leaves


def test_cleared_is_made_in_one_place() -> None:
    """A record that leaves without a decision is a breach, so there is one door to watch."""
    assert makers_of("Cleared") == {"consent/leaving/clearance.py"}


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
        return called.attr.startswith(("model_", "made_"))
    return (called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")) == name
