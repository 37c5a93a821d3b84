"""A client made or changed over the HMIS API: it becomes a message of the caller's organization, as any other.

A change says a few columns, and a row says them all; so it is laid over the newest row there is, also over one that
waits to be read. Two changes of one client take turns.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.hmis.api.values import API_NAMES, Json, Value, as_json, as_text, column_of
from adapters.hmis.refusal import FEED
from adapters.hmis.spec import fy2026
from hub.errors import Invalid, NotFound
from hub.flow.hmis.clients import NO_SUCH_CLIENT, Clients
from hub.flow.hmis.push import Push
from hub.store.crypto import Keys
from hub.store.messages import MessageRow, Messages, MessageState

KEPT_BY_THE_SERVER = frozenset({"PersonalID", "DateCreated", "DateUpdated", "DateDeleted", "ExportID", "UserID"})
ONE_CLIENT = "application/vnd.handoff-hub.hmis-client+zip"
"""What marks a message that holds one Client row."""

_MOMENT = "%Y-%m-%d %H:%M:%S"
_CLIENT = "Client"


class Editing:
    """Makes and changes clients for one caller."""

    def __init__(self, session: Session, keys: Keys, clients: Clients, push: Push, *, at: datetime) -> None:
        self._session = session
        self._keys = keys
        self._clients = clients
        self._push = push
        self._at = at

    def create(self, said: Mapping[str, Json], key: str | None) -> dict[str, Value]:
        """A new client under a PersonalID of the hub's making; the same key again gives the same one."""
        me = self._clients.standing.me
        made = self._keys.token("hmis-client", f"{me}|{key}") if key else uuid4().bytes
        personal_id = made.hex()[:32]
        self._take_turns(personal_id)
        row = self._newest(personal_id) or self._file(
            {"PersonalID": personal_id, "DateCreated": self._now(), **fits(said)}
        )
        return as_json(_CLIENT, row)

    def change(self, personal_id: str, said: Mapping[str, Json]) -> dict[str, Value]:
        """A client of the caller's own with these columns changed; raises `NotFound` for any other."""
        changed = fits(said)
        self._take_turns(personal_id)
        row = self._newest(personal_id)
        if row is None:
            raise NotFound(NO_SUCH_CLIENT)
        return as_json(_CLIENT, self._file(row | changed))

    def _file(self, row: dict[str, str]) -> dict[str, str]:
        filed = {name: value for name, value in row.items() if value} | {"DateUpdated": self._now()}
        self._push.rows({"Client.csv": [filed]}, name="HMIS API, one client", media_type=ONE_CLIENT)
        return filed

    def _now(self) -> str:
        return f"{self._at.astimezone(self._push.agreed().zone):{_MOMENT}}"

    def _take_turns(self, personal_id: str) -> None:
        turn = func.hashtextextended(f"hmis-client|{self._clients.standing.me}|{personal_id}", 0)
        self._session.exec(select(func.pg_advisory_xact_lock(turn)))

    def _newest(self, personal_id: str) -> dict[str, str] | None:
        """The row that waits to be read, or else the one that is kept; None where the caller sent no such client."""
        waiting = [row for row in self._waiting() if row.get("PersonalID") == personal_id]
        return waiting[-1] if waiting else self._kept(personal_id)

    def _kept(self, personal_id: str) -> dict[str, str] | None:
        standing = self._clients.standing
        person_id = standing.person(personal_id)
        own = [] if person_id is None else self._clients.own.about(person_id)
        found = (one for one in own if one.table == _CLIENT and one.row.source == standing.me)
        return next((dict(one.values) for one in found if one.values.get("PersonalID") == personal_id), None)

    def _waiting(self) -> Iterator[dict[str, str]]:
        me = self._clients.standing.me
        messages = Messages(self._session, self._keys, me)
        mine = (MessageRow.source == me, MessageRow.feed == FEED, MessageRow.media_type == ONE_CLIENT)
        query = select(MessageRow).where(*mine, MessageRow.state == MessageState.RECEIVED)
        for row in self._session.exec(query.order_by(col(MessageRow.arrival))).all():
            with zipfile.ZipFile(io.BytesIO(messages.open(row).content)) as archive:
                text = archive.read("Client.csv").decode()
            for line in csv.DictReader(io.StringIO(text)):
                yield {name: value for name, value in line.items() if value}


def fits(said: Mapping[str, Json]) -> dict[str, str]:
    """The columns of a client as the CSV writes them; null clears one. Raises `Invalid` for one that is none, for one
    that the server keeps, and for a value that the column cannot hold."""
    table, changed = fy2026().tables[_CLIENT], dict[str, str]()
    for heading, value in said.items():
        name = column_of(_CLIENT, heading)
        if name is None or name in KEPT_BY_THE_SERVER or isinstance(value, dict | list):
            raise Invalid("The body should have columns of Client.csv; PersonalID and the dates of the row are ours.")
        text, column = as_text(value).strip(), table.columns[name]
        if "\0" in text or len(text) > (column.longest or 100) or (text and column.codes and text not in column.codes):
            raise Invalid(f"{API_NAMES.get(name, name)} should be what HUD's specification has for it.")
        changed[name] = text
    return changed
