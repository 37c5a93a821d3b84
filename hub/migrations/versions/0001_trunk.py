"""The trunk."""

from alembic import op
from sqlmodel import SQLModel

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    SQLModel.metadata.create_all(op.get_bind())
    from hub.store import audit

    for statement in getattr(audit, "GUARDS", ()):
        op.execute(statement)


def downgrade() -> None:
    SQLModel.metadata.drop_all(op.get_bind())
