"""The one door: what a decision lets go, cut to the fields it names, with what is owed attached."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from consent.leaving.notices import notices
from consent.leaving.reliance import Scope
from consent.leaving.security_labels import security_labels
from schemas.canonical import CanonicalRecord
from schemas.disclosure import PieceDecision
from schemas.frozen import Slug
from schemas.messages import Cleared, WayOut
from schemas.showing import keeping, shown
from schemas.vocab import Outcome

ANY = WayOut()
"""A way out that attaches, or sees to, whatever is owed, and has room for it."""

_RELEASING = frozenset({Outcome.PERMIT, Outcome.LIMIT})


class Decided(NamedTuple):
    """A record, who holds it, what was decided about it, and the scope of the consents that the decision rests on."""

    record: CanonicalRecord
    source: Slug
    decision: PieceDecision
    scopes: tuple[Scope, ...] = ()


def clear(decided: Iterable[Decided], *, on: date, way: WayOut = ANY) -> list[Cleared]:
    """What may leave by this way, in the order given; `on` is the day of the decision.

    A record of which nothing is released is not there. Neither is one that owes what the way out cannot attach:
    an obligation is a condition of the release.
    """
    cleared = (_cut(one, on, way) for one in decided if _may_leave(one.decision, way))
    return [one for one in cleared if one is not None]


def _may_leave(decision: PieceDecision, way: WayOut) -> bool:
    return decision.outcome in _RELEASING and way.attaches.issuperset(decision.obligations)


def _cut(one: Decided, on: date, way: WayOut) -> Cleared | None:
    record, source, decision, scopes = one
    held = {field for fields in shown(record.body, record.reveals).values() for field in fields}
    fields = tuple(field for field in decision.fields_released if field in held)
    texts = notices(decision.obligations, fields, on=on, room=way.room, scopes=scopes)
    if not fields or texts is None:
        return None
    return Cleared(
        key=record.key,
        kind=record.body.kind,
        source=source,
        values=keeping(record.body, fields, record.reveals),
        fields=fields,
        obligations=decision.obligations,
        notices=texts,
        labels=security_labels(record, decision, fields),
    )
