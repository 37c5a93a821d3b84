"""Witnesses of the audit log, and what they cosigned: each part of the hub may ask; the worker keeps the answers."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "witness",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("witness_name", "witness", ["name"], unique=True, postgresql_where=sa.text("removed_at IS NULL"))
    op.create_table(
        "audit_cosignature",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("checkpoint", sa.BigInteger(), sa.ForeignKey("audit_checkpoint.number"), nullable=False),
        sa.Column("witness", sa.Text(), sa.ForeignKey("witness.key"), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.UniqueConstraint("checkpoint", "witness"),
    )
    op.create_index("audit_cosignature_witness", "audit_cosignature", ["witness"])
    op.execute("""
        CREATE TRIGGER audit_cosignature_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_cosignature
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """)
    op.execute("GRANT SELECT ON witness, audit_cosignature TO hub_web, hub_worker, hub_listener")
    op.execute("GRANT INSERT ON audit_cosignature TO hub_worker")
    op.execute("GRANT SELECT ON audit_leaf, audit_checkpoint TO hub_listener")


def downgrade() -> None:
    op.execute("REVOKE SELECT ON audit_leaf, audit_checkpoint FROM hub_listener")
    op.drop_table("audit_cosignature")
    op.drop_table("witness")
