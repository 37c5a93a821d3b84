"""Sign-in at a participant's own provider: the providers, who there is whom here, and the ways there and back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "identity_provider",
        sa.Column("slug", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("participant", sa.String(), sa.ForeignKey("participant.slug"), nullable=False, index=True),
        sa.Column("issuer", sa.String(), nullable=False, unique=True),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("algorithms", JSONB(), nullable=False),
        sa.Column("acr", JSONB(), nullable=False),
        sa.Column("amr", JSONB(), nullable=False),
        sa.Column("described", JSONB(), nullable=False),
        sa.Column("fetched_at", moment, nullable=True),
        sa.Column("asked_at", moment, nullable=True),
    )
    op.create_table(
        "identity",
        sa.Column("token", sa.LargeBinary(), primary_key=True),
        sa.Column("provider", sa.String(), sa.ForeignKey("identity_provider.slug"), nullable=False, index=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("user_account.id"), nullable=False, unique=True),
    )
    op.create_table(
        "sign_in_journey",
        sa.Column("token_digest", sa.LargeBinary(), primary_key=True),
        sa.Column("provider", sa.String(), sa.ForeignKey("identity_provider.slug"), nullable=False, index=True),
        sa.Column("next", sa.String(), nullable=False),
        sa.Column("session_digest", sa.LargeBinary(), nullable=True),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False, index=True),
    )
    op.execute("SELECT insist_on_a_living_key('identity_provider', 'sealed_secret')")
    op.execute("GRANT SELECT, UPDATE (described, fetched_at, asked_at) ON identity_provider TO hub_web")
    op.execute("GRANT SELECT ON identity TO hub_web")
    op.execute("GRANT SELECT, INSERT, DELETE ON sign_in_journey TO hub_web")
    op.execute("GRANT SELECT, DELETE ON sign_in_journey TO hub_worker")


def downgrade() -> None:
    op.drop_table("sign_in_journey")
    op.drop_table("identity")
    op.drop_table("identity_provider")
