"""Programs closed to the hub are remembered by their keys, so that their rows are known when they come alone."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closed_program",
        sa.Column("source", sa.String(), sa.ForeignKey("participant.slug"), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
    )
    op.execute(
        "INSERT INTO closed_program SELECT source, key FROM program "
        "WHERE (provenance -> 'hmis' ->> 'for_victims')::boolean"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON closed_program TO hub_worker")


def downgrade() -> None:
    op.drop_table("closed_program")
