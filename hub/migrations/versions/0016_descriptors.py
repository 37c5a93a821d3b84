"""What a source sends of organizations, row by row as it was sent, so that it has it back over the HMIS API."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "descriptor",
        sa.Column("source", sa.String(), sa.ForeignKey("participant.slug"), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("program", sa.String(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.execute("SELECT insist_on_a_living_key('descriptor', 'sealed')")
    op.execute("GRANT SELECT ON descriptor TO hub_web")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON descriptor TO hub_worker")


def downgrade() -> None:
    op.drop_table("descriptor")
