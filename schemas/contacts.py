"""The question a crisis worker asks, and the answer; the shapes of `POST /api/contact-queries`."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field as Bound
from pydantic import StringConstraints, model_validator

from schemas.canonical import Identifier
from schemas.frozen import Frozen, Moment
from schemas.messages import SecurityLabel
from schemas.vocab import EmergencyKind, Purpose, UnobtainableBecause

Whose = Literal["worker", "last-recorder", "program", "agency"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

STANDING_NOTICE = (
    "Some categories of information are restricted by law. "
    "This service neither confirms nor denies whether other information exists."
)


class PersonAsked(Frozen):
    """Whom the question is about, as well as the asker knows them."""

    given: Text | None = None
    family: Text | None = None
    birth_date: date | None = None
    ssn_last4: Annotated[str, StringConstraints(pattern=r"^\d{4}$")] | None = None
    identifiers: Annotated[tuple[Identifier, ...], Bound(max_length=20)] = ()


class EmergencyStatement(Frozen):
    """The asker's statement of a medical emergency (42 CFR 2.51(c)); once offered it must be complete.

    While it holds, whoever made it may refer to it instead: `declaration` is the `query_id` of the answer to it.
    """

    kind: EmergencyKind | None = None
    medical_person: Text | None = None
    consent_unobtainable_because: UnobtainableBecause | None = None
    declaration: UUID | None = None

    @model_validator(mode="after")
    def _stated_or_referred_to(self) -> Self:
        if self.declaration is not None and self.model_fields_set != {"declaration"}:
            raise ValueError("refer to a declaration, or state the emergency; not both")
        return self


class ContactQuery(Frozen):
    """A crisis worker's question: who in homeless services works with this person, and how are they reached?"""

    purpose: Purpose
    treating_relationship: bool = False
    justification: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    person: PersonAsked
    emergency: EmergencyStatement | None = None

    def states_an_emergency(self) -> bool:
        """Whether an emergency is stated here, and not only referred to."""
        return self.emergency is not None and self.emergency.declaration is None


class Worker(Frozen):
    """Who works with the person."""

    name: str
    role: str


class Reach(Frozen):
    """One way to reach them.

    whose        the worker's own, the last recorder's, the program's or the agency's
    hours        as the directory says them
    after_hours  true where it is for when the other ways are closed
    as_of        the day on which the directory was told so
    open_now     whether it is open at the time asked, and `until` when that stays so; None where the hours do not say
    """

    kind: str
    value: str
    hours: str | None = None
    after_hours: Literal[True] | None = None
    whose: Whose | None = None
    as_of: date | None = None
    open_now: bool | None = None
    until: Moment | None = None


class LastContact(Frozen):
    """When the program last had contact, and by what kind of record."""

    on: date
    kind: str
    age_days: int | None = None


class LastSeen(Frozen):
    """Where the person was last seen, as coarse as the release allows."""

    setting: str
    area: str | None = None
    on: date
    age_days: int | None = None


class Inactivity(Frozen):
    """That nothing newer is on record, or may be told, for as long as the community calls inactive.

    `possible_missed_exit` where a person comes and goes without a record of leaving (night-by-night shelter, street
    outreach): the stay may be long over.
    """

    days: int
    inactive_after_days: int
    possible_missed_exit: bool


class CoordinatedEntryState(Frozen):
    """Where the person stands in coordinated entry."""

    prioritized: bool | None = None
    open_referral: str | None = None


class RestsOn(Frozen):
    """What an answer rests on: the kind of record, whose, and how old."""

    kind: str
    source: str
    as_of: date
    age_days: int | None = None


class Contact(Frozen):
    """A homeless-services contact, as far as consent lets it be told.

    `in_shelter_tonight` is true where the records say so; None where they do not. It is never false: that nobody has
    written a night down does not say where the person sleeps.
    """

    organization: str
    program: str | None = None
    program_type: str | None = None
    worker: Worker | None = None
    reach: tuple[Reach, ...] = ()
    last_contact: LastContact | None = None
    last_seen: LastSeen | None = None
    in_shelter_tonight: Literal[True] | None = None
    inactivity: Inactivity | None = None
    enrolled_since: date | None = None
    coordinated_entry: CoordinatedEntryState | None = None
    rests_on: tuple[RestsOn, ...] = ()
    notices: tuple[str, ...] = ()
    labels: tuple[SecurityLabel, ...] = ()
    share_until: date | None = None


class ContactAnswer(Frozen):
    """Always this shape: also for a stranger, an ambiguous match, and a person about whom nothing may be said."""

    query_id: UUID
    asked_at: Moment
    contacts: tuple[Contact, ...] = ()
    standing_notice: str = STANDING_NOTICE
