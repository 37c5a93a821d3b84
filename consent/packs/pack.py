"""A pack: one state, its editions by day, and in each the rules with the place in the law where they stand."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field as Bound
from pydantic import StringConstraints, field_validator, model_validator

from schemas.frozen import Frozen
from schemas.instruments import MinorConsentAges, StatePack
from schemas.overlays import Overlay, Words
from schemas.vocab import ParentAccess, StateMandate, StateRule

DAY = timedelta(days=1)
State = Annotated[str, StringConstraints(pattern=r"^US-[A-Z]{2}$")]


class SignOff(Frozen):
    """Who answers for an edition: name or role, the bar they were admitted to, and the day."""

    by: Words
    bar: Words
    at: date


class CitedAge(Frozen):
    """An age in years from which a minor may consent alone."""

    age: Annotated[int, Bound(ge=0, le=18)]
    cite: Words


class MinorConsent(Frozen):
    """To which care a minor may consent alone; what is left out needs a parent."""

    substance_use: CitedAge | None = Bound(default=None, alias="substance-use")
    mental_health: CitedAge | None = Bound(default=None, alias="mental-health")
    victim_services: CitedAge | None = Bound(default=None, alias="victim-services")

    def ages(self) -> MinorConsentAges:
        cited = {"substance-use": self.substance_use, "mental-health": self.mental_health,
                 "victim-services": self.victim_services}  # fmt: skip
        return MinorConsentAges.model_validate({care: one and one.age for care, one in cited.items()})


class CitedAccess(Frozen):
    """What the state says of telling a parent about care to which a minor lawfully consented alone."""

    rule: ParentAccess
    cite: Words


class CitedMandate(Frozen):
    """A report that a statute of the state demands."""

    rule: StateMandate
    cite: Words


class CitedRule(Frozen):
    """A rule of this state that is written in code."""

    rule: StateRule
    cite: Words


class Edition(Frozen):
    """What a pack says from `since` to `until`, both days included; without `until` it has no end yet."""

    since: date
    until: date | None = None
    signed_off: SignOff | None = None
    minor_consent: MinorConsent | None = None
    parent_access: CitedAccess | None = None
    mandates: tuple[CitedMandate, ...] = Bound(default=(), alias="mandate")
    rules: tuple[CitedRule, ...] = Bound(default=(), alias="rule")
    overlays: tuple[Overlay, ...] = Bound(default=(), alias="narrow")

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("until on or after since")
        return self

    @field_validator("overlays")
    @classmethod
    def _are_told_apart(cls, overlays: tuple[Overlay, ...]) -> tuple[Overlay, ...]:
        if max(Counter(overlay.id for overlay in overlays).values(), default=1) > 1:
            raise ValueError("an id once")
        return overlays

    def counts_on(self, day: date) -> bool:
        """Whether it is in force on a day and had been signed off by then: law that nobody answers for is unknown."""
        in_force = self.since <= day and (self.until is None or day <= self.until)
        return in_force and self.signed_off is not None and self.signed_off.at <= day


class Pack(Frozen):
    """The law of one state, edition by edition, without an overlap and without a gap."""

    jurisdiction: State
    title: Words
    editions: Annotated[tuple[Edition, ...], Bound(min_length=1, alias="edition")]

    @field_validator("editions")
    @classmethod
    def _follow_each_other(cls, editions: tuple[Edition, ...]) -> tuple[Edition, ...]:
        for number, (one, following) in enumerate(pairwise(editions), start=2):
            if one.until is None or following.since != one.until + DAY:
                raise ValueError(f"edition {number} to begin on the day after the last of edition {number - 1}")
        return editions

    @model_validator(mode="after")
    def _names_rules_of_its_own_state(self) -> Self:
        own = f"{self.jurisdiction.lower()}-"
        if not all(cited.rule.startswith(own) for edition in self.editions for cited in edition.rules):
            raise ValueError(f"every rule of code to be one of {self.jurisdiction}")
        return self

    def on(self, day: date) -> StatePack | None:
        """The rules that count on a day; None where no edition does, so that the state counts as not loaded."""
        return next((self._compiled(edition) for edition in self.editions if edition.counts_on(day)), None)

    def _compiled(self, edition: Edition) -> StatePack:
        return StatePack(
            jurisdiction=self.jurisdiction,
            minor_consent_ages=None if edition.minor_consent is None else edition.minor_consent.ages(),
            parent_access=ParentAccess.SILENT if edition.parent_access is None else edition.parent_access.rule,
            rules=tuple(cited.rule for cited in edition.rules),
            mandates=tuple(cited.rule for cited in edition.mandates),
            overlays=edition.overlays,
        )
