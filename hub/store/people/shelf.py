"""Reading and writing the index many rows at a time: the number of statements does not grow with the batch."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import sql
from sqlalchemy import (
    Row,
    Select,
    TableValuedAlias,
    any_,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, SQLModel

from hub.store.arrays import ids_in, tokens_in
from hub.store.crypto import Keys, Sealer
from hub.store.nobody import LAST, NOBODY, in_company, nobodies, of_nobody
from hub.store.people.rows import ReviewRow
from schemas.canonical import PersonFacts

# A source and the token of one of its subjects: which record of a person is meant.
Place = tuple[str, bytes]

_PERSON, _SUBJECT, _TOKEN = (SQLModel.metadata.tables[name] for name in ("person", "person_subject", "person_token"))

OF_NOBODY = "nobody"
"""What stands for the source of facts that no source told."""

ORDINARY_RECORDS = 4
"""So many records of who they are have those who share a key with a question, all but a few."""

ORDINARY_HITS = 8
"""So many times are those found who share a key with a question, all but a few."""

MOST_SEALERS = 5_000
"""So many are kept at hand: a large export speaks of more people than there is room for."""

_TOKEN_OF_NOBODY = bytes(16)
_WRITTEN_TOKEN = "decode(repeat('00', 16), 'hex')"  # noqa: S105  (nobody's)
_WHOSE = "(SELECT max(token) FROM person_token WHERE token = decode(lpad(to_hex(place), 32, '0'), 'hex'))"
_LOOKED_FOR = f"coalesce({_WHOSE}, {_WRITTEN_TOKEN})"
"""As a real row is looked for, so is nobody's."""

_WHICH = f"[(place - 1) % {ORDINARY_RECORDS} + 1]"

_MEANT_BY = in_company(
    """
    SELECT source, token, person_id FROM person_subject WHERE token = ANY(CAST(:called AS bytea[]))
    UNION ALL SELECT NULL, token, person_id FROM person_token WHERE token = ANY(CAST(:tokens AS bytea[]))
    """,
    of_nobody(("source", "token", "person_id"), source=f"'{OF_NOBODY}'", token=_LOOKED_FOR),
    ORDINARY_HITS,
)

_TOLD_IN_COMPANY = in_company(
    """
    SELECT person_id, (SELECT wrapped_key FROM person WHERE id = person_id) AS wrapped_key,
        source, token, sealed_facts, learned_at
    FROM person_subject WHERE person_id = ANY(CAST(:people AS uuid[]))
    """,
    of_nobody(
        ("person_id", "wrapped_key", "source", "token", "sealed_facts"),
        person_id=f"(CAST(:ids AS uuid[])){_WHICH}",
        wrapped_key=f"(CAST(:wrapped AS bytea[])){_WHICH}",
        source=f"'{OF_NOBODY}'",
        token=_LOOKED_FOR,
        sealed_facts=f"(CAST(:sealed AS bytea[])){_WHICH}",
        learned_at=LAST,
    ),
    ORDINARY_RECORDS,
    "ORDER BY learned_at, source",
)

# The columns by which COPY fills a table, in order.
_TYPES = {
    "audit_key": {"subject": "text", "wrapped": "bytea"},
    "person": {"id": "uuid", "wrapped_key": "bytea", "created_at": "timestamptz"},
    "person_subject": {
        "token": "bytea",
        "source": "text",
        "person_id": "uuid",
        "weight": "float8",
        "reasons": "jsonb",
        "linked_at": "timestamptz",
        "digest": "bytea",
        "sealed_facts": "bytea",
        "learned_at": "timestamptz",
    },
}


class Known(NamedTuple):
    """A subject that a source has spoken of before; without a digest it told no facts."""

    person_id: UUID
    digest: bytes | None
    learned_at: datetime | None


class File(NamedTuple):
    """All that is known of who a person is, and the sealer of their data."""

    sealer: Sealer
    records: dict[Place, PersonFacts]


def context(place: Place, person_id: UUID) -> str:
    """What binds sealed facts to their row and their person."""
    return f"person-facts|{place[0]}/{place[1].hex()}|{person_id}"


