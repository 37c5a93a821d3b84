"""The registry of papers, and what an agency may have kept out of an accounting for a time."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from schemas.contacts import PersonAsked
from schemas.frozen import Frozen, Moment, Slug
from schemas.instruments import Consent, Restriction
from schemas.vocab.ledgers import StatementForm

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class PaperVersion(Frozen):
    """One version of a consent or a restriction as it was filed. `ended_on` is the day on which the paper ended."""

    version: UUID
    source: Slug
    kind: str
    filed_at: Moment
    superseded_at: Moment | None
    ended_on: date | None
    paper: Consent | Restriction


class SuspensionAsked(Frozen):
    """A statement by which an oversight agency or a law-enforcement official keeps disclosures to it out of the
    person's accounting, because telling would impede it (45 CFR 164.528(a)(2)). One made by word of mouth holds for
    thirty days at most.
    """

    person: PersonAsked
    agency: Slug
    form: StatementForm
    official: Said
    because: Said
    stated_on: date
    until: date


class Suspended(Frozen):
    """A suspension as it was filed."""

    id: UUID
    agency: Slug
    until: date
