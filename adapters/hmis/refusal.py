"""How this feed says that it takes nothing of a message."""

from adapters.base import Unreadable

FEED = "hmis-csv"


def refusal(place: str, expected: str, *, code: str) -> Unreadable:
    """An `Unreadable` of this feed, to be raised: where to look, and what should be there."""
    return Unreadable(FEED, place, expected, code=code)
