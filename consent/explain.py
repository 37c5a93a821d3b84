"""A decision in plain words: for the officer who checks it, for the source that sent, and never for the asker."""

from collections.abc import Iterable, Iterator, Mapping

from consent.given import HUB
from consent.leaving.obligations import MET
from schemas.disclosure import Decision, DisclosureRequest, PieceDecision, Step, Verdict
from schemas.vocab import Field, Outcome
from schemas.vocab.leaving import Met

_CONCERNS_SOURCE = frozenset({Met.DUE, Met.ENTERED, Met.WRITTEN})
"""What is owed of the source's own doing. Other duties bind the recipient, and some would say who that is: the duty
to hide the requester says that a substance use program asked (42 CFR 2.12(a)(1))."""

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


def for_source(
    decision: Decision, request: DisclosureRequest, source: str, names: Mapping[str, str] | None = None
) -> list[str]:
    """What became of the pieces this source holds, why, and what would help.

    Nothing about anyone else's, and nothing by which the source could tell who asked. `names` say what the source
    calls a piece, by its id; pieces that are called alike and fared alike are told once.
    """
    own = {piece.id: piece.fields for piece in request.records if piece.source.organization == source}
    told = [
        tuple(_for_source(piece, (names or {}).get(piece.id, piece.id), own[piece.id]))
        for piece in decision.records
        if piece.id in own
    ]
    return [*_gate(decision), *(line for lines in dict.fromkeys(told) for line in lines)]


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


def _for_source(piece: PieceDecision, name: str, held: frozenset[Field]) -> Iterator[str]:
    yield f"{name}: {_OUTCOMES[piece.outcome]}"
    if piece.fields_released:
        yield f"  Goes: {', '.join(field.value for field in piece.fields_released)}."
    yield from (f"  Owed: {owed.meaning}" for owed in piece.obligations if MET[owed] & _CONCERNS_SOURCE)
    if stays := sorted(held.difference(piece.fields_released)):
        yield f"  Stays: {', '.join(stays)}."
        yield from (f"  {_reason(step)}{_help(step)}" for step in piece.trace if _holds_back(step))


def _holds_back(step: Step) -> bool:
    """What took fields away, and what would have let them go. A rule that only adds a duty may speak of the asker."""
    if step.verdict in (Verdict.BARS, Verdict.NARROWS):
        return bool(step.fields)
    return step.verdict is Verdict.DOES_NOT_APPLY and step.would_help is not None


def _worth_telling(trace: Iterable[Step]) -> Iterator[Step]:
    """Rules that applied, and near misses; a rule that plainly did not concern the question is left out."""
    return (step for step in trace if step.verdict is not Verdict.DOES_NOT_APPLY or step.would_help)


def _spoken(step: Step) -> str:
    return f"{step.rule} {_VERDICTS[step.verdict]}: {_reason(step)}{_help(step)}"


def _help(step: Step) -> str:
    return f" Would help: {step.would_help}" if step.would_help else ""


def _reason(step: Step) -> str:
    cites = "; ".join(cite.text for cite in step.cites)
    return f"{step.because} ({cites})" if cites else step.because
