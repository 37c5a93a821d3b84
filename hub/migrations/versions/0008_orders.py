"""Orders to seal and expunge: keys of those whom entries are about, the one door through which an entry is blanked, and
the orders themselves with what they took away.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OF_AN_ENTRY = ("at", "act", "actor", "sealed")
GUARDED = ("audit_blanked",)


def upgrade() -> None:
    _keys()
    _blanks()
    _orders()
    op.execute("SELECT insist_on_a_living_key('audit_key', 'wrapped')")
    op.execute("GRANT SELECT, INSERT ON audit_key TO hub_web, hub_worker")
    op.execute("GRANT SELECT ON audit_blanked TO hub_web, hub_worker")
    op.execute("GRANT SELECT, INSERT, UPDATE ON person_order TO hub_web")
    op.execute("GRANT SELECT ON sealed_subject TO hub_web, hub_worker")


def _keys() -> None:
    op.create_table(
        "audit_key",
        sa.Column("subject", sa.Text(), primary_key=True, comment="pseudonymous token, hexadecimal"),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
    )


def _blanks() -> None:
    """An entry is blanked through one function, which nobody may call but the owner; any other change is refused."""
    for column in OF_AN_ENTRY:
        op.alter_column("audit_entry", column, nullable=True)
    op.create_table(
        "audit_blanked",
        sa.Column("entry", sa.Uuid(), sa.ForeignKey("audit_entry.id"), primary_key=True),
        sa.Column("tombstone", sa.Uuid(), sa.ForeignKey("audit_entry.id"), nullable=False),
    )
    op.execute("""
        CREATE TRIGGER audit_blanked_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_blanked
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """)
    op.execute("DROP TRIGGER audit_entry_is_append_only ON audit_entry")
    op.execute("""
        CREATE TRIGGER audit_entry_is_append_only BEFORE DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """)
    op.execute("""
        CREATE TRIGGER audit_entry_is_not_changed BEFORE UPDATE ON audit_entry FOR EACH STATEMENT
        WHEN (coalesce(current_setting('hub.tombstone', true), '') = '')
        EXECUTE FUNCTION audit_is_append_only()
    """)
    op.execute("""
        CREATE FUNCTION audit_is_only_blanked() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.id = OLD.id AND NEW.leaf = OLD.leaf
                AND num_nonnulls(NEW.at, NEW.act, NEW.actor, NEW.participant, NEW.subject, NEW.sealed) = 0
                AND EXISTS (SELECT FROM audit_blanked AS blanked JOIN audit_entry AS tombstone
                            ON tombstone.id = blanked.tombstone
                            WHERE blanked.entry = OLD.id AND tombstone.act = 'hub:order:expunged')
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'The audit log is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'insufficient_privilege';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER audit_entry_is_only_blanked BEFORE UPDATE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION audit_is_only_blanked()
    """)
    op.execute("""
        CREATE FUNCTION audit_blank(by uuid, entries uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
        DECLARE
            done bigint;
        BEGIN
            PERFORM set_config('hub.tombstone', by::text, true);
            INSERT INTO audit_blanked (entry, tombstone) SELECT unnest(entries), by;
            UPDATE audit_entry SET at = NULL, act = NULL, actor = NULL, participant = NULL, subject = NULL,
                sealed = NULL WHERE id = ANY(entries);
            GET DIAGNOSTICS done = ROW_COUNT;
            PERFORM set_config('hub.tombstone', '', true);
            RETURN done;
        END $$
    """)
    op.execute("REVOKE ALL ON FUNCTION audit_blank(uuid, uuid[]) FROM PUBLIC")


def _orders() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "person_order",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("lifts", sa.Uuid(), sa.ForeignKey("person_order.id"), nullable=True),
        sa.Column("reference", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("leaves", JSONB(), nullable=False),
        sa.Column("custody", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("decided_by <> proposed_by OR state IN ('refused')", name="an_order_takes_two"),
    )
    op.create_index(
        "person_order_open", "person_order", ["proposed_at"], postgresql_where=sa.text("state = 'proposed'")
    )
    op.create_table(
        "sealed_subject",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), sa.ForeignKey("person_order.id"), nullable=False),
        sa.PrimaryKeyConstraint("token", "source"),
    )


def downgrade() -> None:
    """Only where nothing was blanked: what is gone does not come back."""
    op.drop_table("sealed_subject")
    op.drop_table("person_order")
    op.execute("DROP FUNCTION audit_blank(uuid, uuid[])")
    op.execute("DROP TRIGGER audit_entry_is_only_blanked ON audit_entry")
    op.execute("DROP TRIGGER audit_entry_is_not_changed ON audit_entry")
    op.execute("DROP TRIGGER audit_entry_is_append_only ON audit_entry")
    op.execute("DROP FUNCTION audit_is_only_blanked()")
    op.drop_table("audit_blanked")
    op.execute("""
        CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """)
    for column in OF_AN_ENTRY:
        op.alter_column("audit_entry", column, nullable=False)
    op.drop_table("audit_key")
