"""What was said in an offer, out of its seal."""

from hub.store.crypto import Broken
from hub.store.handoffs import HandoffRow, told_place
from hub.store.people import People
from schemas.handoffs import Told

FEED = "handoff"
NO_LONGER_KEPT = "(no longer kept)"


def told(handoff: HandoffRow, people: People) -> Told:
    """What it is for and where the person is; once the person's key is gone, nobody can say."""
    if handoff.sealed_told is None:
        return Told(need=handoff.need or NO_LONGER_KEPT, area=handoff.area or NO_LONGER_KEPT)
    place = told_place(handoff.id, handoff.person_id)
    try:
        return Told.model_validate_json(people.sealer(handoff.person_id).open(handoff.sealed_told, place))
    except Broken:
        return Told(need=NO_LONGER_KEPT, area=NO_LONGER_KEPT)
