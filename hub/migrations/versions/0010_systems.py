"""Systems that give out their keys themselves, are bound to a certificate, and may ask so often a minute."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("client", sa.Column("jwks_url", sa.String(), nullable=True))
    op.add_column("client", sa.Column("certificate", sa.String(), nullable=True))
    op.create_table(
        "fetched_keys",
        sa.Column("client_id", sa.String(), sa.ForeignKey("client.client_id"), primary_key=True),
        sa.Column("keys", JSONB(), nullable=False),
        sa.Column("fetched_at", moment, nullable=True),
        sa.Column("fresh_until", moment, nullable=True),
        sa.Column("asked_at", moment, nullable=True),
    )
    op.create_table(
        "rate_count",
        sa.Column("who", sa.String(), primary_key=True),
        sa.Column("since", moment, primary_key=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        prefixes=["UNLOGGED"],
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON fetched_keys, rate_count TO hub_web")
    op.execute("GRANT SELECT, DELETE ON rate_count TO hub_worker")


def downgrade() -> None:
    op.drop_table("rate_count")
    op.drop_table("fetched_keys")
    op.drop_column("client", "certificate")
    op.drop_column("client", "jwks_url")
