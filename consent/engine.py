"""Decides: gates, bars, every attached regime must permit, overlays may only narrow.

Fields intersect over regimes, obligations unite, and whatever is unknown never helps. Pure and total: a rule that
breaks withholds.
"""

from collections.abc import Iterable

from consent import rulebook
from consent.provenance import CLOSED_BY, regimes_of
from consent.question import NO_FIELDS, Asked, Question
from consent.rule import Asks, Effect, Finding, Rule, bars, does_not_apply
from schemas.disclosure import Citation, Decision, DisclosureRequest, Piece, PieceDecision, Step, Verdict
from schemas.instruments import Facts
from schemas.vocab import Channel, Field, Match, Obligation, Outcome, Regime, Response

_ORDER = {obligation: place for place, obligation in enumerate(Obligation)}
_REGIMES = {regime: place for place, regime in enumerate(Regime)}
_RELEASING = frozenset({Outcome.PERMIT, Outcome.LIMIT})

Told = tuple[Rule[Question], Finding]


def decide(request: DisclosureRequest, facts: Facts) -> Decision:
    """The answer to one question of disclosure, piece by piece, by the law in force on the day of the request."""
    book = rulebook.on(request.at.date())
    asked = Asked(request, facts)
    gate = closed_gate(book, asked)
    if gate is None:
        pieces = tuple(_decide_piece(book, Question(asked, piece)) for piece in request.records)
    else:
        pieces = tuple(_refused_at(gate, piece) for piece in request.records)
    response = Response.REFUSED if gate else _response(pieces)
    return Decision(response=response, records=pieces, gate=gate, rulebook=rulebook.digest())


def closed_gate(book: rulebook.Book, asked: Asked) -> Step | None:
    """The first gate that refuses, seen from the request alone."""
    for rule in book.gates[asked.purpose]:
        if (finding := _ask(rule, asked)) is not None:
            return rule.step(finding)
    return None


def _decide_piece(book: rulebook.Book, q: Question) -> PieceDecision:
    """The combining logic: what every regime permits, less what is barred, less what overlays take away."""
    regimes = tuple(sorted(regimes_of(q.piece), key=_REGIMES.__getitem__))
    trace: list[Step] = []
    released = q.fields if q.subject.match is not Match.AMBIGUOUS else frozenset()
    used: list[Told] = []
    narrowing: list[Told] = []
    for regime in regimes or (None,):
        permitting = _hear(book.permits[regime, q.purpose], q, trace, until=q.fields)
        released &= _union(permitting)
        used += permitting
    if regimes:
        for place in (None, *regimes):
            narrowing += _hear(book.bars[place, q.purpose], q, trace)
        narrowing += _hear(book.overlays[q.purpose], q, trace)
        released -= _union(narrowing)
    return _answer(q, regimes, released, _relied_on(used, released) + narrowing, trace)


def _hear(
    rules: tuple[Rule[Question], ...], q: Question, trace: list[Step], *, until: frozenset[Field] | None = None
) -> list[Told]:
    """Asks each rule, writes down each answer, and returns those that apply.

    Permissions are asked `until` they cover all there is: the rest could add nothing.
    """
    told: list[Told] = []
    for rule in rules:
        finding = _ask(rule, q)
        trace.append(rule.step(finding))
        if finding is not None and finding.verdict is not Verdict.DOES_NOT_APPLY:
            told.append((rule, finding))
            if finding.fields == until:
                break
    return told


def _ask(rule: Rule[Asks], asked: Asks) -> Finding | None:
    try:
        return rule.ask(asked)
    except Exception:  # noqa: BLE001 - whatever breaks in a rule, the answer is that nobody knows, and that withholds
        if rule.effect is Effect.PERMIT:
            return does_not_apply("The rule could not be answered.")
        return bars(asked.fields if isinstance(asked, Question) else (), "The rule could not be answered.")


def _union(told: Iterable[Told]) -> frozenset[Field]:
    return NO_FIELDS.union(*(finding.fields for _, finding in told))


def _relied_on(permitting: list[Told], released: frozenset[Field]) -> list[Told]:
    """The permissions that the release needs, in the order of the book: what adds nothing is not relied on."""
    relied: list[Told] = []
    covered: dict[Regime | None, frozenset[Field]] = {}
    for rule, finding in permitting:
        so_far = covered.get(rule.regime, frozenset())
        if (finding.fields & released) - so_far:
            relied.append((rule, finding))
            covered[rule.regime] = so_far | finding.fields
    return relied


def _answer(
    q: Question, regimes: tuple[Regime, ...], released: frozenset[Field], relied: list[Told], trace: list[Step]
) -> PieceDecision:
    if not released:
        return _withheld(q, regimes, relied, trace)
    owed = {owing for rule, finding in relied for owing in rule.then | finding.obligations}
    return PieceDecision(
        id=q.piece.id,
        outcome=Outcome.PERMIT if released == q.fields else Outcome.LIMIT,
        fields_released=tuple(field for held in q.piece.contents.values() for field in held if field in released),
        obligations=tuple(sorted(owed, key=_ORDER.__getitem__)),
        basis=_once(cite for rule, _ in relied for cite in rule.cites),
        rules=tuple(rule.id for rule, _ in relied),
        regimes=regimes,
        trace=tuple(trace),
    )


def _withheld(q: Question, regimes: tuple[Regime, ...], relied: list[Told], trace: list[Step]) -> PieceDecision:
    """Silence, unless a no gives nothing away."""
    closing = [cite for rule, finding in relied if finding.fields for cite in rule.cites]
    return PieceDecision(
        id=q.piece.id,
        outcome=Outcome.REFUSE if _may_refuse(q) else Outcome.SILENT,
        basis=_once([*closing, *(CLOSED_BY[regime] for regime in regimes or (None,))]),
        rules=tuple(rule.id for rule, finding in relied if finding.fields),
        regimes=regimes,
        trace=tuple(trace),
    )


def _once(cites: Iterable[Citation]) -> tuple[Citation, ...]:
    return tuple({cite.text: cite for cite in cites}.values())


def _may_refuse(q: Question) -> bool:
    """A source that sends is told; so is one who asks about nobody in particular, and the person themselves."""
    if q.subject.match is Match.AMBIGUOUS:
        return False
    return q.request.channel is Channel.PUSH or q.subject.match is Match.POPULATION or q.is_own_access


def _refused_at(gate: Step, piece: Piece) -> PieceDecision:
    return PieceDecision(id=piece.id, outcome=Outcome.REFUSE, basis=gate.cites, rules=(gate.rule,), trace=(gate,))


def _response(pieces: Iterable[PieceDecision]) -> Response:
    outcomes = {piece.outcome for piece in pieces}
    if outcomes & _RELEASING:
        return Response.RELEASED
    return Response.REFUSED if Outcome.REFUSE in outcomes else Response.NO_INFORMATION
