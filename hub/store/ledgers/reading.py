"""The log as one reader may see it. Filters bear on what is shown, so that they find nothing that is not."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Self, Unpack, cast

from sqlmodel import Session

from hub.errors import NotAllowed
from hub.store.audit import FIELDS, Act, AuditLog, Entry, Wanted, prove
from hub.store.crypto import Keys
from hub.store.ledgers.masking import WITHHELD, mask, provable
from hub.store.ledgers.standing import Standing, standing
from hub.store.terms import terms


class LogReader:
    """Reads the log for someone with this standing."""

    def __init__(self, session: Session, keys: Keys, reader: Standing) -> None:
        self._session = session
        self._keys = keys
        self._log = AuditLog(session, keys)
        self.reader = reader

    @classmethod
    def of(cls, session: Session, keys: Keys, participant: str, *, at: datetime) -> Self:
        """For the officers of a participant, as their standing is now."""
        return cls(session, keys, standing(terms(session), participant, on=at.date()))

    def entries(self, *, after: int | None = None, limit: int = 50, **wanted: Unpack[Wanted]) -> list[Entry]:
        """Sequenced entries, newest first; `after` is the seq of the last entry on the page before."""
        found: list[Entry] = []
        while len(found) < limit:
            page = self._log.entries(after=after, limit=limit, **_in_the_log(wanted))
            found += self._shown(page, wanted)
            if len(page) < limit:
                break
            after = page[-1].seq
        return found[:limit]

    def entry(self, seq: int) -> Entry:
        """The entry of that leaf; raises `NotFound`."""
        return mask(self._log.entry(seq), self.reader)

    def prove(self, seq: int, fields: Sequence[str] | None = None) -> dict[str, Any]:
        """A bundle that lays open what this reader is shown of an entry; raises `NotAllowed` for any other field."""
        entry = self._log.entry(seq)
        open_fields = provable(entry, mask(entry, self.reader), FIELDS)
        if fields is not None and not {field for field in fields if field in FIELDS} <= set(open_fields):
            raise NotAllowed(
                "A proof lays open only what you are shown of an entry.",
                next_steps="Ask for: " + ", ".join(open_fields) + ".",
            )
        return prove(self._session, self._keys, seq, open_fields if fields is None else fields)

    def walk(self, **wanted: Unpack[Wanted]) -> Iterator[Entry]:
        """Every sequenced entry wanted, oldest first, a page in memory at a time."""
        for entry in self._log.walk(**_in_the_log(wanted)):
            yield from self._shown([entry], wanted)

    def _shown(self, found: list[Entry], wanted: Wanted) -> list[Entry]:
        return [shown for shown in (mask(entry, self.reader) for entry in found) if _fits(shown, wanted)]


def _in_the_log(wanted: Wanted) -> Wanted:
    """The filters by which the log itself may be asked: what is shown under another name must be looked at."""
    asked = dict(wanted)
    if wanted.get("act") is Act.PERSON_NOTED:
        asked["act"] = None
    if wanted.get("participant") == WITHHELD:
        asked["participant"] = None
    if ":" not in (wanted.get("actor") or ":"):
        asked["actor"] = None
    return cast("Wanted", asked)


def _fits(shown: Entry, wanted: Wanted) -> bool:
    return all(
        wanted.get(name) is None or getattr(shown, name) == wanted.get(name) for name in ("act", "actor", "participant")
    )
