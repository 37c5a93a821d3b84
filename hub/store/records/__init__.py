"""Canonical records, versioned, each sealed under its person's key.

What the consent engine decides by (holder, provenance, which fields are held) stands beside the sealed blob, so that a
question is decided before anything is opened.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import LargeBinary, any_, bindparam, func, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hub.store.arrays import ids_in, tokens_in
from hub.store.crypto import Keys, Sealer
from hub.store.nobody import LAST, NOBODY, in_company, of_nobody
from hub.store.records.changes import Changes
from hub.store.records.filing import Bound, Identified, filings
from hub.store.records.keeping import Keeper, Stored, key_token
from hub.store.records.rows import TABLE, RecordRow, place
from schemas.canonical import CanonicalRecord
from schemas.vocab import Sensitivity

__all__ = ["After", "Bound", "Identified", "RecordRow", "Records", "Stored", "place", "speaks_of"]

After = tuple[datetime, UUID, UUID] | None
"""The last record of a page, by when it was learned, its person and its id: so what is told of one person at once
stands together."""

_BY_PERSON = (col(RecordRow.learned_at), col(RecordRow.person_id), col(RecordRow.id))

ORDINARY_NUMBER = 16
"""So many live records have all but a few people."""

_IN_COMPANY = in_company(
    "SELECT * FROM record WHERE person_id = :person AND superseded_at IS NULL AND removed_at IS NULL",
    of_nobody(
        TABLE.c.keys(),
        id="gen_random_uuid()",
        **dict.fromkeys(("source", "holder", "feed"), "'nobody'"),
        kind="'service'",
        **dict.fromkeys(("key_token", "content_token"), "decode(repeat('00', 16), 'hex')"),
        **dict.fromkeys(("occurred_at", "updated_at"), "now()"),
        learned_at=LAST,
        message_id="gen_random_uuid()",
        provenance="""'{"hmis": {}}'""",
        contents="""'{"housing": ["active-enrollment", "living-situation"], "case-management": ["last-contact"]}'""",
        sensitivity="""'["LOCIS"]'""",
        sealed="decode(repeat('00', 480), 'hex')",
    ),
    ORDINARY_NUMBER,
    "ORDER BY learned_at, id",
)
"""A record of nobody's is as large as most, and says nothing."""


