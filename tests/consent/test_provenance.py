"""Which regimes attach: from whose hands a record came and how, never from what it says."""

from typing import Any

import pytest

from consent.provenance import CLOSED_BY, regimes_of, seen_by_law
from schemas.disclosure import Piece
from schemas.vocab import Regime

PROGRAM = {"organization": "birch-methadone", "capacities": ["part2-program"]}

RECEIVED = {
    "how": "received",
    "origin": PROGRAM,
    "under": "tpo-consent",
    "consent": None,
    "on": "2026-01-01",
    "notice_attached": False,
}


def piece(*capacities: str, **more: Any) -> Piece:
    source = {"organization": "holder", "capacities": capacities}
    contents = {"general-health": ["diagnosis"]}
    return Piece.model_validate({"id": "r1", "source": source, "contents": contents} | more)


@pytest.mark.parametrize(
    ("held", "under"),
    [
        (piece("covered-entity"), {"hipaa"}),
        (piece("covered-entity", contents={"substance-use": ["substance-use-diagnosis"]}), {"hipaa"}),
        (piece("part2-program"), {"part2"}),
        (piece("holds-out-sud-services", "federally-assisted"), {"part2"}),
        (piece("holds-out-sud-services"), set()),
        (piece("covered-entity", "part2-program"), {"hipaa", "part2"}),
        (piece("part2-program", made_solely_as_evidence=True), set()),
        (piece("covered-entity", obtained={"how": "told", "origin": PROGRAM}), {"hipaa"}),
        (piece("covered-entity", obtained=RECEIVED), {"hipaa", "part2"}),
        (piece("homeless-services", hmis={}), {"hmis"}),
        (piece("homeless-services", hmis={"funding": ["HOPWA", "RHY"]}), {"hmis", "hopwa", "rhy"}),
        (piece("covered-entity", hmis={"funding": ["HOPWA"]}), {"hipaa", "hopwa"}),
        (piece("victim-service-provider", form="hashed"), {"vawa"}),
        (piece("victim-service-provider", form="aggregate"), set()),
        (piece("veterans-affairs", "covered-entity"), {"hipaa"}),
        (piece("veterans-affairs", "covered-entity", contents={"hiv": ["hiv-status"]}), {"hipaa", "veterans"}),
        (piece("veterans-affairs", contents={"substance-use": ["substance-use-diagnosis"]}), {"veterans"}),
        (piece("veterans-affairs", contents={"sud-counseling-notes": ["session-notes"]}), {"veterans"}),
        (piece("correctional-institution", justice="booking"), {"booking"}),
        (piece("correctional-institution", justice="national-database"), {"criminal-justice"}),
        (piece("public-safety-answering-point"), {"dispatch"}),
        (piece("peer-support"), {"promise"}),
        (piece("crisis-call-center", "health-care-provider"), {"promise"}),
        (piece("crisis-call-center", "covered-entity"), {"hipaa"}),
        (piece("correctional-health", "health-care-provider"), {"service"}),
    ],
)
def test_attaches(held: Piece, under: set[str]) -> None:
    assert set(regimes_of(held)) == under


@pytest.mark.parametrize(
    "change",
    [
        {"source": {"organization": "another", "capacities": ["covered-entity"]}},
        {"source": {"organization": "holder", "capacities": ["covered-entity", "part2-program"]}},
        {"obtained": RECEIVED},
        {"form": "hashed"},
        {"hmis": {"funding": ["HOPWA"]}},
        {"justice": "booking"},
        {"separated_notes": "psychotherapy"},
        {"seal": "sealed"},
        {"made_solely_as_evidence": True},
        {"minor_consented_alone": True},
        {"contents": {"general-health": ["allergies"]}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_law_sees_every_difference(change: dict[str, Any]) -> None:
    assert seen_by_law(piece("covered-entity", **change)) != seen_by_law(piece("covered-entity"))


def test_the_law_sees_from_whom_a_record_was_received() -> None:
    ways = [RECEIVED, RECEIVED | {"consent": "c1"}, RECEIVED | {"origin": PROGRAM | {"organization": "alder-recovery"}}]

    assert len({seen_by_law(piece("covered-entity", obtained=way)) for way in ways}) == len(ways)


def test_the_law_sees_no_difference_between_two_ids() -> None:
    assert seen_by_law(piece("covered-entity", id="r2")) == seen_by_law(piece("covered-entity"))


def test_every_regime_says_what_keeps_it_closed() -> None:
    assert {regime: cite.text for regime, cite in CLOSED_BY.items()} == {
        None: "no regime is known to permit it",
        Regime.HIPAA: "45 CFR 164.502(a)",
        Regime.PART2: "42 CFR 2.13(a)",
        Regime.HMIS: "69 FR 45888 4.2.3",
        Regime.HOPWA: "42 U.S.C. 12905(e)",
        Regime.RHY: "45 CFR part 1351",
        Regime.VAWA: "34 U.S.C. 12291(b)(2)(B)",
        Regime.VETERANS: "38 U.S.C. 7332",
        Regime.BOOKING: "state public-records law",
        Regime.CRIMINAL_JUSTICE: "28 CFR 20.33",
        Regime.DISPATCH: "state 911 confidentiality law",
        Regime.PROMISE: "confidentiality promise of the service",
        Regime.SERVICE: "state law",
    }
    assert set(CLOSED_BY) == {None, *Regime}
