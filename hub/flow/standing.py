"""Where a person stands in coordinated entry, which is a matter of the community and not of one program."""

from collections.abc import Iterable
from datetime import date

from schemas.contacts import CoordinatedEntryState
from schemas.messages import Cleared
from schemas.vocab.records import ReferralState


def standing(events: Iterable[Cleared], today: date) -> CoordinatedEntryState | None:
    """By the latest assessment that says whether they are prioritized, and the latest referral without a result."""
    been = sorted((one for one in events if "on" in one.values and one.values["on"] <= today), key=_on)
    if not been:
        return None
    prioritized = [one for one in been if "prioritized" in one.values]
    waiting = [one for one in been if one.values.get("state") is ReferralState.OPEN]
    return CoordinatedEntryState(
        prioritized=bool(prioritized[-1].values["prioritized"]) if prioritized else None,
        open_referral=str(waiting[-1].values["referral"]) if waiting else None,
    )


def _on(event: Cleared) -> date:
    return date.fromisoformat(str(event.values["on"]))
