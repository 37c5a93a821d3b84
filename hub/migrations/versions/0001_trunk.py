"""The trunk: the tables of the first hub, and the guards of its audit log.

A migration tells what was done to databases that exist, so it is written out and owes nothing to today's code.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger()
BYTES = sa.LargeBinary()
DOCUMENT = JSONB()
ID = sa.Uuid()
MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.Integer()
TEXT = sa.String()
YES_OR_NO = sa.Boolean()

REFUSE = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    _directory()
    _terms()
    _accounts()
    _messages()
    _people()
    _records()
    _consents()
    _handoffs()
    _parcels()
    _audit()
    _guards()


def downgrade() -> None:
    for noun in (
        "audit_leaf audit_checkpoint audit_pending audit_entry",
        "parcel",
        "handoff_presence handoff_event handoff",
        "instrument",
        "record",
        "person_review person_subject person_token person",
        "set_aside raw_chunk raw_message",
        "web_session user_account used_jti access_token client",
        "terms_version staff_member program policy agreement feed_definition source_organization participant",
    ):
        for table in noun.split():
            op.drop_table(table)
    op.execute("DROP FUNCTION audit_is_append_only()")
    op.execute("DROP FUNCTION terms_have_changed()")


def _always(name: str, kind: Any, *rest: Any, **options: Any) -> sa.Column[Any]:
    """A column that has a value in every row."""
    return sa.Column(name, kind, *rest, nullable=False, **options)


def _maybe(name: str, kind: Any, *rest: Any, **options: Any) -> sa.Column[Any]:
    """A column that may be empty."""
    return sa.Column(name, kind, *rest, nullable=True, **options)


def _participant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """A column that names a participant."""
    return sa.Column(name, TEXT, sa.ForeignKey("participant.slug"), nullable=nullable)


def _person(name: str) -> sa.Column[Any]:
    """A column that names a person of the index."""
    return sa.Column(name, ID, sa.ForeignKey("person.id"), nullable=False)


def _directory() -> None:
    op.create_table(
        "participant",
        _always("slug", TEXT, primary_key=True),
        _always("name", TEXT),
        _always("capacities", DOCUMENT),
        _always("jurisdictions", DOCUMENT),
        _participant("administered_by", nullable=True),
        _always("reach", DOCUMENT),
        _maybe("webhook_url", TEXT),
        _maybe("sealed_webhook_secret", BYTES),
    )
    op.create_table(
        "source_organization",
        _participant("source"),
        _always("key", TEXT),
        _participant("participant"),
        sa.PrimaryKeyConstraint("source", "key"),
    )
    op.create_table(
        "feed_definition",
        _participant("source"),
        _always("feed", TEXT),
        _always("definition", TEXT),
        sa.PrimaryKeyConstraint("source", "feed"),
    )
    op.create_table("agreement", _always("id", ID, primary_key=True), _always("document", DOCUMENT))
    op.create_table(
        "policy",
        _always("id", ID, primary_key=True),
        _always("since", MOMENT),
        _always("document", DOCUMENT),
    )
    op.create_index("ix_policy_since", "policy", ["since"])
    op.create_table(
        "program",
        _always("id", ID, primary_key=True),
        _participant("source"),
        _always("key", TEXT),
        _participant("participant"),
        _always("name", TEXT),
        _always("type", TEXT),
        _maybe("area", TEXT),
        _maybe("opened_on", sa.Date()),
        _maybe("closed_on", sa.Date()),
        _always("provenance", DOCUMENT),
        _always("reach", DOCUMENT),
        sa.UniqueConstraint("source", "key"),
    )
    op.create_table(
        "staff_member",
        _participant("source"),
        _always("key", TEXT),
        _maybe("name", TEXT),
        _maybe("phone", TEXT),
        _maybe("email", TEXT),
        sa.PrimaryKeyConstraint("source", "key"),
    )


def _terms() -> None:
    """The version of the terms changes with them, whoever changes them and however."""
    op.create_table(
        "terms_version", _always("id", NUMBER, primary_key=True, autoincrement=False), _always("version", ID)
    )
    op.execute("INSERT INTO terms_version (id, version) VALUES (1, gen_random_uuid())")
    op.execute("""
        CREATE FUNCTION terms_have_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE terms_version SET version = gen_random_uuid();
            RETURN NULL;
        END $$
    """)
    for table in ("participant", "program", "agreement", "policy"):
        op.execute(f"""
            CREATE TRIGGER {table}_changes_the_terms AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION terms_have_changed()
        """)


def _accounts() -> None:
    op.create_table(
        "client",
        _always("client_id", TEXT, primary_key=True),
        _always("name", TEXT),
        _participant("participant"),
        _always("scopes", DOCUMENT),
        _always("keys", DOCUMENT),
        _always("role", TEXT),
        _always("active", YES_OR_NO),
    )
    op.create_index("ix_client_participant", "client", ["participant"])
    op.create_table(
        "access_token",
        _always("token_digest", BYTES, primary_key=True),
        _always("client_id", TEXT, sa.ForeignKey("client.client_id")),
        _always("scopes", DOCUMENT),
        _always("expires_at", MOMENT),
    )
    op.create_index("ix_access_token_client_id", "access_token", ["client_id"])
    op.create_index("ix_access_token_expires_at", "access_token", ["expires_at"])
    op.create_table(
        "used_jti",
        _always("client_id", TEXT, sa.ForeignKey("client.client_id")),
        _always("jti", TEXT),
        _always("expires_at", MOMENT),
        sa.PrimaryKeyConstraint("client_id", "jti"),
    )
    op.create_index("ix_used_jti_expires_at", "used_jti", ["expires_at"])
    op.create_table(
        "user_account",
        _always("id", ID, primary_key=True),
        _always("login_token", BYTES, unique=True),
        _always("sealed_profile", BYTES),
        _participant("participant"),
        _always("roles", DOCUMENT),
        _always("role", TEXT),
        _always("password", TEXT),
        _always("sealed_totp", BYTES),
        _always("totp_step", NUMBER),
        _always("active", YES_OR_NO),
        _always("failures", NUMBER),
        _maybe("failing_since", MOMENT),
        _maybe("locked_until", MOMENT),
    )
    op.create_index("ix_user_account_participant", "user_account", ["participant"])
    op.create_table(
        "web_session",
        _always("token_digest", BYTES, primary_key=True),
        _always("user_id", ID, sa.ForeignKey("user_account.id")),
        _always("csrf", TEXT),
        _always("created_at", MOMENT),
        _always("seen_at", MOMENT),
        _always("expires_at", MOMENT),
    )
    op.create_index("ix_web_session_expires_at", "web_session", ["expires_at"])
    op.create_index("ix_web_session_user_id", "web_session", ["user_id"])


def _messages() -> None:
    op.create_table(
        "raw_message",
        _always("id", ID, primary_key=True),
        _always("arrival", BIG, sa.Identity(), unique=True),
        _always("source", TEXT),
        _always("feed", TEXT),
        _always("received_at", MOMENT),
        _always("media_type", TEXT),
        _always("size", NUMBER),
        _always("sealed_name", BYTES),
        _always("content_token", BYTES),
        _always("idempotency_token", BYTES),
        _always("state", TEXT),
        _always("attempts", NUMBER),
        _always("not_before", MOMENT),
        _maybe("read_at", MOMENT),
        sa.UniqueConstraint("source", "feed", "idempotency_token"),
    )
    waiting = sa.text("state = 'received'")
    op.create_index("raw_message_waiting", "raw_message", ["source", "arrival"], postgresql_where=waiting)
    op.create_table(
        "raw_chunk",
        _always("message_id", ID, sa.ForeignKey("raw_message.id")),
        _always("number", NUMBER),
        _always("sealed", BYTES),
        sa.PrimaryKeyConstraint("message_id", "number"),
    )
    op.create_table(
        "set_aside",
        _always("id", ID, primary_key=True),
        _always("message_id", ID, sa.ForeignKey("raw_message.id")),
        _maybe("file", TEXT),
        _maybe("line", NUMBER),
        _maybe("field", TEXT),
        _always("code", TEXT),
        _always("severity", TEXT),
        _always("expected", TEXT),
        _always("at", MOMENT),
        _maybe("resolved_at", MOMENT),
    )
    op.create_index("ix_set_aside_message_id", "set_aside", ["message_id"])


def _people() -> None:
    op.create_table(
        "person",
        _always("id", ID, primary_key=True),
        _always("wrapped_key", BYTES),
        _always("created_at", MOMENT),
    )
    op.create_table(
        "person_token",
        _always("token", BYTES),
        _always("person_id", ID),
        sa.PrimaryKeyConstraint("token", "person_id"),
    )
    op.create_table(
        "person_subject",
        _always("token", BYTES),
        _always("source", TEXT),
        _person("person_id"),
        _maybe("weight", sa.Float()),
        _always("reasons", DOCUMENT),
        _always("linked_at", MOMENT),
        _maybe("digest", BYTES),
        _maybe("sealed_facts", BYTES),
        _maybe("learned_at", MOMENT),
        sa.PrimaryKeyConstraint("token", "source"),
    )
    op.create_index("ix_person_subject_person_id", "person_subject", ["person_id"])
    op.create_table(
        "person_review",
        _person("person_id"),
        _person("other_id"),
        _always("weight", sa.Float()),
        _always("reasons", DOCUMENT),
        _always("at", MOMENT),
        sa.PrimaryKeyConstraint("person_id", "other_id"),
    )


def _records() -> None:
    op.create_table(
        "record",
        _always("id", ID, primary_key=True),
        _person("person_id"),
        _always("source", TEXT),
        _always("holder", TEXT),
        _always("feed", TEXT),
        _always("kind", TEXT),
        _always("key_token", BYTES),
        _always("content_token", BYTES),
        _maybe("occurred_at", MOMENT),
        _maybe("updated_at", MOMENT),
        _always("learned_at", MOMENT),
        _maybe("superseded_at", MOMENT),
        _maybe("removed_at", MOMENT),
        _maybe("not_seen_since", MOMENT),
        _maybe("message_id", ID, sa.ForeignKey("raw_message.id")),
        _always("provenance", DOCUMENT),
        _always("contents", DOCUMENT),
        _always("sensitivity", DOCUMENT),
        _always("sealed", BYTES),
    )
    current = sa.text("superseded_at IS NULL")
    op.create_index("record_current", "record", ["source", "key_token"], unique=True, postgresql_where=current)
    op.create_index("record_of_person", "record", ["person_id"], postgresql_where=current)
    op.create_index("record_of_message", "record", ["message_id"])


def _consents() -> None:
    op.create_table(
        "instrument",
        _always("id", ID, primary_key=True),
        _person("person_id"),
        _always("source", TEXT),
        _always("key_token", BYTES),
        _always("kind", TEXT),
        _always("filed_at", MOMENT),
        _maybe("superseded_at", MOMENT),
        _always("sealed", BYTES),
    )
    current = sa.text("superseded_at IS NULL")
    op.create_index("instrument_current", "instrument", ["source", "key_token"], unique=True, postgresql_where=current)
    op.create_index("instrument_of_person", "instrument", ["person_id"], postgresql_where=current)


def _handoffs() -> None:
    op.create_table(
        "handoff",
        _always("id", ID, primary_key=True),
        _person("person_id"),
        _participant("sender"),
        _participant("receiver"),
        _participant("holder"),
        _always("state", TEXT),
        _always("mode", TEXT),
        _always("purpose", TEXT),
        _always("need", TEXT),
        _always("urgency", TEXT),
        _always("area", TEXT),
        _always("sealed_agreement", BYTES),
        _maybe("sealed_names", BYTES),
        _always("offered_at", MOMENT),
        _maybe("warm", YES_OR_NO),
        sa.CheckConstraint("holder IN (sender, receiver)", name="handoff_has_a_holder"),
    )
    op.create_index("ix_handoff_person_id", "handoff", ["person_id"])
    op.create_table(
        "handoff_event",
        _always("id", ID, primary_key=True),
        _always("handoff_id", ID, sa.ForeignKey("handoff.id")),
        _always("at", MOMENT),
        _always("step", TEXT),
        _always("side", TEXT),
        _always("actor", TEXT),
        _always("details", DOCUMENT),
    )
    op.create_index("ix_handoff_event_handoff_id", "handoff_event", ["handoff_id"])
    op.create_table(
        "handoff_presence",
        _always("handoff_id", ID, sa.ForeignKey("handoff.id")),
        _always("side", TEXT),
        _always("since", MOMENT),
        _always("until", MOMENT),
        _always("attested_by", TEXT),
        _always("attested_at", MOMENT),
        sa.PrimaryKeyConstraint("handoff_id", "side"),
    )


def _parcels() -> None:
    op.create_table(
        "parcel",
        _always("id", ID, primary_key=True),
        _participant("recipient"),
        _always("event", TEXT),
        _always("handoff_id", ID, sa.ForeignKey("handoff.id")),
        _person("person_id"),
        _always("purpose", TEXT),
        _always("queued_at", MOMENT),
        _always("not_before", MOMENT),
        _maybe("leased_until", MOMENT),
        _always("attempts", NUMBER),
        _always("state", TEXT),
        _maybe("settled_at", MOMENT),
    )
    op.create_index("ix_parcel_handoff_id", "parcel", ["handoff_id"])
    op.create_index("parcel_due", "parcel", ["not_before"], postgresql_where=sa.text("state = 'queued'"))


def _audit() -> None:
    op.create_table(
        "audit_entry",
        _always("id", ID, primary_key=True),
        _always("at", MOMENT),
        _always("act", sa.Text()),
        _always("actor", sa.Text()),
        _maybe("participant", sa.Text()),
        _maybe("subject", sa.Text(), comment="pseudonymous token, hexadecimal"),
        _always("leaf", BYTES, comment="version and twelve commitments"),
        _always("sealed", BYTES, comment="secret of the salts, and details"),
    )
    op.create_index("audit_entry_at", "audit_entry", ["at"], postgresql_using="brin")
    op.create_index("audit_entry_actor", "audit_entry", ["actor"])
    op.create_index("audit_entry_participant", "audit_entry", ["participant"])
    op.create_index("audit_entry_subject", "audit_entry", ["subject"])
    op.create_table(
        "audit_pending",
        _always("place", BIG, sa.Identity(always=True), primary_key=True),
        _always("entry", ID, unique=True),
    )
    op.create_table(
        "audit_leaf",
        _always("seq", BIG, primary_key=True, autoincrement=False),
        _always("entry", ID, sa.ForeignKey("audit_entry.id"), unique=True),
        _always("completed", BYTES, comment="hashes of the subtrees it completes, its own first"),
    )
    op.create_table(
        "audit_checkpoint",
        _always("number", BIG, primary_key=True, autoincrement=False),
        _always("at", MOMENT, comment="by the hub's clock; not under the signature"),
        _always("size", BIG),
        _always("note", sa.Text()),
    )
    op.create_index("audit_checkpoint_size", "audit_checkpoint", ["size"])


def _guards() -> None:
    """The database itself refuses to change or remove what has been said; only the queue empties."""
    op.execute(REFUSE)
    for table in ("audit_entry", "audit_leaf", "audit_checkpoint"):
        _guard(table, "UPDATE OR DELETE OR TRUNCATE")
    _guard("audit_pending", "UPDATE OR TRUNCATE")


def _guard(table: str, verbs: str) -> None:
    op.execute(f"""
        CREATE TRIGGER {table}_is_append_only BEFORE {verbs} ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """)
