"""The one question path: gather, decide, clear, record. Queries, deliveries and handoffs all come through here.

Everything is decided by what stands beside the sealed records; only what may leave is opened.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from consent.clearance import clear
from consent.engine import decide
from hub.errors import NotAllowed
from hub.store.consents import Consents, Evidence
from hub.store.crypto import Keys, Sealer
from hub.store.directory import Directory
from hub.store.people import People
from hub.store.records import RecordRow, Records, speaks_of
from hub.store.terms import Terms, terms
from schemas.canonical import CanonicalRecord
from schemas.disclosure import (
    Decision,
    DisclosureRequest,
    Piece,
    PieceDecision,
    Provenance,
    Recipient,
    Subject,
    Verdict,
)
from schemas.frozen import Frozen
from schemas.instruments import Emergency, Facts
from schemas.messages import Cleared
from schemas.vocab import Channel, Field, Match, Outcome, Purpose, Sensitivity


class Question(Frozen):
    """Who wants to know what, why, when, and by which channel. Nothing beside what it `needs` is ever let go."""

    at: datetime
    channel: Channel
    purpose: Purpose
    recipient: Recipient
    needs: frozenset[Field]
    emergency: Emergency | None = None


class Opened(NamedTuple):
    """A record that leaves: as it was kept, and what of it was cleared."""

    row: RecordRow
    record: CanonicalRecord
    cleared: Cleared


class Answer(NamedTuple):
    """What leaves, and how that was decided."""

    decision: Decision
    opened: tuple[Opened, ...]
    rows: Sequence[RecordRow]
    evidence: Evidence


NOTHING_ON_FILE = Evidence((), ())


class Release:
    """Asks the consent engine for one recipient, and lets go of what it permits."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.directory = Directory(session)
        self.terms = terms(session)
        self.people = People(session, keys)
        self.records = Records(session, keys)
        self.consents = Consents(session, keys)

    def refuse_at_the_gate(self, question: Question) -> Decision:
        """Asks about nobody: what is refused now depends on the request alone. Raises `NotAllowed`."""
        decision = self._decide(question, Match.NONE, (), NOTHING_ON_FILE)
        if decision.gate is not None:
            raise NotAllowed(decision.gate.because, next_steps=decision.gate.would_help or "")
        return decision

    def answer(self, question: Question, match: Match, person_id: UUID | None) -> Answer:
        """What may be told about a person; for anyone but one person surely found that is nothing."""
        if match is not Match.UNIQUE or person_id is None:
            return Answer(self._decide(question, match, (), NOTHING_ON_FILE), (), (), NOTHING_ON_FILE)
        sealer = self.people.sealer(person_id)
        rows, evidence = self.records.about(person_id), self.consents.about(person_id, sealer)
        decision = self._decide(question, match, rows, evidence)
        return Answer(decision, self._open(rows, sealer, _cut(decision, question.needs)), rows, evidence)

    def _decide(self, question: Question, match: Match, rows: Sequence[RecordRow], evidence: Evidence) -> Decision:
        speaks_of_violence = any(speaks_of(row, Sensitivity.SDV) for row in rows)
        request = DisclosureRequest(
            at=question.at,
            channel=question.channel,
            purpose=question.purpose,
            jurisdictions=self._jurisdictions(question),
            recipient=question.recipient,
            subject=Subject(match=match, domestic_violence_flag=speaks_of_violence),
            records=tuple(self._piece(row) for row in rows if row.contents),
        )
        facts = Facts(
            consents=evidence.consents,
            restrictions=evidence.restrictions,
            agreements=self.terms.agreements,
            policies=self.terms.policies,
            emergency=question.emergency,
        )
        return decide(request, facts)

    def _jurisdictions(self, question: Question) -> tuple[str, ...]:
        organization = question.recipient.organization
        return ("US",) if organization is None else self.terms.participant(organization).jurisdictions

    def _piece(self, row: RecordRow) -> Piece:
        return Piece(
            id=str(row.id),
            source=self.terms.participant(row.holder).party,
            contents=row.contents,
            **dict(Provenance.model_validate(row.provenance)),
        )

    def _open(
        self, rows: Sequence[RecordRow], sealer: Sealer, decisions: Mapping[str, PieceDecision]
    ) -> tuple[Opened, ...]:
        leaving = [row for row in rows if str(row.id) in decisions]
        opened = {row.id: self.records.open(row, sealer) for row in leaving}
        pairs = ((row, clear([(opened[row.id], row.holder, decisions[str(row.id)])])) for row in leaving)
        return tuple(Opened(row, opened[row.id], cleared[0]) for row, cleared in pairs if cleared)


def _cut(decision: Decision, needs: frozenset[Field]) -> dict[str, PieceDecision]:
    """The pieces of which something leaves, cut to what the question needs."""
    cut = {}
    for piece in decision.records:
        fields = tuple(field for field in piece.fields_released if field in needs)
        if fields and piece.outcome in {Outcome.PERMIT, Outcome.LIMIT}:
            cut[piece.id] = piece.model_copy(update={"fields_released": fields, "outcome": Outcome.LIMIT})
    return cut


def recipient(terms: Terms, participant: str, **details: Any) -> Recipient:
    """A participant as the one who would receive."""
    return Recipient(organization=participant, capacities=terms.participant(participant).capacities, **details)


def for_the_record(answer: Answer) -> dict[str, Any]:
    """An answer as the audit log keeps it: keys, rules, citations and digests; no content.

    `fields_released` are those that left; the law may have permitted more than the question needed.
    """
    rows = {str(row.id): row for row in answer.rows}
    told = {str(one.row.id): one.cleared.fields for one in answer.opened}
    return {
        "response": answer.decision.response.value,
        "rulebook": answer.decision.rulebook,
        "decisions": [
            _piece_for_the_record(piece, rows[piece.id], told.get(piece.id, ())) for piece in answer.decision.records
        ],
    }


def _piece_for_the_record(piece: PieceDecision, row: RecordRow, told: Sequence[Field]) -> dict[str, Any]:
    return {
        "record": piece.id,
        "source": row.holder,
        "kind": row.kind,
        "outcome": piece.outcome.value,
        "fields_released": [field.value for field in told],
        "fields_permitted": [field.value for field in piece.fields_released],
        "regimes": [regime.value for regime in piece.regimes],
        "rules": list(piece.rules),
        "cites": [str(cite) for cite in piece.basis],
        "obligations": [obligation.value for obligation in piece.obligations],
        "because": [step.because for step in piece.trace if step.verdict is not Verdict.DOES_NOT_APPLY],
        "would_help": [step.would_help for step in piece.trace if step.would_help],
    }
