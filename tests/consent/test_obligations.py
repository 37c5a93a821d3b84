"""No obligation is left unmet: each is in the table, and what the table says of it is so."""

from datetime import date

import pytest

from consent.leaving import obligations
from consent.leaving.clearance import Decided, clear
from consent.leaving.notices import TRAVELLING
from consent.leaving.obligations import LEDGERS, MET, ledgers, tasks
from consent.leaving.security_labels import LABELLED
from schemas.canonical import CanonicalRecord, TreatmentEnrollment
from schemas.disclosure import PieceDecision
from schemas.vocab import Field, Obligation, Outcome, Regime
from schemas.vocab.leaving import Met

TABLE = dict(
    line.strip("| ").split(" | ", 1)
    for line in (obligations.__doc__ or "").splitlines()
    if line.startswith("| ") and "---" not in line and not line.startswith("| obligation ")
)


@pytest.mark.parametrize("owed", Obligation)
class TestEveryObligation:
    def test_is_met_in_some_way(self, owed: Obligation) -> None:
        assert MET[owed]

    def test_stands_in_the_table_for_readers(self, owed: Obligation) -> None:
        told = TABLE[owed.value]

        assert ("text travels" in told or "statement" in told or "explained" in told) is (Met.TRAVELS in MET[owed])
        assert ("as a task" in told) is (Met.DUE in MET[owed])
        assert ("decision cut" in told) is (Met.CUT in MET[owed])
        assert ("sealed into" in told) is (Met.WRITTEN in MET[owed])

    def test_that_is_met_by_a_text_has_one_and_no_other_has(self, owed: Obligation) -> None:
        (cleared,) = clear([treatment(owed)], on=date(2026, 6, 15))

        assert bool(cleared.notices) is (Met.TRAVELS in MET[owed]) is (owed in TRAVELLING)

    def test_that_is_met_by_a_label_changes_the_labels_and_no_other_does(self, owed: Obligation) -> None:
        (bare,) = clear([treatment()], on=date(2026, 6, 15))
        (cleared,) = clear([treatment(owed)], on=date(2026, 6, 15))

        assert (cleared.labels != bare.labels) is (Met.LABELLED in MET[owed]) is (owed in LABELLED)

    def test_that_is_a_task_or_for_a_ledger_is_told_as_one(self, owed: Obligation) -> None:
        assert (tasks([owed]) == (owed,)) is (Met.DUE in MET[owed])
        assert (ledgers([owed]) == (owed,)) is (owed in LEDGERS)


def treatment(*owing: Obligation) -> Decided:
    record = CanonicalRecord(feed="fhir", key="e/1", body=TreatmentEnrollment(enrolled=True))
    decision = PieceDecision(
        id="r1",
        outcome=Outcome.PERMIT,
        fields_released=(Field.ENROLLMENT_STATUS,),
        obligations=owing,
        regimes=(Regime.HIPAA,),
    )
    return Decided(record, "cedar-opioid-treatment", decision)


def test_the_ledgers_are_entered() -> None:
    assert all(Met.ENTERED in MET[ledger] for ledger in LEDGERS)
