"""Parcels due: found in their order, and the partners that are busy, without looking at every parcel that waits."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

QUEUED = sa.text("state = 'queued'")
LEASED = sa.text("leased_until IS NOT NULL")


def upgrade() -> None:
    op.drop_index("parcel_due", "parcel")
    op.create_index("parcel_due", "parcel", ["not_before", "number"], postgresql_where=QUEUED)
    op.create_index("parcel_leased", "parcel", ["recipient"], postgresql_where=LEASED)


def downgrade() -> None:
    op.drop_index("parcel_leased", "parcel")
    op.drop_index("parcel_due", "parcel")
    op.create_index("parcel_due", "parcel", ["not_before"], postgresql_where=QUEUED)
