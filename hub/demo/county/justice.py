"""What may befall a person with the jail: a stay that the last three nightly rosters saw."""

from hub.demo.county.dice import Dice
from hub.demo.county.lives import Custody

SNAPSHOTS = 3
_DAY = 24 * 60
_FIRST_BOOKING = 3_000

_CHARGES = (
    "TRESPASS 2ND DEGREE",
    "THEFT UNDER 500",
    "FAILURE TO APPEAR",
    "DISORDERLY CONDUCT",
    "POSSESSION OF CONTROLLED SUBSTANCE",
    "DRIVING WHILE SUSPENDED",
    "CAMPING IN PUBLIC PLACE",
    "SIMPLE ASSAULT",
)


def custody(number: int, dice: Dice) -> Custody:
    """In custody on at least one roster; one in a hundred is left out of the middle one by mistake."""
    booked = dice.between(30, 40 * _DAY)
    released = dice.between(0, min(booked - 20, 2 * _DAY)) if dice.chance(0.4) else None
    missed = 1 if dice.chance(0.01) else None
    charge = dice.one_of(_CHARGES)
    return Custody(f"B-{_FIRST_BOOKING + number}", booked, released, charge, "Y" if dice.chance(0.3) else "N", missed)
