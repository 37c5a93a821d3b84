"""How far the hub has come in asking an HMIS for what changed, so that a pull that broke goes on from its page."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "pull_place",
        sa.Column("source", sa.String(), sa.ForeignKey("participant.slug"), primary_key=True),
        sa.Column("address", sa.String(), primary_key=True),
        sa.Column("since", moment, nullable=True),
        sa.Column("until", moment, nullable=True),
        sa.Column("sealed_following", sa.LargeBinary(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("done_until", moment, nullable=True),
    )
    op.execute("SELECT insist_on_a_living_key('pull_place', 'sealed_following')")


def downgrade() -> None:
    op.drop_table("pull_place")
