"""The migrations make the tables that the code describes, and can be taken back."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect
from sqlmodel import SQLModel

from hub.store import db

COMPARING = {"compare_type": True, "compare_server_default": True}


class TestUpgrade:
    def test_makes_the_tables_that_the_code_describes(self, engine: Engine) -> None:
        """A table that changed in code alone would be missing in every hub that exists: write a migration."""
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection, opts=COMPARING), SQLModel.metadata) == []


class TestDowngrade:
    def test_leaves_nothing_behind(self, engine: Engine) -> None:
        config = Config()
        config.set_main_option("script_location", str(db.MIGRATIONS))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "base")

        assert inspect(engine).get_table_names() == ["alembic_version"]
