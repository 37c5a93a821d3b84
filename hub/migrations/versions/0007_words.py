"""Free words and names that lay in the clear are sealed: staff, what a handoff is for, names of files set aside.

A migration has no keys. What feeds said of staff comes again with their next file, and what was set aside names its
file again when it is replayed, so the clear columns go. A handoff under way keeps what it says until it ends.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM staff_member")
    for column in ("name", "phone", "email"):
        op.drop_column("staff_member", column)
    op.add_column("staff_member", sa.Column("sealed", sa.LargeBinary(), nullable=False))
    op.drop_column("set_aside", "file")
    op.add_column("set_aside", sa.Column("sealed_file", sa.LargeBinary(), nullable=True))
    op.add_column("handoff", sa.Column("sealed_told", sa.LargeBinary(), nullable=True))
    for column in ("need", "area"):
        op.alter_column("handoff", column, nullable=True)
    op.execute("UPDATE handoff SET need = NULL, area = NULL WHERE state NOT IN ('offered', 'accepted')")
    for table, column in (("staff_member", "sealed"), ("set_aside", "sealed_file")):
        op.execute(f"SELECT insist_on_a_living_key('{table}', '{column}')")


def downgrade() -> None:
    for table, column in (("staff_member", "sealed"), ("set_aside", "sealed_file")):
        op.execute(f"DROP TRIGGER {column}_is_under_a_living_key ON {table}")
    op.execute("UPDATE handoff SET need = '(sealed)' WHERE need IS NULL")
    op.execute("UPDATE handoff SET area = '(sealed)' WHERE area IS NULL")
    for column in ("need", "area"):
        op.alter_column("handoff", column, nullable=False)
    op.drop_column("handoff", "sealed_told")
    op.drop_column("set_aside", "sealed_file")
    op.add_column("set_aside", sa.Column("file", sa.String(), nullable=True))
    op.execute("DELETE FROM staff_member")
    op.drop_column("staff_member", "sealed")
    for column in ("name", "phone", "email"):
        op.add_column("staff_member", sa.Column(column, sa.String(), nullable=True))
