"""A decision in plain words: for the officer who checks it, for the source that sent, and never for the asker."""

from collections.abc import Iterable, Iterator

from consent.question import HUB
from schemas.disclosure import Decision, DisclosureRequest, PieceDecision, Step, Verdict
from schemas.vocab import Outcome

_OUTCOMES = {
    Outcome.PERMIT: "All of it may go.",
    Outcome.LIMIT: "Part of it may go.",
    Outcome.SILENT: "Nothing may go, and the answer is as if there were no record.",
    Outcome.REFUSE: "Nothing may go, and that may be said.",
}
_VERDICTS = {
    Verdict.PERMITS: "permits",
    Verdict.BARS: "bars",
    Verdict.NARROWS: "narrows",
    Verdict.DOES_NOT_APPLY: "does not apply",
}


def for_officer(decision: Decision, request: DisclosureRequest) -> list[str]:
    """The question, the answer and every rule that spoke, line by line. Names organizations and rules, no person."""
    return [_question(request), *_gate(decision), *_pieces(decision, request), f"Rulebook {decision.rulebook[:12]}."]


def for_source(decision: Decision, request: DisclosureRequest, source: str) -> list[str]:
    """What became of the pieces this source holds, why, and what would help; nothing about anyone else's."""
    own = {piece.id for piece in request.records if piece.source.organization == source}
    told = [piece for piece in decision.records if piece.id in own]
    return [*_gate(decision), *(line for piece in told for line in _for_source(piece))]


def _question(request: DisclosureRequest) -> str:
    recipient = request.recipient
    who = recipient.organization or "a private person"
    return (
        f"On {request.at:%Y-%m-%d %H:%M %z}, {who} ({recipient.role.meaning.rstrip('.').lower()}) by "
        f"{request.channel.value}, for: {request.purpose.meaning}"
    )


def _gate(decision: Decision) -> Iterator[str]:
    if decision.gate is not None:
        yield f"Refused at the gate, from the request alone: {_reason(decision.gate)}"


def _pieces(decision: Decision, request: DisclosureRequest) -> Iterator[str]:
    holders = {piece.id: piece.source.organization for piece in request.records}
    for piece in decision.records:
        regimes = ", ".join(regime.value for regime in piece.regimes) or "none"
        yield f"{piece.id}, held by {holders.get(piece.id, HUB)}, under {regimes}: {_OUTCOMES[piece.outcome]}"
        yield from _released(piece)
        yield from (f"  {_spoken(step)}" for step in _worth_telling(piece.trace))


def _released(piece: PieceDecision) -> Iterator[str]:
    if piece.fields_released:
        yield f"  Goes: {', '.join(field.value for field in piece.fields_released)}."
    for owed in piece.obligations:
        yield f"  Owed: {owed.meaning}"


def _for_source(piece: PieceDecision) -> Iterator[str]:
    yield f"{piece.id}: {_OUTCOMES[piece.outcome]}"
    yield from _released(piece)
    for step in _worth_telling(piece.trace):
        if step.would_help:
            yield f"  {_reason(step)} Would help: {step.would_help}"


def _worth_telling(trace: Iterable[Step]) -> Iterator[Step]:
    """Rules that applied, and near misses; a rule that plainly did not concern the question is left out."""
    return (step for step in trace if step.verdict is not Verdict.DOES_NOT_APPLY or step.would_help)


def _spoken(step: Step) -> str:
    help_ = f" Would help: {step.would_help}" if step.would_help else ""
    return f"{step.rule} {_VERDICTS[step.verdict]}: {_reason(step)}{help_}"


def _reason(step: Step) -> str:
    cites = "; ".join(cite.text for cite in step.cites)
    return f"{step.because} ({cites})" if cites else step.because
