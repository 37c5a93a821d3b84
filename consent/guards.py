"""Guards against inference: a value that gives something away is treated as what it gives away.

The name of a project for people with HIV, a stay in a treatment facility, the shelter of someone who flees: each is
told only to those who may know what it reveals.
"""

from collections.abc import Iterator

from consent.codes import Codes, words
from schemas.canonical import (
    Booking,
    CanonicalRecord,
    Encounter,
    Enrollment,
    LivingSituation,
    Medications,
    Service,
    StaffAssignment,
)
from schemas.vocab import Funding, Sensitivity
from schemas.vocab.records import LivingSetting

FUNDED_FOR = {Funding.HOPWA: Sensitivity.HIV, Funding.PATH: Sensitivity.PSY}
"""What a project's funding tells of everyone in it. That someone is in a project for runaway and homeless youth is
guarded by a regime of its own (34 U.S.C. 11186)."""

SETTINGS = {
    LivingSetting.SUBSTANCE_USE_FACILITY: Sensitivity.SUD,
    LivingSetting.PSYCHIATRIC_FACILITY: Sensitivity.PSY,
}
"""What it tells to stay in such a place: HMIS living situations 205 and 204."""

_IN_A_PROJECT = (Enrollment, Service, LivingSituation, StaffAssignment)
_IN_WORDS: dict[type[object], tuple[str, ...]] = {
    Encounter: ("facility", "disposition"),
    Booking: ("facility", "release_reason", "screening"),
    Service: ("what",),
    LivingSituation: ("place",),
    StaffAssignment: ("role",),
}
"""Texts that may name a unit, a facility or a service."""

_ORDER = (Sensitivity.HIV, Sensitivity.SUD, Sensitivity.PSY, Sensitivity.SDV)
"""A value that gives several things away is told through the narrowest door."""


def revealing(record: CanonicalRecord, codes: Codes) -> Iterator[tuple[str, Sensitivity]]:
    """The attributes of a labelled record that give something away, and what; of two for one, the last counts."""
    yield from _texts(record)
    yield from _project(record)
    yield from _setting(record)
    yield from _medications(record, codes)


def funded_for(record: CanonicalRecord) -> Iterator[Sensitivity]:
    """What the funding of the project gives away of whoever has a record in it."""
    held = record.provenance.hmis
    if held is not None:
        yield from (FUNDED_FOR[funding] for funding in held.funding if funding in FUNDED_FOR)


def in_words(record: CanonicalRecord) -> Iterator[tuple[str, Sensitivity]]:
    """The texts that name a place or service for one condition, and each condition named."""
    for name in _IN_WORDS.get(type(record.body), ()):
        yield from ((name, found) for found in words.places().speak_of(getattr(record.body, name)))


def of_medications(body: Medications, codes: Codes) -> frozenset[Sensitivity]:
    """What a medication list gives away, by its words and by its codes."""
    coded = (codes.speaks_of(code.system, code.code) for code in body.codes)
    said = (*body.current, body.last_dose, *(code.display for code in body.codes))
    return words.medications().speak_of(*said).union(*coded)


def tells_where_a_survivor_is(record: CanonicalRecord) -> bool:
    """Whether it names the project that serves someone who flees violence."""
    return Sensitivity.SDV in record.sensitivity and isinstance(record.body, _IN_A_PROJECT)


def _texts(record: CanonicalRecord) -> Iterator[tuple[str, Sensitivity]]:
    named: dict[str, set[Sensitivity]] = {}
    for name, sensitivity in in_words(record):
        named.setdefault(name, set()).add(sensitivity)
    yield from ((name, _narrowest(found)) for name, found in named.items())


def _project(record: CanonicalRecord) -> Iterator[tuple[str, Sensitivity]]:
    """The project, and a service that only its grantees give; for a survivor, the project tells where they are."""
    if isinstance(record.body, _IN_A_PROJECT):
        if found := set(funded_for(record)):
            yield "program", _narrowest(found)
            if isinstance(record.body, Service):
                yield "what", _narrowest(found)
        if tells_where_a_survivor_is(record):
            yield "program", Sensitivity.LOCIS


def _setting(record: CanonicalRecord) -> Iterator[tuple[str, Sensitivity]]:
    body = record.body
    if isinstance(body, Enrollment) and body.prior_setting in SETTINGS:
        yield "prior_setting", SETTINGS[body.prior_setting]
    if isinstance(body, LivingSituation) and body.setting in SETTINGS:
        yield from ((name, SETTINGS[body.setting]) for name in ("setting", "seen_on", "place"))


def _medications(record: CanonicalRecord, codes: Codes) -> Iterator[tuple[str, Sensitivity]]:
    if isinstance(record.body, Medications) and (found := of_medications(record.body, codes)):
        yield from ((name, _narrowest(found)) for name in ("current", "last_dose"))


def _narrowest(found: set[Sensitivity] | frozenset[Sensitivity]) -> Sensitivity:
    return next(one for one in _ORDER if one in found)
