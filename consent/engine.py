"""Decides: gates, bars, every attached regime must permit, overlays may only narrow.

Fields intersect over regimes, obligations unite, and whatever is unknown never helps. Pure and total: a rule that
breaks withholds. Pieces that are alike in law are decided once.
"""

from collections.abc import Hashable, Iterable, Iterator
from functools import lru_cache

from consent import rulebook
from consent.provenance import CLOSED_BY, regimes_of, seen_by_law
from consent.question import NO_FIELDS, Asked, Question
from consent.rule import Asks, Effect, Finding, Rule, bars, does_not_apply
from schemas.disclosure import Citation, Decision, DisclosureRequest, Piece, PieceDecision, Step, Verdict
from schemas.instruments import Facts
from schemas.vocab import Field, Match, Obligation, Outcome, Regime, Response

_KEPT = 4096
"""Answers repeat; their parts are worked out once, up to a bound."""

NO_OBLIGATIONS: frozenset[Obligation] = frozenset()
_RELEASING = frozenset({Outcome.PERMIT, Outcome.LIMIT})

Told = tuple[Rule[Question], Finding]


def decide(request: DisclosureRequest, facts: Facts) -> Decision:
    """The answer to one question of disclosure, piece by piece, by the law in force on the day of the request."""
    book = rulebook.on(request.at.date())
    asked = Asked(request, facts)
    gate = closed_gate(book, asked)
    if gate is None:
        pieces = tuple(_decide_each(book, asked))
        return _decision(_response(pieces), pieces)
    return _decision(Response.REFUSED, tuple(_refused_at(gate, piece) for piece in request.records), gate)


def _decision(response: Response, pieces: tuple[PieceDecision, ...], gate: Step | None = None) -> Decision:
    return Decision.made_of({"response": response, "records": pieces, "gate": gate, "rulebook": rulebook.digest()})


def closed_gate(book: rulebook.Book, asked: Asked) -> Step | None:
    """The first gate that refuses, seen from the request alone."""
    for rule in book.gates(asked):
        if (finding := _ask(rule, asked, NO_FIELDS)) is not None:
            return rule.step(finding)
    return None


def _decide_each(book: rulebook.Book, asked: Asked) -> Iterator[PieceDecision]:
    """Every piece in order; what the law sees alike is decided once, and differs by its id alone."""
    decided: dict[Hashable, PieceDecision] = {}
    for piece in asked.request.records:
        seen = seen_by_law(piece)
        known = decided.get(seen)
        if known is None:
            decided[seen] = known = _decide_piece(book, Question(asked, piece))
        yield known if known.id == piece.id else PieceDecision.made_of(vars(known) | {"id": piece.id})


def _decide_piece(book: rulebook.Book, q: Question) -> PieceDecision:
    """The combining logic: what every regime permits, less what is barred, less what overlays take away."""
    regimes = regimes_of(q.piece)
    page = book.page(regimes, q)
    trace: list[Step] = []
    released = NO_FIELDS if q.subject.match is Match.AMBIGUOUS else q.fields
    used: list[Told] = []
    for rules in page.permits:
        permitting = _hear(rules, q, trace, until=q.fields)
        released &= _fields(permitting)
        used += permitting
    narrowing = _hear(page.narrowing, q, trace)
    released -= _fields(narrowing)
    return _answer(q, regimes, released, _relied_on(used, released) + narrowing, (*trace, *page.silent))


def _hear(
    rules: tuple[Rule[Question], ...], q: Question, trace: list[Step], *, until: frozenset[Field] | None = None
) -> list[Told]:
    """Asks each rule, writes down each answer, and returns those that apply.

    Permissions are asked `until` they cover all there is: the rest could add nothing.
    """
    told: list[Told] = []
    for rule in rules:
        finding = _ask(rule, q, q.fields)
        if finding is None:
            trace.append(rule.silence)
            continue
        trace.append(rule.step(finding))
        if finding.verdict is not Verdict.DOES_NOT_APPLY:
            told.append((rule, finding))
            if finding.fields == until:
                break
    return told


