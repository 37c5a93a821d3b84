"""Days on a paper: read in the offset of the moment of decision, first and last day included."""

from datetime import date

from consent.validity.circumstances import Circumstances
from schemas.instruments import Consent, NeverExpires, OnDate, OnEvent


def has_come(when: OnDate | OnEvent | None, today: date) -> bool:
    """Whether a date has been reached, or an event has occurred."""
    if when is None:
        return False
    return today >= when.date if isinstance(when, OnDate) else _occurred(when, today)


def _occurred(when: OnEvent, today: date) -> bool:
    return when.occurred_on is not None and when.occurred_on <= today


def not_expired(paper: Consent, known: Circumstances) -> bool:
    """A date counts to the end of that day; an event ends the paper on the day it occurs."""
    end = paper.expiration
    if isinstance(end, OnDate):
        return known.today <= end.date
    return not (isinstance(end, OnEvent) and _occurred(end, known.today))


def not_revoked(paper: Consent, known: Circumstances) -> bool:
    """A revocation, oral or written, counts from the moment it is learned."""
    return paper.revocation is None or known.at < paper.revocation.learned_at


def is_limited(paper: Consent, _: Circumstances) -> bool:
    """It ends on a date or with an event."""
    return paper.expiration is not None and not isinstance(paper.expiration, NeverExpires)
