"""Which HMISs are asked for what changed, and how far that has come: kept with each page, in its own transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import LargeBinary
from sqlmodel import Field, Session, SQLModel, col, select

from hub.errors import NotFound
from hub.store.columns import Moment
from hub.store.crypto import Keys

AGAIN_AFTER_TROUBLE = timedelta(minutes=10)


class PullPlaceRow(SQLModel, table=True):
    """One HMIS by the digest of its address. `until` is set while a time is being pulled; the link to the next page is
    the HMIS's own word and sealed, for nobody knows what stands in it."""

    __tablename__ = "pull_place"

    source: str = Field(primary_key=True, foreign_key="participant.slug")
    address: str = Field(primary_key=True)
    since: datetime | None = Moment(nullable=True)
    until: datetime | None = Moment(nullable=True)
    sealed_following: bytes | None = Field(default=None, sa_type=LargeBinary)
    pages: int = 0
    kept: int = 0
    done_until: datetime | None = Moment(nullable=True)


class Place(NamedTuple):
    """Where a pull is: the time whose changes it asks for, all that there are without `since`; the page that comes
    next, the first where that is None; how many pages held rows, and how many of them were new."""

    since: datetime | None
    until: datetime
    following: str | None = None
    pages: int = 0
    kept: int = 0


class Places:
    """Where the pulls from one HMIS are; the caller commits."""

    def __init__(self, session: Session, keys: Keys, source: str, address: str) -> None:
        self._session = session
        self._sealer = keys.accounts
        self._source = source
        self._address = address

    @property
    def under_way(self) -> Place | None:
        """The pull that has not ended, None where none has begun since the last one ended."""
        row = self._row()
        if row is None or row.until is None:
            return None
        sealed = row.sealed_following
        following = None if sealed is None else self._sealer.open(sealed, self._bound_to).decode()
        return Place(row.since, row.until, following, row.pages, row.kept)

    @property
    def done_until(self) -> datetime | None:
        """Until when everything has been pulled."""
        row = self._row()
        return None if row is None else row.done_until

    def keep(self, place: Place) -> None:
        """The pull is here now."""
        row = self._row() or PullPlaceRow(source=self._source, address=self._address)
        row.since, row.until, row.pages, row.kept = place.since, place.until, place.pages, place.kept
        following = place.following
        row.sealed_following = None if following is None else self._sealer.seal(following.encode(), self._bound_to)
        self._session.add(row)
        self._session.flush()

    def end(self, place: Place) -> None:
        """All of that time is here."""
        self.keep(place._replace(following=None))
        row = self._session.get_one(PullPlaceRow, (self._source, self._address))
        row.done_until, row.since, row.until = place.until, None, None
        self._session.add(row)

    def _row(self) -> PullPlaceRow | None:
        return self._session.get(PullPlaceRow, (self._source, self._address))

    @property
    def _bound_to(self) -> str:
        return pull_place(self._source, self._address)


def pull_place(source: str, address: str) -> str:
    """What a sealed link is bound to."""
    return f"pull_place|following|{source}|{address}"


class PullRow(SQLModel, table=True):
    """An HMIS that workers ask by themselves. `credentials` is the path of a file: what the hub signs in with is never
    in the database."""

    __tablename__ = "pull"

    source: str = Field(primary_key=True, foreign_key="participant.slug")
    url: str
    credentials: str
    every_minutes: int
    due_at: datetime = Moment()
    pulled_at: datetime | None = Moment(nullable=True)
    trouble: str | None = None


class Pulls:
    """The HMISs that are asked without a person's doing; the caller commits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def register(self, row: PullRow) -> None:
        """Asks that HMIS from now on, or asks it otherwise."""
        self._session.merge(row)
        self._session.flush()

    def all(self) -> Sequence[PullRow]:
        return self._session.exec(select(PullRow).order_by(PullRow.source)).all()

    def get(self, source: str) -> PullRow:
        """Raises `NotFound` where that source is not asked."""
        row = self._session.get(PullRow, source)
        if row is None:
            raise NotFound(f"{source} is not pulled from by itself.", next_steps="See: hub hmis pulls list")
        return row

    def remove(self, source: str) -> None:
        """Asks it no more; what was pulled stays, and how far that was."""
        self._session.delete(self.get(source))
        self._session.flush()

    def take_due(self, at: datetime) -> PullRow | None:
        """The one that has been due longest, for this worker alone: to the others it is due again one interval on."""
        due = select(PullRow).where(col(PullRow.due_at) <= at).order_by(col(PullRow.due_at)).limit(1)
        row = self._session.exec(due.with_for_update(skip_locked=True)).one_or_none()
        if row is not None:
            row.due_at = at + timedelta(minutes=row.every_minutes)
            self._session.add(row)
        return row

    def note(self, source: str, trouble: str | None, at: datetime) -> None:
        """How it went. After trouble it is tried again soon; one that was removed meanwhile is not noted."""
        row = self._session.get(PullRow, source)
        if row is None:
            return
        row.trouble = trouble
        if trouble is None:
            row.pulled_at = at
        else:
            row.due_at = min(row.due_at, at + AGAIN_AFTER_TROUBLE)
        self._session.add(row)
