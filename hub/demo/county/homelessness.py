"""What may befall a person in the homeless-services system: stays, contacts, referrals, and the release they sign."""

from hub.demo.county.dice import Dice
from hub.demo.county.lives import Given, Referral, Release, Sighting, Stay
from hub.demo.county.names import PLACES
from hub.demo.county.programs import (
    ENTRY_DESK,
    FAMILY_SHELTER,
    HOPWA_HOMES,
    NIGHT_SHELTER,
    OUTREACH,
    RAPID_REHOUSING,
    SUPPORTIVE_HOUSING,
    YOUTH_BEDS,
    Project,
)
from schemas.vocab.records import ProgramType

_SHARES = {
    OUTREACH: 30,
    NIGHT_SHELTER: 28,
    FAMILY_SHELTER: 16,
    RAPID_REHOUSING: 13,
    SUPPORTIVE_HOUSING: 10,
    HOPWA_HOMES: 3,
}
_PROJECTS = [project for project, share in _SHARES.items() for _ in range(share)]
_YOUTH_PROJECTS = (YOUTH_BEDS, YOUTH_BEDS, OUTREACH)
_YOUTH_UNTIL = 24

_BED_NIGHT, _HOPWA_SERVICE, _CASE_MANAGEMENT = 200, 143, 2
_STREET, _SHELTER, _FRIENDS = 116, 101, 336
_NAVIGATION, _SHELTER_BED, _RAPID_OPENING = 7, 10, 13
_SUCCESSFUL = 1
_QUIET = 80
"""Days after which an HMIS asks what has become of somebody, and of an open referral, less a few."""


def stays(years: int, dice: Dice) -> tuple[Stay, ...]:
    """One enrollment, and for two people in five another with coordinated entry."""
    first = _stay(dice.one_of(_YOUTH_PROJECTS if years <= _YOUTH_UNTIL else _PROJECTS), dice)
    return (first, _entry(first, dice)) if dice.chance(0.4) else (first,)


def _stay(project: Project, dice: Dice) -> Stay:
    entered = dice.between(20, 700)
    left = None if dice.chance(0.6) else dice.between(2, entered - 10)
    assigned = left is None and dice.chance(0.7)
    return Stay(
        project,
        entered,
        left,
        services=_services(project, entered, left, dice),
        sightings=_sightings(project, entered, left, dice),
        worker=dice.one_of(project.workers) if assigned else None,
        worker_since=dice.between(1, entered),
    )


def _services(project: Project, entered: int, left: int | None, dice: Dice) -> tuple[Given, ...]:
    """The last few bed nights of a night-by-night shelter and the first; case management where it is recorded."""
    last = 1 if left is None else left + 1
    if project.kind is ProgramType.NIGHTLY_SHELTER:
        newest = dice.between(last, min(entered, last + 20))
        nights = range(newest, min(entered, newest + dice.between(0, 4)) + 1)
        return tuple(Given(ago, _BED_NIGHT, _BED_NIGHT) for ago in dict.fromkeys((*nights, entered)))
    if project is HOPWA_HOMES:
        return (Given(dice.between(last, entered), _HOPWA_SERVICE, _CASE_MANAGEMENT),)
    return ()


def _sightings(project: Project, entered: int, left: int | None, dice: Dice) -> tuple[Sighting, ...]:
    """One to three contacts of an outreach worker, newest first."""
    if project.kind is not ProgramType.STREET_OUTREACH:
        return ()
    last = 1 if left is None else left
    newest = dice.between(last, min(entered, last + 40))
    agos = range(newest, entered + 1, 9)[: dice.between(1, 3)]
    return tuple(Sighting(ago, _setting(dice), dice.one_of(PLACES) if dice.chance(0.6) else "") for ago in agos)


def _setting(dice: Dice) -> int:
    return dice.one_of((_STREET, _STREET, _STREET, _SHELTER, _FRIENDS))


def _entry(first: Stay, dice: Dice) -> Stay:
    """Coordinated entry beside another stay: assessed, often put on the list, sometimes referred."""
    assessed = dice.between(1, first.entered)
    left = None if first.left is None else min(first.left, assessed)
    referred = dice.between(left or 1, assessed)
    offered = dice.one_of((_NAVIGATION, _SHELTER_BED, _RAPID_OPENING))
    result = dice.one_of((None, None, 1, 2, 3))
    referral = Referral(referred, offered, _SUCCESSFUL if result is None and referred > _QUIET else result)
    return Stay(
        ENTRY_DESK,
        first.entered,
        left,
        sightings=()
        if left is not None or first.entered <= _QUIET
        else (Sighting(first.entered % _QUIET + 1, _STREET),),
        prioritized=assessed if dice.chance(0.7) else None,
        referral=referral if dice.chance(0.5) else None,
    )


def release(dice: Dice) -> Release | None:
    """Of ten people nearly six have one in force, one an expired one; some revoked theirs, a third never signed."""
    throw = dice.between(1, 100)
    signed = dice.between(10, 330)
    to = dice.one_of(_RECIPIENTS)
    if throw <= 55:
        return Release(signed, 365 - signed, to)
    if throw <= 65:
        return Release(signed + 400, -signed, to)
    if throw <= 69:
        return Release(signed, 365 - signed, to, revoked=dice.between(1, signed))
    return None


_RECIPIENTS = (
    ("crisis-providers", "homeless-services"),
    ("crisis-providers", "homeless-services"),
    ("crisis-providers", "health-care-providers", "homeless-services"),
    ("harbor-mobile-crisis",),
    ("homeless-services",),
)