class Records:
    """The records of this hub."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session = session
        self.keys = keys
        self.changes = Changes()

    # --- keeping ---------------------------------------------------------------------------------------------------

    def keep(
        self,
        source: str,
        batch: Iterable[Identified | Bound],
        sealers: Mapping[UUID, Sealer],
        *,
        message_id: UUID | None,
        at: datetime,
    ) -> Stored:
        """Stores new and changed records as new versions; an older one never overwrites a newer one.

        A batch is some thousand records; within it the last word about a key counts.
        """
        keeper = Keeper(self.session, self.keys, source, self.changes, message_id=message_id, at=at)
        return keeper.keep(filings(source, batch), sealers)

    def written(self, source: str, keys: Collection[str]) -> dict[str, datetime | None]:
        """Of those of a source's keys by which something is kept, or was removed: when that was written."""
        by_token = {key_token(self.keys, source, key): key for key in keys}
        newest = (TABLE.c.source == source) & TABLE.c.superseded_at.is_(None)
        query = select(TABLE.c.key_token, TABLE.c.updated_at).where(
            newest, TABLE.c.key_token == any_(tokens_in(by_token))
        )
        rows = self.session.connection().execute(query).all() if keys else ()
        return {by_token[bytes(token)]: updated_at for token, updated_at in rows}

    def live_by_kind(self, source: str) -> Counter[str]:
        """How many live records of each kind a source has."""
        live = TABLE.c.superseded_at.is_(None) & TABLE.c.removed_at.is_(None)
        query = select(TABLE.c.kind, func.count()).where(TABLE.c.source == source, live).group_by(TABLE.c.kind)
        return Counter({row[0]: row[1] for row in self.session.connection().execute(query)})

    def mark_absent(self, source: str, kind: str, message_id: UUID, seen: Iterable[str], at: datetime) -> int:
        """Marks the live records of a kind that a complete message did not name: not seen, which is not a removal."""
        tokens = [key_token(self.keys, source, key) for key in seen]
        marked = self.session.execute(
            text(
                "UPDATE record SET not_seen_since = :at WHERE source = :source AND kind = :kind "
                "AND superseded_at IS NULL AND removed_at IS NULL AND not_seen_since IS NULL "
                "AND message_id <> :message AND key_token <> ALL(:tokens) RETURNING id"
            ).bindparams(bindparam("tokens", type_=ARRAY(LargeBinary))),
            {"at": at, "source": source, "kind": kind, "message": message_id, "tokens": tokens},
        )
        return len(marked.all())

    # --- reading ---------------------------------------------------------------------------------------------------

    def about(self, person_id: UUID) -> Sequence[RecordRow]:
        """The live records of a person, in a fixed order; nothing is opened."""
        live = TABLE.c.superseded_at.is_(None) & TABLE.c.removed_at.is_(None)
        query = TABLE.select().where(TABLE.c.person_id == person_id, live)
        query = query.order_by(TABLE.c.learned_at, TABLE.c.id)
        # Rows and not objects: nobody changes them, and to make objects takes as long again as the look-up.
        return cast("Sequence[RecordRow]", self.session.connection().execute(query).all())

    def in_company(self, person_id: UUID) -> tuple[Sequence[RecordRow], int]:
        """The same, and how many of nobody's were read to make them up to an ordinary number."""
        found = self.session.connection().execute(_IN_COMPANY, {"person": person_id})
        rows = cast("Sequence[RecordRow]", found.all())
        real = [row for row in rows if row.person_id != NOBODY]
        return real, len(rows) - len(real)

    def held_by(self, holder: str, kind: str, *, since: datetime | None = None) -> Sequence[RecordRow]:
        """The live records of one kind that a participant holds, oldest first, learned from `since` on; none opened."""
        live = (col(RecordRow.superseded_at).is_(None), col(RecordRow.removed_at).is_(None))
        query = select(RecordRow).where(RecordRow.holder == holder, RecordRow.kind == kind, *live)
        if since is not None:
            query = query.where(col(RecordRow.learned_at) >= since)
        return self.session.exec(query.order_by(col(RecordRow.learned_at), col(RecordRow.id))).all()

    def changed(
        self, participant: str, feed: str, *, since: datetime | None, until: datetime | None, after: After, limit: int
    ) -> Sequence[RecordRow]:
        """The newest versions of what a participant sent or holds, removed ones too, as the hub learned them."""
        own = (col(RecordRow.source) == participant) | (col(RecordRow.holder) == participant)
        query = select(RecordRow).where(own, RecordRow.feed == feed, col(RecordRow.superseded_at).is_(None))
        if since is not None:
            query = query.where(col(RecordRow.learned_at) >= since)
        if until is not None:
            query = query.where(col(RecordRow.learned_at) < until)
        if after is not None:
            query = query.where(tuple_(*_BY_PERSON) > after)
        return self.session.exec(query.order_by(*_BY_PERSON).limit(limit)).all()

    def own_of_kind(self, participant: str, feed: str, kind: str) -> Sequence[RecordRow]:
        """The live records of one kind that a participant sent or holds, as the hub learned them."""
        own = (col(RecordRow.source) == participant) | (col(RecordRow.holder) == participant)
        live = (col(RecordRow.superseded_at).is_(None), col(RecordRow.removed_at).is_(None))
        query = select(RecordRow).where(own, RecordRow.feed == feed, RecordRow.kind == kind, *live)
        return self.session.exec(query.order_by(col(RecordRow.learned_at), col(RecordRow.id))).all()

    def beside(self, people: Collection[UUID], sources: Collection[str]) -> Sequence[RecordRow]:
        """What these sources tell of these people that a stay or a row of it may need beside it, live: who they are,
        their stays, and rows that are kept as they were sent."""
        live = (col(RecordRow.superseded_at).is_(None), col(RecordRow.removed_at).is_(None))
        about = (col(RecordRow.person_id).in_(people), col(RecordRow.source).in_(sources))
        kinds = col(RecordRow.kind).in_(("person", "enrollment", "source-row"))
        return self.session.exec(select(RecordRow).where(*about, kinds, *live).order_by(col(RecordRow.id))).all()

    def who_they_are(self, people: Collection[UUID], sources: Collection[str]) -> Sequence[RecordRow]:
        """What these sources say of who these people are, live."""
        live = (col(RecordRow.superseded_at).is_(None), col(RecordRow.removed_at).is_(None))
        about = (col(RecordRow.person_id).in_(people), col(RecordRow.source).in_(sources), RecordRow.kind == "person")
        return self.session.exec(select(RecordRow).where(*about, *live).order_by(col(RecordRow.id))).all()

    def clients_of(self, participant: str, feed: str, *, limit: int) -> Sequence[RecordRow]:
        """Who the clients of a participant are, live: of everyone of whom it sent or holds anything, their source's
        word."""
        anything = aliased(RecordRow)
        live = [
            one
            for row in (RecordRow, anything)
            for one in (col(row.superseded_at).is_(None), col(row.removed_at).is_(None))
        ]
        same = (col(anything.person_id) == col(RecordRow.person_id), col(anything.source) == col(RecordRow.source))
        own = (col(anything.source) == participant) | (col(anything.holder) == participant)
        query = select(RecordRow).where(RecordRow.kind == "person", RecordRow.feed == feed, *live[:2])
        theirs = select(anything.id).where(*same, own, col(anything.feed) == feed, *live[2:]).exists()
        return self.session.exec(query.where(theirs).order_by(col(RecordRow.id)).limit(limit)).all()

    def of_people(
        self, source: str, feed: str, people: Collection[UUID], kinds: Collection[str]
    ) -> Sequence[RecordRow]:
        """The newest version, a removal too, of every record of these kinds that a source sent about these people."""
        newest = (TABLE.c.source == source) & (TABLE.c.feed == feed) & TABLE.c.superseded_at.is_(None)
        about = (TABLE.c.person_id == any_(ids_in(people))) & TABLE.c.kind.in_(kinds)
        found = self.session.connection().execute(TABLE.select().where(newest, about)) if people else None
        return [] if found is None else cast("Sequence[RecordRow]", found.all())

    def sorts_in(self, message_id: UUID) -> Sequence[RecordRow]:
        """One live record of each sort that a message brought: alike in holder, kind, provenance and what they hold."""
        sort = (col(RecordRow.holder), col(RecordRow.kind), col(RecordRow.provenance), col(RecordRow.contents))
        live = (col(RecordRow.superseded_at).is_(None), col(RecordRow.removed_at).is_(None))
        query = select(RecordRow).where(RecordRow.message_id == message_id, *live).order_by(*sort)
        return self.session.exec(query.ext(distinct_on(*sort))).all()

    def open(self, row: RecordRow, sealer: Sealer) -> CanonicalRecord:
        """The record as it was kept."""
        said = orjson.loads(sealer.open(row.sealed, place(row.id, row.person_id)))
        return CanonicalRecord.model_validate(
            {**said, "provenance": row.provenance, "sensitivity": row.sensitivity}, strict=False
        )

    def said(self, row: RecordRow, sealer: Sealer) -> dict[str, Any]:
        """What a record says, as JSON, where to make a record of it would take too long."""
        said: dict[str, Any] = orjson.loads(sealer.open(row.sealed, place(row.id, row.person_id)))
        return said

    def birth_date(self, row: RecordRow, sealer: Sealer) -> date | None:
        """The birth date that a record of who somebody is gives."""
        said = self.said(row, sealer)["body"].get("birth_date")
        return None if said is None else date.fromisoformat(said)


def speaks_of(row: RecordRow, sensitivity: Sensitivity) -> bool:
    """Whether a record is labelled with a sensitivity; asked without opening it."""
    return sensitivity in row.sensitivity
