"""The stricter law of a state as data: of what it speaks, where it yields, and what it takes away or adds.

An overlay has no way to let anything go. All it can do is hold back, or ask for more to be done.
"""

from typing import Annotated, Self, TypeVar

from pydantic import Field as Bound
from pydantic import StringConstraints, model_validator

from schemas.frozen import Frozen, Slug
from schemas.vocab import Capacity, Category, Channel, ExpressCover, Field, Obligation, Purpose, StateForm

Word = TypeVar("Word")
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
AtLeastOne = Annotated[tuple[Word, ...], Bound(min_length=1)]

LOOSENING = frozenset({Obligation.REDISCLOSURE_UNDER_HIPAA})
"""Listed with what is owed, and yet a leave given to the recipient; no state can give it (42 CFR 2.20)."""


class When(Frozen):
    """When an overlay speaks: all that is said here must hold, of each list one entry; what is left out asks nothing.

    `categories` and `fields` say of what it speaks, and mean either; without both it speaks of all that is held.
    """

    categories: AtLeastOne[Category] | None = None
    fields: AtLeastOne[Field] | None = None
    sources: AtLeastOne[Capacity] | None = None
    recipients: AtLeastOne[Capacity] | None = None
    purposes: AtLeastOne[Purpose] | None = None
    channels: AtLeastOne[Channel] | None = None


class Unless(Frozen):
    """Where an overlay yields; any one is enough, and a paper yields no more than it describes.

    own_access        the person asks for their own record. Yields if nothing is said: a state law that gives them less
                      of it than HIPAA does is not more stringent (45 CFR 160.202)
    recipient_treats  the recipient is a provider that is treating the person
    recipients        the recipient is one of these
    custody           the person is in the recipient's lawful custody
    emergency         emergency treatment by medical personnel, attested
    written_consent   a written consent of any kind that reaches this recipient for this purpose
    state_forms       one that is written on one of these forms of the state
    expressly_covers  one that says expressly that it covers one of these
    court_order       an order of a court that is directed to the source
    """

    own_access: bool = True
    recipient_treats: bool = False
    recipients: tuple[Capacity, ...] = ()
    custody: bool = False
    emergency: bool = False
    written_consent: bool = False
    state_forms: tuple[StateForm, ...] = ()
    expressly_covers: tuple[ExpressCover, ...] = ()
    court_order: bool = False


class Then(Frozen):
    """What an overlay does: `withhold` all of what it speaks of, or `limit_to` some fields of it; or what is owed."""

    withhold: bool = False
    limit_to: AtLeastOne[Field] | None = None
    owe: tuple[Obligation, ...] = ()

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if [self.withhold, self.limit_to is not None or bool(self.owe)].count(True) != 1:
            raise ValueError("either withhold = true, or limit_to, owe or both")
        if not LOOSENING.isdisjoint(self.owe):
            raise ValueError("owe without what gives the recipient leave, such as redisclosure-under-hipaa")
        return self


class Overlay(Frozen):
    """One rule of a state that is stricter than federal law; `words` say it plainly and `cite` says where it stands."""

    id: Slug
    words: Words
    cite: Words
    when: When = When()
    unless: Unless = Unless()
    then: Then
