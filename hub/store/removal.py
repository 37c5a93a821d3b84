"""Takes everything of a person out of the database, to be destroyed or to be kept elsewhere, and puts it back.

One list says which tables hold something of a person; a test fails when a table that names people is not on it. What
is taken away is still sealed under the person's own key, which goes with it.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, text

from hub.store.audit.subjects import pseudonym
from hub.store.audit.subjects import unwrap as unwrap_subject
from hub.store.audit.subjects import wrap as wrap_subject
from hub.store.crypto import Keys
from hub.store.crypto.keys import person_key_place

OF_A_HANDOFF = "handoff_id IN (SELECT id FROM handoff WHERE person_id = :person)"
OF_THE_PERSON = "person_id = :person"

HELD: Mapping[str, str] = {
    "person": "id = :person",
    "audit_key": "subject = :subject",
    "person_token": OF_THE_PERSON,
    "person_subject": OF_THE_PERSON,
    "person_review": "person_id = :person OR other_id = :person",
    "record": OF_THE_PERSON,
    "instrument": OF_THE_PERSON,
    "accounting_suspension": OF_THE_PERSON,
    "handoff": OF_THE_PERSON,
    "handoff_event": OF_A_HANDOFF,
    "handoff_presence": OF_A_HANDOFF,
    "parcel": OF_THE_PERSON,
}
"""Where something of a person lies, in an order in which it can be put back."""

NOT_PUT_BACK = frozenset({"person_review"})
"""The other person may be gone by then; who else it may be is asked anew."""

ELSEWHERE: Mapping[str, str] = {
    "audit_entry": "its entries are closed or blanked, and their leaves stand",
    "person_order": "names the person only while it is under way",
}
"""Tables that name people and are not emptied of them here, and why."""


class Removal:
    """Takes one person away, in the caller's transaction."""

    def __init__(self, connection: Connection, keys: Keys, person_id: UUID) -> None:
        self.connection = connection
        self.keys = keys
        self.subject = pseudonym(keys, person_id)
        self._person = str(person_id)
        self._values = {"person": person_id, "subject": self.subject}

    def messages(self) -> list[UUID]:
        """The raw messages that brought something of the person, whoever else they spoke of."""
        query = text("SELECT DISTINCT message_id FROM record WHERE person_id = :person AND message_id IS NOT NULL")
        return list(self.connection.scalars(query, self._values))

    def subjects(self) -> list[tuple[str, bytes]]:
        """How each source calls the person, blinded."""
        query = text("SELECT source, token FROM person_subject WHERE person_id = :person")
        return [(row.source, row.token) for row in self.connection.execute(query, self._values)]

    def packed(self) -> bytes:
        """All that is held, as it is held, with the keys laid bare: only for whoever is to have them."""
        rows = {table: self._rows(table, where) for table, where in HELD.items() if table not in NOT_PUT_BACK}
        bare = {
            "person": self.keys.wrapping.open(_bytes(rows["person"][0]["wrapped_key"]), person_key_place(self._person)),
            "subject": b"".join(
                unwrap_subject(self.keys, self.subject, _bytes(row["wrapped"])) for row in rows["audit_key"]
            ),
        }
        return orjson.dumps({"rows": rows, "keys": {name: key.hex() for name, key in bare.items()}})

    def _rows(self, table: str, where: str) -> list[dict[str, Any]]:
        query = text(f"SELECT to_jsonb(held) FROM {table} AS held WHERE {where}")  # noqa: S608  (the list above)
        return list(self.connection.scalars(query, self._values))

    def take_away(self) -> None:
        """Leaves nothing of the person in any of these tables."""
        for table, where in reversed(list(HELD.items())):
            self.connection.execute(text(f"DELETE FROM {table} WHERE {where}"), self._values)  # noqa: S608  (the names stand above)


def put_back(connection: Connection, keys: Keys, packed: bytes) -> None:
    """Puts back what was packed, its keys wrapped as keys are wrapped now."""
    said = orjson.loads(packed)
    rows: dict[str, list[dict[str, Any]]] = said["rows"]
    (person,) = rows["person"]
    subject = pseudonym(keys, UUID(person["id"]))
    bare = {name: bytes.fromhex(key) for name, key in said["keys"].items()}
    person["wrapped_key"] = _written(keys.wrapping.seal(bare["person"], person_key_place(person["id"])))
    for row in rows["audit_key"]:
        row["wrapped"] = _written(wrap_subject(keys, subject, bare["subject"]))
    for table in (table for table in HELD if table not in NOT_PUT_BACK):
        _insert(connection, table, rows[table])


def _insert(connection: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Row by row as they were; what PostgreSQL has written as JSON it reads again."""
    if rows:
        columns = ", ".join(f'"{name}"' for name in rows[0])
        connection.execute(
            text(
                f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE "  # noqa: S608  (the list above)
                f"SELECT {columns} FROM jsonb_populate_recordset(NULL::public.{table}, CAST(:rows AS jsonb))"
            ),
            {"rows": orjson.dumps(rows).decode()},
        )


def _bytes(written: str) -> bytes:
    return bytes.fromhex(written.removeprefix("\\x"))


def _written(value: bytes) -> str:
    return f"\\x{value.hex()}"
