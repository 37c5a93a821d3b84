"""A warm handoff as its two sides see it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field as Bound
from pydantic import StringConstraints, model_validator

from schemas.contacts import Text
from schemas.frozen import Frozen, Moment, Slug
from schemas.messages import SecurityLabel
from schemas.vocab import Purpose
from schemas.vocab.handoffs import DeclineReason, HandedOverTo, HandoffState, Mode, Side, Urgency
from schemas.vocab.records import AssessedBy, LivingSetting

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Agreement(Frozen):
    """That the person wants this handoff, in their own words if they wish."""

    agreed: bool
    words: Words | None = None


class CrisisAssessment(Frozen):
    """That the sender assessed the person's crisis, how, and whether they were put on the priority list for it."""

    how: AssessedBy
    prioritized: bool = False


class Offer(Frozen):
    """What a sender offers. `need` and `area` are shown before acceptance and name nobody.

    `handed_over_to`, `found_in` and `assessment` are for the person's own HMIS, as far as it may be told.
    """

    given: Text
    family: Text
    birth_date: date | None = None
    to: Slug
    purpose: Purpose = Purpose.COC
    need: Words
    urgency: Urgency
    area: Text
    mode: Mode = Mode.IN_PERSON
    agreement: Agreement
    handed_over_to: HandedOverTo | None = None
    found_in: LivingSetting | None = None
    assessment: CrisisAssessment | None = None


class Told(Frozen):
    """What of an offer is kept sealed under the person's key."""

    need: str
    area: str
    handed_over_to: HandedOverTo | None = None
    found_in: LivingSetting | None = None
    assessment: CrisisAssessment | None = None


class Acceptance(Frozen):
    """Who will meet the person: a named person with a role, told to the individual beforehand."""

    worker: Text
    role: Text


class Refusal(Frozen):
    """A receiver's no, with its reason; a sender's withdrawal needs none."""

    reason: DeclineReason


class Presence(Frozen):
    """One side's word that it was there."""

    since: Moment
    until: Moment

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until < self.since:
            raise ValueError("until is before since")
        return self


class Handoff(Frozen):
    """A handoff as one of its sides sees it. `holder` is accountable for the person now."""

    id: UUID
    side: Side
    sender: Slug
    receiver: Slug
    holder: Slug
    state: HandoffState
    mode: Mode
    need: str
    urgency: Urgency
    area: str
    offered_at: Moment
    accepted_by: Acceptance | None = None
    present: tuple[Side, ...] = ()
    warm: bool | None = Bound(default=None, description="Known once received: met in person, both sides attested.")
    explanation: tuple[str, ...] = Bound(
        default=(),
        description="To the sender: what of its own records the receiver may see, why not all, what would help.",
    )


class PacketPiece(Frozen):
    """One piece of a packet, as far as consent lets it go, with the texts that must travel with it."""

    source: Slug
    kind: str
    values: Mapping[str, Any]
    notices: tuple[str, ...] = ()
    labels: tuple[SecurityLabel, ...] = ()


class Packet(Frozen):
    """What the receiver may see at this stage; decided anew at each look. Empty says nothing about what exists.

    `labels` are those of the pieces together: the highest confidentiality, and whatever sticks to any of them.
    """

    handoff_id: UUID
    stage: HandoffState
    revealed_at: Moment
    pieces: tuple[PacketPiece, ...]
    labels: tuple[SecurityLabel, ...] = ()
    standing_notice: str
