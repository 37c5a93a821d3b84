"""Key versions that were dropped: nothing sealed under one is kept any more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SEALED = {
    "person": ["wrapped_key"],
    "raw_message": ["sealed_name"],
    "raw_chunk": ["sealed"],
    "user_account": ["sealed_profile", "sealed_totp"],
    "participant": ["sealed_webhook_secret"],
    "handoff": ["sealed_names"],
}

# A function sees what others have committed since the statement began, so that a row that waited is judged too.
FUNCTIONS = """
CREATE FUNCTION key_version_is_dropped(sealed bytea) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN length(sealed) > 0
        AND EXISTS (SELECT FROM dropped_key_version WHERE version = get_byte(sealed, 0));
END $$;

CREATE FUNCTION refuse_dropped_key_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A value of % is sealed under a key that was dropped.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION insist_on_a_living_key(sealed_table text, sealed_column text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER %I BEFORE INSERT OR UPDATE OF %I ON %I FOR EACH ROW '
        'WHEN (key_version_is_dropped(NEW.%I)) EXECUTE FUNCTION refuse_dropped_key_version()',
        sealed_column || '_is_under_a_living_key', sealed_column, sealed_table, sealed_column
    );
END $$;
"""


def upgrade() -> None:
    op.create_table(
        "dropped_key_version",
        sa.Column("version", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute("GRANT SELECT ON dropped_key_version TO hub_web, hub_worker, hub_listener")
    op.execute(FUNCTIONS)
    for table, columns in SEALED.items():
        for column in columns:
            op.execute(f"SELECT insist_on_a_living_key('{table}', '{column}')")


def downgrade() -> None:
    for table, columns in SEALED.items():
        for column in columns:
            op.execute(f"DROP TRIGGER {column}_is_under_a_living_key ON {table}")
    op.execute("DROP FUNCTION insist_on_a_living_key(text, text)")
    op.execute("DROP FUNCTION refuse_dropped_key_version()")
    op.execute("DROP FUNCTION key_version_is_dropped(bytea)")
    op.drop_table("dropped_key_version")