def _ask(rule: Rule[Asks], asked: Asks, fields: frozenset[Field]) -> Finding | None:
    try:
        return rule.ask(asked)
    except Exception:  # noqa: BLE001 - whatever breaks in a rule, the answer is that nobody knows, and that withholds
        unanswered = "The rule could not be answered."
        return does_not_apply(unanswered) if rule.effect is Effect.PERMIT else bars(fields, unanswered)


def _fields(told: list[Told]) -> frozenset[Field]:
    return NO_FIELDS.union(*[finding.fields for _, finding in told])


def _relied_on(permitting: list[Told], released: frozenset[Field]) -> list[Told]:
    """The permissions that the release needs, in the order of the book: what adds nothing is not relied on."""
    relied: list[Told] = []
    covered: dict[Regime | None, frozenset[Field]] = {}
    for rule, finding in permitting:
        so_far = covered.get(rule.regime, NO_FIELDS)
        if not (finding.fields & released) <= so_far:
            relied.append((rule, finding))
            covered[rule.regime] = so_far | finding.fields
    return relied


def _answer(
    q: Question, regimes: tuple[Regime, ...], released: frozenset[Field], relied: list[Told], trace: tuple[Step, ...]
) -> PieceDecision:
    used = tuple([rule for rule, finding in relied if released or finding.fields])
    owed = [finding.owed(released) for _, finding in relied] if released else ()
    return PieceDecision.made_of(
        {
            "id": q.piece.id,
            "outcome": _outcome(q, released),
            "fields_released": tuple([field for field in q.piece.each_field if field in released]),
            "obligations": _in_order(_owed_by(used).union(*owed)) if released else (),
            "basis": _basis(used, () if released else regimes or (None,)),
            "rules": tuple([rule.id for rule in used]),
            "regimes": regimes,
            "trace": trace,
        }
    )


@lru_cache(_KEPT)
def _owed_by(rules: tuple[Rule[Question], ...]) -> frozenset[Obligation]:
    return NO_OBLIGATIONS.union(*(rule.then for rule in rules))


@lru_cache(_KEPT)
def _in_order(owed: frozenset[Obligation]) -> tuple[Obligation, ...]:
    return tuple(obligation for obligation in Obligation if obligation in owed)


@lru_cache(_KEPT)
def _basis(rules: tuple[Rule[Question], ...], closed: tuple[Regime | None, ...]) -> tuple[Citation, ...]:
    """What the rules cite, each place once, and what closes the regimes that stay closed."""
    cites = [*(cite for rule in rules for cite in rule.cites), *(CLOSED_BY[regime] for regime in closed)]
    return tuple({cite.text: cite for cite in cites}.values())


def _outcome(q: Question, released: frozenset[Field]) -> Outcome:
    if not released:
        return _no(q)
    return Outcome.PERMIT if released == q.fields else Outcome.LIMIT


def _no(q: Question) -> Outcome:
    """Silence, unless a no gives nothing away.

    A source that sends is told; so is one who asks about nobody in particular, and the person themselves.
    """
    match = q.subject.match
    if match is Match.AMBIGUOUS:
        return Outcome.SILENT
    may_be_said = q.is_push or match is Match.POPULATION or q.is_own_access
    return Outcome.REFUSE if may_be_said else Outcome.SILENT


def _refused_at(gate: Step, piece: Piece) -> PieceDecision:
    return PieceDecision(id=piece.id, outcome=Outcome.REFUSE, basis=gate.cites, rules=(gate.rule,), trace=(gate,))


def _response(pieces: Iterable[PieceDecision]) -> Response:
    outcomes = {piece.outcome for piece in pieces}
    if outcomes & _RELEASING:
        return Response.RELEASED
    return Response.REFUSED if Outcome.REFUSE in outcomes else Response.NO_INFORMATION
