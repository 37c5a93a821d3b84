"""What an agency has kept out of a person's accounting for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "accounting_suspension"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("agency", sa.String(), sa.ForeignKey("participant.slug"), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index(f"ix_{TABLE}_person_id", TABLE, ["person_id"])
    op.execute(f"GRANT SELECT, INSERT ON {TABLE} TO hub_web")


def downgrade() -> None:
    op.drop_table(TABLE)
