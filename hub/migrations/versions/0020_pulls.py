"""HMISs that workers ask by themselves, and the rights to keep what they give."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "pull",
        sa.Column("source", sa.String(), sa.ForeignKey("participant.slug"), primary_key=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("credentials", sa.String(), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("pulled_at", moment, nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
    )
    op.execute("GRANT SELECT, UPDATE (due_at, pulled_at, trouble) ON pull TO hub_worker")
    op.execute("GRANT SELECT, INSERT, UPDATE ON pull_place TO hub_worker")
    op.execute("GRANT INSERT ON raw_message, raw_chunk TO hub_worker")


def downgrade() -> None:
    op.execute("REVOKE INSERT ON raw_message, raw_chunk FROM hub_worker")
    op.execute("REVOKE ALL ON pull_place FROM hub_worker")
    op.drop_table("pull")
