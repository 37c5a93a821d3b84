"""Rows that the hub wrote to an HMIS and that come back from it: no news, and nobody else's contact with the person.

They are kept as any row of the HMIS, which has them back as it sent them; nothing is told of them again. Known they are
by the key that the hub gave, which says of which handoff, or where an importer gave another by the user and the day.
What another hub wrote is news.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from adapters.hmis.out import USER
from hub.flow.release import Opened
from hub.flow.steps import TABLES, row_key
from hub.store.handoffs import offers_about
from schemas.canonical import CoordinatedEntry, LivingSituation

A_HUB = f"User/{USER}"
"""Whoever recorded a row that a hub wrote to an HMIS."""

_ELSEWHERE = timedelta(days=1)
"""By so much the HMIS's day of a step may differ from the day of the offer: another clock, a night before."""


class Echo:
    """What of a person's records is an echo."""

    def __init__(self, session: Session, person_id: UUID) -> None:
        self._offers = offers_about(session, person_id)

    def silenced(self, opened: Sequence[Opened]) -> tuple[Opened, ...]:
        """The records without those that the hub itself wrote to where they come from."""
        own = self._keys({one.row.source for one in opened}) if self._offers else frozenset()
        return tuple(
            one for one in opened if (one.row.source, one.record.key) not in own and not self._is_under_another_key(one)
        )

    def _keys(self, sources: Iterable[str]) -> frozenset[tuple[str, str]]:
        return frozenset(
            (source, row_key(source, table, handoff))
            for source in sources
            for table in TABLES
            for handoff, _ in self._offers
        )

    def _is_under_another_key(self, one: Opened) -> bool:
        on = _written_by_a_hub_on(one)
        return on is not None and any(abs(on - offered.date()) <= _ELSEWHERE for _, offered in self._offers)


def _written_by_a_hub_on(one: Opened) -> date | None:
    body = one.record.body
    if not isinstance(body, LivingSituation | CoordinatedEntry) or body.recorded_by != A_HUB:
        return None
    return body.contacted_on if isinstance(body, LivingSituation) else body.on
