"""The registry of papers: every version of every consent and restriction, until six years after it ended."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlmodel import Session, col, select

from hub.store.consents import Consents, InstrumentRow
from hub.store.crypto import Keys
from hub.store.ledgers.standing import Standing
from schemas.instruments import Consent, OnDate, OnEvent, Restriction
from schemas.registry import PaperVersion

YEARS = 6


class Papers:
    """The papers about people that organizations filed for whom a reader has standing."""

    def __init__(self, session: Session, keys: Keys, reader: Standing) -> None:
        self.session = session
        self.consents = Consents(session, keys)
        self.reader = reader

    def about(self, person: UUID, *, since: date) -> list[PaperVersion]:
        """Every version, paper by paper, oldest first, but of papers that ended before that day."""
        query = (
            select(InstrumentRow)
            .where(InstrumentRow.person_id == person)
            .order_by(InstrumentRow.source, col(InstrumentRow.key_token), col(InstrumentRow.filed_at))
        )
        rows = [row for row in self.session.exec(query).all() if self.reader.may_read(row.source)]
        found: list[PaperVersion] = []
        for _, versions in groupby(rows, key=lambda row: (row.source, row.key_token)):
            paper = self._opened(versions)
            if paper[-1].ended_on is None or paper[-1].ended_on >= since:
                found += paper
        return sorted(found, key=lambda one: one.filed_at)

    def _opened(self, rows: Iterable[InstrumentRow]) -> list[PaperVersion]:
        opened = [(row, self.consents.open(row, self.consents.people.sealer(row.person_id))) for row in rows]
        last, said = opened[-1]
        ended = _ended(said) or (last.superseded_at and last.superseded_at.date())
        return [
            PaperVersion(
                version=row.id,
                source=row.source,
                kind=row.kind,
                filed_at=row.filed_at,
                superseded_at=row.superseded_at,
                ended_on=ended,
                paper=paper,
            )
            for row, paper in opened
        ]


def _ended(paper: Consent | Restriction) -> date | None:
    """The day on which a paper was revoked, expires, or its event came."""
    if isinstance(paper, Restriction):
        return None
    if paper.revocation is not None:
        return paper.revocation.learned_at.date()
    if isinstance(paper.expiration, OnDate):
        return paper.expiration.date
    return paper.expiration.occurred_on if isinstance(paper.expiration, OnEvent) else None
