"""How often each client and each address may ask, counted together by all processes of the hub.

A request is counted in memory. Once a second what was counted goes to the database in one short transaction of its own,
which makes nobody wait, and what the others have counted comes back. What is counted is who asks, never about whom.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic

from sqlalchemy import Column, DateTime, Engine, Integer, String, Table, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

EVERY = 1.0
WINDOW = timedelta(minutes=1)

counts = Table(
    "rate_count",
    SQLModel.metadata,
    Column("who", String, primary_key=True),
    Column("since", DateTime(timezone=True), primary_key=True),
    Column("asked", Integer, nullable=False),
    prefixes=["UNLOGGED"],
)


class Rates:
    """Counts requests by the minute."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._minute = datetime.min.replace(tzinfo=UTC)
        self._unsent: Counter[str] = Counter()
        self._known: Counter[str] = Counter()
        self._synced: dict[str, float] = {}

    def wait(self, who: str, limit: int, *, at: datetime) -> int:
        """Counts a request; gives 0, or the seconds to wait where there were more than `limit` in this minute."""
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        with self._lock:
            self._turn_to(minute)
            self._unsent[who] += 1
            if monotonic() - self._synced.get(who, float("-inf")) >= EVERY:
                self._share(who, minute)
            asked = self._known[who] + self._unsent[who]
        return 0 if asked <= limit else max(1, int((minute + WINDOW - at).total_seconds()))

    def _turn_to(self, minute: datetime) -> None:
        if minute != self._minute:
            self._minute = minute
            self._unsent.clear()
            self._known.clear()
            self._synced.clear()

    def _share(self, who: str, minute: datetime) -> None:
        """While the database is away each process counts for itself."""
        self._synced[who] = monotonic()
        mine = insert(counts).values(who=who, since=minute, asked=self._unsent[who])
        added = mine.on_conflict_do_update(
            index_elements=["who", "since"], set_={"asked": counts.c.asked + mine.excluded.asked}
        )
        try:
            with self._engine.begin() as connection:
                connection.execute(text("SET LOCAL synchronous_commit = off"))
                connection.execute(added)
                total = select(counts.c.asked).where(counts.c.who == who, counts.c.since == minute)
                self._known[who] = connection.scalar(total) or 0
                self._unsent[who] = 0
        except SQLAlchemyError:
            return
