"""What the release of a piece rests on: the consents with their scope, the process, the posted privacy notice.

A consent is relied on if a rule that carries the release permits with it and not without it. So the question is asked
again with each paper alone: no list says which rules read papers, and none can be forgotten.
"""

from collections.abc import Iterator
from typing import NamedTuple

from consent.engine import decide
from consent.papers import reaches, speaking
from consent.purposes import covers
from consent.question import Asked, Question
from schemas.disclosure import DisclosureRequest, Piece, PieceDecision, Verdict
from schemas.instruments import Consent, Expiration, Facts, NamedRecipient
from schemas.vocab import Field, Obligation, ProcessKind, Purpose


class Scope(NamedTuple):
    """As much of a consent as bears on one release: to whom, for what, how long, and which of the fields told.

    `to` and `purposes` are empty where the paper speaks of an earlier disclosure, on which this one builds.
    """

    consent: str
    to: tuple[NamedRecipient, ...]
    purposes: tuple[Purpose, ...]
    expiration: Expiration | None
    fields: tuple[Field, ...]


class Reliance(NamedTuple):
    """What a release rests on, by id; empty where the law asks for no paper."""

    scopes: tuple[Scope, ...] = ()
    process: tuple[str, ...] = ()
    privacy_notice: str | None = None


def reliance(request: DisclosureRequest, facts: Facts, piece: Piece, decision: PieceDecision) -> Reliance:
    """What this decision about this piece rests on, as of the request."""
    alone = request.model_copy(update={"records": (piece,)})
    q = Question(Asked(alone, facts), piece)
    scopes = tuple(_scope(paper, q, decision) for paper in _relied_on(q, decision))
    process = _process(q, decision) if Obligation.WITHIN_ORDER in decision.obligations else ()
    policy = facts.policies.hmis
    inferred = Obligation.RECORD_HMIS_BASIS in decision.obligations and not scopes and not process
    return Reliance(scopes, process, policy.notice.version if inferred and policy is not None else None)


def _relied_on(q: Question, decision: PieceDecision) -> Iterator[Consent]:
    papers = dict.fromkeys([*speaking(q), *_received_under(q)])
    without = _permitting(q, ()) if papers else frozenset()
    carrying = frozenset(decision.rules) - without
    return (paper for paper in papers if carrying & _permitting(q, (paper,)))


def _received_under(q: Question) -> Iterator[Consent]:
    """The consent under which the holder itself received the record."""
    received = q.received
    return (paper for paper in q.facts.consents if received is not None and paper.id == received.consent)


def _permitting(q: Question, papers: tuple[Consent, ...]) -> frozenset[str]:
    """The rules that permit something if these are the only papers on file."""
    (decided,) = decide(q.request, q.facts.model_copy(update={"consents": papers})).records
    return frozenset(step.rule for step in decided.trace if step.verdict is Verdict.PERMITS)


def _scope(paper: Consent, q: Question, decision: PieceDecision) -> Scope:
    """Never more of the paper than the question touches, and no field that it does not describe."""
    described = q.described(paper.information)
    return Scope(
        consent=paper.id,
        to=tuple(entry for entry in paper.recipients if reaches(entry, paper, q)),
        purposes=tuple(stated for stated in paper.purposes if _covers(stated, paper, q)),
        expiration=paper.expiration,
        fields=tuple(field for field in decision.fields_released if field in described),
    )


def _covers(stated: Purpose, paper: Consent, q: Question) -> bool:
    return covers((stated,), q.purpose, at_persons_request=paper.initiated_by_subject)


def _process(q: Question, decision: PieceDecision) -> tuple[str, ...]:
    told = frozenset(decision.fields_released)
    return tuple(paper.id for paper in q.process(*ProcessKind) if q.described(paper.information) & told)
