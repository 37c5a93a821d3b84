"""What a source is told of what it sent: which of it nothing could ever be told from here, why, and what would help.

To send is to disclose to the exchange, so it is decided as any disclosure is (42 CFR 2.12(c)(4); 45 CFR 164.504(e)).
What is refused is kept, sealed, and waits for the agreement that is missing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from consent.engine import decide
from consent.explain import for_source
from consent.given import HUB
from hub.flow.release import Release
from hub.store.records import RecordRow
from schemas.disclosure import DisclosureRequest, Provenance, Recipient, Subject
from schemas.instruments import Facts
from schemas.vocab import Capacity, Channel, Match, Outcome, Purpose, Role

_EXCHANGE = Recipient(
    organization=HUB, capacities=frozenset({Capacity.HUB}), role=Role.INTERFACE, identity_verified=True
)


def withheld_on_arrival(release: Release, message_id: UUID, *, at: datetime) -> tuple[str, ...]:
    """Lines for the sender, each sort of record once; empty where all that it sent can be of use."""
    rows = release.records.sorts_in(message_id)
    return tuple(
        line for holder in dict.fromkeys(row.holder for row in rows) for line in _lines(release, holder, rows, at)
    )


def _lines(release: Release, holder: str, rows: Sequence[RecordRow], at: datetime) -> Iterator[str]:
    own = [row for row in rows if row.holder == holder and row.contents]
    request = DisclosureRequest(
        at=at,
        channel=Channel.PUSH,
        purpose=Purpose.TREAT,
        recipient=_EXCHANGE,
        subject=Subject(match=Match.UNIQUE),
        records=tuple(release.piece(row, Provenance.model_validate(row.provenance)) for row in own),
    )
    facts = Facts(agreements=release.terms.agreements, policies=release.terms.policies_on(at.date()))
    decision = decide(request, facts)
    refused = tuple(piece for piece in decision.records if piece.outcome is Outcome.REFUSE)
    names = {str(row.id): f"{holder}: {row.kind}" for row in own}
    yield from for_source(decision.model_copy(update={"records": refused}), request, holder, names)
