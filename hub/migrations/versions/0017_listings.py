"""The contact directory: how agencies and programs are reached, each entry with the days on which it holds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "listing"
OWNERS = {"participant": "slug", "program": "id"}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("participant", sa.String(), sa.ForeignKey("participant.slug"), nullable=True, index=True),
        sa.Column("program", sa.Uuid(), sa.ForeignKey("program.id"), nullable=True, index=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=True),
        sa.Column("after_hours", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.CheckConstraint("num_nonnulls(participant, program) = 1", name="listing_is_of_one"),
    )
    for owner, key in OWNERS.items():
        op.execute(f"""
            INSERT INTO {TABLE} (id, {owner}, kind, value, hours, after_hours, as_of)
            SELECT gen_random_uuid(), {owner}.{key}, way ->> 'kind', way ->> 'value', way ->> 'hours', false,
                (way ->> 'as_of')::date
            FROM {owner}, jsonb_array_elements({owner}.reach) AS way
        """)  # noqa: S608  (names of tables, from above)
        op.drop_column(owner, "reach")
    op.execute(f"""
        CREATE TRIGGER {TABLE}_changes_the_terms AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION terms_have_changed()
    """)
    op.execute(f"GRANT SELECT, INSERT, DELETE ON {TABLE} TO hub_web")
    op.execute("GRANT UPDATE ON terms_version TO hub_web")
    op.execute(f"GRANT SELECT ON {TABLE} TO hub_worker")


def downgrade() -> None:
    op.execute("REVOKE UPDATE ON terms_version FROM hub_web")
    for owner, key in OWNERS.items():
        op.add_column(owner, sa.Column("reach", JSONB(), nullable=False, server_default="[]"))
        op.alter_column(owner, "reach", server_default=None)
        op.execute(f"""
            UPDATE {owner} SET reach = (
                SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                    'kind', kind, 'value', value, 'hours', hours, 'as_of', as_of)))
                FROM {TABLE} WHERE {TABLE}.{owner} = {owner}.{key})
            WHERE EXISTS (SELECT FROM {TABLE} WHERE {TABLE}.{owner} = {owner}.{key})
        """)  # noqa: S608  (names of tables, from above)
    op.drop_table(TABLE)
