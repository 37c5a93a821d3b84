"""The one door: what a decision lets go, cut to the fields it names, with what is owed attached."""

from collections.abc import Iterable

from consent.notices import notices
from schemas.canonical import CanonicalRecord, keeping, shown
from schemas.disclosure import PieceDecision
from schemas.frozen import Slug
from schemas.messages import Cleared
from schemas.vocab import Obligation, Outcome

EVERY = frozenset(Obligation)
"""A way out that can attach, or see to, whatever is owed."""

_RELEASING = frozenset({Outcome.PERMIT, Outcome.LIMIT})


def clear(
    decided: Iterable[tuple[CanonicalRecord, Slug, PieceDecision]], *, attachable: frozenset[Obligation] = EVERY
) -> list[Cleared]:
    """What may leave, in the order given; each record with its holder and the decision about it.

    A record of which nothing is released is not there. Neither is one that owes what the way out cannot attach:
    an obligation is a condition of the release.
    """
    released = (
        _cut(record, source, decision)
        for record, source, decision in decided
        if decision.outcome in _RELEASING and attachable.issuperset(decision.obligations)
    )
    return [cleared for cleared in released if cleared.values]


def _cut(record: CanonicalRecord, source: Slug, decision: PieceDecision) -> Cleared:
    held = {field for fields in shown(record.body).values() for field in fields}
    fields = tuple(field for field in decision.fields_released if field in held)
    return Cleared(
        key=record.key,
        kind=record.body.kind,
        source=source,
        values=keeping(record.body, fields),
        fields=fields,
        obligations=decision.obligations,
        notices=notices(decision.obligations, fields),
    )
