"""What an HMIS is asked for by the hub itself: all that changed since the last pull, each page a message of its own.

How far it has come is kept with each page, so a pull that broke off goes on from the page it was at. Where the HMIS
does not give that page any more, it begins with the first of the same time: a page that was kept is known by its time
and its content, and is not taken again.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlmodel import Session

from adapters.base import Unreadable
from adapters.hmis.api.client import ExportClient, NotServed, Page, Refused
from adapters.hmis.api.credentials import BadCredentials
from adapters.hmis.api.fileset import has_rows
from hub.errors import Conflict, Invalid, Unavailable
from hub.flow.hmis.push import Push
from hub.store.audit import Act, AuditLog
from hub.store.crypto import Keys
from hub.store.directory import Directory
from hub.store.pulls import Place, Places

log = structlog.get_logger()

OVERLAP = timedelta(hours=1)
"""Asked for again each time: clocks differ, and what was being written while the last pull ran came too late for it."""

LATER = "Pull again later: it goes on with the same changes."


class Pulled(NamedTuple):
    """How many messages were kept, of how many that hold rows, and until when."""

    kept: int
    pages: int
    until: datetime


class Pull:
    """Pulls from one HMIS. `change` opens a transaction whose audit entries have their places when it is over."""

    def __init__(
        self,
        change: Callable[[], AbstractContextManager[Session]],
        keys: Keys,
        source: str,
        client: ExportClient,
        *,
        actor: str,
        most_waiting: int,
    ) -> None:
        self._change = change
        self._keys = keys
        self._source = source
        self._client = client
        self._actor = actor
        self._most_waiting = most_waiting

    def run(self, at: datetime) -> Pulled:
        """Pulls one time whole; raises `Unavailable` where the HMIS breaks off. What was kept by then stays."""
        place = self._begin(at)
        try:
            for page in self._pages(place):
                place = self._keep(page, place, at)
        except (NotServed, BadCredentials) as broken:
            said = str(broken) if isinstance(broken, BadCredentials) else f"The HMIS {broken}."
            raise Unavailable(said, next_steps=LATER) from None
        with self._change() as session:
            self._places(session).end(place)
            self._say(session, Act.HMIS_PULLED, place, at, {"messages": place.kept})
        return Pulled(place.kept, place.pages, place.until)

    def _begin(self, at: datetime) -> Place:
        with self._change() as session:
            Directory(session).participant(self._source)
            places = self._places(session)
            if (broken := places.under_way) is not None:
                return broken
            done = places.done_until
            place = Place(None if done is None else done - OVERLAP, at)
            places.keep(place)
            self._say(session, Act.HMIS_PULL_BEGUN, place, at, {})
            return place

    def _pages(self, place: Place) -> Iterator[Page]:
        """From where it was; from the first of that time where the HMIS has forgotten its own link."""
        first = self._client.first(place.since, place.until)
        if place.following is not None:
            try:
                yield from self._client.pages(place.following)
            except Refused as refused:
                if not self._is_at(place):
                    raise
                log.info("pull.page-forgotten", source=self._source, answer=str(refused))
            else:
                return
        yield from self._client.pages(first)

    def _is_at(self, place: Place) -> bool:
        """Whether no page has come since."""
        with self._change() as session:
            return self._places(session).under_way == place

    def _places(self, session: Session) -> Places:
        return Places(session, self._keys, self._source, self._address)

    @property
    def _address(self) -> str:
        return hashlib.sha256(self._client.address.encode()).hexdigest()

    def _keep(self, page: Page, place: Place, at: datetime) -> Place:
        """Keeps a page, and that the next one comes now."""
        with self._change() as session:
            new = self._push(session, page.content, place, at)
            rows, kept = place.pages + (new is not None), place.kept + (new is True)
            gone_on = place._replace(following=page.following, pages=rows, kept=kept)
            self._places(session).keep(gone_on)
            return gone_on

    def _push(self, session: Session, page: bytes, place: Place, at: datetime) -> bool | None:
        """Whether the page is new; None where no rows are on it."""
        push = Push(session, self._keys, self._source, actor=self._actor, at=at, most_waiting=self._most_waiting)
        try:
            if not has_rows(page):
                return None
            return not push.json(page, self._key(page, place)).duplicate
        except Conflict:  # kept before something else was agreed with the source
            return False
        except (Invalid, Unreadable):
            raise Unavailable("The HMIS sent a page that is no file set.", next_steps=LATER) from None

    def _key(self, page: bytes, place: Place) -> str:
        """Of the time as well: a row may come to say again what it said some pulls ago."""
        said = (self._address.encode(), f"{place.since}|{place.until}".encode(), page)
        return hashlib.sha256(b"\0".join(said)).hexdigest()

    def _say(self, session: Session, act: Act, place: Place, at: datetime, more: dict[str, int]) -> None:
        since = None if place.since is None else place.since.isoformat()
        details = {"address": self._address, "since": since, "until": place.until.isoformat(), **more}
        AuditLog(session, self._keys).append(act, at=at, actor=self._actor, participant=self._source, details=details)
