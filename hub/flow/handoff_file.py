"""A file of handoffs for an HMIS, for a person to carry over."""

from datetime import date, datetime, time
from typing import NamedTuple
from uuid import uuid4

from adapters.hmis.out import HmisExport
from hub.flow.writeback import Writeback, about_of
from schemas.messages import OutboundMessage


class Exported(NamedTuple):
    """A file for an HMIS, None where there was nothing to tell; and of how many handoffs it tells."""

    message: OutboundMessage | None
    told: int


def export(back: Writeback, since: date, *, implementation: str, actor: str, complete: bool = False) -> Exported:
    """A delta of all that moved since that day; each handoff is on record."""
    written = list(back.since(datetime.combine(since, time(), back.zone)))
    about = about_of(back, since, implementation=implementation, export_id=uuid4().hex)
    for one in written:
        back.record(one, actor=actor, export=about.id)
    places = {key: place for one in written for key, place in one.places.items()}
    cleared = [one for some in written for one in some.cleared]
    message = HmisExport(about, places, complete=complete).write(cleared) if cleared else None
    return Exported(message, sum(1 for one in written if one.cleared))
