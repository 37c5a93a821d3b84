"""What a receiver sees at each stage of a handoff: nothing, then who and how to meet, then all that may be told."""

from collections.abc import Mapping
from datetime import datetime

from hub.flow.release import Question, Release, recipient
from hub.store.handoffs import HandoffRow
from schemas.handoffs import PacketPiece
from schemas.messages import Cleared
from schemas.vocab import Channel, Field, Purpose, Relationship, Role
from schemas.vocab.handoffs import HandoffState

NEEDED: Mapping[str, frozenset[Field]] = {
    HandoffState.OFFERED: frozenset(),
    HandoffState.ACCEPTED: frozenset(
        {Field.NAME, Field.DATE_OF_BIRTH, Field.SAFE_CONTACT_METHOD, Field.MOBILITY_NEEDS, Field.CASE_MANAGER}
    ),
    HandoffState.RECEIVED: frozenset(Field),
}


def look_of(release: Release, handoff: HandoffRow, participant: str, role: Role, *, at: datetime) -> Question:
    """The question a receiver's look at a packet asks: limited to what the stage needs."""
    return Question(
        at=at,
        channel=Channel.QUERY,
        needs=NEEDED.get(handoff.state, frozenset()),
        purpose=Purpose(handoff.purpose),
        recipient=recipient(
            release.terms,
            participant,
            role=role,
            identity_verified=True,
            relationship=Relationship.TREATING if handoff.purpose == Purpose.TREAT else Relationship.NONE,
        ),
    )


def piece(cleared: Cleared) -> PacketPiece:
    """What was cleared of one record, with the texts and labels that travel with it."""
    notices = tuple(notice.text for notice in cleared.notices)
    return PacketPiece(
        source=cleared.source, kind=cleared.kind, values=cleared.values, notices=notices, labels=cleared.labels
    )
