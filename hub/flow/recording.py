"""An answer as the audit log keeps it: keys, rules, citations and digests; no content.

It holds what every ledger of disclosures is made of (45 CFR 164.528(b)(2); 42 CFR 2.24 and 2.25): beside the entry's
own date and participant the recipient's name, for each piece a description of what was told, and the ledgers that it
belongs in; the purpose is the asker's to add. Tasks that a release leaves behind stand there too.
"""

from typing import Any

from consent.leaving.obligations import ledgers, tasks
from consent.leaving.reliance import Reliance
from hub.flow.release import Answer, Opened
from hub.store.records import RecordRow
from schemas.disclosure import PieceDecision, Verdict

ROOM = 4096
"""Bytes in which the reasons of nearly every silent answer have room."""


def for_the_record(answer: Answer) -> dict[str, Any]:
    """`fields_released` are those that left; the law may have permitted more than the question needed."""
    rows = {str(row.id): row for row in answer.rows}
    left = {str(one.row.id): one for one in answer.opened}
    return {
        "response": answer.decision.response.value,
        "rulebook": answer.decision.rulebook,
        "packs": dict(answer.packs),
        "recipient": answer.to,
        "decisions": [_piece(piece, rows[piece.id], left.get(piece.id)) for piece in answer.decision.records],
    }


def _piece(piece: PieceDecision, row: RecordRow, left: Opened | None) -> dict[str, Any]:
    return {
        "record": piece.id,
        "source": row.holder,
        "kind": row.kind,
        "outcome": piece.outcome.value,
        "fields_permitted": [field.value for field in piece.fields_released],
        "regimes": [regime.value for regime in piece.regimes],
        "rules": list(piece.rules),
        "cites": [str(cite) for cite in piece.basis],
        "obligations": [obligation.value for obligation in piece.obligations],
        "because": [step.because for step in piece.trace if step.verdict is not Verdict.DOES_NOT_APPLY],
        "would_help": [step.would_help for step in piece.trace if step.would_help],
        **_disclosure(left),
    }


def _disclosure(left: Opened | None) -> dict[str, Any]:
    """What an accounting tells of a piece that left; of one that did not, that nothing of it did."""
    if left is None:
        return {"fields_released": []}
    cleared = left.cleared
    return {
        "fields_released": [field.value for field in cleared.fields],
        "description": [field.meaning for field in cleared.fields],
        "ledgers": [ledger.value for ledger in ledgers(cleared.obligations)],
        "tasks": [task.value for task in tasks(cleared.obligations)],
        "labels": [label.code for label in cleared.labels],
        "rests_on": _rests_on(left.rests_on),
    }


def _rests_on(found: Reliance) -> dict[str, Any]:
    """The papers by id, and the version of the privacy notice where that is what it rests on."""
    return {
        "consents": [scope.consent for scope in found.scopes],
        "process": list(found.process),
        "privacy_notice": found.privacy_notice,
    }
