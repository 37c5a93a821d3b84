"""The one list of what is sealed under a master: a new sealed column belongs into it, and a test says so.

What is not here does not turn: a person's blobs, whose data key is here; audit entries, which nobody may change and
whose key the ring keeps; and blind tokens, which hang on the ring's `index`.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from sqlalchemy import Column, ColumnElement, LargeBinary, Row, Table, func, literal_column
from sqlmodel import SQLModel

from hub.store.accounts import providers, users
from hub.store.audit.subjects import place
from hub.store.chunks import chunk_place
from hub.store.crypto import Keys, Sealer
from hub.store.crypto.keys import person_key_place
from hub.store.declarations import review_place, stated_place
from hub.store.descriptors import descriptor_place
from hub.store.directory import webhook_place
from hub.store.handoffs import names_place
from hub.store.messages import aside_place, name_place
from hub.store.pulls import pull_place
from hub.store.staff import staff_place

Purpose = Literal["wrapping", "messages", "accounts"]


def version_of(column: Column[Any]) -> ColumnElement[bytes]:
    """The version that sealed values name, read without fetching the rest of them."""
    return func.substring(column, literal_column("1"), literal_column("1"), type_=LargeBinary)


class Kept(NamedTuple):
    """A column, what finds its row, and what a value in it is bound to: now, and perhaps once."""

    table: str
    column: str
    purpose: Purpose
    found_by: tuple[str, ...]
    places: Callable[[Row[Any]], tuple[str, ...]]
    beside: tuple[str, ...] = ()
    at_once: int = 500

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"

    @property
    def rows(self) -> Table:
        return SQLModel.metadata.tables[self.table]

    @property
    def value(self) -> Column[Any]:
        return self.rows.c[self.column]

    @property
    def version(self) -> ColumnElement[bytes]:
        return version_of(self.value)

    def sealer(self, keys: Keys) -> Sealer:
        sealer: Sealer = getattr(keys, self.purpose)
        return sealer


KEPT = (
    Kept("person", "wrapped_key", "wrapping", ("id",), lambda row: (person_key_place(str(row.id)),)),
    Kept("audit_key", "wrapped", "wrapping", ("subject",), lambda row: (place(row.subject),)),
    Kept("raw_message", "sealed_name", "messages", ("id",), lambda row: (name_place(row.id),)),
    Kept(
        "raw_chunk",
        "sealed",
        "messages",
        ("message_id", "number"),
        lambda row: (chunk_place(row.message_id, row.number),),
        at_once=8,  # of four megabytes each
    ),
    Kept("set_aside", "sealed_file", "messages", ("id",), lambda row: (aside_place(row.id),)),
    Kept("staff_member", "sealed", "accounts", ("source", "key"), lambda row: (staff_place(row.source, row.key),)),
    Kept("descriptor", "sealed", "accounts", ("source", "key"), lambda row: (descriptor_place(row.source, row.key),)),
    Kept(
        "pull_place",
        "sealed_following",
        "accounts",
        ("source", "address"),
        lambda row: (pull_place(row.source, row.address),),
    ),
    Kept("user_account", "sealed_profile", "accounts", ("id",), lambda row: (users.place(row.id, "profile"),)),
    Kept("user_account", "sealed_totp", "accounts", ("id",), lambda row: (users.place(row.id, "totp"),)),
    Kept("identity_provider", "sealed_secret", "accounts", ("slug",), lambda row: (providers.place(row.slug),)),
    Kept("participant", "sealed_webhook_secret", "accounts", ("slug",), lambda row: (webhook_place(row.slug),)),
    Kept(
        "handoff",
        "sealed_names",
        "accounts",
        ("id",),
        lambda row: names_place(row.id, row.person_id),
        beside=("person_id",),
    ),
    Kept("emergency_declaration", "sealed", "accounts", ("id",), lambda row: (stated_place(row.id),)),
    Kept("emergency_declaration", "sealed_note", "accounts", ("id",), lambda row: (review_place(row.id),)),
)

UNDER_A_PERSONS_KEY = frozenset(
    {
        "record.sealed",
        "accounting_suspension.sealed",
        "instrument.sealed",
        "person_subject.sealed_facts",
        "handoff.sealed_agreement",
        "handoff.sealed_told",
    }
)
"""Sealed under a data key that is wrapped in `person.wrapped_key`: as that turns, these stay as they are."""

ONLY_ADDED_TO = frozenset({"audit_entry.sealed"})
"""Rows that nobody may change. A master that is dropped leaves the ring the key of these behind."""
