"""What was said, under which keys of whom it is about, what waits for its leaf, the tree, its heads, its witnesses.

They are plain tables because the log is written and read in bulk. The first migration makes the database itself refuse
to change or remove what has been said; only the queue empties, and only an order blanks an entry or takes a key.
A blank entry has its id and its leaf, and nothing else.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlmodel import SQLModel

entries = Table(
    "audit_entry",
    SQLModel.metadata,
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True)),
    Column("act", Text),
    Column("actor", Text),
    Column("participant", Text),
    Column("subject", Text, comment="pseudonymous token, hexadecimal"),
    Column("leaf", LargeBinary, nullable=False, comment="version and twelve commitments"),
    Column("sealed", LargeBinary, comment="secret of the salts, and details"),
    Index("audit_entry_at", "at", postgresql_using="brin"),
    Index("audit_entry_actor", "actor"),
    Index("audit_entry_participant", "participant"),
    Index("audit_entry_subject", "subject"),
)

keys = Table(
    "audit_key",
    SQLModel.metadata,
    Column("subject", Text, primary_key=True, comment="pseudonymous token, hexadecimal"),
    Column("wrapped", LargeBinary, nullable=False),
)

blanked = Table(
    "audit_blanked",
    SQLModel.metadata,
    Column("entry", Uuid, ForeignKey("audit_entry.id"), primary_key=True),
    Column("tombstone", Uuid, ForeignKey("audit_entry.id"), nullable=False),
)

pending = Table(
    "audit_pending",
    SQLModel.metadata,
    Column("place", BigInteger, Identity(always=True), primary_key=True),
    Column("entry", Uuid, nullable=False, unique=True),
)

leaves = Table(
    "audit_leaf",
    SQLModel.metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", Uuid, ForeignKey("audit_entry.id"), nullable=False, unique=True),
    Column("completed", LargeBinary, nullable=False, comment="hashes of the subtrees it completes, its own first"),
)

checkpoints = Table(
    "audit_checkpoint",
    SQLModel.metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False, comment="by the hub's clock; not under the signature"),
    Column("size", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Index("audit_checkpoint_size", "size"),
)

witnesses = Table(
    "witness",
    SQLModel.metadata,
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("removed_at", DateTime(timezone=True)),
    Index("witness_name", "name", unique=True, postgresql_where=text("removed_at IS NULL")),
)

cosignatures = Table(
    "audit_cosignature",
    SQLModel.metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("checkpoint", BigInteger, ForeignKey("audit_checkpoint.number"), nullable=False),
    Column("witness", Text, ForeignKey("witness.key"), nullable=False),
    Column("line", Text, nullable=False),
    UniqueConstraint("checkpoint", "witness"),
    Index("audit_cosignature_witness", "witness"),
)
