"""The keys of clients that give them out themselves, at a registered address, and change them when they like.

What was fetched is kept for all processes. It is fetched anew when it has aged, or when an assertion names a key that
is not in it; at most twice a minute, so that nobody can make the hub hammer a partner by inventing keys. While a
partner is away its last keys serve for a day, and then no longer.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Field, Session, SQLModel

from adapters.jwks import Fetched, NotFetched, fetch
from hub.errors import Invalid
from hub.store.accounts.clients import ClientRow, public_half
from hub.store.columns import Json, Moment

AT_MOST_EVERY = timedelta(seconds=30)
FRESH = timedelta(hours=1)
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
SERVES_FOR = timedelta(hours=24)
"""After it was last fetched; then a partner that has been away so long must be back first."""


class FetchedKeysRow(SQLModel, table=True):
    """What a client's address gave out last, and when it was asked last, whatever came of it."""

    __tablename__ = "fetched_keys"

    client_id: str = Field(primary_key=True, foreign_key="client.client_id")
    keys: dict[str, Any] = Json(default_factory=dict)
    fetched_at: datetime | None = Moment(nullable=True)
    fresh_until: datetime | None = Moment(nullable=True)
    asked_at: datetime | None = Moment(nullable=True)


class Away(Exception):
    """The client's keys cannot be had now, and those that were had are too old."""


class KeySets:
    """The public keys of clients, wherever they come from."""

    def __init__(self, session: Session, fetched: Callable[[str], Fetched] = fetch) -> None:
        self.session = session
        self._fetched = fetched

    def of(self, client: ClientRow, kid: str | None, *, at: datetime) -> dict[str, Any]:
        """The client's key set, with the key of that id in it if there is one anywhere. Raises `Away`."""
        if client.jwks_url is None:
            return client.keys
        row = self.session.get(FetchedKeysRow, client.client_id, with_for_update=True)
        if row is None:
            row = FetchedKeysRow(client_id=client.client_id)
        if self._is_worth_asking(row, kid, at):
            self._ask(row, client.jwks_url, at)
        if row.fetched_at is None or at - row.fetched_at > SERVES_FOR:
            raise Away
        return row.keys

    def _is_worth_asking(self, row: FetchedKeysRow, kid: str | None, at: datetime) -> bool:
        if row.asked_at is not None and at - row.asked_at < AT_MOST_EVERY:
            return False
        is_stale = row.fresh_until is None or at >= row.fresh_until
        return is_stale or kid not in {key.get("kid") for key in row.keys.get("keys", [])}

    def _ask(self, row: FetchedKeysRow, url: str, at: datetime) -> None:
        row.asked_at = at
        self.session.add(row)
        try:
            found = self._fetched(url)
            row.keys = _trusted(found.keys)
        except (NotFetched, Invalid):
            return
        kept = FRESH if found.max_age is None else timedelta(seconds=found.max_age)
        row.fetched_at, row.fresh_until = at, at + min(max(kept, SHORTEST), LONGEST)


def _trusted(keys: dict[str, Any]) -> dict[str, Any]:
    """The keys that the hub would trust, each with its own id; others do not spoil them. Raises `Invalid` for none."""
    found: list[Any] = []
    for key in keys["keys"]:
        try:
            found += public_half({"keys": [key]})["keys"] if isinstance(key, dict) and "kid" in key else []
        except Invalid:
            continue
    if not found:
        raise Invalid("keys: at least one key with an id is expected that the hub can trust.")
    return {"keys": found}
