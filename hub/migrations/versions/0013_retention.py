"""Retention: what was read whole is found by when, and no instrument goes before its six years, save by order."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("raw_message_over", "raw_message", ["read_at"], postgresql_where=sa.text("state = 'read'"))
    op.execute("""
        CREATE FUNCTION instrument_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND (OLD.superseded_at < now() - interval '6 years' OR EXISTS (
                SELECT FROM person_order WHERE person_id = OLD.person_id AND state = 'approved'))
            THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'An instrument is kept for six years from the day it is replaced or taken back.'
                USING ERRCODE = 'insufficient_privilege', HINT = 'See: hub retention';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER instrument_is_kept BEFORE DELETE ON instrument
        FOR EACH ROW EXECUTE FUNCTION instrument_is_kept()
    """)
    op.execute("""
        CREATE TRIGGER instrument_is_kept_whole BEFORE TRUNCATE ON instrument
        FOR EACH STATEMENT EXECUTE FUNCTION instrument_is_kept()
    """)


def downgrade() -> None:
    op.execute("DROP TRIGGER instrument_is_kept_whole ON instrument")
    op.execute("DROP TRIGGER instrument_is_kept ON instrument")
    op.execute("DROP FUNCTION instrument_is_kept()")
    op.drop_index("raw_message_over", "raw_message")
