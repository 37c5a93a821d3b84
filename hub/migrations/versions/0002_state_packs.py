"""State packs: the law of a state as loaded; what is in use counts among the terms."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "state_pack",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
    )
    current = sa.text("superseded_at IS NULL")
    op.create_index("state_pack_current", "state_pack", ["jurisdiction"], unique=True, postgresql_where=current)
    op.execute("""
        CREATE TRIGGER state_pack_changes_the_terms AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON state_pack
        FOR EACH STATEMENT EXECUTE FUNCTION terms_have_changed()
    """)


def downgrade() -> None:
    op.drop_table("state_pack")
