"""Which database the exports of a source come from, so that another's is not taken for a later state of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "export_origin",
        sa.Column("source", sa.String(), sa.ForeignKey("participant.slug"), primary_key=True),
        sa.Column("feed", sa.String(), primary_key=True),
        sa.Column("database", JSONB(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON export_origin TO hub_worker")


def downgrade() -> None:
    op.drop_table("export_origin")
