"""Declared emergencies and their reviews: a review is written once, and not by whoever declared."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "emergency_declaration"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("participant", sa.String(), sa.ForeignKey("participant.slug"), nullable=False),
        sa.Column("question_token", sa.LargeBinary(), nullable=False),
        sa.Column("holds_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("reviewed_by <> actor", name="emergency_declaration_not_reviewed_by_whoever_declared"),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (reviewed_by IS NULL) AND (reviewed_at IS NULL) = (verdict IS NULL)",
            name="emergency_declaration_reviewed_whole",
        ),
    )
    op.create_index(
        "emergency_declaration_waiting", TABLE, ["review_by"], postgresql_where=sa.text("reviewed_at IS NULL")
    )
    _write_a_review_once()
    for column in ("sealed", "sealed_note"):
        op.execute(f"SELECT insist_on_a_living_key('{TABLE}', '{column}')")
    op.execute(f"GRANT SELECT, INSERT ON {TABLE} TO hub_web")
    op.execute(f"GRANT UPDATE (reviewed_at, reviewed_by, verdict, sealed_note) ON {TABLE} TO hub_web")


def _write_a_review_once() -> None:
    """Once written, a review changes for nobody; what is sealed may be sealed anew, but not by the web."""
    op.execute("""
        CREATE FUNCTION emergency_was_reviewed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the review of an emergency is written once' USING ERRCODE = 'insufficient_privilege';
        END $$
    """)
    op.execute(f"""
        CREATE TRIGGER emergency_reviewed_once BEFORE UPDATE ON {TABLE}
        FOR EACH ROW WHEN (
            OLD.reviewed_at IS NOT NULL AND (
                current_user = 'hub_web' OR
                (OLD.reviewed_at, OLD.reviewed_by, OLD.verdict)
                IS DISTINCT FROM (NEW.reviewed_at, NEW.reviewed_by, NEW.verdict)
            )
        ) EXECUTE FUNCTION emergency_was_reviewed()
    """)
    op.execute(f"""
        CREATE TRIGGER emergency_stays BEFORE DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION emergency_was_reviewed()
    """)


def downgrade() -> None:
    op.drop_table(TABLE)
    op.execute("DROP FUNCTION emergency_was_reviewed()")
