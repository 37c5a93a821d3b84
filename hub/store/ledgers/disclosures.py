"""Ledgers of disclosures: views on the one log, never tables of their own that could say something else."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from hub.errors import Unavailable
from hub.store.audit import Act, AuditLog, Entry
from hub.store.audit.sequencer import newest
from hub.store.crypto import Keys
from hub.store.ledgers.masking import pieces
from hub.store.ledgers.standing import Standing
from schemas.accountings import StandsUnder
from schemas.vocab.ledgers import Ledger

DISCLOSING = frozenset({Act.CONTACT_RELEASED, Act.HANDOFF_REVEALED, Act.HMIS_WRITTEN, Act.RECORDS_RELEASED})
"""Acts by which something about a person reaches someone."""


class Row(NamedTuple):
    """One piece that left, as the log says it; `to` is the recipient's slug, `told_to` its name at that time."""

    entry: Entry
    piece: Mapping[str, Any]

    @property
    def discloser(self) -> str:
        return str(self.piece.get("source"))

    @property
    def to(self) -> str | None:
        return self.entry.participant

    @property
    def told_to(self) -> str | None:
        name = self.entry.details.get("recipient")
        return str(name) if name is not None else self.to

    @property
    def purpose(self) -> str:
        return str(self.entry.details.get("purpose", ""))

    @property
    def description(self) -> tuple[str, ...]:
        return tuple(self.piece.get("description", ()))

    @property
    def basis(self) -> tuple[str, ...]:
        return tuple(self.piece.get("cites", ()))

    @property
    def papers(self) -> tuple[str, ...]:
        rests_on = self.piece.get("rests_on", {})
        return (*rests_on.get("consents", ()), *rests_on.get("process", ()))

    @property
    def obligations(self) -> tuple[str, ...]:
        return tuple(self.piece.get("obligations", ()))


class Disclosures:
    """The disclosures in the log that a signed checkpoint covers, as one reader may see them."""

    def __init__(self, session: Session, keys: Keys, reader: Standing) -> None:
        self._log = AuditLog(session, keys)
        self._reader = reader
        self.stands_under = stands_under(session)

    def about(self, person: UUID, ledger: Ledger, *, since: datetime, until: datetime) -> list[Row]:
        """What a ledger holds about one person, oldest first; found by the indexed pseudonym."""
        entries = self._log.walk(subject=person, since=since, until=until)
        return [row for entry in self._covered(entries) for row in self._rows(entry, ledger)]

    def newest(self, ledger: Ledger, *, since: datetime, after: int | None, limit: int) -> list[Row]:
        """Rows of a ledger about anyone, newest first; those of one entry are never parted."""
        found: list[Row] = []
        while len(found) < limit:
            page = self._log.entries(after=after, limit=limit, since=since)
            found += [row for entry in self._covered(page) for row in self._rows(entry, ledger)]
            if len(page) < limit:
                break
            after = page[-1].seq
        return found

    def _covered(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        return (one for one in entries if one.act in DISCLOSING and one.seq < self.stands_under.size)

    def _rows(self, entry: Entry, ledger: Ledger) -> Iterator[Row]:
        for piece in pieces(entry.details):
            if self._reader.may_read(piece.get("source")) and belongs(piece, ledger):
                yield Row(entry, piece)


def belongs(piece: Mapping[str, Any], ledger: Ledger) -> bool:
    """Whether something of a piece left, and a ledger must hold it."""
    entered = piece.get("obligations" if ledger is Ledger.EMERGENCY else "ledgers", ())
    return bool(piece.get("fields_released")) and ledger.owed_as in entered


def stands_under(session: Session) -> StandsUnder:
    """The newest signed checkpoint; raises `Unavailable` while there is none."""
    signed = newest(session.connection())
    if signed is None:
        raise Unavailable("The log has no signed checkpoint yet.", next_steps="Is a worker running? See: hub work")
    return StandsUnder(number=signed.number, size=signed.size, at=signed.at, root=signed.note.splitlines()[2])
