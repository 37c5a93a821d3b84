"""A pack in plain words, rule by rule, for those who sign it off."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from consent.packs.pack import Edition, MinorConsent
from schemas.overlays import Overlay, Then, Unless, When

_CARE = {
    "substance_use": "substance use care",
    "mental_health": "mental health care",
    "victim_services": "victim services",
}
_YIELDS = {
    "own_access": "own access",
    "recipient_treats": "a recipient that treats the person",
    "custody": "lawful custody by the recipient",
    "emergency": "an attested emergency",
    "written_consent": "a written consent",
    "court_order": "a court order",
}


class Row(NamedTuple):
    """One rule of an edition: its name, what it says, and where it stands in the law."""

    name: str
    words: str
    cite: str


def standing(edition: Edition, day: date) -> str:
    """Whether an edition counts on a day, and if not, why."""
    if edition.signed_off is None:
        return "nobody has signed it off: it does not count"
    if day < edition.since:
        return f"counts from {max(edition.since, edition.signed_off.at)}"
    if edition.until is not None and edition.until < day:
        return f"has expired: it does not count since {edition.until}"
    return "counts" if edition.counts_on(day) else f"signed off from {edition.signed_off.at} only: it does not count"


def rules_of(edition: Edition) -> Iterator[Row]:
    """Every rule of an edition."""
    if edition.minor_consent is not None:
        yield from _ages(edition.minor_consent)
    if edition.parent_access is not None:
        access = edition.parent_access
        yield Row("parent-access", f"Care that a minor consented to alone: {access.rule.meaning}", access.cite)
    yield from (Row(cited.rule.value, cited.rule.meaning, cited.cite) for cited in edition.mandates)
    yield from (Row(cited.rule.value, cited.rule.meaning, cited.cite) for cited in edition.rules)
    for overlay in edition.overlays:
        yield Row(overlay.id, f"{overlay.words} {effect_of(overlay)}", overlay.cite)


def effect_of(overlay: Overlay) -> str:
    """What the data of an overlay really do, to be compared with the words that were written for it."""
    unless = _unless(overlay.unless)
    return f"[{_then(overlay.then, _of(overlay.when))}{_when(overlay.when)}{f'; not for {unless}' if unless else ''}]"


def _ages(minor_consent: MinorConsent) -> Iterator[Row]:
    for name, care in _CARE.items():
        cited = getattr(minor_consent, name)
        if cited is not None:
            yield Row("minor-consent", f"From the age of {cited.age} a minor consents alone to {care}.", cited.cite)


def _of(when: When) -> str:
    return _list([*(when.categories or ()), *(when.fields or ())]) or "everything"


def _then(then: Then, what: str) -> str:
    if then.withhold:
        return f"Holds back {what}"
    owed = f"with {what} owes {_list(then.owe)}" if then.owe else ""
    limited = f"of {what} lets go only {_list(then.limit_to or ())}" if then.limit_to else ""
    said = "; ".join(part for part in (limited, owed) if part)
    return said[0].upper() + said[1:]


def _when(when: When) -> str:
    parts = {"held by": when.sources, "to": when.recipients, "for": when.purposes, "by": when.channels}
    return "".join(f", {name} {_list(words)}" for name, words in parts.items() if words is not None)


def _unless(unless: Unless) -> str:
    named = [words for name, words in _YIELDS.items() if getattr(unless, name)]
    forms = [f"a consent on the form {form}" for form in unless.state_forms]
    covers = [f"a consent that expressly covers {cover}" for cover in unless.expressly_covers]
    return ", ".join([*named, *unless.recipients, *forms, *covers])


def _list(words: Collection[str]) -> str:
    return ", ".join(words)