class Shelf:
    """The tables of the person index, in one session."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session = session
        self.keys = keys
        self._sealers: dict[UUID, Sealer] = {}

    # --- reading

    def subjects(self, source: str, tokens: Collection[bytes]) -> dict[bytes, Known]:
        """Those of a source's subjects that are known, by token."""
        rows = self._all(
            select(_SUBJECT.c.token, _SUBJECT.c.person_id, _SUBJECT.c.digest, _SUBJECT.c.learned_at).where(
                _SUBJECT.c.source == source, _SUBJECT.c.token == any_(tokens_in(tokens))
            )
        )
        return {token: Known(person_id, digest, learned_at) for token, person_id, digest, learned_at in rows}

    def meant_by(
        self, called: Collection[bytes], tokens: Collection[bytes]
    ) -> tuple[list[tuple[Place, UUID]], dict[bytes, set[UUID]]]:
        """Whom any source means by these subject tokens, and who is filed under each of these blocking tokens."""
        bearers: list[tuple[Place, UUID]] = []
        buckets: dict[bytes, set[UUID]] = defaultdict(set)
        asked = {"called": list(called), "tokens": list(tokens)}
        for source, token, person_id in self.session.connection().execute(_MEANT_BY, asked):
            if source is None:
                buckets[token].add(person_id)
            elif person_id != NOBODY:
                bearers.append(((source, token), person_id))
        return bearers, buckets

    def buckets(self, tokens: Collection[bytes]) -> dict[bytes, set[UUID]]:
        """Who is filed under each of these blocking tokens."""
        found: dict[bytes, set[UUID]] = defaultdict(set)
        filed = select(_TOKEN.c.token, _TOKEN.c.person_id).where(_TOKEN.c.token == any_(tokens_in(tokens)))
        for token, person_id in self._all(filed):
            found[token].add(person_id)
        return found

    def files(self, person_ids: Collection[UUID]) -> dict[UUID, File]:
        """What is known of these people, opened, the latest last; also of those about whom there are no facts."""
        # A subquery and no join: right after an import the server knows no better than to read a joined table whole.
        key = select(_PERSON.c.wrapped_key).where(_PERSON.c.id == _SUBJECT.c.person_id).scalar_subquery()
        told = select(_SUBJECT.c.person_id, key, _SUBJECT.c.source, _SUBJECT.c.token, _SUBJECT.c.sealed_facts)
        told = told.where(_SUBJECT.c.person_id == any_(ids_in(person_ids)))
        return self._opened(self._all(told.order_by(_SUBJECT.c.learned_at, _SUBJECT.c.source)))

    def files_in_company(self, person_ids: Collection[UUID], facts: PersonFacts) -> dict[UUID, File]:
        """The same, and files of nobodies who say these facts: they make their records up to an ordinary number."""
        written = facts.model_dump_json(exclude_defaults=True).encode()
        stand_ins = nobodies(self.keys, ORDINARY_RECORDS)
        ids = [one.id for one in stand_ins]
        asked = {
            "people": [*person_ids, *ids[len(person_ids) :]],  # as many are looked for whoever is found
            "ids": ids,
            "wrapped": [one.wrapped_key for one in stand_ins],
            "sealed": [one.sealer.seal(written, context((OF_NOBODY, _TOKEN_OF_NOBODY), one.id)) for one in stand_ins],
        }
        return self._opened(self.session.connection().execute(_TOLD_IN_COMPANY, asked).all())

    def _opened(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[UUID, File]:
        found: dict[UUID, File] = {}
        for person_id, wrapped, source, token, sealed, *_ in rows:
            file = found.get(person_id)
            if file is None:
                sealer = self._sealers[person_id] = self.keys.of_person(str(person_id), wrapped)
                file = found[person_id] = File(sealer, {})
            if sealed is not None:
                plain = file.sealer.open(sealed, context((source, token), person_id))
                file.records[source, token] = PersonFacts.model_validate_json(plain)
        return found

    def sealers(self, person_ids: Collection[UUID]) -> dict[UUID, Sealer]:
        """The sealers of those people who exist; one that this transaction has met lately is not asked for again."""
        if len(self._sealers) > MOST_SEALERS:
            self._sealers.clear()
        if unmet := [person_id for person_id in person_ids if person_id not in self._sealers]:
            rows = self._all(select(_PERSON.c.id, _PERSON.c.wrapped_key).where(_PERSON.c.id == any_(ids_in(unmet))))
            self._sealers |= {person_id: self.keys.of_person(str(person_id), wrapped) for person_id, wrapped in rows}
        return {person_id: self._sealers[person_id] for person_id in person_ids if person_id in self._sealers}

    def _all(self, query: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self.session.connection().execute(query).all()

    # --- writing

    def copy(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Adds rows by COPY, in the order of the table's columns; many times faster than INSERT."""
        if not rows:
            return
        types = _TYPES[table]
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, types))
        )
        driver: Any = self.session.connection().connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(list(types.values()))
            for row in rows:
                copy.write_row(row)

    def file_under(self, pairs: Sequence[tuple[bytes, UUID]]) -> None:
        """Puts people into buckets in which they are not yet."""
        if pairs:
            self.session.connection().execute(insert(_TOKEN).from_select(["token", "person_id"], select(_table(pairs))))

    def replace_facts(self, said: Sequence[Mapping[str, Any]]) -> None:
        """Puts what a source says now in the place of what it said of these subjects before."""
        if said:
            there = (_SUBJECT.c.source == bindparam("of_source")) & (_SUBJECT.c.token == bindparam("of_token"))
            self.session.connection().execute(update(_SUBJECT).where(there), said)

    def forget_tokens(self, pairs: Sequence[tuple[bytes, UUID]]) -> None:
        """Takes people out of buckets in which nothing that is still said of them belongs."""
        if pairs:
            gone = _table(pairs)
            there = (_TOKEN.c.token == gone.c.token) & (_TOKEN.c.person_id == gone.c.person_id)
            self.session.connection().execute(delete(_TOKEN).where(there))

    def ask_a_human(self, reviews: Sequence[ReviewRow]) -> None:
        """Files pairs for review; a pair that already waits stays as it is."""
        if reviews:
            values = [review.model_dump() for review in reviews]
            self.session.connection().execute(insert(ReviewRow).on_conflict_do_nothing(), values)


def _table(pairs: Sequence[tuple[bytes, UUID]]) -> TableValuedAlias:
    """Pairs as a table the server can select from."""
    tokens, people = zip(*pairs, strict=True)
    return func.unnest(tokens_in(tokens), ids_in(people)).table_valued("token", "person_id").render_derived()
