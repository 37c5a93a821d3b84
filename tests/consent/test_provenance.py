"""Which regimes attach: from whose hands a record came and how, never from what it says."""

from typing import Any

import pytest

from consent.provenance import CLOSED_BY, regimes_of
from schemas.disclosure import Piece
from schemas.vocab import Regime

PROGRAM = {"organization": "birch-methadone", "capacities": ["part2-program"]}


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
        (
            piece(
                "covered-entity",
                obtained={
                    "how": "received",
                    "origin": PROGRAM,
                    "under": "tpo-consent",
                    "consent": None,
                    "on": "2026-01-01",
                    "notice_attached": False,
                },
            ),
            {"hipaa", "part2"},
        ),
        (piece("homeless-services", hmis={}), {"hmis"}),
        (piece("homeless-services", hmis={"funding": ["HOPWA", "RHY"]}), {"hmis", "hopwa", "rhy"}),
        (piece("covered-entity", hmis={"funding": ["HOPWA"]}), {"hipaa", "hopwa"}),
        (piece("victim-service-provider", form="hashed"), {"vawa"}),
        (piece("victim-service-provider", form="aggregate"), set()),
        (piece("veterans-affairs", "covered-entity"), {"hipaa"}),
        (piece("veterans-affairs", "covered-entity", contents={"hiv": ["hiv-status"]}), {"hipaa", "veterans"}),
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


def test_every_regime_says_what_keeps_it_closed() -> None:
    assert set(CLOSED_BY) == {None, *Regime}
