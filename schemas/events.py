"""An entry of the audit log as it is told to others' audit repositories: already cut to what the reader may see."""

from enum import Enum

from schemas.frozen import Frozen, Moment


class Decided(Enum):
    """What a decision came to."""

    PERMIT = "permit"
    DENY = "deny"


class Told(Frozen):
    """What one holder's records told: which, and what in brief."""

    discloser: str
    records: tuple[str, ...]
    description: tuple[str, ...]


class Event(Frozen):
    """One entry. `person` is a pseudonym; `decided` is None where nothing was decided about a person's records.

    `failed` says that what was tried was refused or did not come about.
    """

    number: int
    at: Moment
    act: str
    meaning: str
    actor: str
    organization: str | None
    person: str | None
    purpose: str | None
    decided: Decided | None
    failed: bool
    reason: str | None
    papers: tuple[str, ...]
    told: tuple[Told, ...]
    recipient: str | None
