"""What an HMIS is asked for by the hub itself: all that changed since the last pull, each page a message of its own.

The audit log says which time was pulled whole and which was begun. A pull that broke off is taken up over the same
time: a page that was kept is known by its time and its content, and is not taken again.
"""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from adapters.base import Unreadable
from adapters.hmis.api.client import ExportClient, NotServed
from adapters.hmis.api.credentials import BadCredentials
from adapters.hmis.api.fileset import has_rows
from hub.errors import Conflict, Invalid, Unavailable
from hub.flow.hmis.push import Push
from hub.store.audit import Act, AuditLog
from hub.store.audit.log import Entry
from hub.store.crypto import Keys
from hub.store.directory import Directory

OVERLAP = timedelta(hours=1)
"""Asked for again each time: clocks differ, and what was being written while the last pull ran came too late for it."""


LATER = "Pull again later: it goes on with the same changes."


class Window(NamedTuple):
    """The time whose changes are pulled; without `since` all that there is."""

    since: datetime | None
    until: datetime


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
        """Pulls one window whole; raises `Unavailable` where the HMIS breaks off. What was kept by then stays."""
        window = self._begin(at)
        kept = pages = 0
        try:
            for page in self._client.pages(*window):
                new = self._keep(page, window, at)
                pages += new is not None
                kept += new is True
        except (NotServed, BadCredentials) as broken:
            said = str(broken) if isinstance(broken, BadCredentials) else f"The HMIS {broken}."
            raise Unavailable(said, next_steps=LATER) from None
        with self._change() as session:
            self._say(session, Act.HMIS_PULLED, window, at, {"messages": kept})
        return Pulled(kept, pages, window.until)

    def _begin(self, at: datetime) -> Window:
        with self._change() as session:
            Directory(session).participant(self._source)
            begun, done = (self._newest(session, act) for act in (Act.HMIS_PULL_BEGUN, Act.HMIS_PULLED))
            if begun is not None and (done is None or done.seq < begun.seq):
                return _window(begun)
            window = Window(None if done is None else _window(done).until - OVERLAP, at)
            self._say(session, Act.HMIS_PULL_BEGUN, window, at, {})
            return window

    def _newest(self, session: Session, act: Act) -> Entry | None:
        """The newest of that HMIS; one at another address has its changes to tell from the beginning."""
        newest = AuditLog(session, self._keys).entries(act=act, participant=self._source, limit=1)
        return next((entry for entry in newest if entry.details["address"] == self._address), None)

    @property
    def _address(self) -> str:
        return hashlib.sha256(self._client.address.encode()).hexdigest()

    def _keep(self, page: bytes, window: Window, at: datetime) -> bool | None:
        """Whether the page is new; None where no rows are on it."""
        with self._change() as session:
            push = Push(session, self._keys, self._source, actor=self._actor, at=at, most_waiting=self._most_waiting)
            try:
                if not has_rows(page):
                    return None
                return not push.json(page, self._key(page, window)).duplicate
            except Conflict:  # kept before something else was agreed with the source
                return False
            except (Invalid, Unreadable):
                raise Unavailable("The HMIS sent a page that is no file set.", next_steps=LATER) from None

    def _key(self, page: bytes, window: Window) -> str:
        """Of the time as well: a row may come to say again what it said some pulls ago."""
        said = (self._address.encode(), str(window).encode(), page)
        return hashlib.sha256(b"\0".join(said)).hexdigest()

    def _say(self, session: Session, act: Act, window: Window, at: datetime, more: dict[str, int]) -> UUID:
        since = None if window.since is None else window.since.isoformat()
        details = {"address": self._address, "since": since, "until": window.until.isoformat(), **more}
        return AuditLog(session, self._keys).append(
            act, at=at, actor=self._actor, participant=self._source, details=details
        )


def _window(entry: Entry) -> Window:
    since, until = entry.details["since"], entry.details["until"]
    return Window(None if since is None else datetime.fromisoformat(str(since)), datetime.fromisoformat(str(until)))
