"""The contact directory: how agencies and programs are reached, on which days and at which hours.

An entry is about an organization and never about a person, so it is kept in the clear.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from schemas.contacts import Reach, Text
from schemas.frozen import Frozen, Slug
from schemas.hours import HOW_TO_WRITE, weekly

EXPECTED = "expected"
"""The type of an error whose words say what is expected, and never what stood there."""

Kind = Literal["phone", "sms", "email", "fax", "url", "place"]
KINDS: tuple[str, ...] = get_args(Kind)
"""The first ones are what a worker at night would try first."""

PLACE = "place"

_FORMS = {
    "phone": (r"\+?[0-9][0-9 ().-]{2,29}", "a telephone number, as +1 555 0100 or 988"),
    "email": (r"[^@\s]{1,64}@[^@\s]{1,130}\.[^@\s.]{2,}", "an e-mail address, as intake@shelter.example"),
    "url": (r"https://[^\s/]\S*", "an address that begins with https://"),
    PLACE: (r".{3,200}", "a street address, or how one gets there"),
}
_NUMBERS = frozenset({"phone", "sms", "fax"})


def _understood(hours: str) -> str:
    if not weekly(hours):
        raise PydanticCustomError(EXPECTED, HOW_TO_WRITE)
    return hours


Hours = Annotated[Text, AfterValidator(_understood)]


class Listed(Frozen):
    """One way to reach an agency or a program, as the directory lists it.

    hours         when somebody is there, by the weekday on the community's clock; None where nobody said
    after_hours   that it is for when the other ways are closed
    since, until  the first and the last day on which it holds; None where it always did, or no end is known
    as_of         the day on which the directory was told so
    """

    kind: Kind
    value: Text
    hours: Hours | None = None
    after_hours: bool = False
    since: date | None = None
    until: date | None = None
    as_of: date | None = None

    @field_validator("value")
    @classmethod
    def _is_of_its_kind(cls, value: str, others: ValidationInfo) -> str:
        kind = others.data.get("kind", PLACE)
        form, expected = _FORMS["phone" if kind in _NUMBERS else kind]
        if re.fullmatch(form, value) is None:
            raise PydanticCustomError(EXPECTED, "{form}", {"form": expected})
        return value

    @field_validator("until")
    @classmethod
    def _ends_after_it_began(cls, until: date | None, others: ValidationInfo) -> date | None:
        since = others.data.get("since")
        if since and until and until < since:
            raise PydanticCustomError(EXPECTED, "a day that is not before since")
        return until

    def holds_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def reach(self) -> Reach:
        return Reach(
            kind=self.kind, value=self.value, hours=self.hours, after_hours=self.after_hours or None, as_of=self.as_of
        )


class Listing(Listed):
    """An entry with whose it is: an agency's, or a program's under its source's key of it ("Project/31")."""

    agency: Slug | None = None
    source: Slug | None = None
    program: Text | None = None

    @model_validator(mode="after")
    def _is_of_an_agency_or_a_program(self) -> Self:
        named = (self.agency is not None, self.source is not None, self.program is not None)
        if named not in {(True, False, False), (False, True, True)}:
            raise PydanticCustomError(EXPECTED, "an agency, or a source and a program")
        return self


def in_turn(listed: Iterable[Listed]) -> Sequence[Listed]:
    """What is tried first comes first: by kind; what holds since lately, before what it replaces."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(
        listed, key=lambda one: (order.get(one.kind, len(order)), -(one.since or date.min).toordinal(), one.value)
    )


def reach_on(listed: Iterable[Listed], day: date) -> tuple[Reach, ...]:
    """The ways that hold on a day, in the order in which they are listed."""
    return tuple(one.reach() for one in listed if one.holds_on(day))
