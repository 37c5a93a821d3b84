"""The parts of the hub as database roles, what each may do, and whose messages it sees.

The roles belong to the whole server, so a database of the same server may have made them; they stay when this goes.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLES = ("hub_web", "hub_worker", "hub_listener")

WEB = {
    "SELECT": """
        alembic_version participant source_organization feed_definition agreement policy program staff_member
        terms_version state_pack client audit_leaf audit_checkpoint audit_entry set_aside raw_message raw_chunk
        access_token used_jti web_session user_account person person_token person_subject person_review record
        instrument handoff handoff_event handoff_presence parcel
    """,
    "INSERT": """
        audit_entry audit_pending raw_message raw_chunk access_token used_jti web_session person person_token
        person_subject person_review record instrument handoff handoff_event handoff_presence parcel
    """,
    "UPDATE": "web_session person person_subject person_review record instrument handoff handoff_presence parcel",
    "DELETE": "web_session person_token",
    "UPDATE (totp_step, failures, failing_since, locked_until)": "user_account",
}
WORKER = {
    "SELECT": """
        alembic_version participant source_organization feed_definition agreement policy program staff_member
        terms_version state_pack audit_entry audit_pending audit_leaf audit_checkpoint set_aside raw_message raw_chunk
        access_token used_jti web_session person person_token person_subject person_review record instrument handoff
        handoff_event handoff_presence parcel
    """,
    "INSERT": """
        participant program staff_member source_organization audit_entry audit_pending audit_leaf audit_checkpoint
        set_aside person person_token person_subject person_review record instrument parcel
    """,
    "UPDATE": """
        terms_version program staff_member source_organization set_aside raw_message person person_subject
        person_review record instrument handoff parcel
    """,
    "DELETE": "audit_pending raw_chunk access_token used_jti web_session person_token person_review",
}
LISTENER = {
    "SELECT": "alembic_version participant raw_message",
    "INSERT": "audit_entry audit_pending raw_message raw_chunk",
}

OF_MESSAGES = ("raw_message", "raw_chunk", "set_aside")
ITS_OWN = "source = current_setting('hub.participant', true)"
OF_ITS_OWN = "EXISTS (SELECT FROM raw_message AS message WHERE message.id = message_id)"


def upgrade() -> None:
    for role in ROLES:
        _make(role)
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for role, rights in zip(ROLES, (WEB, WORKER, LISTENER), strict=True):
        for verb, tables in rights.items():
            op.execute(f"GRANT {verb} ON {', '.join(tables.split())} TO {role}")
    for table, condition in zip(OF_MESSAGES, (ITS_OWN, OF_ITS_OWN, OF_ITS_OWN), strict=True):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY of_whom_it_works_for ON {table} TO hub_web, hub_listener USING ({condition})")
        op.execute(f"CREATE POLICY of_everyone ON {table} TO hub_worker USING (true)")


def downgrade() -> None:
    for table in OF_MESSAGES:
        op.execute(f"DROP POLICY of_everyone ON {table}")
        op.execute(f"DROP POLICY of_whom_it_works_for ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for role in ROLES:
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM {role}")


def _make(role: str) -> None:
    """Makes the role where there is none, and lets the owner of the database take it on where it may say so."""
    op.execute(f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                CREATE ROLE {role} LOGIN;
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- a hub in another database of this server was as quick
        END $$
    """)
    op.execute(f"""
        DO $$ BEGIN
            IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                GRANT {role} TO CURRENT_USER;
            END IF;
        EXCEPTION WHEN insufficient_privilege OR internal_error THEN
            NULL;  -- then the parts connect as themselves
        END $$
    """)  # noqa: S608  (the names stand above)
