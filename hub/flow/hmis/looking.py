"""A caller's own clients, looked through as HUD's draft has it: by how names begin, the year of birth, four digits.

The index finds nobody by half a name: what it keeps is blind. So the caller's own clients are opened one by one, and
nobody else's are.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from adapters.hmis.refusal import FEED
from hub.errors import Invalid
from hub.store.people import People
from hub.store.records import Records

MOST_CLIENTS = 50_000
"""So many are looked through in a second or two; whoever has more says who is meant."""

MOST_FOUND = 100
_SAY_MORE = "Give whole names with the birth date or the last four digits of the Social Security number."


class Likeness(NamedTuple):
    """What a client must be like; None is not asked."""

    given: str | None
    family: str | None
    born: date | None
    year: str | None
    last_four: str | None

    def fits(self, said: dict[str, str | None]) -> bool:
        """Whether a record of who somebody is begins, or ends, like that."""
        return (
            _begins(said.get("given"), self.given)
            and _begins(said.get("family"), self.family)
            and _begins(said.get("birth_date"), None if self.born is None else self.born.isoformat())
            and _begins(said.get("birth_date"), self.year)
            and (self.last_four is None or (said.get("ssn") or "").endswith(self.last_four))
        )


def _begins(said: str | None, asked: str | None) -> bool:
    return not asked or (said or "").casefold().startswith(asked.casefold())


class Looking:
    """Looks through one caller's own clients."""

    def __init__(self, records: Records, people: People, me: str) -> None:
        self._records = records
        self._people = people
        self._me = me

    def find(self, likeness: Likeness) -> list[UUID]:
        """The people who fit, in a fixed order. Raises `Invalid` for too many, to look through or to show."""
        found = list(dict.fromkeys(self._fitting(likeness)))
        if len(found) > MOST_FOUND:
            raise Invalid(f"More than {MOST_FOUND} of your clients are like that.", next_steps=_SAY_MORE)
        return found

    def _fitting(self, likeness: Likeness) -> Iterator[UUID]:
        rows = self._records.clients_of(self._me, FEED, limit=MOST_CLIENTS + 1)
        if len(rows) > MOST_CLIENTS:
            raise Invalid("You have too many clients to look through them all.", next_steps=_SAY_MORE)
        sealers = self._people.sealers({row.person_id for row in rows})
        for row in rows:
            body = self._records.said(row, sealers[row.person_id])["body"]
            if not body.get("hashed") and likeness.fits(body):
                yield row.person_id
