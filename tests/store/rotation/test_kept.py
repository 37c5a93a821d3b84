"""What is sealed under a master is guarded by the database; that all of it is listed is a rule of the house."""

import pytest
from sqlalchemy import Engine, text

import hub.store.tables  # noqa: F401  (fills the metadata)
from hub.store.rotation import KEPT, Kept


class TestColumn:
    @pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
    def test_under_a_master_is_guarded_by_the_database(self, engine: Engine, kept: Kept) -> None:
        name = f"{kept.column}_is_under_a_living_key"
        with engine.connect() as connection:
            guard = text("SELECT count(*) FROM pg_trigger WHERE tgname = :name AND tgrelid = CAST(:on AS regclass)")

            assert connection.scalar(guard, {"name": name, "on": kept.table}) == 1
