"""Who is in custody, from the rows of all their stays in one message."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from adapters.jail.definition import Meaning
from adapters.jail.reading import Jail
from adapters.jail.values import born, name_parts, ssn
from schemas.canonical import Identifier, PersonFacts
from schemas.vocab.records import Sex

_TELLING = ("family", "given", "birth_date", "sex")


@dataclass(frozen=True)
class Oddity:
    """A value of a person that was left out: its column, and what was expected."""

    code: str
    column: str
    expected: str


def person(jail: Jail, values: Mapping[str, str]) -> PersonFacts:
    """The facts of one row, with the jail's own names for the person and the stay among the identifiers."""
    given, middle, family = name_parts(jail.said(values, Meaning.NAME))
    return PersonFacts(
        given=jail.said(values, Meaning.GIVEN) or given,
        middle=jail.said(values, Meaning.MIDDLE) or middle,
        family=jail.said(values, Meaning.FAMILY) or family,
        suffix=jail.said(values, Meaning.SUFFIX) or None,
        aliases=tuple(values[name] for name in jail.columns[Meaning.ALIAS] if values.get(name)),
        birth_date=_birth_date(jail, values),
        sex=_sex(jail, values),
        ssn=ssn(jail.said(values, Meaning.SSN)),
        phones=tuple(values[name] for name in jail.columns[Meaning.PHONE] if values.get(name)),
        address=jail.said(values, Meaning.ADDRESS) or None,
        identifiers=_identifiers(jail, values),
    )


def oddities(jail: Jail, values: Mapping[str, str]) -> Iterator[Oddity]:
    """What a row says of a person that could not be kept."""
    kept = {
        Meaning.BIRTH_DATE: (_birth_date(jail, values), "a whole date in a defined format"),
        Meaning.SEX: (_sex(jail, values), "a code that codes.sex maps"),
        Meaning.SSN: (ssn(jail.said(values, Meaning.SSN)), "nine digits, or the last four"),
    }
    for meaning, (value, expected) in kept.items():
        if jail.said(values, meaning) and value is None:
            yield Oddity(f"bad-{meaning.value.replace('_', '-')}", jail.columns[meaning][0], expected)


def is_someone_else(one: PersonFacts, other: PersonFacts) -> bool:
    """Whether three or more telling facts differ: two people under one number, not one person written twice."""
    said = [(getattr(one, name), getattr(other, name)) for name in _TELLING]
    differing = [True for mine, theirs in said if mine is not None and theirs is not None and mine != theirs]
    return len(differing) >= 3


def together(one: PersonFacts, other: PersonFacts) -> PersonFacts:
    """The facts of the first with the numbers of both; a second name becomes an alias."""
    named = [" ".join(part for part in (facts.given, facts.middle, facts.family) if part) for facts in (one, other)]
    aliases = [*one.aliases, *other.aliases, *(named[1:] if named[0] != named[1] else ())]
    return one.model_copy(
        update={
            "aliases": tuple(dict.fromkeys(alias for alias in aliases if alias)),
            "identifiers": tuple(dict.fromkeys([*one.identifiers, *other.identifiers])),
        }
    )


def _birth_date(jail: Jail, values: Mapping[str, str]) -> date | None:
    written = jail.said(values, Meaning.BIRTH_DATE)
    return born(written, jail.definition.date_formats, jail.taken_at.date()) if written else None


def _sex(jail: Jail, values: Mapping[str, str]) -> Sex | None:
    written = jail.said(values, Meaning.SEX).casefold()
    return jail.sexes.get(written, jail.sexes.get("*")) if written else None


def _identifiers(jail: Jail, values: Mapping[str, str]) -> tuple[Identifier, ...]:
    state = jail.said(values, Meaning.STATE_ID)
    found = [jail.subject(values), jail.booking_number(values)]
    if state:
        found.append(Identifier(system=f"urn:hub:state-id:{jail.definition.jurisdiction}", value=state))
    return tuple(dict.fromkeys(one for one in found if one))
