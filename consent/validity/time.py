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
    """It still runs today."""
    return runs_on(known.today, paper)


def runs_on(day: date, paper: Consent) -> bool:
    """A date counts to the end of that day; an event ends the paper on the day it occurs."""
    end = paper.expiration
    if isinstance(end, OnDate):
        return day <= end.date
    return not (isinstance(end, OnEvent) and _occurred(end, day))


def not_revoked(paper: Consent, known: Circumstances) -> bool:
    """A revocation, oral or written, counts from the moment it is learned."""
    return paper.revocation is None or known.at < paper.revocation.learned_at


def ends_after_signing(paper: Consent, _: Circumstances) -> bool:
    """No signature stands on a day after the one on which the paper ends, by its date or by its event."""
    end = paper.expiration
    last = end.date if isinstance(end, OnDate) else end.occurred_on if isinstance(end, OnEvent) else None
    return last is None or not _signed_after(last, paper)


def revoked_after_signing(paper: Consent, _: Circumstances) -> bool:
    """No signature stands on a day after the revocation."""
    return paper.revocation is None or not _signed_after(paper.revocation.on, paper)


def _signed_after(day: date, paper: Consent) -> bool:
    return bool([one for one in paper.signatures if one.on is not None and one.on > day])


def is_limited(paper: Consent, _: Circumstances) -> bool:
    """It ends on a date or with an event."""
    return paper.expiration is not None and not isinstance(paper.expiration, NeverExpires)
