"""The representation of a custodian (45 CFR 164.512(k)(5)(i)), and the custody that it needs.

Its shape sees to the need, one of (A) to (F), and to the organization; custody is a fact about the person, so that only
what the representation itself says may be asked at a gate.
"""

from datetime import datetime
from typing import NamedTuple

from consent.law import cfr45
from consent.validity.lack import Check, Lack, missing
from schemas.disclosure import Custody
from schemas.instruments import CustodyRepresentation

_NEED = cfr45("164.512(k)(5)(i)")
_RELEASED = cfr45("164.512(k)(5)(iii)")


class Holding(NamedTuple):
    """Who asks at a moment, and in whose custody the person is.

    organization      the recipient; None for a private person
    cares_for_inmates whether the recipient is the health unit of a jail, whoever runs it
    """

    at: datetime
    custody: Custody | None
    organization: str | None
    cares_for_inmates: bool = False


def _is_in_order(custody: Custody) -> bool:
    return custody.until is None or custody.since <= custody.until


def _has_begun(custody: Custody, holding: Holding) -> bool:
    return custody.since <= holding.at or not _is_in_order(custody)


def _has_not_ended(custody: Custody, holding: Holding) -> bool:
    return custody.until is None or holding.at < custody.until or not _is_in_order(custody)


_LAWFUL: tuple[Check[Custody, Holding], ...] = (
    (
        lambda custody, _: _is_in_order(custody),
        Lack("Custody ends before it begins.", _NEED, "Correct the moment of booking or of release."),
    ),
    (_has_begun, Lack("Custody has not begun.", _NEED, "An authorization (45 CFR 164.508).")),
    (_has_not_ended, Lack("Custody has ended.", _RELEASED, "An authorization (45 CFR 164.508).")),
)
NOT_HELD = (Lack("The recipient does not hold the person.", _NEED, "An authorization (45 CFR 164.508)."),)
NOT_REPRESENTED = (
    Lack("The custodian represents no need.", _NEED, "A representation of one of the needs (A) to (F), by name."),
)
_SIGNED: tuple[Check[CustodyRepresentation, None], ...] = (
    (
        lambda paper, _: bool(paper.by.strip()),
        Lack("It does not name who represents the need.", _NEED, "Name the official who does."),
    ),
)
_FOR_CUSTODIAN: tuple[Check[CustodyRepresentation, Holding], ...] = (
    (
        lambda paper, holding: (
            paper.organization == holding.organization
            or (holding.custody is not None and paper.organization == holding.custody.custodian)
        ),
        Lack(
            "It is made for another organization than the one that holds the person.",
            _NEED,
            "A representation by the recipient or by the custodian it works for.",
        ),
    ),
)


def lacks(paper: CustodyRepresentation | None) -> tuple[Lack, ...]:
    """What the representation itself lacks, or that there is none; it depends on nobody's custody."""
    return NOT_REPRESENTED if paper is None else missing(_SIGNED, paper, None)


def lacks_of_custody(holding: Holding) -> tuple[Lack, ...]:
    """What the custody lacks to be lawful custody by the recipient now; it ends at `until`.

    Of custody that is not the recipient's nothing is said: who else holds the person, or whether, is told to nobody.
    """
    custody = holding.custody
    if custody is None or not (holding.cares_for_inmates or custody.custodian == holding.organization):
        return NOT_HELD
    return missing(_LAWFUL, custody, holding)


def lacks_for(paper: CustodyRepresentation | None, holding: Holding) -> tuple[Lack, ...]:
    """What a representation lacks to speak for the one who holds the person."""
    return lacks(paper) if paper is None else lacks(paper) + missing(_FOR_CUSTODIAN, paper, holding)
