"""Declared emergencies as a reviewer sees them; nothing here says whom they were about."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from schemas.frozen import Frozen, Moment, Slug
from schemas.vocab import EmergencyKind, Purpose, Role, UnobtainableBecause
from schemas.vocab.ledgers import Verdict
from schemas.vocab.word import Word


class Queue(Word):
    """Where a declared emergency stands."""

    WAITING = "waiting", "Waits for its review."
    OVERDUE = "overdue", "Waits, and the day after it was declared is over."
    REVIEWED = "reviewed", "Was reviewed."


class Stated(Frozen):
    """What was stated when the emergency was declared (42 CFR 2.51(c)), by whom of what profession, and for what."""

    kind: EmergencyKind
    medical_person: str
    affiliation: Slug
    consent_unobtainable_because: UnobtainableBecause
    declared_at: Moment
    role: Role
    purpose: Purpose
    justification: str


class Review(Frozen):
    """What a reviewer finds, and why."""

    verdict: Verdict
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Reviewed(Frozen):
    """A review as it was written."""

    at: Moment
    by: str
    verdict: Verdict
    note: str


class Declared(Frozen):
    """A declared emergency in the queue. `entry` is the number of the answer in the log, where the reader sees it."""

    id: UUID
    actor: str
    participant: Slug
    stated: Stated
    holds_until: Moment
    review_by: Moment
    overdue: bool
    entry: int | None = None
    review: Reviewed | None = None
