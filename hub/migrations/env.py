"""Alembic's way in: migrates over the connection that `hub.store.db.upgrade` hands over."""

from alembic import context
from sqlmodel import SQLModel

import hub.store.tables  # noqa: F401  (fills the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
