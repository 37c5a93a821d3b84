"""The versions that were dropped; a migration makes the database refuse whatever is sealed under one."""

from sqlalchemy import Column, DateTime, SmallInteger, Table
from sqlmodel import SQLModel

dropped = Table(
    "dropped_key_version",
    SQLModel.metadata,
    Column("version", SmallInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
