"""The county's one source of chance."""

import random
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


class Dice:
    """Throws that repeat: the same seed gives the same throws, on every machine.

    Every method takes one throw, so that what is drawn depends only on how many throws came before.
    """

    def __init__(self, seed: int) -> None:
        self._throw = random.Random(seed).random  # noqa: S311 - a county that repeats is wanted; nothing here is a secret

    def chance(self, share: float) -> bool:
        """True in this share of throws; 0.0 never, 1.0 always."""
        return self._throw() < share

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._throw() * (high - low + 1))

    def one_of(self, things: Sequence[Thing]) -> Thing:
        return things[int(self._throw() * len(things))]

    def common_of(self, things: Sequence[Thing]) -> Thing:
        """One of them, the front ones more often: names are not spread evenly."""
        throw = self._throw()
        return things[int(throw * throw * len(things))]
